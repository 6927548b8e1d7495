"""Forms over a row with a version: what was read goes along, so that two edits can be put together."""

import json
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms.validators import ValidationError

from certus_admin.queries.versions import Stored, parse_token

OUT_OF_DATE = "This page is out of date: reload it."


class VersionedForm(FlaskForm):
    """`version` is the version that was read, `before` what the fields held then; a field is one text."""

    version = HiddenField()
    before = HiddenField()

    names: ClassVar[tuple[str, ...]] = ()

    def show(self, stored: Stored) -> None:
        """Hold what is stored."""
        self.version.data = stored.token
        self.before.data = self.before_of(stored)
        for name in self.names:
            self[name].process_data(stored.texts[name])

    @staticmethod
    def before_of(stored: Stored) -> str:
        """What the hidden field `before` holds for what is stored."""
        return json.dumps(dict(stored.texts))

    def texts(self) -> dict[str, str]:
        """What was typed, in the words in which the database would give it back."""
        raise NotImplementedError

    def seen(self) -> dict[str, str]:
        """What stood in the fields when the page was read."""
        return {name: str(text) for name, text in json.loads(self.before.data).items()}

    def mark_inherited(self, inherited: Collection[str]) -> None:
        """Empty the fields for which the account's value was asked for."""
        for name in self.names:
            if name in inherited:
                self[name].process_formdata([""])

    def validate_version(self, field: Field) -> None:
        """Only our own page writes this field."""
        try:
            parse_token(field.data or "")
        except ValueError:
            raise ValidationError(OUT_OF_DATE) from None

    def validate_before(self, field: Field) -> None:
        """Only our own page writes this field, and it writes every name."""
        try:
            seen = json.loads(field.data or "")
        except ValueError:
            seen = None
        if not isinstance(seen, dict) or set(seen) != set(self.names):
            raise ValidationError(OUT_OF_DATE)

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Refuse a form in which a field is missing: it would be taken for one that was emptied."""
        valid = bool(super().validate(extra_validators))
        for name in self.names:
            if not self[name].raw_data:
                self[name].errors = [*self[name].errors, "Choose what it should be."]
                valid = False
        return valid
