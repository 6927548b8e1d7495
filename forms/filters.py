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
from werkzeug.exceptions import BadRequest, NotFound
from wtforms import DateField, Field, Form, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput

from certus_admin.queries.dates import LocalDates
from certus_admin.queries.places import Place
from forms.choices import PlainSelect
from forms.drawn_once import DrawnOnce

ANY = SelectChoice("", "Any")
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
PAGING = frozenset({"older", "newer", "count"})
DAYS_IN_REACH = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}


def choices(values: Sequence[str], **labels: str) -> list[SelectChoice]:
    """What a select offers: words of the database with their labels (by default the word, spelt out)."""
    return [SelectChoice(value, labels.get(value, value.replace("_", " ").capitalize())) for value in values]


class ChoiceField(SelectField):
    """One word of a list; nothing chosen is the first choice, "" for any."""

    widget = PlainSelect()
    data: str | None

    def __init__(self, label: str, choices: Sequence[SelectChoice] = (), **options: Any) -> None:
        super().__init__(label, choices=[SelectChoice(*pair) for pair in choices], default="", **options)


class PlaceField(ChoiceField):
    """One of the caller's accounts or locations; hidden where there is nothing to choose."""

    def pre_validate(self, _form: Form) -> None:
        """A value that is no id is refused; an id out of reach is answered like one that does not exist."""
        if not self.data:
            return
        try:
            wanted = UUID(self.data)
        except ValueError:
            raise ValidationError("that is not an id") from None
        if str(wanted) != self.data.lower():
            raise ValidationError("that is not an id")
        self.data = str(wanted)
        if self.data not in {choice.value for choice in self.iter_choices()}:
            raise NotFound

    def _value(self) -> str:
        return self.data or ""


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

    account = PlaceField("Account")
    location = PlaceField("Location")
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
        accounts = {str(place.account_id): place.account_name for place in self.places}
        self.account.choices = [ANY, *(SelectChoice(*account) for account in accounts.items())]
        self.location.choices = [
            ANY,
            *(
                SelectChoice(
                    str(place.location_id),
                    place.location_name,
                    optgroup=place.account_name if len(accounts) > 1 else None,
                )
                for place in self.places
            ),
        ]
        if len(accounts) < 2:
            self.account.widget = HiddenInput()
        if len(self.places) < 2:
            self.location.widget = HiddenInput()

    def _refuse_unknown(self, arguments: "MultiDict[str, str]") -> None:
        for name, values in arguments.lists():
            if name in PAGING:
                continue
            if name not in self:
                raise BadRequest(f"There is no filter “{name[:40]}” here.")
            if len(values) > 1 and not isinstance(self[name], SelectMultipleField):
                raise BadRequest(f"The filter “{self[name].label.text}” ({name}) was given more than once.")


# A word of Python's own cannot be written as an attribute; the underscore keeps WTForms from taking it twice.
setattr(FilterForm, "from", FilterForm._first_day)
