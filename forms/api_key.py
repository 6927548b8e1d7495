"""Issuing, rotating and revoking an API key: its label, its last characters and a reason, never the key."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, Field, Form, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from certus_admin.secret_shapes import looks_like_secret
from forms.notes import plain_text

LOOKS_LIKE_A_KEY = "This looks like a key or a password, so it was not kept. A key never enters here."
TAKEN = "A live key of this account has this label. Rotate that one, or revoke it first."
HINT = re.compile(r"[!-~]{4,8}\Z")
LAST_MOMENT = time(23, 59, 59, tzinfo=UTC)
LONGEST_YEARS = 5
PLAIN = {"autocomplete": "off", "spellcheck": "false", "maxlength": False, "minlength": False}
OVERLAPS = {"0": timedelta(0), "1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7),
            "30d": timedelta(days=30)}  # fmt: skip
OVERLAP_CHOICES = [
    SelectChoice("0", "At once: the old key stops working now"),
    SelectChoice("1h", "In 1 hour"),
    SelectChoice("1d", "In 1 day"),
    SelectChoice("7d", "In 7 days"),
    SelectChoice("30d", "In 30 days"),
]
REFUSALS = {
    "taken": ("label", TAKEN),
    "label": ("label", LOOKS_LIKE_A_KEY),
    "key_hint": ("key_hint", LOOKS_LIKE_A_KEY),
    "scopes": ("scopes", "Choose from the list."),
    "reason": ("reason", LOOKS_LIKE_A_KEY),
}


def empty(field: Field) -> None:
    """Forget what was typed, so that the page that says what is wrong does not hold it."""
    field.data, field.raw_data = "", []


class NoSecret:
    """Refuses what could be a key, and forgets it; first of a field's rules, so that no other sees it."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Check one field."""
        if looks_like_secret(field.data):
            empty(field)
            raise StopValidation(LOOKS_LIKE_A_KEY)


class HintShape:
    """A few last characters: more would be too much of the key, and are forgotten."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Check one field."""
        if not HINT.match(field.data or ""):
            empty(field)
            raise StopValidation("Give the last 4 to 8 characters, without blanks.")


class ScopesField(SelectMultipleField):
    """Check boxes of a fixed list; what is not in it is refused without being repeated."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
    data: list[str] | None

    def pre_validate(self, _form: Form) -> None:
        """Only what was offered."""
        if not set(self.data or ()) <= {choice.value for choice in self.iter_choices()}:
            self.data = []
            raise StopValidation("Choose from the list.")


class RefusableForm(FlaskForm):
    """A form over whose fields the database has rules, too."""

    def refuse(self, rule: str) -> None:
        """Say beside its field what the database refused; what could be a key is forgotten."""
        name, words = REFUSALS[rule]
        if words == LOOKS_LIKE_A_KEY:
            empty(self[name])
        self[name].errors = [*self[name].errors, words]


class KeyForm(RefusableForm):
    """What is said of a new key, whether it takes the place of another or not."""

    key_hint = StringField(
        "Last characters of the key",
        [Optional(), HintShape(), NoSecret()],
        filters=[plain_text],
        render_kw=PLAIN,
        description="4 to 8 characters from its end, to tell it from others. Never more of it.",
    )
    expires_on = DateField(
        "Last day",
        [Optional()],
        render_kw={"autocomplete": "off"},
        description="It works until the end of this day in UTC. Empty: no end.",
    )

    @property
    def hint(self) -> str | None:
        """The last characters; None where none were given."""
        return self.key_hint.data or None

    @property
    def expires_at(self) -> datetime | None:
        """The last moment of the last day (UTC); None for no end."""
        return datetime.combine(self.expires_on.data, LAST_MOMENT) if self.expires_on.data else None

    def validate_expires_on(self, field: Field) -> None:
        """A day that is still to come; what is no day at all is forgotten."""
        if field.data is None:
            field.raw_data = []
            return
        today = datetime.now(UTC).date()
        if field.data < today:
            raise ValidationError("Choose today or a day that is still to come.")
        if field.data > in_years(today, LONGEST_YEARS):
            raise ValidationError(f"Choose a day within {LONGEST_YEARS} years.")


class IssueForm(KeyForm):
    """A new key of one account."""

    account = SelectField("Account")
    label = StringField(
        "Label",
        [
            NoSecret(),
            DataRequired("Say what the key is for."),
            Length(max=80, message="Use up to 80 characters."),
        ],
        filters=[plain_text],
        render_kw=PLAIN,
        description="Who or what uses it, such as “Point of sale”. One live key of an account has it.",
    )
    scopes = ScopesField("What it is for", [DataRequired("Choose at least one.")])

    def __init__(self, accounts: Iterable[tuple[str, str]], scopes: Iterable[str], **options: Any) -> None:
        """`accounts` are (id, name), of which the caller has the whole."""
        super().__init__(**options)
        self.account.choices = [SelectChoice(*account) for account in accounts]
        self.scopes.choices = [SelectChoice(scope, scope_words(scope)) for scope in scopes]


class RotateForm(KeyForm):
    """A key in the place of another; label and scopes stay."""

    overlap = RadioField(
        "The old key ends", [InputRequired("Choose when it ends.")], choices=OVERLAP_CHOICES, default="1d"
    )

    @property
    def overlap_time(self) -> timedelta:
        """How long both are good."""
        return OVERLAPS[self.overlap.data]


class RevokeForm(RefusableForm):
    """Why a key ends."""

    reason = StringField(
        "Why?",
        [NoSecret(), DataRequired("Say why the key ends."), Length(3, 200, "Use 3 to 200 characters.")],
        filters=[plain_text],
        render_kw=PLAIN,
        description="3 to 200 characters. Kept beside the key with your name, and in the audit log.",
    )


def scope_words(scope: str) -> str:
    """A scope as people say it: `calls:read` is “Read calls”."""
    noun, _, verb = scope.partition(":")
    return f"{verb.capitalize()} {noun}"


def in_years(day: date, years: int) -> date:
    """The same date some years on; February 29 becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
