"""Selects: written plainly, because every list carries some, and those of places, which may be hundreds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound
from wtforms import Form, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput, Select

from certus_admin.queries.places import Place, Places

ANY = SelectChoice("", "Any")
# Short enough for a field on a phone.
ACCOUNT_FIRST = "Account first"
# A location costs a page some 25 bytes even compressed: its id is as good as random.
MANY_PLACES = 60


class PlainSelect(Select):
    """WTForms' select, without its formatting of attributes where an option has none but its value."""

    @classmethod
    def render_option(cls, choice: SelectChoice, **attributes: Any) -> Markup:
        """One option, its value and label escaped."""
        if attributes or choice.render_kw or isinstance(choice.value, bool):
            option: Markup = super().render_option(choice, **attributes)
            return option
        chosen = "selected " if choice.selected else ""
        label = escape(choice.label or choice.value)
        return Markup(f'<option {chosen}value="{escape(choice.value)}">{label}</option>')  # noqa: S704 - escaped


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


class AccountField(PlaceField):
    """One of the caller's accounts."""

    def offer(self, places: Sequence[Place]) -> None:
        """The accounts of `places`, in their order."""
        accounts = Places.of(places).account_names
        self.choices = [ANY, *(SelectChoice(str(id_), name) for id_, name in accounts.items())]
        if len(accounts) < 2:
            self.widget = HiddenInput()


class LocationField(PlaceField):
    """One of the caller's locations. Whoever has many in several accounts chooses the account first."""

    follows_account = False

    def offer(self, places: Sequence[Place], account: str | None) -> None:
        """The locations of `places`; where there are many, those of the chosen account or location alone.

        Call it once the field has read its value: a location in reach is offered in any case.
        """
        chosen = (self.data or "").lower()
        known = Places.of(places)
        several = len(known.account_names) > 1
        self.follows_account = several and len(known) > MANY_PLACES
        offered: Sequence[Place] = known
        if self.follows_account:
            offered = self._of_account(known, chosen, (account or "").lower())
        one_account = self.follows_account and account and len({place.account_id for place in offered}) == 1
        self.choices = [
            ANY,
            *(
                SelectChoice(
                    str(place.location_id),
                    place.location_name,
                    optgroup=place.account_name if several and not one_account else None,
                )
                for place in offered
            ),
        ]
        if self.follows_account and not offered:
            self.choices = [SelectChoice("", ACCOUNT_FIRST)]
            self.render_kw = {"disabled": True}
        if len(places) < 2:
            self.widget = HiddenInput()

    def _of_account(self, places: Places, chosen: str, account: str) -> Sequence[Place]:
        """The locations of the account, and the chosen one; without an account those of the chosen one's."""
        if chosen not in places.location_ids:
            return places.by_account.get(account, ())
        place = next(place for place in places if str(place.location_id) == chosen)
        if not account or account == str(place.account_id):
            return places.by_account[str(place.account_id)]
        return [other for other in places if other is place or str(other.account_id) == account]
