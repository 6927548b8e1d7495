"""Forms sent twice, and two windows that save the same thing at the same time: nothing is lost in silence."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import LiteralString

import psycopg

from benchmarks.served import Server
from tests.configured import ACCOUNT, SEAPORT
from tests.torture.figures import Figure, Report, counted
from tests.torture.windows import Said, Window, at_once

PAIRS = 50
RACES, MERGES = 100, 100
AVERAGES = f"/configuration/{ACCOUNT}/{SEAPORT}/averages"
SPEND = "avg_spend_per_head"
BASELINE = "baseline_handle_seconds"
STORED = f"""select avg_spend_per_head::text, baseline_handle_seconds::text
from public.location_settings where location_id = '{SEAPORT}'"""
TWICE = "select note_md, count(*) from public.internal_notes where note_md like 'twice-%' group by 1"
NOTE = "select note_md from public.internal_notes where note_md like 'race-%'"
SAVED, CONFLICT, NOTE_CHANGED = 303, 409, 422


@dataclass(frozen=True)
class Race:
    """Two answers, what each of them wanted to be stored, and what is."""

    answers: Sequence[Said]
    wanted: tuple[str, str]
    stored: str

    @property
    def is_honest(self) -> bool:
        """One was saved and is there; the other was told."""
        saved = [words for said, words in zip(self.answers, self.wanted, strict=True) if said.status == SAVED]
        told = sum(said.status in (CONFLICT, NOTE_CHANGED) for said in self.answers)
        return saved == [self.stored] and told == 1


def race_forms(server: Server, owner: psycopg.Connection, calls: list[str], report: Report) -> list[Figure]:
    """All figures about forms; `owner` commits by itself, `calls` are in the admin's reach."""
    cookies = {person: server.sign_in(person)["Cookie"] for person in ("admin", "manager")}
    people = tuple(Window(server, cookie) for cookie in cookies.values())
    same = tuple(Window(server, cookies["admin"]) for _ in range(2))
    with ThreadPoolExecutor(2) as pool:
        figures = _twice(same, owner, calls, pool)
        report("forms sent twice")
        averages = [_race_averages(people, owner, pool, number) for number in range(RACES)]
        notes = _race_notes(same, owner, calls[0], pool)
        report("two saved one thing")
        merged = sum(_merges(people, owner, pool, number) for number in range(MERGES))
    codes = Counter(said.status for race in (*averages, *notes) for said in race.answers)
    return [
        *figures,
        counted("races for a field of a place's averages: one saved and there, one told", *_held(averages)),
        counted("races for a note in two windows: one saved and there, one told", *_held(notes)),
        Figure(
            "answers of these races",
            "303, 409, 422",
            ", ".join(f"{status}: {count:,}" for status, count in sorted(codes.items())),
            set(codes) == {SAVED, CONFLICT, NOTE_CHANGED},
        ),
        counted("races for two fields of these averages: both saved and there", merged, MERGES),
    ]


def _twice(
    windows: tuple[Window, ...], owner: psycopg.Connection, calls: list[str], pool: ThreadPoolExecutor
) -> list[Figure]:
    """Pairs of the same form: every second one at the same time, the others one after the other."""
    pairs = []
    for number in range(PAIRS):
        path = f"/calls/{calls[number % len(calls)]}"
        fields = windows[0].form(path, "call-note-add") | {"note_md": f"twice-{number}"}
        windows[1].cookie = windows[0].cookie  # the form's token is the session's
        sends = [partial(window.send, f"{path}/notes", fields) for window in windows]
        pairs.append([send() for send in sends] if number % 2 else at_once(pool, sends))
    written: dict[str, int] = dict(owner.execute(TWICE).fetchall())
    alike = [pair[0].place == pair[1].place is not None for pair in pairs]
    answers = [said for pair in pairs for said in pair]
    return [
        counted("forms sent twice that wrote once", sum(count == 1 for count in written.values()), PAIRS),
        counted("answers of 303 to them", sum(said.status == SAVED for said in answers), 2 * PAIRS),
        counted("pairs of these answers that lead to the same place", sum(alike), PAIRS),
    ]


def _race_averages(
    people: tuple[Window, ...], owner: psycopg.Connection, pool: ThreadPoolExecutor, number: int
) -> Race:
    """Two people who read the same version give one field two values."""
    wanted = (f"{number + 10}.10", f"{number + 10}.20")
    forms = at_once(pool, [partial(window.form, AVERAGES, "averages") for window in people])
    _same_version(forms, "version")
    sent = [form | {SPEND: value} for form, value in zip(forms, wanted, strict=True)]
    answers = at_once(
        pool, [partial(one.send, AVERAGES, form) for one, form in zip(people, sent, strict=True)]
    )
    return Race(answers, wanted, _row(owner, STORED)[0])


def _race_notes(
    windows: tuple[Window, ...], owner: psycopg.Connection, call: str, pool: ThreadPoolExecutor
) -> list[Race]:
    """The author of a note changes it in two windows, again and again."""
    fields = windows[0].form(f"/calls/{call}", "call-note-add") | {"note_md": "race-begins"}
    place = windows[0].send(f"/calls/{call}/notes", fields).place or ""
    path = f"/calls/{call}/notes/{place.rpartition('#note-')[2]}/edit"
    races = []
    for number in range(RACES):
        form = windows[0].form(path)
        windows[1].cookie = windows[0].cookie
        wanted = (f"race-{number}-one", f"race-{number}-other")
        sends = [
            partial(window.send, path, form | {"note_md": words})
            for window, words in zip(windows, wanted, strict=True)
        ]
        races.append(Race(at_once(pool, sends), wanted, _row(owner, NOTE)[0]))
    return races


def _merges(
    people: tuple[Window, ...], owner: psycopg.Connection, pool: ThreadPoolExecutor, number: int
) -> bool:
    """Whether both values are there when two people who read the same version change a field each."""
    wanted = {SPEND: f"{number + 500}.00", BASELINE: str(number + 500)}
    forms = at_once(pool, [partial(window.form, AVERAGES, "averages") for window in people])
    _same_version(forms, "version")
    sent = [form | {name: value} for form, (name, value) in zip(forms, wanted.items(), strict=True)]
    answers = at_once(
        pool, [partial(one.send, AVERAGES, form) for one, form in zip(people, sent, strict=True)]
    )
    return all(said.status == SAVED for said in answers) and _row(owner, STORED) == tuple(wanted.values())


def _same_version(forms: Sequence[dict[str, str]], name: str) -> None:
    if len({form[name] for form in forms}) != 1:
        raise RuntimeError("the two did not read the same version")


def _held(races: Sequence[Race]) -> tuple[int, int]:
    return sum(race.is_honest for race in races), len(races)


def _row(owner: psycopg.Connection, question: LiteralString) -> tuple[str, ...]:
    """The only row of `question`."""
    (row,) = owner.execute(question).fetchall()
    return tuple(row)
