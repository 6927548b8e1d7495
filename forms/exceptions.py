"""Exceptions as they are sent: a date or a range, closed or intervals, a reason, and for which locations."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from certus_admin.hours import Day, Interval
from certus_admin.queries.exceptions import SpecialDay
from forms.hours import MOST_INTERVALS, OUT_OF_DATE, GridDay, GridRow, clock_time, field_text, read_day

LONGEST_REASON = 200
MOST_DAYS = 92
MOST_ROWS = 2_000
LAST_DAY = date(2100, 12, 31)
CLOSED = "closed"
CHOOSE = "Choose what it should be."


def seen_text(days: Iterable[SpecialDay]) -> str:
    """What a hidden field carries of the rows that a page showed: their ids and versions."""
    return json.dumps(sorted([str(row.id), row.version] for day in days for row in day.rows))


def hours_text(day: Day) -> str:
    """A day's hours as one text: `closed`, or `11:00-14:00 17:00-01:00`."""
    return " ".join(f"{field_text(each.opens_at)}-{field_text(each.closes_at)}" for each in day) or CLOSED


def read_hours(written: str) -> Day:
    """What `hours_text` wrote; ValueError for anything else."""
    if written == CLOSED:
        return ()
    pairs = [each.partition("-") for each in written.split()]
    if not 0 < len(pairs) <= MOST_INTERVALS:
        raise ValueError("not the hours of a day")
    return tuple(sorted(Interval(clock_time(opens), clock_time(closes)) for opens, _, closes in pairs))


def texts_of(special: SpecialDay) -> dict[str, str]:
    """The fields of a stored date, each as one text: what two saves are compared by."""
    return {"hours": hours_text(special.intervals), "reason": special.reason}


def read_before(form: Mapping[str, str]) -> dict[str, str] | None:
    """What the fields held when the page was read; None where the form does not say."""
    try:
        found = json.loads(form.get("before", ""))
        before = {"hours": str(found["hours"]), "reason": str(found["reason"])}
        read_hours(before["hours"])
    except (ValueError, TypeError, KeyError):
        return None
    return before


@dataclass
class ExceptionForm:
    """The form and what is wrong with it, by field: `first`, `last`, `reason`, `to`; rows have their own."""

    first_text: str = ""
    last_text: str = ""
    reason: str = ""
    replace: bool = False
    chosen: list[str] = field(default_factory=list)
    day: GridDay = field(default_factory=lambda: GridDay(0))
    errors: dict[str, str] = field(default_factory=dict)
    first: date = date.min
    last: date = date.min

    @classmethod
    def read(cls, form: "MultiDict[str, str]") -> Self:
        """The form as it was sent."""
        return cls(
            form.get("first", "").strip()[:20],
            form.get("last", "").strip()[:20],
            " ".join(form.get("reason", "").replace("\0", "").split()),
            form.get("existing") == "replace",
            form.getlist("to"),
            read_day(form, 0),
        )

    @classmethod
    def of(cls, intervals: Day, reason: str) -> Self:
        """The form of an exception that is there."""
        return cls(reason=reason, day=GridDay(0, [GridRow.of(each) for each in intervals]))

    @property
    def texts(self) -> dict[str, str]:
        """Hours and reason, each as one text; call it on a form that was found good."""
        return {"hours": hours_text(self.day.intervals), "reason": self.reason}

    def take_choices(self, form: Mapping[str, str], before: Mapping[str, str]) -> None:
        """Take the hours chosen where two saves met; what was not chosen is asked for, over what is saved."""
        try:
            hours = read_hours(form.get("hours", before["hours"]))
        except ValueError:
            raise BadRequest(OUT_OF_DATE) from None
        self.day = GridDay(0, [GridRow.of(each) for each in hours])
        if "hours" not in form:
            self.day.errors.append(CHOOSE)
        if "reason" not in form:
            self.reason, self.errors["reason"] = before["reason"], CHOOSE

    @property
    def dates(self) -> list[date]:
        """Every day of the range."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def check_day(self) -> bool:
        """Look at intervals and reason."""
        if len(self.reason) > LONGEST_REASON:
            self.errors["reason"] = f"A reason has up to {LONGEST_REASON} characters."
        return self.day.check_overlaps() and not self.errors

    def check(self, today: date) -> bool:
        """Look at everything; `today` is the earliest local date among the locations."""
        self._check_dates(today)
        if not self.chosen:
            self.errors["to"] = "Choose at least one location."
        elif not self.errors and len(self.dates) * len(self.chosen) > MOST_ROWS:
            self.errors["last"] = f"That is more than {MOST_ROWS:,} exceptions at once."
        return self.check_day()

    def _check_dates(self, today: date) -> None:
        for name, value in (("first", self.first_text), ("last", self.last_text or self.first_text)):
            try:
                setattr(self, name, date.fromisoformat(value))
            except ValueError:
                self.errors[name] = "Choose a date."
                return
        if self.first < today:
            self.errors["first"] = "Choose a day that is still to come."
        elif self.last < self.first:
            self.errors["last"] = "This is before the first day."
        elif self.last > LAST_DAY or (self.last - self.first).days >= MOST_DAYS:
            self.errors["last"] = f"Up to {MOST_DAYS} days at once."
