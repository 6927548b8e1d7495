"""From timings at two sizes to tables: each page beside itself at the smaller size, and beside the rivals."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from benchmarks.building import Grown
from benchmarks.pages import FIRST
from benchmarks.report import Table, exponent
from benchmarks.timing import Timing
from seeds.bulk_people import BULK_PEOPLE

Key = tuple[str, str]


@dataclass(frozen=True)
class Measured:
    """Everything that was measured at one size. `rivals` is empty where they were left out."""

    calls: int
    grown: Grown
    timings: tuple[Timing, ...]
    depths: Mapping[str, int]
    rivals: Mapping[str, list[Timing]]
    parts: tuple[Table, ...]

    def by_key(self) -> dict[Key, Timing]:
        return {(timing.page, timing.person): timing for timing in self.timings}


@dataclass(frozen=True)
class Run:
    """One run: the smaller size and the larger one."""

    small: Measured
    large: Measured

    @property
    def factor(self) -> float:
        return self.large.calls / self.small.calls

    def growth(self, key: Key) -> float:
        """The exponent of a page's median; of a rival's, too."""
        return exponent(self._median(self.small, key), self._median(self.large, key), self.factor)

    @staticmethod
    def _median(measured: Measured, key: Key) -> float:
        for timing in (*measured.timings, *(t for timings in measured.rivals.values() for t in timings)):
            if (timing.page, timing.person) == key:
                return timing.median
        raise KeyError(key)

    def rival(self, name: str) -> float | None:
        """The median of a rival's first page at the larger size; None where rivals were left out."""
        timings = self.large.rivals.get(name)
        return timings[0].median if timings else None


def is_filter(timing: Timing) -> bool:
    """Whether it is the call list narrowed down (the first page and the deep one are not)."""
    return timing.page.startswith("Calls, ") and "=" in timing.page


def times(ratio: float) -> str:
    """How many times faster, with a decimal where it matters."""
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def tables(run: Run) -> Iterator[Table]:
    """All tables of a run but those of its parts."""
    yield _pages(run)
    yield _filters(run)
    if run.large.rivals:
        yield _rivals(run)
    yield _building(run)


def _pages(run: Run) -> Table:
    timings = [timing for timing in run.large.timings if not is_filter(timing)]
    worst = [max(narrowed, key=lambda t: t.median) for narrowed in _by_person(run.large.timings)]
    depths = ", ".join(f"{person} {depth:,}" for person, depth in run.large.depths.items())
    people = "; ".join(f"{person.key}: {person.reach}" for person in BULK_PEOPLE)
    return Table(
        "Pages of ours, at the server",
        _columns(run),
        tuple(_row(run, timing) for timing in (*timings, *worst)),
        f"Milliseconds from the WSGI call to the last byte, on one connection, gzip accepted; {people}. "
        f"The deep page begins so many calls down: {depths}. Each person's slowest filter stands last.",
    )


def _by_person(timings: Iterable[Timing]) -> Iterator[list[Timing]]:
    found = [timing for timing in timings if is_filter(timing)]
    for person in BULK_PEOPLE:
        yield [timing for timing in found if timing.person == person.key]


def _columns(run: Run) -> tuple[str, ...]:
    sizes = (f"median, {run.small.calls:,}", f"median, {run.large.calls:,}")
    return (
        *("page", "who", *sizes, "exponent", "p95", "minimum", "CPU", "statements", "bytes", "runs"),
        *(f"{name} ÷ this" for name in run.large.rivals),
    )


def _row(run: Run, timing: Timing) -> tuple[str, ...]:
    key = (timing.page, timing.person)
    small = run.small.by_key().get(key)
    ratios = [
        times(first / timing.median) if timing.page.startswith("Calls") and first else ""
        for first in (run.rival(name) for name in run.large.rivals)
    ]
    return (
        timing.page,
        timing.person,
        f"{small.median:.1f}" if small else "",
        f"{timing.median:.1f}",
        f"{run.growth(key):.2f}" if small else "",
        f"{timing.p95:.1f}",
        f"{timing.minimum:.1f}",
        f"{timing.cpu:.1f}",
        str(timing.statements),
        f"{timing.size:,}",
        str(timing.runs),
        *ratios,
    )


def _filters(run: Run) -> Table:
    """A matrix: filters down, people across, medians at the larger size."""
    found = run.large.by_key()
    pages = [timing.page for timing in run.large.timings if timing.person == "admin"]
    pages = [FIRST, *(page for page in dict.fromkeys(pages) if "=" in page and page.startswith("Calls, "))]
    rows = []
    for page in pages:
        medians = [found.get((page, person.key)) for person in BULK_PEOPLE]
        rows.append(
            (page.removeprefix("Calls, "), *(f"{timing.median:.1f}" if timing else "" for timing in medians))
        )
    return Table(
        "The call list with each filter, and pairs of them",
        ("filter", *(person.key for person in BULK_PEOPLE)),
        tuple(rows),
        f"Medians in milliseconds at {run.large.calls:,} calls, first page, with its count.",
    )


def _rivals(run: Run) -> Table:
    rows = [
        (
            timing.person,
            timing.page,
            f"{before.median:,.0f}",
            f"{timing.median:,.0f}",
            f"{run.growth((timing.page, timing.person)):.2f}",
            f"{timing.p95:,.0f}",
            f"{timing.minimum:,.0f}",
            f"{timing.cpu:,.0f}",
            str(timing.statements),
            f"{timing.size:,}",
            str(timing.runs),
        )
        for name, timings in run.large.rivals.items()
        for before, timing in zip(run.small.rivals[name], timings, strict=True)
    ]
    return Table(
        "The rivals",
        ("rival", "page", *_columns(run)[2:11]),
        tuple(rows),
        "Milliseconds; same rows, same server, one process, no network, read only, as the table's owner and "
        "so without row-level security. Slow pages are asked less often: see runs.",
    )


def _building(run: Run) -> Table:
    rows = [
        (f"{m.calls:,}", f"{m.grown.calls:,}", f"{m.grown.calls_a_second:,}", f"{m.grown.seconds:.0f}")
        for m in (run.small, run.large)
    ]
    return Table(
        "Building the data",
        ("calls afterwards", "added", "calls a second", "seconds in all"),
        tuple(rows),
        "`flask seed bulk`: calls a second until they were committed with their orders, reservations and all "
        "indexes; seconds in all with analyze, the metrics and vacuum.",
    )
