"""What an exception would change: each date before and after, and how it meets the days beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from certus_admin.hours import MIDNIGHT, Day, Interval, Week, written

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayChange:
    """One date of one location. `kept` where an exception is there and stays; `notes` are for people."""

    day: date
    before: Day
    after: Day
    existing: bool
    kept: bool
    notes: tuple[str, ...]


def effective(week: Week, exceptions: Mapping[date, Day], day: date) -> Day:
    """What starts on a date: its exception, else its weekday's hours."""
    return exceptions[day] if day in exceptions else week[day.isoweekday()]


def preview_days(
    week: Week, exceptions: Mapping[date, Day], dates: Iterable[date], wanted: Day, replace: bool
) -> tuple[DayChange, ...]:
    """What `wanted` on `dates` changes at a location; existing exceptions stay unless `replace`."""
    after = dict(exceptions)
    days = tuple(dates)
    for day in days:
        if replace or day not in exceptions:
            after[day] = wanted
    return tuple(
        DayChange(
            day,
            effective(week, exceptions, day),
            after[day],
            day in exceptions,
            day in exceptions and not replace,
            tuple(_notes(week, after, day)),
        )
        for day in days
    )


def _notes(week: Week, after: Mapping[date, Day], day: date) -> Iterable[str]:
    night_before = _tail(effective(week, after, day - ONE_DAY))
    today = after[day]
    if night_before:
        until = written(night_before.closes_at)
        meets = any(each.opens_at < night_before.closes_at for each in today)
        yield f"The night before runs until {until}" + (
            " and overlaps these hours." if meets else ", whatever this day says."
        )
    tonight = _tail(today)
    if tonight and any(each.opens_at < tonight.closes_at for each in effective(week, after, day + ONE_DAY)):
        yield f"Runs until {written(tonight.closes_at)} and overlaps the next morning’s hours."


def _tail(day: Day) -> Interval | None:
    """What runs past midnight, the latest if several do."""
    running = [each for each in day if each.ends_next_day and each.closes_at != MIDNIGHT]
    return max(running, key=lambda each: each.closes_at, default=None)
