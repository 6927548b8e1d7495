"""location_state_at against a slow model: weeks, exceptions, zones, instants, and both clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sql.asking import ACCOUNT_A, Asking, location_id
from tests.sql.slow_hours import DAY, MINUTE, Answer, Closed, Hours, SlowHours, clock_changes

A5 = location_id("a5")
DAY_MINUTES, WEEK_MINUTES = 24 * 60, 7 * 24 * 60

# Half an hour, no change at all, a quarter of an hour off, changes at midnight, two changes a month apart.
ZONES = [
    "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Phoenix", "Asia/Kathmandu",
    "America/Nuuk", "Africa/Cairo", "Africa/Casablanca", "America/Santiago", "Europe/Dublin", "UTC",
]  # fmt: skip
YEARS = (2024, 2025)
PLAIN = datetime(2025, 6, 18, 12, tzinfo=UTC)
MIDDLES = {
    zone: [change for year in YEARS for change in clock_changes(zone, year)] or [PLAIN] for zone in ZONES
}

# Near the hours at which clocks are set, and at those at which restaurants open.
MINUTES = st.one_of(
    st.integers(0, 4 * 60), st.integers(22 * 60, 24 * 60 - 1), st.integers(0, 95).map((15).__mul__)
)
SPANS = st.tuples(MINUTES, MINUTES)


def at_minute(minute: int) -> time:
    return time(minute // 60, minute % 60)


def lasts(span: tuple[int, int]) -> int:
    return (span[1] - span[0]) % DAY_MINUTES or DAY_MINUTES


@st.composite
def weeks(draw: st.DrawFn) -> list[Hours]:
    """Intervals of a week that overlap nowhere on its circle."""
    taken: set[int] = set()
    rows = []
    for weekday, span in draw(st.lists(st.tuples(st.integers(1, 7), SPANS), max_size=12)):
        begins = (weekday - 1) * DAY_MINUTES + span[0]
        minutes = {(begins + minute) % WEEK_MINUTES for minute in range(lasts(span))}
        if not minutes & taken:
            taken |= minutes
            rows.append(Hours(uuid4(), weekday, at_minute(span[0]), at_minute(span[1])))
    return rows


@st.composite
def exceptions(draw: st.DrawFn, middle: datetime) -> list[Hours | Closed]:
    """Dates around the middle that are closed, or have intervals that do not overlap."""
    rows: list[Hours | Closed] = []
    for offset in draw(st.sets(st.integers(-3, 6), max_size=4)):
        day = middle.date() + offset * DAY
        spans = draw(st.lists(SPANS, max_size=3))
        taken: set[int] = set()
        for span in spans:
            minutes = set(range(span[0], span[0] + lasts(span)))
            if not minutes & taken:
                taken |= minutes
                rows.append(Hours(uuid4(), day, at_minute(span[0]), at_minute(span[1])))
        if not spans:
            rows.append(Closed(uuid4(), day))
    return rows


@st.composite
def places(draw: st.DrawFn) -> tuple[str, datetime, list[Hours | Closed], list[datetime]]:
    """A zone, one of its clock changes, what a location has set, and instants, most near the change."""
    zone = draw(st.sampled_from(ZONES))
    middle = draw(st.sampled_from(MIDDLES[zone]))
    rows: list[Hours | Closed] = [*draw(weeks()), *draw(exceptions(middle))]
    seconds = st.one_of(st.integers(-3 * 3600, 3 * 3600), st.integers(-5 * 86400, 7 * 86400))
    whole = st.integers(-180, 180).map((60).__mul__)
    offsets = draw(st.lists(st.one_of(seconds, whole), min_size=20, max_size=40))
    return zone, middle, rows, [middle + timedelta(seconds=offset) for offset in offsets]


def set_up(asking: Asking, zone: str, rows: list[Hours | Closed]) -> None:
    """Give the location of the tests a zone and hours of its own."""
    asking.execute("update public.locations set timezone = %s where id = %s", [zone, A5])
    asking.execute("delete from public.location_hours where location_id = %s", [A5])
    asking.execute("delete from public.location_hours_exceptions where location_id = %s", [A5])
    for row in rows:
        if isinstance(row, Closed):
            columns, values = "exception_date", [row.day]
        else:
            day = "weekday" if row.rule == "weekly" else "is_closed, exception_date"
            columns = f"opens_at, closes_at, {day}"
            values = [row.opens_at, row.closes_at, *([] if row.rule == "weekly" else [False]), row.day]
        table = "location_hours" if getattr(row, "rule", "") == "weekly" else "location_hours_exceptions"
        asking.execute(
            f"""insert into public.{table} (account_id, location_id, id, {columns})
            values ({", ".join(["%s"] * (3 + len(values)))})""",  # type: ignore[arg-type]
            [ACCOUNT_A, A5, row.id, *values],
        )


def answers(asking: Asking, instants: list[datetime], location: UUID = A5) -> list[Answer]:
    """What SQL says of each instant, in one statement."""
    return [
        Answer(*row)
        for row in asking.rows(
            """select s.is_open, s.rule, s.rule_id, s.until
            from unnest(%s::timestamptz[]) with ordinality i (instant, place)
            cross join lateral public.location_state_at(%s, i.instant) s order by i.place""",
            [instants, location],
        )
    ]


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(place=places())
def test_sql_agrees_with_a_scan_of_every_minute(
    asking: Asking, place: tuple[str, datetime, list[Hours | Closed], list[datetime]]
) -> None:
    zone, middle, rows, instants = place
    slow = SlowHours(zone, middle, rows)
    with asking.undone():
        set_up(asking, zone, rows)
        assert answers(asking, instants) == [slow.answer(instant) for instant in instants]


def test_the_zones_of_the_property_change_their_clocks() -> None:
    changes = {zone: len([c for c in MIDDLES[zone] if c is not PLAIN]) for zone in ZONES}
    assert {zone for zone, count in changes.items() if count == 0} == {
        "America/Phoenix",
        "Asia/Kathmandu",
        "UTC",
    }
    assert all(count == 4 for count in changes.values() if count)


PARIS_SPRING, PARIS_AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("opens", "closes", "day", "instants"),
    [
        # The clock jumps from 2:00 to 3:00 at 1:00 UTC.
        ("02:30", "05:00", PARIS_SPRING, ("01:00", "03:00")),
        ("00:30", "02:30", PARIS_SPRING, ("-23:30", "01:00")),
        ("02:15", "02:45", PARIS_SPRING, None),
        # It falls back from 3:00 to 2:00 at 1:00 UTC.
        ("02:30", "05:00", PARIS_AUTUMN, ("00:30", "04:00")),
        ("01:00", "02:30", PARIS_AUTUMN, ("-23:00", "01:30")),
        ("02:30", "02:45", PARIS_AUTUMN, ("00:30", "01:45")),
        ("02:00", "03:00", PARIS_AUTUMN, ("00:00", "02:00")),
        ("01:00", "02:00", PARIS_AUTUMN, ("-23:00", "00:00")),
    ],
)
def test_an_interval_at_a_clock_change_begins_and_ends(
    asking: Asking, opens: str, closes: str, day: date, instants: tuple[str, str] | None
) -> None:
    row = Hours(uuid4(), day, time.fromisoformat(opens), time.fromisoformat(closes))
    set_up(asking, "Europe/Paris", [row])
    midnight = datetime.combine(day, time(), UTC)
    if instants is None:
        assert answers(asking, [midnight]) == [Answer(False, "exception", row.id, None)]
        return
    starts, ends = (
        datetime.combine(
            day - DAY if written[0] == "-" else day, time.fromisoformat(written.lstrip("-")), UTC
        )
        for written in instants
    )
    just_before = timedelta(microseconds=1)
    assert [
        answer.is_open for answer in answers(asking, [starts - just_before, starts, ends - just_before, ends])
    ] == [False, True, True, False]
    assert answers(asking, [starts - MINUTE, starts])[0].until == starts
    assert answers(asking, [starts])[0].until == ends


def test_a_whole_day_that_the_clock_skips_is_never_open(asking: Asking) -> None:
    skipped = date(2011, 12, 30)
    set_up(asking, "Pacific/Apia", [Hours(uuid4(), skipped, time(9), time(17))])
    around = [datetime(2011, 12, 30, hour, tzinfo=UTC) for hour in range(24)]
    assert {answer.is_open for answer in answers(asking, around)} == {False}


def test_always_open_has_no_end_and_never_open_no_beginning(asking: Asking) -> None:
    instant = datetime(2026, 5, 5, 12, tzinfo=UTC)
    set_up(asking, "Europe/Paris", [Hours(uuid4(), day, time(6), time(6)) for day in range(1, 8)])
    (always,) = answers(asking, [instant])
    assert (always.is_open, always.rule, always.until) == (True, "weekly", None)
    set_up(asking, "Europe/Paris", [])
    assert answers(asking, [instant]) == [Answer(False, "none", None, None)]


@pytest.mark.parametrize(("days", "seconds", "known"), [(14, 0, True), (14, 1, False), (13, 0, True)])
def test_the_next_change_is_told_up_to_14_days_ahead(
    asking: Asking, days: int, seconds: int, known: bool
) -> None:
    opens = datetime(2026, 7, 20, 10, tzinfo=UTC)
    set_up(asking, "UTC", [Hours(uuid4(), opens.date(), time(10), time(11))])
    (answer,) = answers(asking, [opens - timedelta(days=days, seconds=seconds)])
    assert answer.until == (opens if known else None)
