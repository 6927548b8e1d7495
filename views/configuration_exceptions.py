"""Exceptions of one location: the list, one date changed, one date deleted."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

from certus_admin.conflicts import Merge, merge
from certus_admin.database import db
from certus_admin.hours import Interval, describe_day
from certus_admin.queries.configuration import ConfiguredLocation
from certus_admin.queries.exceptions import (
    NewException,
    SpecialDay,
    list_special_days,
    save_exceptions,
)
from certus_admin.queries.hours import OverlapError, StaleVersionError, lock_configuration
from certus_admin.queries.last_change import LastChange, get_last_change
from certus_admin.queries.versions import Save
from forms.exceptions import ExceptionForm, read_before, read_hours, seen_text, texts_of
from forms.hours import read_action
from views.configuration_pages import draw_location, find_location, require_writer
from views.configuration_words import weekday_date
from views.settings_pages import TRIES, Subject, say_saved, settled

blueprint = Blueprint("exceptions", __name__, url_prefix="/configuration/<uuid:account_id>")

PAST_SHOWN = timedelta(days=365)
FUTURE_SHOWN = timedelta(days=365 * 3)
LABELS = {"hours": "Hours", "reason": "Reason"}


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
    if request.method != "POST":
        saved = find_day(here, when) or abort(404)
        return draw_form(here, ExceptionForm.of(saved.intervals, saved.reason), when, texts_of(saved))
    form, before = ExceptionForm.read(request.form), read_before(request.form)
    action, numbers = read_action(request.form.get("action", "save"))
    if action != "save":
        form.day.change(action, numbers[1:])
        return draw_form(here, form, when, before, changed=True)
    if before and ("choose" in request.form or "hours" in request.form):
        form.take_choices(request.form, before)
    if not form.check_day():
        return draw_form(here, form, when, before, 422, changed=True)
    return save_day(here, form, when, before)


def draw_form(
    here: ConfiguredLocation,
    form: ExceptionForm,
    day: date,
    before: Mapping[str, str] | None,
    code: int = 200,
    **context: object,
) -> Response:
    """The form, with what the date held when it was read."""
    written = json.dumps(before) if before else ""
    return draw_location("exception_edit", here, code, form=form, day=day, before=written, **context)


def save_day(
    here: ConfiguredLocation, form: ExceptionForm, day: date, before: Mapping[str, str] | None
) -> Response:
    """Put what was sent and what was saved meanwhile together, and save it unless they contradict each other.

    The lock keeps our own pages apart; where another client still came in between, this is done once more.
    """
    for _ in range(TRIES):
        lock_configuration([here.place.location_id])
        now = find_day(here, day)
        if now is None or before is None:
            return draw_changed(here, form, day, now)
        both = merge(before, form.texts, texts_of(now))
        if both.conflicts:
            return draw_conflict(here, form, before, now, both)
        changes = both.merged != texts_of(now)
        try:
            if changes:
                write_day(here.place.account_id, now, both.merged)
            db.session.commit()
        except (StaleVersionError, OverlapError):
            db.session.rollback()
            continue
        say_saved("Exception", [LABELS[name] for name in both.theirs_taken], changes=changes)
        return back(here)
    return abort(409)


def write_day(account_id: UUID, now: SpecialDay, texts: Mapping[str, str]) -> None:
    """Write what differs of one date; rows whose hours stay keep their own reason unless it was changed."""
    same_reason = texts["reason"] == now.reason
    wanted: tuple[Interval | None, ...] = read_hours(texts["hours"]) or (None,)
    kept = [
        row
        for row in now.rows
        if row.interval in wanted and (same_reason or (row.reason or "") == texts["reason"])
    ]
    there = [row.interval for row in kept]
    save_exceptions(
        account_id,
        [row for row in now.rows if row not in kept],
        [
            NewException(now.location_id, now.day, each, texts["reason"] or None)
            for each in wanted
            if each not in there
        ],
    )


def last_change(here: ConfiguredLocation, day: date) -> LastChange | None:
    """Who changed that date last, and when."""
    place = here.place
    return get_last_change(place.account_id, place.location_id, "location_hours_exceptions", day)


def draw_changed(
    here: ConfiguredLocation, form: ExceptionForm, day: date, now: SpecialDay | None
) -> Response:
    """Yours in the form, theirs above it: the date is gone, or the form does not say what it was made of."""
    theirs = f"{describe_day(now.intervals)} {f'({now.reason})' if now.reason else ''}" if now else "Deleted"
    before = texts_of(now) if now else None
    context = {"theirs": theirs, "gone": now is None, "changed_by": last_change(here, day)}
    return draw_form(here, form, day, before, 409, changed=True, **context)


def draw_conflict(
    here: ConfiguredLocation, form: ExceptionForm, seen: Mapping[str, str], now: SpecialDay, both: Merge[str]
) -> Response:
    """Before, theirs and yours side by side; what is sent from there is a save like any other."""
    place, change = here.place, last_change(here, now.day)
    ids: dict[str, Any] = {"account_id": place.account_id, "location_id": place.location_id}
    return Subject((here,), place.account_id, place.location_id).draw(
        "conflict",
        409,
        both=both,
        seen=seen,
        yours=form.texts,
        saves=[Save(change.at, change.who, None)] if change else [],
        labels=LABELS,
        in_words=in_words,
        action=url_for("exceptions.edit", day=now.day.isoformat(), **ids),
        cancel_url=url_for("exceptions.index", **ids),
        hidden={"choose": "1", "before": json.dumps(texts_of(now)), **settled(both)},
        title=f"Exception on {weekday_date(now.day)}",
    )


def in_words(name: str, text: str) -> str:
    """A field's text as people read it."""
    return describe_day(read_hours(text)) if name == "hours" else text


@blueprint.route("/<uuid:location_id>/exceptions/<day>/delete", methods=["GET", "POST"])
def delete(account_id: UUID, location_id: UUID, day: str) -> Response:
    """GET asks, POST deletes what was asked about."""
    here, when = find_location(account_id, location_id), read_date(day)
    require_writer()
    if request.method == "POST":
        lock_configuration([location_id])
    now = find_day(here, when)
    if now is None:
        if request.method != "POST":
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
