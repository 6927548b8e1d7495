"""One person: what they are, where they work, how they sign in, what they see."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from certus_admin.administration_models import PersonView
from certus_admin.auth import Person, role_required
from certus_admin.conflicts import Merge
from certus_admin.database import Caller, db
from certus_admin.queries import people
from certus_admin.queries.places import list_places
from certus_admin.queries.scope import Scope
from certus_admin.queries.versions import Stored
from certus_admin.queries.what_they_see import CAP, MOST_ACCESS, count_visible
from forms.people import AccessForm, PersonForm, access_of
from views.menu import ADMINS
from views.people_words import LAST_ADMIN, fault_of
from views.settings_pages import SettingsPage

blueprint = Blueprint("person", __name__, url_prefix="/people/<uuid:person_id>")


def find_person(person_id: UUID) -> PersonView:
    """The person, or 404 where they are missing or out of reach; 403 for a change that is not the admin's."""
    person = people.get_person(person_id)
    if person is None:
        abort(404)
    if request.method == "POST" and not person.may_be_changed:
        abort(403)
    return person


class Subject:
    """A person, as SettingsPage addresses what it is about."""

    account_id = UUID(int=0)  # people belong to no account; their saves are told without a name

    def __init__(self, person: PersonView) -> None:
        self.person = person

    def url(self, _page: str) -> str:
        """Their page."""
        return url_for("person.show", person_id=self.person.id)

    def draw(self, template: str, code: int = 200, **context: Any) -> Response:
        """Their page, or the choice between two saves."""
        if template == "conflict":
            return make_response(render_template("people/conflict.html", person=self.person, **context), code)
        return draw_person(self.person, code=code, **context)


class PersonPage(SettingsPage):
    """The form over name, email and role."""

    page = "person"
    title = "Person"
    form: PersonForm

    def __init__(self, person: PersonView) -> None:
        self.person = person
        super().__init__(Subject(person))  # type: ignore[arg-type]

    def make_form(self) -> PersonForm:
        """The form, with what was sent."""
        return PersonForm()

    def read(self) -> Stored:
        """What is stored now."""
        self.person = find_person(self.person.id)
        texts = {name: getattr(self.person, name) for name in PersonForm.names}
        return Stored(texts, self.person.id, self.person.version)

    def write(self, stored: Stored, changes: Mapping[str, str]) -> None:
        """Save the changed columns."""
        people.save_person(self.person.id, stored.version, changes)

    def save(self) -> Response:
        """Save, and say beside the field what the database would not take."""
        try:
            return super().save()
        except IntegrityError as error:
            db.session.rollback()
            name, words = fault_of(error)
            self.form[name].errors = [*self.form[name].errors, words]
            return self.draw(self.read(), 422, changed=True)

    def saved(self, changes: Mapping[str, str], both: Merge[str]) -> Response:
        """Back to the page. A new role has signed them out everywhere."""
        response = super().saved(changes, both)
        if "role" in changes:
            flash("The new role holds from their next sign-in; they were signed out everywhere.", "info")
        return response


def draw_person(
    person: PersonView,
    form: PersonForm | None = None,
    access_form: AccessForm | None = None,
    code: int = 200,
    **context: Any,
) -> Response:
    """The page of one person; forms come back with what was typed."""
    admin: Person = current_user
    if form is None:
        form = PersonForm(formdata=None)
        texts = {name: getattr(person, name) for name in PersonForm.names}
        form.show(Stored(texts, person.id, person.version))
    scope = Scope.of(admin)
    page = render_template(
        "people/person.html",
        person=person,
        form=form,
        access_form=access_form or AccessForm(list_places(), scope),
        is_me=person.id == admin.user_id,
        link_is_over=bool(person.link_expires_at and person.link_expires_at < datetime.now(UTC)),
        may_take=lambda row: (
            scope.everything or UUID(row["account_id"] or str(UUID(int=0))) in scope.account_ids
        ),
        **context,
    )
    return make_response(page, code)


@blueprint.route("/", methods=["GET", "POST"])
@role_required(*ADMINS)
def show(person_id: UUID) -> Response:
    """Who it is; POST saves name, email and role."""
    person = find_person(person_id)
    return PersonPage(person).save() if request.method == "POST" else draw_person(person)


def back_to(person_id: UUID, said: str) -> Response:
    """Commit, and say so on the person's page."""
    db.session.commit()
    flash(said, "success")
    return make_response(redirect(url_for("person.show", person_id=person_id), 303))


@blueprint.post("/access")
@role_required(*ADMINS)
def add_access(person_id: UUID) -> Response:
    """Let them work at one more place."""
    person = people.get_person(person_id) or abort(404)
    form = AccessForm(list_places(), Scope.of(current_user))
    if not form.validate_on_submit():
        return draw_person(person, access_form=form, code=422)
    try:
        people.add_access(person_id, *access_of(form.place.data))
        return back_to(person_id, "Access given. It holds from their next click.")
    except IntegrityError:
        db.session.rollback()
        form.place.errors = [*form.place.errors, "They work there already."]
        return draw_person(find_person(person_id), access_form=form, code=422)


@blueprint.post("/access/<uuid:access_id>/remove")
@role_required(*ADMINS)
def remove_access(person_id: UUID, access_id: UUID) -> Response:
    """Take one place away."""
    try:
        if not people.remove_access(person_id, access_id):
            abort(404)
        return back_to(person_id, "Access taken away. It is gone from their next click.")
    except IntegrityError:
        return refused(person_id, access_fault=LAST_ADMIN)


def refused(person_id: UUID, **faults: Any) -> Response:
    """The page with the reason beside what was pressed."""
    db.session.rollback()
    return draw_person(find_person(person_id), code=422, **faults)


@blueprint.post("/deactivate")
@role_required(*ADMINS)
def deactivate(person_id: UUID) -> Response:
    """Sign them out everywhere, for good."""
    find_person(person_id)
    try:
        people.set_active(person_id, False)
        return back_to(person_id, "Deactivated, and signed out everywhere.")
    except IntegrityError:
        return refused(person_id, sign_in_fault=LAST_ADMIN)


@blueprint.post("/reactivate")
@role_required(*ADMINS)
def reactivate(person_id: UUID) -> Response:
    """Let them sign in again, with the password and the access that they had."""
    find_person(person_id)
    people.set_active(person_id, True)
    return back_to(person_id, "Active again.")


@blueprint.get("/sees")
@role_required(*ADMINS)
def sees(person_id: UUID) -> str:
    """What they see, counted in their name."""
    person = people.get_person(person_id) or abort(404)
    if not person.may_be_changed:
        abort(403)
    db.session.expunge(person)
    db.session.rollback()  # from here on it is they who ask, and no transaction asks for two
    access = person.access[:MOST_ACCESS]
    admin: Person = current_user
    seen = count_visible(Caller(person.id, viewer_id=admin.user_id), access)
    return render_template(
        "people/sees.html",
        person=person,
        access=access,
        seen=seen,
        cap=CAP,
        more=len(person.access) - len(access),
    )
