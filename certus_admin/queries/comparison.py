"""What a period is compared with: the one before it, or the same dates a year ago."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from certus_admin.queries.period import Period

BEFORE, YEAR = "before", "year"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Comparison:
    """The dates beside those of `period`; `kind` is BEFORE or YEAR.

    BEFORE is as long as the period and ends the day before it begins. YEAR has the same dates of the year
    before; February 29 becomes February 28 there, as it does in PostgreSQL.
    """

    period: Period
    kind: str

    @property
    def first(self) -> date:
        """Its earliest date at any place."""
        return self._moved(self.period.first)

    @property
    def last(self) -> date:
        """Its latest date at any place."""
        return self._moved(self.period.last)

    def counterpart(self, day: date) -> date | None:
        """The date that stands beside `day`; None for February 29 when February 28 has taken its place."""
        if self.kind == YEAR and is_leap_day(day) and self.period.first < day:
            return None
        return self._moved(day)

    def window(self, zone: str) -> tuple[str, str]:
        """First and last date as SQL, for a location whose time zone is the SQL expression `zone`."""
        first, last = self.period.window(zone)
        moved = "cast(:then_days as integer)" if self.kind == BEFORE else "interval '1 year'"
        return f"({first} - {moved})::date", f"({last} - {moved})::date"

    @property
    def values(self) -> dict[str, Any]:
        """What `window` binds besides the period's own."""
        return {"then_days": self.period.days} if self.kind == BEFORE else {}

    def _moved(self, day: date) -> date:
        if self.kind == BEFORE:
            return day - ONE_DAY * self.period.days
        return (day - ONE_DAY if is_leap_day(day) else day).replace(year=day.year - 1)


def is_leap_day(day: date) -> bool:
    """Whether it is a February 29."""
    return (day.month, day.day) == (2, 29)
