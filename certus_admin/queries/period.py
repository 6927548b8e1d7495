"""Spans of local dates: what pages count over, and what "today" and "the last 30 days" stand for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from certus_admin.queries.dates import PERIODS

# Zones lie between UTC-12 and UTC+14: no local date begins earlier or ends later around its UTC date.
EARLIEST_START = timedelta(hours=14)
LATEST_END = timedelta(hours=12)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Local dates from `first` to `last`, both included, each read in a location's own time zone.

    With a `preset` (a key of PERIODS) they are counted from each location's own today at the moment `now`.
    `first` and `last` are then the earliest and the latest of them all: around midnight, zones are on
    different dates.
    """

    first: date
    last: date
    preset: str | None = None
    now: datetime | None = None

    @property
    def days(self) -> int:
        """How many dates it has at one location; at least 1."""
        if self.preset:
            first_back, last_back = PERIODS[self.preset]
            return first_back - last_back + 1
        return (self.last - self.first).days + 1

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """Every date that is in it anywhere, in order."""
        return tuple(self.first + ONE_DAY * index for index in range((self.last - self.first).days + 1))

    @property
    def before(self) -> tuple[date, date]:
        """First and last date of the period of the same length that ends the day before this one begins."""
        return self.first - ONE_DAY * self.days, self.last - ONE_DAY * self.days

    @property
    def since(self) -> datetime:
        """A moment (UTC) before which no zone on earth has begun the first date."""
        return datetime.combine(self.first, time(), UTC) - EARLIEST_START

    @property
    def until(self) -> datetime:
        """A moment (UTC) from which on every zone on earth is past the last date."""
        return datetime.combine(self.last + ONE_DAY, time(), UTC) + LATEST_END

    def window(self, zone: str) -> tuple[str, str]:
        """First and last date as SQL, for a location whose time zone is the SQL expression `zone`."""
        if not self.preset:
            return "cast(:first as date)", "cast(:last as date)"
        today = f"(cast(:now as timestamptz) at time zone {zone})::date"
        return f"({today} - cast(:first_back as integer))", f"({today} - cast(:last_back as integer))"

    @property
    def values(self) -> dict[str, Any]:
        """What the dates of `window` bind, and `since` and `until` for an index on the time."""
        values: dict[str, Any] = {"since": self.since, "until": self.until}
        if not self.preset:
            return values | {"first": self.first, "last": self.last}
        first_back, last_back = PERIODS[self.preset]
        return values | {"now": self.now, "first_back": first_back, "last_back": last_back}


def preset_period(preset: str, zones: Iterable[str], now: datetime | None = None) -> Period:
    """What a preset means at places in these IANA zones (UTC where none is given). KeyError for any other."""
    moment = now or datetime.now(UTC)
    todays = [moment.astimezone(ZoneInfo(zone)).date() for zone in set(zones)] or [moment.date()]
    first_back, last_back = PERIODS[preset]
    return Period(min(todays) - ONE_DAY * first_back, max(todays) - ONE_DAY * last_back, preset, moment)
