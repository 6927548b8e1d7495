"""A week of opening hours as people edit it: intervals that start on a day, in the location's local time.

The rule is the database's (`location_hours_overlap`): an interval that closes at or before it opens ends on
the next day, equal times are 24 hours, the week is a circle, and intervals may touch but not overlap.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from babel.dates import format_time

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
MIDNIGHT = time(0)


@dataclass(frozen=True, order=True)
class Interval:
    """Open from `opens_at` to `closes_at`, local times of whole minutes on the grid."""

    opens_at: time
    closes_at: time

    @property
    def ends_next_day(self) -> bool:
        """Whether it runs past midnight; one that closes at midnight itself does, by the clock."""
        return self.closes_at <= self.opens_at

    @property
    def is_whole_day(self) -> bool:
        """24 hours, wherever they begin."""
        return self.opens_at == self.closes_at

    @property
    def minutes(self) -> int:
        """How long it is."""
        return (minute_of(self.closes_at) - minute_of(self.opens_at)) % DAY_MINUTES or DAY_MINUTES

    def __str__(self) -> str:
        if self == WHOLE_DAY:
            return "Open 24 hours"
        next_day = " (next day)" if self.ends_next_day and self.closes_at != MIDNIGHT else ""
        return f"{written(self.opens_at)} – {written(self.closes_at)}{next_day}"


WHOLE_DAY = Interval(MIDNIGHT, MIDNIGHT)
Day = tuple[Interval, ...]
# ISO weekday (1 is Monday) to what starts on it, in order; all seven are there.
Week = dict[int, Day]


@dataclass(frozen=True)
class Overlap:
    """Two intervals that claim the same minutes, each with the weekday on which it starts."""

    weekday: int
    interval: Interval
    other_weekday: int
    other: Interval

    @property
    def message(self) -> str:
        """What is said beside `interval`."""
        return self._said(self.interval, self.weekday, self.other, self.other_weekday)

    @property
    def other_message(self) -> str:
        """What is said beside `other`."""
        return self._said(self.other, self.other_weekday, self.interval, self.weekday)

    @staticmethod
    def _said(mine: Interval, weekday: int, theirs: Interval, their_weekday: int) -> str:
        whose = "" if weekday == their_weekday else f"{WEEKDAYS[their_weekday - 1]}’s "
        return f"{mine} overlaps {whose}{theirs}."


def minute_of(value: time) -> int:
    """Minutes since midnight."""
    return value.hour * 60 + value.minute


def written(value: time) -> str:
    """A time of day as every page writes it."""
    return format_time(value, "h:mm a", locale="en_US")


def make_week(intervals: Iterable[tuple[int, Interval]] = ()) -> Week:
    """The week of these (weekday, interval) pairs, each day in order."""
    found: dict[int, list[Interval]] = {weekday: [] for weekday in range(1, 8)}
    for weekday, interval in intervals:
        found[weekday].append(interval)
    return {weekday: tuple(sorted(day)) for weekday, day in found.items()}


def intervals_of(week: Mapping[int, Day]) -> Iterator[tuple[int, Interval]]:
    """All (weekday, interval) pairs of a week, in order."""
    for weekday in range(1, 8):
        for interval in week[weekday]:
            yield weekday, interval


def find_overlaps(week: Mapping[int, Day]) -> list[Overlap]:
    """Every pair of neighbours on the circle of the week that overlap; touching is fine."""
    starts = sorted(
        ((weekday - 1) * DAY_MINUTES + minute_of(interval.opens_at), weekday, interval)
        for weekday, interval in intervals_of(week)
    )
    if len(starts) < 2:
        return []
    first = starts[0]
    around = [*starts, (first[0] + WEEK_MINUTES, first[1], first[2])]
    return [
        Overlap(before[1], before[2], after[1], after[2])
        for before, after in pairwise(around)
        if before[0] + before[2].minutes > after[0]
    ]


def describe_day(day: Day) -> str:
    """A day in words: `Closed`, `Open 24 hours`, `11:30 AM – 2:30 PM, 5:00 PM – 1:00 AM (next day)`."""
    return ", ".join(str(interval) for interval in day) or "Closed"


def open_minutes(week: Mapping[int, Day]) -> set[int]:
    """The minutes of the week (0 is Monday at midnight) at which it is open."""
    return {
        ((weekday - 1) * DAY_MINUTES + minute_of(interval.opens_at) + minute) % WEEK_MINUTES
        for weekday, interval in intervals_of(week)
        for minute in range(interval.minutes)
    }
