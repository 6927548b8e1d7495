"""The voice of the AI, for an account and for each of its locations."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from certus_admin.queries.versions import Stored
from certus_admin.queries.voice import get_voice, save_voice
from forms.voice import VoiceForm
from views.settings_pages import SettingsPage, find_subject

blueprint = Blueprint("voice", __name__, url_prefix="/configuration/<uuid:account_id>")


class VoicePage(SettingsPage):
    """The form over `settings`, key ai_voice."""

    page = "voice"
    title = "Voice"
    form: VoiceForm

    def make_form(self) -> VoiceForm:
        """The form, with what was sent."""
        return VoiceForm()

    def read(self) -> Stored:
        """What is stored, and with it the account's values and the schema."""
        self.voice = get_voice(self.subject.account_id, self.subject.location_id)
        return self.voice.own

    def is_valid(self) -> bool:
        """The form's own rules, and the database's schema."""
        return all((super().is_valid(), self.form.fits(self.voice.schema)))

    def write(self, stored: Stored, changes: Mapping[str, str]) -> None:
        """Change single keys of the value."""
        save_voice(self.subject.account_id, self.subject.location_id, stored, changes)

    def draw(self, stored: Stored, code: int = 200, **context: Any) -> Response:
        """The page, with the account's values."""
        return super().draw(stored, code, inherited=self.voice.inherited, **context)


@blueprint.route("/voice", methods=["GET", "POST"])
def account(account_id: UUID) -> Response:
    """The account's voice, which each location has unless it says otherwise."""
    page = VoicePage(find_subject(account_id))
    return page.save() if request.method == "POST" else page.show()


@blueprint.route("/<uuid:location_id>/voice", methods=["GET", "POST"])
def location(account_id: UUID, location_id: UUID) -> Response:
    """A location's voice: its own values, and the account's where it has none."""
    page = VoicePage(find_subject(account_id, location_id))
    return page.save() if request.method == "POST" else page.show()
