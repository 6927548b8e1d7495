"""Configuration: every location with what it does now, and what it would do at another moment."""

from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_login import current_user
from werkzeug.exceptions import BadRequest

from certus_admin.queries.configuration import get_state, list_configured_locations
from certus_admin.queries.places import Place
from certus_admin.queries.scope import Scope
from forms.local_moment import LocalMoment
from views.configuration_pages import draw_account, draw_location, find_account, find_location

blueprint = Blueprint("configuration", __name__, url_prefix="/configuration")


@blueprint.get("/")
def index() -> Response:
    """Every location that the person sees, by account, with its state now."""
    found = list_configured_locations(Scope.of(current_user))
    groups = [tuple(group) for _, group in groupby(found, key=lambda each: each.place.account_id)]
    accounts = [group[0].place for group in groups]
    chosen = read_account(request.args.get("account", ""), accounts)
    shown = [group for group in groups if chosen in (None, group[0].place.account_id)]
    template = "_places" if request.headers.get("HX-Request") == "true" else "index"
    page = render_template(f"configuration/{template}.html", groups=shown, accounts=accounts, chosen=chosen)
    response = make_response(page)
    response.vary.add("HX-Request")
    return response


def read_account(value: str, accounts: list[Place]) -> UUID | None:
    """The account to show, None for all; BadRequest for what is no id, NotFound for one out of reach."""
    if not value:
        return None
    try:
        account_id = UUID(value)
    except ValueError:
        raise BadRequest("The filter “account” is not an id.") from None
    return account_id if account_id in {each.account_id for each in accounts} else abort(404)


@blueprint.get("/<uuid:account_id>/")
def account(account_id: UUID) -> Response:
    """The locations of one account."""
    return draw_account("account", find_account(account_id))


@blueprint.get("/<uuid:account_id>/<uuid:location_id>/at")
def ask(account_id: UUID, location_id: UUID) -> Response:
    """What the AI would do at a local date and time; a fragment for htmx, else a page."""
    here = find_location(account_id, location_id)
    moment = LocalMoment(request.args, ZoneInfo(here.place.timezone), datetime.now(UTC))
    answer = get_state(location_id, moment.instant) if moment.instant else None
    if request.headers.get("HX-Request") == "true":
        page = make_response(
            render_template("configuration/_answer.html", place=here.place, moment=moment, answer=answer)
        )
    else:
        page = draw_location("ask", here, moment=moment, answer=answer)
    page.vary.add("HX-Request")
    return page
