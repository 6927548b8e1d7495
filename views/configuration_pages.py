"""What the pages of a location's configuration share: who may, where they are, and the tabs between them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, make_response, render_template, request, url_for
from flask_login import current_user

from certus_admin.queries.configuration import ConfiguredLocation, list_configured_locations
from certus_admin.queries.scope import Scope
from views.menu import KEEPERS


@dataclass(frozen=True)
class Tab:
    """A page about the same location (or account)."""

    label: str
    url: str
    active: bool


# Endpoint and label; those that are not registered are left out.
LOCATION_TABS = (
    ("hours.show", "Hours"),
    ("exceptions.index", "Exceptions"),
    ("busy.location", "Busy mode"),
    ("voice.location", "Voice"),
    ("averages.location", "Averages"),
    ("history.location", "History"),
)
ACCOUNT_TABS = (
    ("configuration.account", "Locations"),
    ("exceptions.new", "Add exceptions"),
    ("busy.account", "Busy mode"),
    ("voice.account", "Voice"),
    ("averages.account", "Averages"),
    ("history.account", "History"),
)


def may_write() -> bool:
    """Whether the signed-in person's role changes configuration; where they do is row-level security's."""
    return bool(current_user.has_role(*KEEPERS))


def require_writer() -> None:
    """403 for whoever only reads."""
    if not may_write():
        abort(403)


def find_location(account_id: UUID, location_id: UUID) -> ConfiguredLocation:
    """The location with its state now; 404 where it is missing or out of reach."""
    found = list_configured_locations(Scope.of(current_user), account_id, location_id)
    return found[0] if found else abort(404)


def find_account(account_id: UUID) -> tuple[ConfiguredLocation, ...]:
    """The account's locations that the person sees; 404 where there are none."""
    return list_configured_locations(Scope.of(current_user), account_id) or abort(404)


def draw_location(template: str, here: ConfiguredLocation, code: int = 200, **context: Any) -> Response:
    """A page about one location."""
    place = here.place
    ids = {"account_id": place.account_id, "location_id": place.location_id}
    page = render_template(
        f"configuration/{template}.html",
        here=here,
        place=place,
        state=here.state,
        may_write=may_write(),
        tabs=_tabs(LOCATION_TABS, ids),
        **context,
    )
    return make_response(page, code)


def draw_account(
    template: str, locations: tuple[ConfiguredLocation, ...], code: int = 200, **context: Any
) -> Response:
    """A page about an account, or about several of its locations."""
    place = locations[0].place
    page = render_template(
        f"configuration/{template}.html",
        place=place,
        locations=locations,
        may_write=may_write(),
        tabs=_tabs(ACCOUNT_TABS, {"account_id": place.account_id}),
        **context,
    )
    return make_response(page, code)


def chosen_locations(
    locations: tuple[ConfiguredLocation, ...], chosen: list[str]
) -> tuple[ConfiguredLocation, ...]:
    """Those whose ids were ticked; 404 for one that is not the person's."""
    known = {str(each.place.location_id): each for each in locations}
    if any(each not in known for each in chosen):
        abort(404)
    return tuple(each for identity, each in known.items() if identity in chosen)


def _tabs(tabs: tuple[tuple[str, str], ...], ids: dict[str, UUID]) -> list[Tab]:
    keepers_only = {"exceptions.new", "history.location", "history.account"}
    return [
        Tab(label, url_for(endpoint, **ids), endpoint.split(".")[0] == (request.blueprint or ""))  # type: ignore[arg-type]
        for endpoint, label in tabs
        if endpoint in current_app.view_functions and (may_write() or endpoint not in keepers_only)
    ]
