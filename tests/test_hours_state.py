"""The database and opening-hours-py say the same of every real pattern, at hundreds of instants."""

import csv
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from opening_hours import OpeningHours

from certus_admin.hours import Week, intervals_of
from certus_admin.osm_hours import HoursTextError, read_week
from tests.fixtures.database import Database
from tests.test_hours_text import PATTERNS

ACCOUNT = UUID("a0000000-0000-7000-8000-00000000000a")
INSTANTS = 500
# What websites write most often, and what is hardest: for a checkout without the real patterns.
SAMPLES = (
    "Mo-Fr 11:30-14:30,17:30-22:00; Sa 17:00-24:00; Su off",
    "24/7",
    "Mo-Su 10:30-10:30",
    "Mo 18:00-02:00, Tu 10:00-12:00",
    "Th-Su 22:00-06:00",
    "Sa 00:00-24:00",
)
STATES = """
select s.location_id, i.number, s.is_open
from unnest(%(locations)s::uuid[]) l (id)
cross join unnest(%(instants)s::timestamptz[]) with ordinality i (at, number)
cross join lateral public.location_state_at(l.id, i.at) s
"""


def real_weeks() -> Iterator[tuple[str, Week]]:
    with PATTERNS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            try:
                yield row["opening_hours"], read_week(row["opening_hours"])
            except HoursTextError:
                continue


def instants_away_from_changes(zone: ZoneInfo, chance: Random) -> list[datetime]:
    """Random instants of five years, none near a change of clocks, where the library reads differently."""
    found: list[datetime] = []
    while len(found) < INSTANTS:
        at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(5 * 365 * 86400))
        around = {(at + timedelta(days=days)).astimezone(zone).utcoffset() for days in (-2, 0, 2)}
        if len(around) == 1:
            found.append(at)
    return found


def add_locations(owner: Any, zone: str, weeks: list[tuple[str, Week]]) -> dict[UUID, list[str]]:
    """A location for each week, with its hours, and the patterns that say this week."""
    texts: dict[tuple[Any, ...], list[str]] = {}
    for text, week in weeks:
        texts.setdefault(tuple(intervals_of(week)), []).append(text)
    ids = {uuid4(): week for week in texts}
    rows = [(ACCOUNT, each, f"Pattern {each}", zone) for each in ids]
    hours = [
        (ACCOUNT, location_id, weekday, interval.opens_at, interval.closes_at)
        for location_id, week in ids.items()
        for weekday, interval in week
    ]
    with owner.cursor() as cursor:
        cursor.executemany(
            "insert into public.locations (account_id, id, name, timezone) values (%s, %s, %s, %s)", rows
        )
        cursor.executemany(
            """insert into public.location_hours (account_id, location_id, weekday, opens_at, closes_at)
            values (%s, %s, %s, %s, %s)""",
            hours,
        )
    return {location_id: texts[week] for location_id, week in ids.items()}


def ask(
    database: Database, locations: Sequence[UUID], instants: list[datetime]
) -> dict[tuple[UUID, int], bool]:
    """What the database says of each location at each instant, by the instant's number from 1."""
    with database.owner(options="-c jit=off") as owner:
        values = {"locations": list(locations), "instants": instants}
        return {(row.location_id, row.number): row.is_open for row in owner.execute(STATES, values)}


def disagreements(database: Database, zone: str, weeks: list[tuple[str, Week]]) -> list[tuple[str, datetime]]:
    place, chance = ZoneInfo(zone), Random(f"hours {zone}")
    instants = instants_away_from_changes(place, chance)
    with database.owner() as owner:
        texts = add_locations(owner, zone, weeks)
    ids = list(texts)
    said: dict[tuple[UUID, int], bool] = {}
    with ThreadPoolExecutor() as threads:  # the database has more than one core, too
        halves = [threads.submit(ask, database, ids[start::2], instants) for start in (0, 1)]
        for half in halves:
            said |= half.result()
    assert len(said) == len(ids) * len(instants)
    local = [at.astimezone(place).replace(tzinfo=None) for at in instants]
    found = []
    pairs = ((location_id, text) for location_id, same in texts.items() for text in same)
    for location_id, text in pairs:
        hours = OpeningHours(text)
        for number, at in enumerate(local, start=1):
            if hours.is_open(at) != said[location_id, number]:
                found.append((text, at))
    return found


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_the_database_agrees_with_the_library_on_samples(database: Database, zone: str):
    assert disagreements(database, zone, [(text, read_week(text)) for text in SAMPLES]) == []


def test_the_database_agrees_with_the_library_on_every_accepted_pattern(database: Database):
    if not PATTERNS.exists():
        pytest.skip("osm_opening_hours.tsv is not here (CERTUS_SHARED_DATA)")
    weeks = list(real_weeks())
    assert len(weeks) > 490
    assert disagreements(database, "America/New_York", weeks) == []
