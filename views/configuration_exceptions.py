"""Exceptions of one location: the list, one date changed, one date deleted."""

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

from certus_admin.database import db
from certus_admin.hours import describe_day
from certus_admin.queries.configuration import ConfiguredLocation
from certus_admin.queries.exceptions import (
    NewException,
    SpecialDay,
    list_special_days,
    save_exceptions,
)
from certus_admin.queries.hours import OverlapError, StaleVersionError, lock_configuration
from certus_admin.queries.last_change import get_last_change
from forms.exceptions import ExceptionForm, seen_text
from forms.hours import read_action
from views.configuration_pages import draw_location, find_location, require_writer

blueprint = Blueprint("exceptions", __name__, url_prefix="/configuration/<uuid:account_id>")

PAST_SHOWN = timedelta(days=365)
FUTURE_SHOWN = timedelta(days=365 * 3)


@blueprint.get("/<uuid:location_id>/exceptions")
def index(account_id: UUID, location_id: UUID) -> Response:
    """Exceptions to come and of the last year."""
    here = find_location(account_id, location_id)
    today = here.state.local_time.date()
    days = list_special_days(account_id, [location_id], today - PAST_SHOWN, today + FUTURE_SHOWN)
    return draw_location(
        "exceptions",
        here,
        upcoming=[each for each in days if each.day >= today],
        past=[each for each in reversed(days) if each.day < today],
    )


def read_date(value: str) -> date:
    """A date of the address; 404 for anything else."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        abort(404)


def find_day(here: ConfiguredLocation, day: date) -> SpecialDay | None:
    """The exception of one date."""
    found = list_special_days(here.place.account_id, [here.place.location_id], day, day)
    return found[0] if found else None


@blueprint.route("/<uuid:location_id>/exceptions/<day>", methods=["GET", "POST"])
def edit(account_id: UUID, location_id: UUID, day: str) -> Response:
    """Change one date."""
    here, when = find_location(account_id, location_id), read_date(day)
    require_writer()
    if request.method == "POST":
        lock_configuration([location_id])
    now = find_day(here, when)
    if request.method == "GET":
        saved = now or abort(404)
        form = ExceptionForm.of(saved.intervals, saved.reason)
        return draw_location("exception_edit", here, form=form, day=when, seen=seen_text([saved]))
    form = ExceptionForm.read(request.form)
    seen = request.form.get("seen", "")
    action, numbers = read_action(request.form.get("action", "save"))
    if action != "save":
        form.day.change(action, numbers[1:])
        return draw_location("exception_edit", here, form=form, day=when, seen=seen, changed=True)
    if not form.check_day():
        return draw_location("exception_edit", here, 422, form=form, day=when, seen=seen, changed=True)
    if now is None or seen != seen_text([now]):
        return draw_conflict(here, form, when, now)
    return save_day(here, form, now)


def draw_conflict(
    here: ConfiguredLocation, form: ExceptionForm, day: date, now: SpecialDay | None
) -> Response:
    """Yours in the form, theirs above it; saving again is a choice made with open eyes."""
    theirs = f"{describe_day(now.intervals)} {f'({now.reason})' if now.reason else ''}" if now else "Deleted"
    place = here.place
    context = {
        "seen": seen_text([now] if now else []),
        "theirs": theirs,
        "gone": now is None,
        "changed_by": get_last_change(place.account_id, place.location_id, "location_hours_exceptions", day),
    }
    return draw_location("exception_edit", here, 409, form=form, day=day, changed=True, **context)


def save_day(here: ConfiguredLocation, form: ExceptionForm, now: SpecialDay) -> Response:
    """Write what differs of one date."""
    wanted = [
        NewException(now.location_id, now.day, each, form.reason or None)
        for each in form.day.intervals or (None,)
    ]
    kept = [
        row for row in now.rows if NewException(now.location_id, now.day, row.interval, row.reason) in wanted
    ]
    there = [NewException(now.location_id, now.day, row.interval, row.reason) for row in kept]
    try:
        save_exceptions(
            here.place.account_id,
            [row for row in now.rows if row not in kept],
            [new for new in wanted if new not in there],
        )
        db.session.commit()
    except (StaleVersionError, OverlapError):
        db.session.rollback()
        return draw_conflict(here, form, now.day, find_day(here, now.day))
    flash("Exception saved.", "success")
    return back(here)


@blueprint.route("/<uuid:location_id>/exceptions/<day>/delete", methods=["GET", "POST"])
def delete(account_id: UUID, location_id: UUID, day: str) -> Response:
    """GET asks, POST deletes what was asked about."""
    here, when = find_location(account_id, location_id), read_date(day)
    require_writer()
    if request.method == "POST":
        lock_configuration([location_id])
    now = find_day(here, when)
    if now is None:
        if request.method == "GET":
            abort(404)
        flash("Somebody else deleted it already.", "info")
        return back(here)
    if request.method == "POST" and request.form.get("seen") == seen_text([now]):
        save_exceptions(account_id, now.rows, ())
        db.session.commit()
        flash("Exception deleted: the weekly hours hold on that day.", "success")
        return back(here)
    if request.method == "POST":
        flash("Somebody changed it meanwhile. This is what it says now.", "warning")
    code = 409 if request.method == "POST" else 200
    return draw_location("exception_delete", here, code, special=now, seen=seen_text([now]))


def back(here: ConfiguredLocation) -> Response:
    """To the location's exceptions."""
    place = here.place
    address = url_for("exceptions.index", account_id=place.account_id, location_id=place.location_id)
    return make_response(redirect(address, 303))
