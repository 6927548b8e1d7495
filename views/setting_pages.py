"""One JSON setting: its page, a new one, deleting it, its history and the way back. For admins."""

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

from certus_admin.auth import Person
from certus_admin.database import db
from certus_admin.queries.places import list_places
from certus_admin.queries.settings import VOICE, delete_setting, get_schema, get_setting, insert_setting
from certus_admin.queries.versions import StaleVersionError
from forms.settings import KEY, JsonValue, NewSettingForm
from views.history import answer, draw_history
from views.setting_edit import SettingPage, SettingSubject
from views.settings_pages import find_subject

blueprint = Blueprint("setting_pages", __name__, url_prefix="/settings")

AT_ACCOUNT, AT_LOCATION = "/<key>/<uuid:account_id>", "/<key>/<uuid:account_id>/<uuid:location_id>"
THERE_ALREADY = "There is a setting with this key at this place already. Open it from the list to change it."
CHANGED = "Somebody saved this setting in the meantime. Look at it again before you delete it."
DELETED = "Setting deleted. “Put this back” brings it back."


@blueprint.before_request
def require_admin() -> None:
    """403 for everybody else; who is signed in was asked before."""
    if not current_user.has_role("admin"):
        abort(403)


def find_setting(key: str, account_id: UUID, location_id: UUID | None) -> SettingSubject:
    """Where the setting is, and may be; 404 for a key that is none and a place that is out of reach."""
    if not KEY.match(key):
        abort(404)
    found = find_subject(account_id, location_id)
    return SettingSubject(found.locations, account_id, location_id, key)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Response:
    """A new setting: where, which key, which value."""
    person: Person = current_user
    form = NewSettingForm()
    form.offer(list_places(), None if person.sees_everything else person.whole_account_ids)
    if request.method != "POST":
        form.value.data = "{\n    \n}"
        return draw_new(form)
    if not form.validate() or not form.fits(get_schema(form.key.data)):
        return draw_new(form, 422)
    target, key = form.target, form.key.data
    try:
        insert_setting(*target, key, form.value.data)
        db.session.commit()
    except StaleVersionError:
        db.session.rollback()
        form.key.errors = [THERE_ALREADY]
        return draw_new(form, 422)
    except IntegrityError as error:
        explain(form, error)
        return draw_new(form, 422)
    flash("Setting added.", "success")
    return make_response(redirect(url_for(".show", key=key, **target._asdict()), 303))


def draw_new(form: NewSettingForm, code: int = 200) -> Response:
    """The form for a new setting."""
    return make_response(render_template("settings/new.html", form=form, changed=code != 200), code)


def explain(form: JsonValue, error: IntegrityError) -> None:
    """Say beside the field what SQL refused, and undo; anything else is no fault of the form."""
    db.session.rollback()
    fault: Any = getattr(error.orig, "diag", None)
    if fault is None or not form.refuse(fault.constraint_name or "", fault.message_detail):
        raise error


@blueprint.route(AT_ACCOUNT, methods=["GET", "POST"], defaults={"location_id": None})
@blueprint.route(AT_LOCATION, methods=["GET", "POST"])
def show(key: str, account_id: UUID, location_id: UUID | None) -> Response:
    """One setting, to look at and to change."""
    subject = find_setting(key, account_id, location_id)
    if key == VOICE:
        endpoint = "voice.location" if location_id else "voice.account"
        return make_response(redirect(url_for(endpoint, account_id=account_id, location_id=location_id), 303))
    page = SettingPage(subject)
    if request.method != "POST":
        return page.show()
    try:
        return page.save()
    except IntegrityError as error:
        explain(page.form, error)
        return page.draw(page.read(), 422, changed=True)


@blueprint.route(f"{AT_ACCOUNT}/delete", methods=["GET", "POST"], defaults={"location_id": None})
@blueprint.route(f"{AT_LOCATION}/delete", methods=["GET", "POST"])
def delete(key: str, account_id: UUID, location_id: UUID | None) -> Response:
    """GET asks, POST deletes the version that was shown."""
    subject = find_setting(key, account_id, location_id)
    setting = get_setting(account_id, location_id, key)
    if key == VOICE or setting.stored.row_id is None or not subject.writable:
        abort(403 if setting.stored.row_id and key != VOICE else 404)
    if request.method != "POST":
        return subject.draw("delete", setting=setting)
    try:
        if request.form.get("version") != setting.stored.token:
            raise StaleVersionError
        delete_setting(setting.stored)
        db.session.commit()
    except StaleVersionError:
        db.session.rollback()
        flash(CHANGED, "warning")
        return make_response(redirect(subject.url("show"), 303))
    flash(DELETED, "success")
    return make_response(redirect(subject.url("history"), 303))


@blueprint.get(f"{AT_ACCOUNT}/history", defaults={"location_id": None})
@blueprint.get(f"{AT_LOCATION}/history")
def history(key: str, account_id: UUID, location_id: UUID | None) -> Response:
    """Who changed it, before and after; also of a setting that was deleted."""
    if key == VOICE:
        abort(404)
    return draw_history(find_setting(key, account_id, location_id))


@blueprint.post(f"{AT_ACCOUNT}/history/<uuid:line_id>/put-back", defaults={"location_id": None})
@blueprint.post(f"{AT_LOCATION}/history/<uuid:line_id>/put-back")
def put_back(key: str, account_id: UUID, location_id: UUID | None, line_id: UUID) -> Response:
    """Undo one change of it."""
    if key == VOICE:
        abort(404)
    return answer(find_setting(key, account_id, location_id), line_id)
