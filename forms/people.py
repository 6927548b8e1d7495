"""People: whom to invite, what they are, where they work."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import EmailField, Field, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from certus_admin.queries.people import STATES, PeopleFilters
from certus_admin.queries.places import Place
from certus_admin.queries.scope import Scope
from forms.filters import ChecksField, FilterForm, WordsField, choices
from forms.notes import plain_text
from forms.versioned import VersionedForm

ROLES = ("operator", "account_manager", "admin")
ROLE_CHOICES = choices(ROLES)
ROLE_HELP = (
    "Operators work with calls and notes; account managers configure, too; admins give access and keys, too."
)
EVERYTHING = "all"

Access = tuple[UUID | None, UUID | None]


def lowered(value: str | None) -> str | None:
    """Addresses are kept in lower case, without blanks around."""
    return value if value is None else value.replace("\0", "").strip().lower()


def email_field() -> Any:
    """An address as the database takes it."""
    return EmailField(
        "Email",
        [
            DataRequired("Enter an email address."),
            Length(max=254, message="That address is too long."),
            Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z", message="Write an address such as name@example.com."),
        ],
        filters=[lowered],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


def name_field() -> Any:
    """A name as colleagues read it."""
    return StringField(
        "Name",
        [DataRequired("Enter a name."), Length(max=200, message="Use up to 200 characters.")],
        filters=[plain_text],
        description="As colleagues read it under notes and in the audit log.",
        render_kw={"autocomplete": "off", "maxlength": False},
    )


def role_field() -> Any:
    """What they may do."""
    return SelectField("Role", choices=ROLE_CHOICES, description=ROLE_HELP)


def access_choices(places: Sequence[Place], scope: Scope) -> list[SelectChoice]:
    """What an admin of `scope` may give: no more than they have themselves."""
    found = [SelectChoice(EVERYTHING, "Every account")] if scope.everything else []
    for place in places:
        if not scope.everything and place.account_id not in scope.account_ids:
            continue
        whole = str(place.account_id)
        if whole not in {choice.value for choice in found}:
            found.append(SelectChoice(whole, "Every location", optgroup=place.account_name))
        found.append(
            SelectChoice(f"{whole}/{place.location_id}", place.location_name, optgroup=place.account_name)
        )
    return found


def access_of(value: str) -> Access:
    """The access that a choice stands for."""
    account, _, location = value.partition("/")
    if account == EVERYTHING:
        return None, None
    return UUID(account), UUID(location) if location else None


class InviteForm(FlaskForm):
    """Whom to invite."""

    full_name = name_field()
    email = email_field()
    role = role_field()
    access = SelectMultipleField("Works at", description="One place or several.", render_kw={"size": 8})

    def __init__(self, places: Sequence[Place], scope: Scope) -> None:
        super().__init__()
        self.access.choices = access_choices(places, scope)

    def validate_access(self, field: Field) -> None:
        """Somebody without a place would see nothing, and nobody but admins of everything would see them."""
        if not field.data:
            raise ValidationError("Choose where they work.")

    @property
    def places(self) -> list[Access]:
        """Where they will work."""
        return [access_of(value) for value in self.access.data or ()]


class AccessForm(FlaskForm):
    """Another place."""

    place = SelectField("Another place")

    def __init__(self, places: Sequence[Place], scope: Scope) -> None:
        super().__init__()
        self.place.choices = [SelectChoice("", "Choose a place"), *access_choices(places, scope)]

    def validate_place(self, field: Field) -> None:
        """Something must be chosen."""
        if not field.data:
            raise ValidationError("Choose a place.")


class PersonForm(VersionedForm):
    """Name, email and role of somebody who is there."""

    full_name = name_field()
    email = email_field()
    role = role_field()
    names = ("full_name", "email", "role")

    def texts(self) -> dict[str, str]:
        """What was typed, as it is stored."""
        return {name: self[name].data or "" for name in self.names}


class PeopleFilterForm(FilterForm):
    """The filters of /people/: no dates, for people are not a day's."""

    period = None  # type: ignore[assignment]
    to = None
    day = None
    role = ChecksField("Role", choices=ROLE_CHOICES)
    state = ChecksField("State", choices=choices(STATES))
    words = WordsField("Name or email")

    def __init__(self, arguments: "MultiDict[str, str]", places: Sequence[Place]) -> None:
        super().__init__(arguments, places)

    def filters(self) -> PeopleFilters:
        """The filters as `list_people` takes them."""
        location = next((place for place in self.places if place.location_id == self.location_id), None)
        return PeopleFilters(
            account_id=self.account_id,
            location_id=self.location_id,
            location_account_id=location.account_id if location else None,
            roles=tuple(self.role.data or ()),
            states=tuple(self.state.data or ()),
            words=(self.words.data or "").strip(),
        )


# See FilterForm: a word of Python's own cannot be written as an attribute.
setattr(PeopleFilterForm, "from", None)
