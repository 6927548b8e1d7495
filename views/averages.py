"""Averages and baselines, with what they make of the estimates before they are saved."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request

from certus_admin.queries.averages import NAMES, Effect, get_averages, get_effect, save_averages
from certus_admin.queries.versions import Stored
from forms.averages import AveragesForm
from views.settings_pages import SettingsPage, find_subject

blueprint = Blueprint("averages", __name__, url_prefix="/configuration/<uuid:account_id>")


class AveragesPage(SettingsPage):
    """The form over account_settings or location_settings."""

    page = "averages"
    title = "Averages"
    form: AveragesForm

    def make_form(self) -> AveragesForm:
        """The form, with what was sent."""
        return AveragesForm()

    def read(self) -> Stored:
        """What is stored, and with it the account's values."""
        self.averages = get_averages(self.subject.account_id, self.subject.location_id)
        return self.averages.own

    def write(self, stored: Stored, changes: Mapping[str, str]) -> None:
        """Change these columns alone: the row holds busy mode, too."""
        save_averages(self.subject.account_id, self.subject.location_id, stored, changes)

    def draw(self, stored: Stored, code: int = 200, **context: Any) -> Response:
        """The page, with the account's values and the effect of what stands in the fields."""
        context |= {"inherited": self.averages.inherited, "effect": self.effect()}
        return super().draw(stored, code, **context)

    def effect(self) -> Effect | None:
        """What the fields make of the estimates; None while a field cannot be read."""
        if any(self.form[name].errors for name in NAMES):
            return None
        subject = self.subject
        return get_effect(subject.account_id, subject.location_id, self.form.spend, self.form.baseline)

    def preview(self) -> Response:
        """The page with values that are tried out, or their effect alone for htmx; nothing is saved."""
        if request.headers.get("HX-Request") == "true":
            return self.draw_effect()
        stored = self.read()
        if request.method != "POST":
            self.form.show(stored)
        self.form.try_out(request.values)
        tried = {name: self.form[name].data or "" for name in NAMES}
        return self.draw(stored, changed=tried != stored.texts)

    def draw_effect(self) -> Response:
        """The part of the page that changes while somebody types."""
        self.form.try_out(request.values)
        context = {"subject": self.subject, "place": self.subject.place, "writable": self.subject.writable}
        return make_response(render_template("averages/_effect.html", effect=self.effect(), **context))

    def answer(self) -> Response:
        """What the request asks for."""
        if request.method == "POST" and request.form.get("action") != "preview":
            return self.save()
        response = self.preview() if set(NAMES) <= set(request.values) else self.show()
        response.vary.add("HX-Request")
        return response


@blueprint.route("/averages", methods=["GET", "POST"])
def account(account_id: UUID) -> Response:
    """The account's averages, which each location has unless it says otherwise."""
    return AveragesPage(find_subject(account_id)).answer()


@blueprint.route("/<uuid:location_id>/averages", methods=["GET", "POST"])
def location(account_id: UUID, location_id: UUID) -> Response:
    """A location's averages: its own, and the account's where it has none."""
    return AveragesPage(find_subject(account_id, location_id)).answer()
