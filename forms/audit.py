"""What the audit log can be searched by."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from certus_admin.audit_words import TABLES, spelt_out, table_words
from certus_admin.queries.audit import PROGRAMS, AuditChoices, AuditFilters
from certus_admin.queries.places import Place
from forms.choices import ANY, ChoiceField
from forms.filters import FilterForm

ACTION_LABELS = {
    "insert": "Added",
    "update": "Changed",
    "delete": "Deleted",
    "reveal": "Number revealed",
    "play": "Recording played",
    "export": "Exported",
    "sign_in": "Signed in",
    "invite": "Invited",
    "renew_link": "Invited anew",
    "reset_password": "Password reset",
    "withdraw_link": "Link withdrawn",
    "choose_password": "Password chosen",
    "change_password": "Password changed",
    "view_as": "View as somebody begun",
    "view_as_end": "View as somebody ended",
}
NOT_AN_ID = "that is not an id"


def read_id(text: str) -> UUID:
    """An id as it is written everywhere; ValidationError for anything else."""
    try:
        found = UUID(text)
    except ValueError:
        raise ValidationError(NOT_AN_ID) from None
    if str(found) != text.lower():
        raise ValidationError(NOT_AN_ID)
    return found


class PersonField(ChoiceField):
    """Somebody by id. Whoever has no line in reach may be named too, and finds nothing."""

    choices: Any

    def pre_validate(self, _form: Form) -> None:
        """Any id is taken; it is offered as a choice from then on."""
        if not self.data:
            return
        self.data = str(read_id(self.data))
        known = list(self.choices or ())
        if self.data not in {choice.value for choice in known}:
            self.choices = [*known, SelectChoice(self.data, "Somebody without lines here")]


class WordField(ChoiceField):
    """A table or an action. One that has a name here may be asked for before there is a line of it."""

    choices: Any

    def __init__(self, label: str, known: Mapping[str, str], **options: Any) -> None:
        super().__init__(label, **options)
        self.known = known

    def pre_validate(self, form: Form) -> None:
        """A word that is offered, or has a name."""
        offered = list(self.choices or ())
        if self.data and self.data in self.known and self.data not in {choice.value for choice in offered}:
            self.choices = [*offered, SelectChoice(self.data, self.known[self.data])]
        super().pre_validate(form)


class AuditFilterForm(FilterForm):
    """The filters of /audit/; what is offered is what the log in reach holds."""

    person = PersonField("Who")
    table = WordField("What", TABLES)
    action = WordField("Done", ACTION_LABELS)
    row = StringField(
        "Row id",
        [Optional()],
        filters=[lambda text: text and text.strip()],  # as it was copied
        render_kw={"type": "search", "maxlength": 36, "spellcheck": "false", "autocomplete": "off"},
    )

    def __init__(
        self, arguments: "MultiDict[str, str]", places: Sequence[Place], found: AuditChoices
    ) -> None:
        self.found = found
        super().__init__(arguments, places)

    def _offer_places(self) -> None:
        super()._offer_places()
        people = [SelectChoice(str(identity), name) for identity, name in self.found.people]
        self.person.choices = [ANY, *people, SelectChoice(str(PROGRAMS), "Programs")]
        tables = sorted({table for table, _ in self.found.kinds}, key=table_words)
        self.table.choices = [ANY, *(SelectChoice(table, table_words(table)) for table in tables)]
        actions = sorted({action for _, action in self.found.kinds}, key=action_label)
        self.action.choices = [ANY, *(SelectChoice(action, action_label(action)) for action in actions)]

    def validate_row(self, field: StringField) -> None:
        """An id, and nothing but one."""
        read_id(field.data)

    def filters(self) -> AuditFilters:
        """The filters as `list_audit` takes them."""
        return AuditFilters(
            account_id=self.account_id,
            location_id=self.location_id,
            dates=self.dates,
            person=UUID(self.person.data) if self.person.data else None,
            table_name=self.table.data or None,
            action=self.action.data or None,
            row_id=UUID(self.row.data) if self.row.data else None,
            kinds=self.found.kinds,
        )


def action_label(action: str) -> str:
    """What was done, by itself."""
    return ACTION_LABELS.get(action) or spelt_out(action)
