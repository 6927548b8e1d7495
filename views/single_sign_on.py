"""Signing in through an OpenID Connect provider. Registered only where one is configured (decision 0026)."""

import logging

from flask import Blueprint, Flask, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import ServiceUnavailable

from certus_admin.auth import sign_in
from certus_admin.limits import (
    SIGN_IN_LIMIT,
    SIGN_IN_SCOPE,
    count_proven,
    forget_proven,
    limiter,
    sign_in_was_refused,
)
from certus_admin.local_paths import HOME, local_path
from certus_admin.oidc_settings import OidcSettings
from certus_admin.sessions import find_person
from certus_admin.single_sign_on import (
    RefusedError,
    UnavailableError,
    proven_email,
    provider_of,
    way_to_provider,
)

logger = logging.getLogger(__name__)

NEXT = "single_sign_on_next"
REFUSED = "Single sign-on did not let you in. Try again, or ask an admin whether you have access here."
AWAY = "The service that signs you in does not answer just now."
SECONDS_UNTIL_RETRY = 30

blueprint = Blueprint("single_sign_on", __name__, url_prefix="/login/single-sign-on")


def register_single_sign_on(app: Flask, settings: OidcSettings) -> None:
    """Give `app` the two addresses and the client behind them."""
    app.extensions["certus_oidc"] = provider_of(settings)
    app.register_blueprint(blueprint)


@blueprint.get("")
def start() -> ResponseReturnValue:
    """Send the browser to the provider, and remember where the person wanted to be."""
    wanted = local_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(wanted, 303)
    session[NEXT] = wanted
    public_url = current_app.extensions["certus_config"].public_url.rstrip("/")
    try:
        return way_to_provider(public_url + url_for("single_sign_on.back"))
    except UnavailableError as fault:
        raise _away(fault) from fault


@blueprint.get("/back")
@limiter.shared_limit(SIGN_IN_LIMIT, SIGN_IN_SCOPE, deduct_when=sign_in_was_refused)
def back() -> ResponseReturnValue:
    """Take the provider's answer: a session for somebody we know, else the sign-in page and no detail."""
    wanted = local_path(session.pop(NEXT, HOME))
    if current_user.is_authenticated:
        return redirect(wanted, 303)
    try:
        email = proven_email()
    except UnavailableError as fault:
        raise _away(fault) from fault
    except RefusedError as refusal:
        return _refused(str(refusal), wanted)
    count_proven(email)
    user_id = find_person(email)
    if user_id is None:
        return _refused("nobody active has this address", wanted)
    forget_proven(email)
    sign_in(user_id)
    return redirect(wanted, 303)


def _refused(reason: str, wanted: str) -> ResponseReturnValue:
    g.sign_in_refused = True
    logger.warning("single sign-on refused: %s", reason)
    flash(REFUSED, "danger")
    # A redirect: neither code nor state stays in the address, and a reload tries nothing again.
    return redirect(url_for("session.login", next=wanted if wanted != HOME else None), 303)


def _away(fault: UnavailableError) -> ServiceUnavailable:
    logger.error("the single sign-on provider is of no use: %s", fault)
    return ServiceUnavailable(AWAY, retry_after=SECONDS_UNTIL_RETRY)
