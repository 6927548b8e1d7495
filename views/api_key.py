"""One API key: issue, look at, rotate, revoke. The key itself is made and kept elsewhere."""

from datetime import UTC, datetime, timedelta
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

from certus_admin.database import db
from certus_admin.queries.api_key import (
    EndedKeyError,
    RefusedKeyError,
    get_key_line,
    issue_key,
    list_key_history,
    list_scopes,
    revoke_key,
    rotate_key,
)
from certus_admin.queries.api_keys import ZONE, ApiKeyRow
from certus_admin.queries.places import list_places
from certus_admin.sent_forms import SentForm, take_form
from forms.api_key import IssueForm, RevokeForm, RotateForm, scope_words
from views.api_key_history import history_of

blueprint = Blueprint("api_key", __name__, url_prefix="/api-keys")

BUSY_SINCE = timedelta(days=1)
ROTATED = "Key rotated: this is the new one."
ENDED = "Somebody else replaced or revoked this key in the meantime. Nothing was changed."


@blueprint.before_request
def admins_only() -> None:
    """Strangers were sent to sign in before they came here."""
    if not current_user.has_role("admin"):
        abort(403)


def whole_accounts() -> list[tuple[str, str]]:
    """The accounts of which the admin has the whole, as a form offers them."""
    names = list_places().account_names
    return [
        (str(account), name)
        for account, name in names.items()
        if current_user.sees_everything or account in current_user.whole_account_ids
    ]


def find_line(key_id: UUID) -> tuple[ApiKeyRow, tuple[ApiKeyRow, ...]]:
    """The key, and its line; 404 where it is missing or out of reach."""
    line = get_key_line(key_id)
    key = next((row for row in line if row.id == key_id), None)
    return key or abort(404), line


def draw(template: str, code: int = 200, **context: Any) -> Response:
    """A page of one key."""
    context |= {"zone": ZONE, "scope_words": scope_words}
    return make_response(render_template(f"api_keys/{template}.html", **context), code)


def draw_form(template: str, form: Any, **context: Any) -> Response:
    """A form as it was opened, or as it was refused."""
    refused = request.method == "POST"
    return draw(template, 422 if refused else 200, form=form, refused=refused, **context)


def to_key(key_id: UUID, said: str, category: str = "success") -> Response:
    """To a key's page, with what happened."""
    flash(said, category)
    return make_response(redirect(url_for(".show", key_id=key_id), 303))


@blueprint.route("/new", methods=["GET", "POST"])
def issue() -> Response:
    """Record a key that was made elsewhere."""
    accounts = whole_accounts()
    form = IssueForm(accounts, list_scopes())
    if form.validate_on_submit():
        try:
            sent, account_id = take_form(), UUID(form.account.data)
            key_id = sent.id or issue_key(
                account_id, form.label.data, form.hint, form.scopes.data or (), form.expires_at
            )
            sent.keep(key_id)
            db.session.commit()
            return to_key(key_id, "Key issued.")
        except RefusedKeyError as refused:
            form.refuse(refused.rule)
    return draw_form("issue", form, accounts=accounts)


@blueprint.get("/<uuid:key_id>")
def show(key_id: UUID) -> Response:
    """What is known of a key, which keys it stands in line with, and who did what to it."""
    key, line = find_line(key_id)
    history = history_of(list_key_history(key.account_id, key.id))
    return draw("key", key=key, line=line, history=history, **neighbours(key, line))


def neighbours(key: ApiKeyRow, line: tuple[ApiKeyRow, ...]) -> dict[str, Any]:
    """The key before it and the one after it."""
    return {
        "predecessor": next((row for row in line if row.id == key.succeeds_id), None),
        "successor": next((row for row in line if row.succeeds_id == key.id), None),
    }


@blueprint.route("/<uuid:key_id>/rotate", methods=["GET", "POST"])
def rotate(key_id: UUID) -> Response:
    """Put a new key in the place of this one."""
    key, _ = find_line(key_id)
    form = RotateForm()
    sent = take_form() if form.is_submitted() else SentForm()
    if sent.id:
        return to_key(sent.id, ROTATED)
    if key.revoked_at or key.replaced_at:
        return to_key(key_id, "This key was replaced or revoked already.", "warning")
    if form.validate_on_submit():
        try:
            successor = rotate_key(key_id, form.hint, form.expires_at, form.overlap_time)
            sent.keep(successor)
            db.session.commit()
            return to_key(successor, ROTATED)
        except RefusedKeyError as refused:
            form.refuse(refused.rule)
        except EndedKeyError:
            return to_key(key_id, ENDED, "warning")
    return draw_form("rotate", form, key=key)


@blueprint.route("/<uuid:key_id>/revoke", methods=["GET", "POST"])
def revoke(key_id: UUID) -> Response:
    """End a key for good."""
    key, _ = find_line(key_id)
    if key.revoked_at:
        return to_key(key_id, "This key was revoked already.", "warning")
    form = RevokeForm()
    if form.validate_on_submit():
        try:
            revoke_key(key_id, form.reason.data)
            db.session.commit()
            return to_key(key_id, "Key revoked.")
        except RefusedKeyError as refused:
            form.refuse(refused.rule)
        except EndedKeyError:
            db.session.rollback()
            return to_key(key_id, ENDED, "warning")
    in_use = key.is_live and key.last_used_at and datetime.now(UTC) - key.last_used_at < BUSY_SINCE
    return draw_form("revoke", form, key=key, in_use=in_use)
