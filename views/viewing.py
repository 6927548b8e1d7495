"""Looking at the pages as somebody else, and back."""

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, session, url_for
from flask_login import current_user

from certus_admin.auth import TOKEN, Person, forget_forms, role_required
from certus_admin.database import db
from certus_admin.queries.people import start_viewing
from certus_admin.sessions import end_viewing
from views.menu import ADMINS
from views.person import find_person

blueprint = Blueprint("viewing", __name__)


@blueprint.post("/people/<uuid:person_id>/view-as")
@role_required(*ADMINS)
def start(person_id: UUID) -> Response:
    """From the next page on everything looks as it does to this person, and nothing can be changed."""
    find_person(person_id)
    start_viewing(person_id)
    db.session.commit()
    forget_forms()
    return make_response(redirect(url_for("overview.index"), 303))


@blueprint.post("/viewing/end")
def end() -> Response:
    """Be oneself again, back at the person's page."""
    viewed: Person = current_user
    if viewed.viewer is None:
        return make_response(redirect(url_for("overview.index"), 303))
    end_viewing(session[TOKEN])
    forget_forms()
    return make_response(redirect(url_for("person.show", person_id=viewed.user_id), 303))
