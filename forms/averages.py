"""Averages and baselines: what estimates are made of."""

import re
from decimal import Decimal

from werkzeug.datastructures import MultiDict
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from certus_admin.queries.averages import NAMES, texts_of
from forms.notes import plain_text
from forms.versioned import VersionedForm

AMOUNT = re.compile(r"\d{1,10}([.,]\d{1,2})?\Z", re.ASCII)
WHOLE = re.compile(r"\d{1,6}\Z", re.ASCII)
LONGEST_BASELINE = 7200


class AveragesForm(VersionedForm):
    """Both may stay empty: the account's value holds then, and for the account nothing is known."""

    avg_spend_per_head = StringField(
        "Average spend a guest",
        filters=[plain_text],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
        description="Values reservations that have no average of their own.",
    )
    baseline_handle_seconds = StringField(
        "Time a call would take staff",
        filters=[plain_text],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        description="What each call that the AI handled saved them; unset, it is the call's own length.",
    )

    names = NAMES

    def validate_avg_spend_per_head(self, field: Field) -> None:
        """An amount of money, or nothing."""
        if field.data and not AMOUNT.match(field.data):
            raise ValidationError("Write an amount such as 42.50, without a minus.")

    def validate_baseline_handle_seconds(self, field: Field) -> None:
        """Seconds up to two hours, or nothing."""
        if not field.data:
            return
        if not WHOLE.match(field.data) or not 1 <= int(field.data) <= LONGEST_BASELINE:
            raise ValidationError(f"Write whole seconds from 1 to {LONGEST_BASELINE:,}.")

    def try_out(self, arguments: "MultiDict[str, str]") -> None:
        """Take the fields from a query string, and check them; nothing is going to be saved."""
        for name in self.names:
            self[name].process(arguments)
            self[name].validate(self, [getattr(type(self), f"validate_{name}")])

    @property
    def spend(self) -> Decimal | None:
        """The average in the account's currency; None for nothing set. Only after validation."""
        text = self.avg_spend_per_head.data
        return Decimal(text.replace(",", ".")) if text else None

    @property
    def baseline(self) -> int | None:
        """The baseline in seconds; None for nothing set. Only after validation."""
        text = self.baseline_handle_seconds.data
        return int(text) if text else None

    def texts(self) -> dict[str, str]:
        """What was typed, as it would be read back from the row."""
        return texts_of(self.spend, self.baseline)
