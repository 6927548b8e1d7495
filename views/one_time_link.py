"""Where a one-time link leads: its token comes in by a form, then a password is chosen."""

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from certus_admin.auth import client_address, sign_in, sign_out
from certus_admin.limits import SIGN_IN_LIMIT, limiter
from certus_admin.one_time_links import OneTimeLink, find_link, token_in, use_link
from certus_admin.passwords import hash_password
from forms.passwords import LinkForm, NewPasswordForm

blueprint = Blueprint("one_time_link", __name__, url_prefix="/one-time-link")

# In the cookie between the two pages, so that no address ever holds it.
LINK_TOKEN = "link"  # noqa: S105 - the name of the cookie's entry
NO_LINK = (
    "This link opens nothing. It may have been used already, replaced, withdrawn, or be older than three "
    "days. Ask the admin who sent it for a new one."
)


def link_was_refused(_response: Response) -> bool:
    """Only what opens nothing counts against an address."""
    return bool(g.get("link_refused"))


def draw(form: LinkForm) -> Response:
    """The page that takes the link."""
    page = render_template("session/link.html", form=form)
    return make_response(page, 422 if form.errors else 200)


@blueprint.route("", methods=["GET", "POST"])
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"], deduct_when=link_was_refused)
def show() -> Response:
    """Take what stands behind the #: a script sends it, or the person pastes the link."""
    form = LinkForm()
    if not form.validate_on_submit():
        return draw(form)
    token = token_in(form.link.data)
    if token is None or find_link(token) is None:
        return no_longer()
    session[LINK_TOKEN] = token
    return make_response(redirect(url_for("one_time_link.choose"), 303))


@blueprint.route("/password", methods=["GET", "POST"])
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"], deduct_when=link_was_refused)
def choose() -> ResponseReturnValue:
    """Choose the password; the link is used up, and the person is signed in."""
    token = session.get(LINK_TOKEN)
    link = find_link(token) if isinstance(token, str) else None
    if token is None or link is None:
        return no_longer()
    form = NewPasswordForm((link.full_name, link.email))
    if not form.validate_on_submit():
        return draw_choice(form, link)
    user_id = use_link(token, hash_password(form.password.data), client_address())
    if user_id is None:
        return no_longer()
    sign_out()  # whoever was signed in here before, an admin who tries a link, say
    sign_in(user_id)
    flash("Your password is saved, and you are signed in.", "success")
    return redirect(url_for("overview.index"), 303)


def draw_choice(form: NewPasswordForm, link: OneTimeLink) -> Response:
    """The page on which the password is chosen."""
    page = render_template("session/choose_password.html", form=form, link=link)
    return make_response(page, 422 if form.errors else 200)


def no_longer() -> Response:
    """The same answer, whatever is wrong with a link."""
    session.pop(LINK_TOKEN, None)
    g.link_refused = True
    flash(NO_LINK, "error")
    return make_response(redirect(url_for("one_time_link.show"), 303))
