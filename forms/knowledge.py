"""Knowledge requests: filing one, deciding about one. The database's own JSON schema says what is right."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from jsonschema import Draft202012Validator, ValidationError
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.validators import ValidationError as FieldError

from certus_admin.queries.knowledge import PayloadRefusedError
from certus_admin.queries.knowledge_list import KNOWLEDGE_STATUSES, KnowledgeFilters, list_requesters
from certus_admin.queries.places import Place
from forms.choices import ANY, PlaceField
from forms.filters import ChecksField, FilterForm, choices
from forms.notes import plain_text
from forms.versioned import OUT_OF_DATE

KINDS = {
    "menu": "Menu",
    "offer": "Offer",
    "event": "Event",
    "rules": "House rules",
    "place": "Place and parking",
    "other": "Something else",
}
FIELDS = ("kind", "title", "text", "url")
LOOKS_LIKE_A_KEY = "This looks like a key or a token. The AI could tell it to anybody who calls."
PATTERNS = {
    "title": "Write one line.",
    "text": "Write what the AI should know.",
    "url": "Write a whole address, such as https://restaurant.example/menu.",
}


class KnowledgeFilterForm(FilterForm):
    """The filters of /knowledge/; one statement more than other lists, for the people to choose from."""

    status = ChecksField("Status", choices=choices(KNOWLEDGE_STATUSES))
    by = PlaceField("Filed by")

    def _offer_places(self) -> None:
        super()._offer_places()
        self.by.choices = [ANY, *(SelectChoice(str(identity), name) for identity, name in list_requesters())]

    def filters(self) -> KnowledgeFilters:
        """The filters as `list_knowledge_requests` takes them."""
        return KnowledgeFilters(
            account_ids=tuple({place.account_id for place in self.places}),
            account_id=self.account_id,
            location_id=self.location_id,
            dates=self.dates,
            statuses=tuple(self.status.data or ()),
            requested_by=UUID(self.by.data) if self.by.data else None,
        )


class KnowledgeForm(FlaskForm):
    """`place` is an account's id, or that and a location's with a slash between them."""

    place = SelectField("For", [InputRequired("Choose for whom it is.")])
    kind = SelectField("About", choices=[SelectChoice(kind, label) for kind, label in KINDS.items()])
    title = StringField(
        "Title",
        [DataRequired("Write a title.")],
        filters=[plain_text],
        description="One line that colleagues will know it by, in up to 120 characters.",
        render_kw={"autocomplete": "off", "maxlength": False},
    )
    text = TextAreaField(
        "What the AI should know",
        [DataRequired("Write what the AI should know.")],
        filters=[plain_text],
        description="As you would tell a new colleague at the phone, in up to 5,000 characters. "
        "The AI may tell it to anybody who calls: no names or numbers of guests.",
        render_kw={"rows": 8, "autocomplete": "off", "maxlength": False},
    )
    url = StringField(
        "More about it",
        [Optional()],
        filters=[plain_text],
        description="The address of a menu or a page.",
        render_kw={"autocomplete": "off", "inputmode": "url", "maxlength": False},
    )

    def offer(self, places: Sequence[Place]) -> None:
        """The caller's accounts and locations, as `place` offers them."""
        offered: dict[str, list[SelectChoice]] = {}
        for place in places:
            of_account = offered.setdefault(
                place.account_name, [SelectChoice(str(place.account_id), f"All of {place.account_name}")]
            )
            of_account.append(SelectChoice(f"{place.account_id}/{place.location_id}", place.location_name))
        several = len(offered) > 1
        self.place.choices = [
            SelectChoice(choice.value, choice.label, optgroup=name if several else None)
            for name, of_account in offered.items()
            for choice in of_account
        ]

    @property
    def account_id(self) -> UUID:
        """The account of the chosen place."""
        return UUID(self.place.data.partition("/")[0])

    def payload(self) -> dict[str, str]:
        """What the request holds, with nothing where a field is empty."""
        given = {name: self[name].data or "" for name in FIELDS}
        given["location_id"] = self.place.data.partition("/")[2]
        return {name: value for name, value in given.items() if value}

    def fits(self, schema: Mapping[str, Any]) -> bool:
        """Whether what was typed fits the schema; faults stand beside their fields then."""
        found: dict[str, str] = {}
        for fault in Draft202012Validator(schema).iter_errors(self.payload()):
            name = str(fault.absolute_path[0]) if fault.absolute_path else ""
            if name in FIELDS:
                found.setdefault(name, in_words(name, fault))
        for name, words in found.items():
            self[name].errors = [*self[name].errors, words]
        return not found

    def refuse(self, error: PayloadRefusedError) -> None:
        """Say beside its field what the database refused."""
        field = self[error.field] if error.field in FIELDS else self.text
        field.errors = [*field.errors, LOOKS_LIKE_A_KEY if error.secret else "This does not fit."]


def in_words(name: str, fault: ValidationError) -> str:
    """What a rule of the schema asks of a field."""
    if fault.validator == "maxLength":
        return f"Write up to {fault.validator_value:,} characters."
    return PATTERNS.get(name, "This does not fit.")


class SeenForm(FlaskForm):
    """What somebody does with a request as they saw it: `seen_at` is when it had changed last."""

    seen_at = HiddenField()

    @property
    def seen_moment(self) -> datetime:
        """`seen_at` as a moment."""
        return datetime.fromisoformat(self.seen_at.data)

    def validate_seen_at(self, field: HiddenField) -> None:
        """Only our own page writes this field, and it writes moments with a zone."""
        try:
            moment = datetime.fromisoformat(field.data or "")
        except ValueError:
            raise FieldError(OUT_OF_DATE) from None
        if moment.tzinfo is None:
            raise FieldError(OUT_OF_DATE)


class RejectForm(SeenForm):
    """Why a request is rejected; who filed it reads the reason."""

    reason = TextAreaField(
        "Reason",
        [
            DataRequired("Say why: who filed it reads this."),
            Length(max=500, message="Write up to 500 characters."),
        ],
        filters=[plain_text],
        description="Who filed it reads this. Up to 500 characters.",
        render_kw={"rows": 3, "autocomplete": "off", "maxlength": False},
    )
