"""When a location is open, worked out minute by minute: slow, and nothing like the SQL that it judges."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HORIZON = 14 * DAY
# Minutes are looked at from so long before the middle of a scan to so long after it.
BEFORE, AFTER = 12 * DAY, 30 * DAY
# No clock is set so far that a local time is shown further from itself read as UTC.
FURTHEST = 2 * DAY


@dataclass(frozen=True)
class Hours:
    """A row of location_hours (its day an ISO weekday) or an open one of its exceptions (a date)."""

    id: UUID
    day: int | date
    opens_at: time
    closes_at: time

    @property
    def rule(self) -> str:
        return "weekly" if isinstance(self.day, int) else "exception"


@dataclass(frozen=True)
class Closed:
    """A row of location_hours_exceptions that closes a date."""

    id: UUID
    day: date


@dataclass(frozen=True)
class Answer:
    """What is compared with location_state_at."""

    is_open: bool
    rule: str
    rule_id: UUID | None
    until: datetime | None


@lru_cache(maxsize=32)
def clock(zone: str, middle: datetime) -> list[datetime]:
    """What the zone's clock shows at each minute of the scan."""
    place, first = ZoneInfo(zone), middle - BEFORE
    count = (BEFORE + AFTER) // MINUTE
    return [(first + number * MINUTE).astimezone(place).replace(tzinfo=None) for number in range(count)]


def clock_changes(zone: str, year: int) -> list[datetime]:
    """The instants of a year at which the zone's clock is set, to the minute."""
    place = ZoneInfo(zone)

    def offset(instant: datetime) -> timedelta | None:
        return instant.astimezone(place).utcoffset()

    found, instant = [], datetime(year, 1, 1, tzinfo=UTC)
    while instant.year == year:
        if offset(instant) != offset(instant + HOUR):
            found.append(
                next(
                    instant + number * MINUTE
                    for number in range(1, 61)
                    if offset(instant + number * MINUTE) != offset(instant)
                )
            )
        instant += HOUR
    return found


class SlowHours:
    """The minutes at which a location with these rows is open, around the middle of a scan."""

    def __init__(self, zone: str, middle: datetime, rows: list[Hours | Closed]) -> None:
        self.first = middle - BEFORE
        self.shown = clock(zone, middle)
        self.rows = rows
        self.excepted = {row.day for row in rows if not isinstance(row.day, int)}
        # Each interval with the numbers of its first minute and of the first after it.
        self.spans = [span for day in self._dates() for span in self._spans_of(day)]
        self.open = bytearray(len(self.shown))
        for starts, ends, _ in self.spans:
            self.open[starts:ends] = b"\1" * (ends - starts)

    def answer(self, instant: datetime) -> Answer:
        """The state at an instant well within the scan."""
        number = (instant - self.first) // MINUTE
        is_open = self.open[number]
        flips = number
        limit = (instant + HORIZON - self.first) // MINUTE
        while flips <= limit and self.open[flips] == is_open:
            flips += 1
        until = self.first + flips * MINUTE
        rule, rule_id = self._rule(number, bool(is_open))
        return Answer(bool(is_open), rule, rule_id, until if until <= instant + HORIZON else None)

    def _rule(self, number: int, is_open: bool) -> tuple[str, UUID | None]:
        if is_open:
            around = [(starts, row) for starts, ends, row in self.spans if starts <= number < ends]
            last = max(starts for starts, _ in around)
            row = min((row for starts, row in around if starts == last), key=lambda row: (row.rule, row.id))
            return row.rule, row.id
        today = [row for row in self.rows if row.day == self.shown[number].date()]
        if today:
            first = min(today, key=lambda row: time() if isinstance(row, Closed) else row.opens_at)
            return "exception", first.id
        return "none", None

    def _dates(self) -> list[date]:
        first, last = (self.shown[0] + FURTHEST).date(), (self.shown[-1] - 2 * FURTHEST).date()
        return [first + number * DAY for number in range((last - first).days)]

    def _spans_of(self, day: date) -> list[tuple[int, int, Hours]]:
        of_day = day if day in self.excepted else day.isoweekday()
        found = []
        for row in self.rows:
            if isinstance(row, Closed) or row.day != of_day:
                continue
            ends_on = day + DAY if row.closes_at <= row.opens_at else day
            starts = self._first_at_or_after(datetime.combine(day, row.opens_at))
            found.append((starts, self._after_the_last_before(datetime.combine(ends_on, row.closes_at)), row))
        return [span for span in found if span[0] < span[1]]

    def _around(self, local: datetime) -> range:
        middle = (local.replace(tzinfo=UTC) - self.first) // MINUTE
        reach = FURTHEST // MINUTE
        return range(middle - reach, middle + reach)

    def _first_at_or_after(self, local: datetime) -> int:
        return next(number for number in self._around(local) if self.shown[number] >= local)

    def _after_the_last_before(self, local: datetime) -> int:
        return next(number for number in reversed(self._around(local)) if self.shown[number] < local) + 1
