"""The voice of the AI; the database's own JSON schema says what is right."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from wtforms import StringField, TextAreaField

from certus_admin.voice import PATHS, document_of, field_at, text_of, value_of
from forms.notes import plain_text
from forms.versioned import VersionedForm

ONE_LINE = {"autocomplete": "off"}

# What a pattern means, in words; the schema knows it only as a pattern.
PATTERNS = {
    "language": "Write a language tag, such as en-US or fr-FR.",
    "fallback_number": "Write an international number, such as +1 617 555 0101.",
    "to_number": "Write an international number, such as +1 617 555 0101.",
}


class VoiceForm(VersionedForm):
    """All fields may stay empty: the account's value holds then, and for the account the AI's own."""

    voice = StringField("Voice", filters=[plain_text], render_kw=ONE_LINE)
    language = StringField(
        "Language", filters=[plain_text], render_kw=ONE_LINE, description="A tag such as en-US or fr-FR."
    )
    speed = StringField(
        "Speed",
        filters=[plain_text],
        render_kw=ONE_LINE | {"inputmode": "decimal"},
        description="0.5 to 2; 1 is the voice's own speed.",
    )
    greeting = TextAreaField(
        "Greeting",
        filters=[plain_text],
        render_kw=ONE_LINE | {"rows": 3},
        description="What the AI says first, in up to 500 characters.",
    )
    fallback_number = StringField(
        "Fallback number",
        filters=[plain_text],
        render_kw=ONE_LINE | {"inputmode": "tel"},
        description="Where a call goes that the AI cannot take.",
    )
    after_failures = StringField(
        "Hand over after",
        filters=[plain_text],
        render_kw=ONE_LINE | {"inputmode": "numeric"},
        description="So many misunderstandings in a row, 1 to 10.",
    )
    to_number = StringField(
        "Hand over to",
        filters=[plain_text],
        render_kw=ONE_LINE | {"inputmode": "tel"},
        description="The number of whoever takes over.",
    )
    always_for = TextAreaField(
        "Always hand over",
        filters=[plain_text],
        render_kw=ONE_LINE | {"rows": 3},
        description="What staff always takes over, one a line: catering, allergies.",
    )

    names = tuple(PATHS)

    def texts(self) -> dict[str, str]:
        """What was typed, as it would be read back from the setting."""
        return {name: text_of(value_of(name, self[name].data or "")) for name in self.names}

    def fits(self, schema: Mapping[str, Any]) -> bool:
        """Whether what was typed fits the schema; faults stand beside their fields then."""
        found: dict[str, str] = {}
        for fault in Draft202012Validator(schema).iter_errors(document_of(self.texts())):
            name = field_at(tuple(str(step) for step in fault.absolute_path))
            if name is not None:
                found.setdefault(name, in_words(name, fault))
        for name, words in found.items():
            self[name].errors = [*self[name].errors, words]
        return not found


def in_words(name: str, fault: ValidationError) -> str:
    """What a rule of the schema asks of a field."""
    limit: Any = fault.validator_value
    item = fault.absolute_path and isinstance(fault.absolute_path[-1], int)
    match fault.validator:
        case "maxLength":
            return f"Each is up to {limit} characters long." if item else f"Write up to {limit} characters."
        case "minimum":
            return f"Write {limit} or more."
        case "maximum":
            return f"Write {limit} or less."
        case "maxItems":
            return f"Write up to {limit} of them."
        case "pattern":
            return PATTERNS.get(name, "This is not written as it has to be.")
        case "type":
            return "Write a whole number." if limit == "integer" else "Write a number, such as 1.1."
        case "enum":
            return f"Choose one of {', '.join(str(choice) for choice in limit)}."
        case _:
            return "This does not fit."
