"""Signing in and out."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certus_admin.auth import check_password, sign_in, sign_out
from certus_admin.limits import (
    SIGN_IN_LIMIT,
    SIGN_IN_SCOPE,
    forget_person_attempts,
    limiter,
    person_key,
    sign_in_was_refused,
)
from certus_admin.local_paths import local_path
from forms.session import SignInForm

blueprint = Blueprint("session", __name__)

REFUSED = "That email and password do not belong together."


# A person's attempts count before the password is looked at, so that no burst of requests gets past the
# limit.
@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"], key_func=person_key)
@limiter.shared_limit(SIGN_IN_LIMIT, SIGN_IN_SCOPE, methods=["POST"], deduct_when=sign_in_was_refused)
def login() -> ResponseReturnValue:
    """Ask for email and password, then go on to where the person wanted to be."""
    form = SignInForm(next=local_path(request.args.get("next")))
    if current_user.is_authenticated:
        return redirect(local_path(form.next.data), 303)
    if not form.validate_on_submit():
        return _page(form)
    user_id = check_password(form.email.data, form.password.data)
    if user_id is None:
        g.sign_in_refused = True
        form.form_errors.append(REFUSED)
        return _page(form)
    forget_person_attempts()
    sign_in(user_id)
    return redirect(local_path(form.next.data), 303)


def _page(form: SignInForm) -> str:
    oidc = current_app.extensions["certus_config"].oidc
    return render_template("session/login.html", form=form, oidc_label=oidc.label if oidc else None)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session everywhere its cookie was copied to."""
    sign_out()
    flash("You are signed out.", "success")
    return redirect(url_for("session.login"), 303)
