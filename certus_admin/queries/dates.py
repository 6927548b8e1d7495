"""Local dates as a filter: exact at each location, and bounded in time so that an index carries it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Date, cast, func, true
from sqlalchemy.orm import InstrumentedAttribute

# From day a to day b before today, each location's own today.
PERIODS = {"today": (0, 0), "yesterday": (1, 1), "7d": (6, 0), "30d": (29, 0), "90d": (89, 0)}

# A local date begins up to 14 hours before the same date in UTC and ends up to 12 after it.
AHEAD, BEHIND = timedelta(hours=14), timedelta(hours=12)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class LocalDates:
    """Inclusive local dates; or `period`, a key of PERIODS counted from each location's own today.

    `day` is one date of all that: a preset ends on different dates where zones are on different ones.
    """

    first: date | None = None
    last: date | None = None
    period: str | None = None
    day: date | None = None

    def __bool__(self) -> bool:
        return bool(self.first or self.last or self.period or self.day)

    def conditions(
        self,
        moment: InstrumentedAttribute[datetime],
        local_date: InstrumentedAttribute[date],
        zone: InstrumentedAttribute[str],
    ) -> list[ColumnElement[bool]]:
        """Exact by `local_date`, and by the widest zones on `moment`, which has the index."""
        if self.day:
            chosen = LocalDates(self.first, self.last, self.period)
            one = LocalDates(self.day, self.day)
            return [*chosen.conditions(moment, local_date, zone), *one.conditions(moment, local_date, zone)]
        if self.period:
            return self._period_conditions(moment, local_date, zone)
        found: list[ColumnElement[bool]] = []
        if self.first:
            found += [_known(local_date >= self.first), moment >= _midnight(self.first) - AHEAD]
        if self.last:
            found += [_known(local_date <= self.last), moment < _midnight(self.last) + DAY + BEHIND]
        return found

    def _period_conditions(
        self,
        moment: InstrumentedAttribute[datetime],
        local_date: InstrumentedAttribute[date],
        zone: InstrumentedAttribute[str],
    ) -> list[ColumnElement[bool]]:
        first_back, last_back = PERIODS[str(self.period)]
        today = cast(func.timezone(zone, func.now()), Date)
        now = datetime.now(UTC)
        return [
            _known(local_date >= today - first_back),
            _known(local_date <= today - last_back),
            # The database's clock decides; two days more than needed forgive this one's.
            moment >= now - (first_back + 3) * DAY,
            moment < now + (2 - last_back) * DAY,
        ]


def _known(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """`condition`, in a form that keeps the order of time.

    The zone, and with it the local date, is known of every row. The planner cannot know that: given the bare
    condition it starts from the locations, and sorts all they have in the period for the newest fifty.
    """
    return func.coalesce(condition, true())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
