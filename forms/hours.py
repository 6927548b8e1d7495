"""The week grid as it is sent: any number of rows a day; its buttons work without scripts too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Self

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from certus_admin.hours import WEEKDAYS, WHOLE_DAY, Day, Interval, Week, find_overlaps, make_week
from certus_admin.queries.hours import SeenHours

CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.0+)?)?\Z")
MOST_INTERVALS = 12
OUT_OF_DATE = "This page is out of date: reload it."


def clock_time(written: str) -> time:
    """`9:30` or `09:30`, `24:00` for midnight at the end of a day. ValueError for anything else."""
    match = CLOCK.match(written.strip())
    if match is None or (match["hour"] == "24" and match["minute"] != "00"):
        raise ValueError("not a time of day")
    return time(int(match["hour"]) % 24, int(match["minute"]), int(match["second"] or 0))


def field_text(value: time) -> str:
    """A time as an input holds it; seconds only where other clients wrote some."""
    return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"


@dataclass
class GridRow:
    """One row of a day as it was typed; `error` stands beside it."""

    opens: str = ""
    closes: str = ""
    error: str = ""
    interval: Interval | None = None

    @classmethod
    def of(cls, interval: Interval) -> Self:
        """The row of a stored interval."""
        return cls(field_text(interval.opens_at), field_text(interval.closes_at), interval=interval)

    def read(self) -> None:
        """Find the interval; an empty row is none, half a row is an error."""
        self.interval = None
        if not self.opens and not self.closes:
            return
        if not self.opens or not self.closes:
            self.error = "Say when it closes." if self.opens else "Say when it opens."
            return
        try:
            self.interval = Interval(clock_time(self.opens), clock_time(self.closes))
        except ValueError:
            self.error = "Write times like 17:30."


@dataclass
class GridDay:
    """A weekday of the grid."""

    weekday: int
    rows: list[GridRow] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name; 0 is the day of an exception."""
        return WEEKDAYS[self.weekday - 1] if self.weekday else "That day"

    @property
    def whole_day(self) -> bool:
        """Whether the 24-hour switch is on."""
        return [row.interval for row in self.rows] == [WHOLE_DAY]

    @property
    def intervals(self) -> Day:
        """What was understood, in order."""
        return tuple(sorted(row.interval for row in self.rows if row.interval))

    def change(self, name: str, numbers: list[int]) -> None:
        """Add a row, or remove one."""
        if name == "add" and len(self.rows) < MOST_INTERVALS:
            self.rows = [row for row in self.rows if row.interval != WHOLE_DAY] + [GridRow()]
        elif name == "remove" and len(numbers) == 1:
            self.rows = [row for number, row in enumerate(self.rows) if number != numbers[0]]

    def check_overlaps(self) -> bool:
        """Say beside the rows of this day alone what overlaps; True when nothing stands beside any."""
        for overlap in find_overlaps(make_week((1, each) for each in self.intervals)):
            self.say(overlap.interval, overlap.message)
            self.say(overlap.other, overlap.other_message)
        return not self.errors and not any(row.error for row in self.rows)

    def say(self, interval: Interval, message: str) -> None:
        """Put a message beside the row of an interval."""
        for row in [row for row in self.rows if row.interval == interval and not row.error][-1:]:
            row.error = message


def read_day(form: "MultiDict[str, str]", weekday: int) -> GridDay:
    """A day as it was sent: `opens-3`, `closes-3` once a row, 3 among `whole-day` for 24 hours."""
    if str(weekday) in form.getlist("whole-day"):
        return GridDay(weekday, [GridRow.of(WHOLE_DAY)])
    opens, closes = (form.getlist(f"{name}-{weekday}") for name in ("opens", "closes"))
    if len(opens) != len(closes):
        raise BadRequest(OUT_OF_DATE)
    pairs = zip(opens, closes, strict=True)
    day = GridDay(weekday, [GridRow(first.strip()[:20], last.strip()[:20]) for first, last in pairs])
    for row in day.rows:
        row.read()
    if len(day.rows) > MOST_INTERVALS:
        day.errors.append(f"A day has up to {MOST_INTERVALS} intervals.")
    return day


class HoursGrid:
    """The seven days of a form; `seen` are the rows that it was made of."""

    def __init__(self, days: list[GridDay], seen: SeenHours) -> None:
        self.days = days
        self.seen = seen

    @classmethod
    def of(cls, week: Mapping[int, Day], seen: SeenHours) -> Self:
        """The grid of a week."""
        return cls([GridDay(day, [GridRow.of(each) for each in week[day]]) for day in range(1, 8)], seen)

    @classmethod
    def read(cls, form: "MultiDict[str, str]") -> Self:
        """The grid as it was sent; BadRequest for what no page of ours sends."""
        seen = read_seen(form.get("seen", ""))
        return cls([read_day(form, weekday) for weekday in range(1, 8)], seen)

    @property
    def week(self) -> Week:
        """What was understood of it."""
        return make_week((day.weekday, each) for day in self.days for each in day.intervals)

    @property
    def is_good(self) -> bool:
        """True when nothing stands beside any field."""
        return not any(day.errors or any(row.error for row in day.rows) for day in self.days)

    def check(self) -> bool:
        """Say beside the rows what overlaps; True when the week can be saved."""
        for overlap in find_overlaps(self.week):
            self.days[overlap.weekday - 1].say(overlap.interval, overlap.message)
            if (overlap.other_weekday, overlap.other) != (overlap.weekday, overlap.interval):
                other = self.days[overlap.other_weekday - 1]
                other.say(overlap.other, overlap.other_message)
        return self.is_good

    def change(self, action: str, copy_to: Mapping[int, list[str]]) -> None:
        """What the buttons do where there are no scripts: `add-3`, `remove-3-0`, `copy-3`."""
        name, numbers = read_action(action)
        if not numbers or numbers[0] not in range(1, 8):
            raise BadRequest(OUT_OF_DATE)
        day = self.days[numbers[0] - 1]
        if name == "copy":
            targets = {int(each) for each in copy_to[day.weekday] if each in tuple("1234567")}
            for target in targets - {day.weekday}:
                self.days[target - 1].rows = [GridRow.of(each) for each in day.intervals]
        else:
            day.change(name, numbers[1:])


def read_action(action: str) -> tuple[str, list[int]]:
    """A button's name and its numbers: `remove-3-0` is remove, [3, 0]."""
    name, _, rest = action.partition("-")
    return name, [int(part) for part in rest.split("-") if part.isdecimal()]


def read_seen(written: str) -> SeenHours:
    """The rows that a hidden field carries; BadRequest for what no page of ours sends."""
    try:
        return SeenHours.parse(written)
    except ValueError:
        raise BadRequest(OUT_OF_DATE) from None


def settle_conflicts(grid: HoursGrid, form: "MultiDict[str, str]") -> tuple[int, ...]:
    """Put each chosen side of a conflict into the grid; returns the weekdays that nobody decided."""
    undecided: list[int] = []
    for weekday in (int(each) for each in form.getlist("conflict") if each in tuple("1234567")):
        choice = form.get(f"choice-{weekday}")
        sides = {"theirs": grid.seen, "before": read_seen(form.get("base", ""))}
        if choice in sides:
            rows = [GridRow.of(each) for each in sides[choice].week[weekday]]
            grid.days[weekday - 1] = GridDay(weekday, rows)
        elif choice != "yours":
            undecided.append(weekday)
    return tuple(undecided)
