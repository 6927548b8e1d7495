"""One's own account: another password."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certus_admin.auth import TOKEN, Person, client_address, sign_in
from certus_admin.limits import SIGN_IN_LIMIT, limiter, own_key
from certus_admin.passwords import hash_password, password_matches
from certus_admin.sessions import change_password, find_sign_in
from forms.passwords import ChangePasswordForm

blueprint = Blueprint("account", __name__, url_prefix="/account")

WRONG = "That is not your current password."


# Every try counts before the password is looked at: whoever found a session open must not guess on.
@blueprint.route("/password", methods=["GET", "POST"])
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"], key_func=own_key)
def password() -> ResponseReturnValue:
    """Ask for the current password and a new one; every other session ends, this one goes on."""
    person: Person = current_user
    form = ChangePasswordForm((person.full_name, person.email))
    if not form.validate_on_submit():
        return draw(form)
    found = find_sign_in(person.email)
    old_hash = found.password_hash if found else None
    if old_hash is None or not password_matches(form.current.data, old_hash):
        form.current.errors = [WRONG]
        return draw(form)
    if not change_password(session[TOKEN], old_hash, hash_password(form.password.data), client_address()):
        abort(409)
    sign_in(person.user_id)
    flash("Your password is changed. Wherever else you were signed in, you are signed out.", "success")
    return redirect(url_for("account.password"), 303)


def draw(form: ChangePasswordForm) -> Response:
    """The form; passwords never come back."""
    return make_response(render_template("account/password.html", form=form), 422 if form.errors else 200)
