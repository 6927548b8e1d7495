"""Exceptions for several locations at once: a preview, one save, one undo."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, g, make_response, redirect, request, url_for
from flask_login import current_user

from certus_admin.database import db
from certus_admin.queries.configuration import ConfiguredLocation
from certus_admin.queries.exceptions import (
    NewException,
    SpecialDay,
    find_saved,
    list_special_days,
    save_exceptions,
    undo,
)
from certus_admin.queries.hours import OverlapError, StaleVersionError, get_hours, lock_configuration
from certus_admin.sent_forms import SentForm, take_form
from certus_admin.special_days import DayChange, preview_days
from forms.exceptions import ExceptionForm, seen_text
from forms.hours import read_action
from views.configuration_exceptions import blueprint
from views.configuration_pages import chosen_locations, draw_account, find_account, require_writer

CHANGED_MEANWHILE = "Somebody changed these days meanwhile. Nothing was saved: look again."
ONE_DAY = timedelta(days=1)
Changes = list[tuple[ConfiguredLocation, tuple[DayChange, ...]]]


@blueprint.route("/exceptions/new", methods=["GET", "POST"])
def new(account_id: UUID) -> Response:
    """The form, the preview of what it would change, and the save."""
    locations = find_account(account_id)
    require_writer()
    if request.method != "POST":
        form = ExceptionForm(chosen=request.args.getlist("location"))
        chosen_locations(locations, form.chosen)
        return draw_account("exception_new", locations, form=form)
    form = ExceptionForm.read(request.form)
    chosen = chosen_locations(locations, form.chosen)
    action, numbers = read_action(request.form.get("action", "preview"))
    if action in ("add", "remove"):
        form.day.change(action, numbers[1:])
        return draw_account("exception_new", locations, form=form)
    if not form.check(min(each.state.local_time.date() for each in chosen or locations)):
        return draw_account("exception_new", locations, 422, form=form)
    sent = SentForm()
    if action == "save":
        if (sent := take_form()).answer:
            return to_saved(account_id, sent.answer)
        lock_configuration(each.place.location_id for each in chosen)
    changes, there = preview(account_id, chosen, form)
    if action == "save" and request.form.get("seen") == seen_text(there):
        return save(account_id, form, changes, there, sent)
    if action == "save":
        flash(CHANGED_MEANWHILE, "warning")
    return draw_preview(locations, form, changes, there, 409 if action == "save" else 200)


def draw_preview(
    locations: tuple[ConfiguredLocation, ...],
    form: ExceptionForm,
    changes: Changes,
    there: Sequence[SpecialDay],
    code: int,
) -> Response:
    """The form with what it would change below."""
    count = sum(not change.kept for _, days in changes for change in days)
    context: dict[str, Any] = {"changes": changes, "seen": seen_text(there), "count": count}
    return draw_account("exception_new", locations, code, form=form, **context)


def preview(
    account_id: UUID, chosen: Sequence[ConfiguredLocation], form: ExceptionForm
) -> tuple[Changes, list[SpecialDay]]:
    """Each location's days before and after, and the exceptions that are there on them."""
    ids = [each.place.location_id for each in chosen]
    weeks = get_hours(account_id, ids)
    around = list_special_days(account_id, ids, form.first - ONE_DAY, form.last + ONE_DAY)
    exceptions: dict[UUID, dict[date, Any]] = {identity: {} for identity in ids}
    for special in around:
        exceptions[special.location_id][special.day] = special.intervals
    changes = [
        (
            each,
            preview_days(
                weeks[identity].week, exceptions[identity], form.dates, form.day.intervals, form.replace
            ),
        )
        for each in chosen
        for identity in (each.place.location_id,)
    ]
    return changes, [special for special in around if form.first <= special.day <= form.last]


def save(
    account_id: UUID, form: ExceptionForm, changes: Changes, there: Sequence[SpecialDay], sent: SentForm
) -> Response:
    """Write every exception of every location, or none; then show what was saved, with its undo."""
    inserts = [
        NewException(here.place.location_id, change.day, interval, form.reason)
        for here, days in changes
        for change in days
        if not change.kept
        for interval in form.day.intervals or (None,)
    ]
    deletes = [row for special in there for row in special.rows] if form.replace else []
    if not inserts:
        flash("Nothing to save: every one of these days has an exception already.", "info")
        return to_account(account_id)
    try:
        save_exceptions(account_id, deletes, inserts)
        sent.keep(g.request_id)
        db.session.commit()
    except (StaleVersionError, OverlapError):
        db.session.rollback()
        flash(CHANGED_MEANWHILE, "warning")
        return draw_preview(find_account(account_id), form, changes, there, 409)
    return to_saved(account_id, g.request_id)


@blueprint.get("/exceptions/saved/<request_id>")
def saved(account_id: UUID, request_id: str) -> Response:
    """What one of the person's own saves did, and the button that takes it back."""
    locations = find_account(account_id)
    require_writer()
    found = find_saved(account_id, request_id, current_user.user_id) or abort(404)
    names = [each.place for each in locations if each.place.location_id in found.location_ids]
    return draw_account("exception_saved", locations, saved=found, places=names, request_id=request_id)


@blueprint.post("/exceptions/saved/<request_id>/undo")
def take_back(account_id: UUID, request_id: str) -> Response:
    """Take a save back whole, while nobody has changed any of it."""
    find_account(account_id)
    require_writer()
    found = find_saved(account_id, request_id, current_user.user_id) or abort(404)
    lock_configuration(found.location_ids)
    try:
        undo(account_id, found)
        db.session.commit()
    except (StaleVersionError, OverlapError):
        db.session.rollback()
        flash(
            "Some of it was changed since, so it was left as it is. Change those days one by one.", "warning"
        )
        return to_saved(account_id, request_id)
    flash("Undone: everything is as it was before.", "success")
    return to_account(account_id)


def to_saved(account_id: UUID, request_id: str) -> Response:
    """To what one save did."""
    address = url_for("exceptions.saved", account_id=account_id, request_id=request_id)
    return make_response(redirect(address, 303))


def to_account(account_id: UUID) -> Response:
    """To the account's locations."""
    return make_response(redirect(url_for("configuration.account", account_id=account_id), 303))
