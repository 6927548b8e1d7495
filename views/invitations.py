"""Inviting somebody, and the one-time link that is shown once: nothing is mailed."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, make_response, render_template, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from certus_admin.administration_models import PersonView
from certus_admin.auth import role_required
from certus_admin.database import db
from certus_admin.one_time_links import new_token
from certus_admin.queries import people
from certus_admin.queries.places import list_places
from certus_admin.queries.scope import Scope
from certus_admin.sent_forms import take_form
from forms.people import InviteForm
from views.menu import ADMINS
from views.people_words import fault_of
from views.person import back_to, find_person

blueprint = Blueprint("invitations", __name__, url_prefix="/people")

INVITED_ALREADY = "You had sent this already. The link was shown then; renew it here if you have not kept it."


@blueprint.route("/invite", methods=["GET", "POST"])
@role_required(*ADMINS)
def invite() -> Response:
    """Whom, as what, and where; then their link."""
    form = InviteForm(list_places(), Scope.of(current_user))
    if not form.validate_on_submit():
        return draw_invite(form)
    token = new_token()
    sent = take_form()
    if sent.id:
        return back_to(sent.id, INVITED_ALREADY)
    try:
        person_id = people.invite_person(
            form.email.data, form.full_name.data, form.role.data, form.places, token
        )
    except IntegrityError as error:
        db.session.rollback()
        name, words = fault_of(error)
        form[name].errors = [*form[name].errors, words]
        return draw_invite(form)
    sent.keep(person_id)
    person = people.get_person(person_id) or abort(404)
    return draw_link(person, person.link_expires_at, token)


def draw_invite(form: InviteForm) -> Response:
    """The form, with what was typed."""
    page = render_template("people/invite.html", form=form)
    return make_response(page, 422 if form.errors else 200)


@blueprint.post("/<uuid:person_id>/link")
@role_required(*ADMINS)
def issue(person_id: UUID) -> Response:
    """Renew an invitation, or reset a password: the old one opens nothing any more, every session ends."""
    person = find_person(person_id)
    token = new_token()
    until = people.issue_link(person_id, token)
    return draw_link(person, until, token)


def draw_link(person: PersonView, until: datetime | None, token: str) -> Response:
    """Commit, and show the link, this once: only its hash is kept."""
    invited = person.state == "invited"
    address = current_app.extensions["certus_config"].public_url.rstrip("/")
    link = f"{address}{url_for('one_time_link.show')}#{token}"
    page = render_template("people/link.html", person=person, link=link, until=until, invited=invited)
    db.session.commit()
    return make_response(page)


@blueprint.post("/<uuid:person_id>/link/withdraw")
@role_required(*ADMINS)
def withdraw(person_id: UUID) -> Response:
    """Take the link back that is out."""
    find_person(person_id)
    people.withdraw_link(person_id)
    return back_to(person_id, "The link opens nothing any more.")
