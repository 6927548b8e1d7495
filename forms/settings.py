"""JSON settings: what the list can be narrowed by, a new one, and one that is edited."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from flask_wtf import FlaskForm
from jsonschema import Draft202012Validator
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Regexp, ValidationError

from certus_admin.json_text import LONGEST, JsonFaultError, read_json
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.places import Place
from certus_admin.queries.settings import VOICE, SettingFilters
from forms.filters import FilterForm
from forms.notes import plain_text
from forms.versioned import VersionedForm
from forms.voice import in_words

KEY = re.compile(r"[a-z][a-z0-9_.]{0,79}\Z", re.ASCII)
KEY_RULE = "Write a key such as routing or opening.menu: a-z, 0-9, _ and ., a letter first, up to 80."
VALUE_RULE = f"JSON, up to {LONGEST:,} characters. No keys, tokens or passwords: other people read it."
# The rules of SQL that a value can break, by the name of the constraint, in words for the field.
REFUSALS = {
    "settings_value_size": f"A setting holds up to {LONGEST:,} characters.",
    "settings_value_depth": "A setting is nested up to 32 levels deep.",
    "settings_value_secret": "This looks like a key or a token, which no setting may hold: {detail}",
    "settings_key_secret": "The key of the setting looks like a secret.",
    "settings_value_schema": "This does not fit the key's schema: {detail}",
}


class SettingFilterForm(FilterForm):
    """The filters of /settings/: account, location and key; the newest stand first whatever their date."""

    period = None  # type: ignore[assignment]
    to = None
    day = None

    key = StringField(
        "Key",
        [Regexp(r"[a-z0-9_.]{0,80}\Z", message="keys hold a-z, 0-9, _ and .")],
        render_kw={"type": "search", "maxlength": 80, "spellcheck": "false", "autocomplete": "off"},
    )

    @property
    def dates(self) -> LocalDates:
        """Any time."""
        return LocalDates()

    def filters(self) -> SettingFilters:
        """The filters as `list_settings` takes them."""
        return SettingFilters(self.account_id, self.location_id, self.key.data or None)


setattr(SettingFilterForm, "from", None)


def value_area() -> TextAreaField:
    """The field that holds the JSON."""
    look = {"rows": 18, "spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}
    return TextAreaField("Value", filters=[plain_text], description=VALUE_RULE, render_kw=look)


class JsonValue:
    """What both forms know about their field `value`."""

    value: TextAreaField

    def validate_value(self, field: Field) -> None:
        """JSON that can be stored."""
        if not field.data:
            raise ValidationError("Write a value, such as {} for none of its own.")
        try:
            if read_json(field.data) is None:
                raise ValidationError("A setting that says null says nothing: delete it instead.")
        except JsonFaultError as fault:
            raise ValidationError(str(fault)) from None

    def fits(self, schema: Mapping[str, Any] | None) -> bool:
        """Whether the value fits the schema of its key; faults stand beside the field then."""
        if schema is None:
            return True
        document = json.loads(self.value.data)
        faults = sorted(Draft202012Validator(schema).iter_errors(document), key=lambda fault: fault.json_path)
        words = [f"{fault.json_path}: {in_words('', fault)}" for fault in faults]
        self.value.errors = [*self.value.errors, *words]
        return not faults

    def refuse(self, constraint: str, detail: str | None) -> bool:
        """Say what SQL refused; False where it is no rule about the value."""
        if constraint not in REFUSALS:
            return False
        self.value.errors = [*self.value.errors, REFUSALS[constraint].format(detail=detail)]
        return True


class SettingForm(JsonValue, VersionedForm):
    """One setting's value, over the version that was read."""

    value = value_area()
    names = ("value",)

    def texts(self) -> dict[str, str]:
        """What was typed."""
        return {"value": self.value.data or ""}


class Target(NamedTuple):
    """Where a new setting holds."""

    account_id: UUID
    location_id: UUID | None


class NewSettingForm(JsonValue, FlaskForm):
    """A setting that is not there yet."""

    place = SelectField("Holds at", [InputRequired("Choose where it holds.")])
    key = StringField(
        "Key",
        [Regexp(KEY, message=KEY_RULE)],
        filters=[plain_text],
        description=KEY_RULE,
        render_kw={"maxlength": 80, "spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"},
    )
    value = value_area()

    def offer(self, places: Sequence[Place], whole: Iterable[UUID] | None) -> None:
        """Offer these locations, and the accounts in `whole` (None for every account) as all of theirs."""
        chosen = [SelectChoice("", "Choose…")]
        seen: set[UUID] = set()
        known = None if whole is None else set(whole)
        for place in places:
            if place.account_id not in seen and (known is None or place.account_id in known):
                words = f"All locations of {place.account_name}"
                chosen.append(SelectChoice(str(place.account_id), words, optgroup=place.account_name))
            seen.add(place.account_id)
            target = f"{place.account_id}/{place.location_id}"
            chosen.append(SelectChoice(target, place.location_name, optgroup=place.account_name))
        self.place.choices = chosen

    @property
    def target(self) -> Target:
        """The chosen place; only after validation."""
        account_id, _, location_id = str(self.place.data).partition("/")
        return Target(UUID(account_id), UUID(location_id) if location_id else None)

    def validate_key(self, field: Field) -> None:
        """A key that has no page of its own."""
        if field.data == VOICE:
            raise ValidationError("The voice has a page of its own: see Configuration, Voice.")
