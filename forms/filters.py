"""What every list can be narrowed by: place and local dates; and how a filter in the URL is read.

A filter is never dropped: a name that the list does not know, or a value that cannot be read, is refused with
the filter's name, because a list that ignored it would show rows that nobody asked for. A place out of reach
looks like one that does not exist: 404.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms import DateField, Field, Form, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput

from certus_admin.queries.dates import LocalDates
from certus_admin.queries.places import Place
from forms.choices import AccountField, ChoiceField, LocationField
from forms.drawn_once import DrawnOnce

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
PERIOD_CHOICES = [
    SelectChoice("", "Any time"),
    SelectChoice("today", "Today"),
    SelectChoice("yesterday", "Yesterday"),
    SelectChoice("7d", "Last 7 days"),
    SelectChoice("30d", "Last 30 days"),
    SelectChoice("90d", "Last 90 days"),
]
PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]*\Z")
FILTER_NAME = re.compile(r"[a-z_]{1,30}")
PAGING = frozenset({"older", "newer", "count"})
DAYS_IN_REACH = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}


def choices(values: Sequence[str], **labels: str) -> list[SelectChoice]:
    """What a select offers: words of the database with their labels (by default the word, spelt out)."""
    return [SelectChoice(value, labels.get(value, value.replace("_", " ").capitalize())) for value in values]


class CheckMenu:
    """Widget: check boxes behind a button that says what is checked."""

    def __call__(self, field: SelectMultipleField, **attributes: Any) -> Markup:
        """Draw the field; the button reads "Status: Missed, Failed"."""
        chosen = [choice.label for choice in field.iter_choices() if choice.selected]
        name, text = field.label.text, ", ".join(chosen) or "Any"
        boxes = Markup("").join(
            Markup('<label class="form-check">{}<span class="form-check-label">{}</span></label>').format(
                box(class_="form-check-input"), box.label.text
            )
            for box in field
        )
        return Markup(
            '<details class="menu check-menu">'
            '<summary class="{}" id="{}" data-check-menu="{}" aria-label="{}: {}">{}</summary>'
            '<div class="menu-body" role="group" aria-label="{}">{}</div></details>'
        ).format(
            attributes.get("class", ""), attributes.get("id", field.id), name, name, text, text, name, boxes,
        )  # fmt: skip


class ChecksField(SelectMultipleField):
    """Several words of a list; none means any."""

    widget = CheckMenu()
    option_widget = CheckboxInput()

    def __init__(self, label: str, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(label, choices=[SelectChoice(*pair) for pair in choices], **options)

    def pre_validate(self, form: Form) -> None:
        """Refuse what is not offered without repeating it: the words reach an error page."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError("that is not one of the choices") from None


def _day_in_reach(_form: Form, field: DateField) -> None:
    if field.data and not FIRST_DAY <= field.data <= LAST_DAY:
        raise ValidationError(f"choose a day from {FIRST_DAY.year} to {LAST_DAY.year}")


class WordsField(StringField):
    """A line of plain text to look for."""

    def __init__(self, label: str, **options: Any) -> None:
        checks = [
            Optional(),
            Length(max=200, message="at most 200 characters"),
            Regexp(PRINTABLE, message="use plain text"),
        ]
        look = {"type": "search", "maxlength": 200, "spellcheck": "false", "autocomplete": "off"}
        super().__init__(label, checks, render_kw=look, **options)


class FilterForm(Form):
    """Account, location and local dates. Lists add their own fields and say what `filters()` gives."""

    Meta = DrawnOnce

    # Names of fields that stand behind "More filters".
    secondary: tuple[str, ...] = ()

    account = AccountField("Account")
    location = LocationField("Location")
    period = ChoiceField("Period", choices=PERIOD_CHOICES)
    _first_day = DateField("From", [Optional(), _day_in_reach], render_kw=DAYS_IN_REACH)
    to = DateField("To", [Optional(), _day_in_reach], render_kw=DAYS_IN_REACH)
    # One date of the period, as a bar of a chart leads to it; shown as a chip, not offered as a choice.
    day = DateField("Day", [Optional(), _day_in_reach], widget=HiddenInput())

    def __init__(self, arguments: "MultiDict[str, str]", places: Sequence[Place]) -> None:
        """Read the query string. BadRequest names what is wrong; NotFound is for a place out of reach."""
        super().__init__()
        self.places = places
        self._offer_places()
        self._refuse_unknown(arguments)
        self.process(MultiDict((name, value) for name, value in arguments.items(multi=True) if value))
        self._offer_locations()
        if not self.validate():
            wrong = next(field for field in self if field.errors)
            name = f"“{wrong.label.text}” ({wrong.short_name})"
            raise BadRequest(f"The filter {name} cannot be read: {wrong.errors[0]}")

    @property
    def secondary_active(self) -> bool:
        """True while one of the fields behind "More filters" is set."""
        return any(self[name].data for name in self.secondary)

    @property
    def account_id(self) -> UUID | None:
        """The chosen account."""
        return UUID(self.account.data) if self.account.data else None

    @property
    def location_id(self) -> UUID | None:
        """The chosen location."""
        return UUID(self.location.data) if self.location.data else None

    @property
    def dates(self) -> LocalDates:
        """The chosen days; a first or last day that was typed in wins over the period."""
        first, last = self["from"].data, self["to"].data
        return LocalDates(first, last, None if first or last else self.period.data or None, self.day.data)

    def filters(self) -> Any:
        """The filters as the list's query takes them."""
        raise NotImplementedError

    def chosen(self) -> Iterator[tuple[Field, str, str]]:
        """(field, value in the URL, value in words) of what is set, one each of several values."""
        for field in self:
            if not field.data:
                continue
            if isinstance(field, SelectField | SelectMultipleField):
                labels = {choice.value: choice.label for choice in field.iter_choices()}
                values = field.data if isinstance(field.data, list) else [field.data]
                yield from ((field, value, str(labels.get(value, value))) for value in values if value)
            else:
                yield field, field._value(), field._value()

    def _offer_places(self) -> None:
        """What the fields offer that depends on who asks; called before any value is read."""
        self.account.offer(self.places)

    def _offer_locations(self) -> None:
        """The locations, which may depend on the account that was chosen."""
        self.location.offer(self.places, self.account.data)

    def _refuse_unknown(self, arguments: "MultiDict[str, str]") -> None:
        for name, values in arguments.lists():
            if name in PAGING:
                continue
            if name not in self:
                # A name of ours is a few lower-case letters; anything else is not repeated.
                called = f"“{name}”" if FILTER_NAME.fullmatch(name) else "of that name"
                raise BadRequest(f"There is no filter {called} here.")
            if len(values) > 1 and not isinstance(self[name], SelectMultipleField):
                raise BadRequest(f"The filter “{self[name].label.text}” ({name}) was given more than once.")


# A word of Python's own cannot be written as an attribute; the underscore keeps WTForms from taking it twice.
setattr(FilterForm, "from", FilterForm._first_day)
