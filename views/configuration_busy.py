"""Busy mode of one location or several: on for a while, ended early, over by itself."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for

from certus_admin.database import db
from certus_admin.queries.busy import BusyChange, BusySetting, get_busy_settings, save_busy, seen_text
from certus_admin.queries.configuration import ConfiguredLocation
from certus_admin.queries.hours import StaleVersionError, lock_configuration
from certus_admin.queries.last_change import get_last_change
from forms.busy import DURATIONS, BusyForm
from views.configuration_pages import (
    chosen_locations,
    draw_account,
    draw_location,
    find_account,
    find_location,
    require_writer,
)

blueprint = Blueprint("busy", __name__, url_prefix="/configuration/<uuid:account_id>")

CHANGED_MEANWHILE = "changed busy mode meanwhile. This is what is set now; send again to replace it."


@blueprint.route("/<uuid:location_id>/busy", methods=["GET", "POST"])
def location(account_id: UUID, location_id: UUID) -> Response:
    """Busy mode of one location."""
    here = find_location(account_id, location_id)
    if request.method == "POST":
        return change(account_id, (here,), location_id)
    settings = get_busy_settings(account_id, [location_id])
    form = BusyForm(chosen=[str(location_id)])
    return draw((here,), form, list(settings.values()), location_id)


@blueprint.route("/busy", methods=["GET", "POST"])
def account(account_id: UUID) -> Response:
    """Busy mode of several locations."""
    locations = find_account(account_id)
    if request.method == "POST":
        return change(account_id, locations, None)
    settings = get_busy_settings(account_id, [each.place.location_id for each in locations])
    return draw(locations, BusyForm(), list(settings.values()), None)


def draw(
    locations: tuple[ConfiguredLocation, ...],
    form: BusyForm,
    settings: Sequence[BusySetting],
    location_id: UUID | None,
    code: int = 200,
) -> Response:
    """The page of one location, or of the account."""
    seen = {str(each.location_id): seen_text([each]) for each in settings}
    if location_id:
        return draw_location("busy", locations[0], code, form=form, durations=DURATIONS, seen=seen)
    return draw_account("busy_account", locations, code, form=form, durations=DURATIONS, seen=seen)


def change(account_id: UUID, locations: tuple[ConfiguredLocation, ...], location_id: UUID | None) -> Response:
    """Switch on or end, for what was ticked."""
    require_writer()
    form = BusyForm.read(request.form)
    chosen = chosen_locations(locations, form.chosen)
    lock_configuration(each.place.location_id for each in chosen)
    settings = get_busy_settings(account_id, [each.place.location_id for each in locations])
    ending = request.form.get("action") == "end"
    good = bool(chosen) if ending else form.check()
    changes = (
        [_change(each, form, settings[each.place.location_id], ending) for each in chosen] if good else []
    )
    if not chosen:
        form.errors["to"] = "Choose at least one location."
    if form.errors:
        return draw(locations, form, list(settings.values()), location_id, 422)
    unseen = [
        each
        for each in changes
        if request.form.get(f"seen-{each.setting.location_id}") != seen_text([each.setting])
    ]
    try:
        if unseen:
            raise StaleVersionError
        save_busy(account_id, changes)
        db.session.commit()
    except StaleVersionError:
        db.session.rollback()
        say_who_changed(account_id, unseen or changes)
        again = get_busy_settings(account_id, [each.place.location_id for each in locations])
        here = (find_location(account_id, location_id),) if location_id else find_account(account_id)
        return draw(here, form, list(again.values()), location_id, 409)
    flash(_said(ending, len(changes)), "success")
    return back(account_id, location_id)


def say_who_changed(account_id: UUID, changes: Sequence[BusyChange]) -> None:
    """Whose save came in between."""
    change = get_last_change(account_id, changes[0].setting.location_id, "location_settings")
    who = change.who if change else "Somebody"
    flash(f"{who} {CHANGED_MEANWHILE}", "warning")


def _said(ending: bool, count: int) -> str:
    where = f"{count} {'location' if count == 1 else 'locations'}"
    return f"Busy mode ended at {where}." if ending else f"Busy mode is on at {where}."


def _change(here: ConfiguredLocation, form: BusyForm, setting: BusySetting, ending: bool) -> BusyChange:
    if ending:
        return BusyChange(setting, False, None, None, 0)
    until = form.end(datetime.now(UTC).replace(microsecond=0), here.state.is_open, here.state.until)
    return BusyChange(setting, True, until, form.reason or None, form.wait_seconds)


def back(account_id: UUID, location_id: UUID | None) -> Response:
    """To the page that was used."""
    if location_id:
        address = url_for("busy.location", account_id=account_id, location_id=location_id)
    else:
        address = url_for("busy.account", account_id=account_id)
    return make_response(redirect(address, 303))
