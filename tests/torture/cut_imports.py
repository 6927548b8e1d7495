"""Commands that bring something in, cut by kill -9: nothing is half there, and a second run ends it."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, LiteralString

from tests.test_seed_dialogues import changed, write
from tests.torture.cut_databases import SECONDS, Counts, Databases, Process
from tests.torture.figures import Figure, counted
from tests.torture.ground import Ground

# What the commands find: a database as it is made, and one that the files were applied to.
EMPTY, APPLIED = "cut_empty", "cut_applied"
# One cut where a run takes long, or is one transaction from its first statement on.
MIDDLE = (0.5,)
BULK, DIALOGUES, CITIES = 5_000, 2_000, 20


@dataclass(frozen=True)
class Import:
    """A command; `which` are the calls that it brings (None: it brings no rows), `adds` if again and again.

    Where numbers depend on the time of the run, they may differ by `slack`, each by its own. It is cut at
    `shares` of its time.
    """

    command: tuple[str, ...]
    begins: str
    which: LiteralString | None = None
    adds: bool = False
    slack: tuple[float, ...] = (0, 0, 0)
    shares: tuple[float, ...] = (0.1, 0.4, 0.8)

    @property
    def name(self) -> str:
        """As somebody types it."""
        return f"`flask {' '.join(self.command[:2])}`"

    @property
    def word(self) -> str:
        """How its databases are called."""
        return f"cut_{self.command[1]}"

    def is_whole(self, found: Counts, whole: Counts) -> bool:
        """Whether these are all the rows."""
        sides = zip(found, whole, self.slack[: len(whole)], strict=True)
        return all(abs(one - other) <= slack * other for one, other, slack in sides)


@dataclass(frozen=True)
class Whole:
    """A command that nobody disturbed: its seconds from its first connection on, and its rows."""

    seconds: float
    counts: Counts


@dataclass(frozen=True)
class Cut:
    """A command that was cut: whether it was still running, and what came of it."""

    was_running: bool
    nothing_half: bool
    whole_afterwards: bool


def cut_imports(ground: Ground, report: Callable[[str], None]) -> list[Figure]:
    """Each command once undisturbed, then cut at shares of its time; two at a time.

    Those that apply the files are never both of them: roles belong to the whole server, and two databases
    that change them at once get in each other's way.
    """
    folder = ground.var / "cut"
    folder.mkdir()
    databases = Databases(ground, folder)
    lines = [_dialogue(number) for number in range(DIALOGUES)]
    dialogues = str(write(folder / "dialogues.jsonl", *lines))
    applying = (
        Import(("db", "apply"), EMPTY),
        Import(
            ("seed", "demo"),
            APPLIED,
            "provider_call_id like 'demo-%'",
            slack=(0.02, 0.05, 0.05),
            shares=MIDDLE,
        ),
    )
    loading = (
        Import(
            ("seed", "bulk", "--calls", str(BULK), "--accounts", "5"),
            APPLIED,
            "provider_call_id like 'bulk-%'",
            adds=True,
            slack=(0, 0.25, 0.25),
        ),
        Import(("seed", "dialogues", dialogues), APPLIED, "provider_call_id like 'cut-%'", shares=MIDDLE),
    )
    databases.make(EMPTY, "template0")
    databases.make(APPLIED, "template0")
    end(databases.start(APPLIED, ("db", "apply")))

    def cut_each(imports: Sequence[Import]) -> list[Figure]:
        return [figure for one in imports for figure in _cuts(databases, one, report)]

    with ThreadPoolExecutor(2) as pool:
        applied, loaded = pool.map(cut_each, (applying, loading))
    return [*applied, *loaded]


def _cuts(databases: Databases, one: Import, report: Callable[[str], None]) -> list[Figure]:
    whole = _undisturbed(databases, one)
    return _figures(one.name, [_cut(databases, one, whole, share, report) for share in one.shares])


def _figures(name: str, cuts: list[Cut]) -> list[Figure]:
    running, tries = sum(cut.was_running for cut in cuts), len(cuts)
    return [
        Figure(f"{name}: cut while it ran", "some", f"{running} of {tries}", running > 0),
        counted(f"{name} cut: nothing half is there", sum(cut.nothing_half for cut in cuts), tries),
        counted(f"{name} cut: a second run brings all", sum(cut.whole_afterwards for cut in cuts), tries),
    ]


def _undisturbed(databases: Databases, one: Import) -> Whole:
    name = f"{one.word}_whole"
    databases.make(name, one.begins)
    process = databases.start(name, one.command)
    databases.wait(name, lambda connected: connected > 0, process)
    began = time.perf_counter()
    end(process)
    whole = Whole(time.perf_counter() - began, databases.count(name, one.which))
    if not databases.is_as_files_make_it(name):
        raise RuntimeError(f"{one.name} leaves another catalogue behind")
    databases.drop(name)
    return whole


def _cut(databases: Databases, one: Import, whole: Whole, share: float, report: Callable[[str], None]) -> Cut:
    """Kill -9 at a share of its time, what is there then, and what after a second run."""
    name = f"{one.word}_{round(100 * share)}"
    databases.make(name, one.begins)
    process = databases.start(name, one.command)
    databases.wait(name, lambda connected: connected > 0, process)
    time.sleep(share * whole.seconds)
    process.kill()
    killed = process.wait() < 0
    databases.wait(name, lambda connected: connected == 0, process)  # what the server is at, it ends
    left = databases.count(name, one.which)
    all_there = bool(left) and one.is_whole(left, whole.counts)
    half = any(left) and not all_there
    if one.begins == APPLIED:
        half = half or not databases.is_as_files_make_it(name)
    end(databases.start(name, one.command))
    more = databases.count(name, one.which)
    added = tuple(after - before for after, before in zip(more, left, strict=True)) if one.adds else more
    report(f"{one.name} cut at {share:.0%}: {left}, then {added} of {whole.counts}")
    done = one.is_whole(added, whole.counts) and databases.is_as_files_make_it(name)
    databases.drop(name)
    return Cut(killed, not half, done)


def end(process: Process) -> None:
    """Wait for a command. RuntimeError where it fails."""
    if process.wait(SECONDS):
        raise RuntimeError(f"{process.args!r:.300} ended with {process.returncode}")


def _dialogue(number: int) -> dict[str, Any]:
    """A dialogue of its own, in one of the cities."""
    line = changed("restaurant", "city", to=f"Cut {number % CITIES}")
    return line | {"dialogue_id": f"cut-{number}"}
