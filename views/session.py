"""Signing in and out."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certus_admin.auth import check_password, sign_in, sign_out
from certus_admin.limits import SIGN_IN_LIMIT, forget_person_attempts, limiter, person_key
from certus_admin.local_paths import local_path
from forms.session import SignInForm

blueprint = Blueprint("session", __name__)

REFUSED = "That email and password do not belong together."


def sign_in_was_refused(_response: Response) -> bool:
    """Only mistakes count against an address: an office of many people signs in through one."""
    return bool(g.get("sign_in_refused"))


# A person's attempts count before the password is looked at, so that no burst of requests gets past the
# limit.
@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"], key_func=person_key)
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"], deduct_when=sign_in_was_refused)
def login() -> ResponseReturnValue:
    """Ask for email and password, then go on to where the person wanted to be."""
    form = SignInForm(next=local_path(request.args.get("next")))
    if current_user.is_authenticated:
        return redirect(local_path(form.next.data), 303)
    if not form.validate_on_submit():
        return render_template("session/login.html", form=form)
    user_id = check_password(form.email.data, form.password.data)
    if user_id is None:
        g.sign_in_refused = True
        form.form_errors.append(REFUSED)
        return render_template("session/login.html", form=form)
    forget_person_attempts()
    sign_in(user_id)
    return redirect(local_path(form.next.data), 303)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session everywhere its cookie was copied to."""
    sign_out()
    flash("You are signed out.", "success")
    return redirect(url_for("session.login"), 303)
