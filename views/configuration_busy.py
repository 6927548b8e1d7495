"""Busy mode of one location or several: on for a while, ended early, over by itself."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for

from certus_admin.database import db
from certus_admin.queries.busy import BusyChange, BusySetting, get_busy_settings, save_busy, seen_text
from certus_admin.queries.configuration import ConfiguredLocation
from certus_admin.queries.hours import StaleVersionError, lock_configuration
from certus_admin.queries.last_change import get_last_change
from certus_admin.queries.versions import Save
from forms.busy import DURATIONS, BusyForm
from forms.busy_choices import (
    NOT_BUSY,
    Meeting,
    Texts,
    change_of,
    put_together,
    read_seen,
    read_texts,
    texts_of,
)
from views.busy_words import labels_of, words_at
from views.configuration_pages import (
    chosen_locations,
    draw_account,
    draw_location,
    find_account,
    find_location,
    require_writer,
)
from views.settings_pages import TRIES, Subject, say_saved, settled

blueprint = Blueprint("busy", __name__, url_prefix="/configuration/<uuid:account_id>")

COLUMNS = ("busy_mode_enabled", "busy_until", "busy_reason", "extra_wait_seconds")


@blueprint.route("/<uuid:location_id>/busy", methods=["GET", "POST"])
def location(account_id: UUID, location_id: UUID) -> Response:
    """Busy mode of one location."""
    here = find_location(account_id, location_id)
    if request.method == "POST":
        return change(account_id, (here,), location_id)
    settings = get_busy_settings(account_id, [location_id])
    form = BusyForm(chosen=[str(location_id)])
    show_state(form, here)
    return draw((here,), form, list(settings.values()), location_id)


def show_state(form: BusyForm, here: ConfiguredLocation) -> None:
    """Begin with the wait and the reason that are in force."""
    if here.state.busy:
        form.wait_text, form.reason = str(here.state.extra_wait_seconds // 60), here.state.busy_reason or ""


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
    """The page of one location, or of the account; a form that comes back keeps what it was made of."""
    seen = {
        str(each.location_id): request.form.get(f"seen-{each.location_id}") or seen_text([each])
        for each in settings
    }
    if location_id:
        return draw_location("busy", locations[0], code, form=form, durations=DURATIONS, seen=seen)
    return draw_account("busy_account", locations, code, form=form, durations=DURATIONS, seen=seen)


def change(account_id: UUID, locations: tuple[ConfiguredLocation, ...], location_id: UUID | None) -> Response:
    """Switch on or end, for what was ticked; or save what was chosen where two saves met."""
    require_writer()
    form = BusyForm.read(request.form)
    chosen = chosen_locations(locations, form.chosen)
    if not chosen:
        form.errors["to"] = "Choose at least one location."
    yours = read_yours(chosen, form)
    if form.errors:
        settings = get_busy_settings(account_id, [each.place.location_id for each in locations])
        return draw(locations, form, list(settings.values()), location_id, 422)
    return save(Subject(locations, account_id, location_id), chosen, yours)


def read_yours(chosen: tuple[ConfiguredLocation, ...], form: BusyForm) -> dict[UUID, Texts]:
    """What each location is to have; where that cannot be said, the form says why."""
    ids = [each.place.location_id for each in chosen]
    if request.form.get("action") == "end":
        return {each: dict(NOT_BUSY) for each in ids}
    if request.form.get("action") == "choose":
        found = {each: read_texts(request.form, each) for each in ids}
        if None in found.values():
            form.errors["duration"] = "Choose what it should be."
            show_state(form, chosen[0])
        return {each: texts for each, texts in found.items() if texts}
    if not form.check():
        return {}
    now = datetime.now(UTC).replace(microsecond=0)
    wait, reason = str(form.wait_seconds), form.reason
    ends = {each.place.location_id: form.end(now, each.state.is_open, each.state.until) for each in chosen}
    return {
        each: {"until": end.isoformat(), "wait": wait, "reason": reason} for each, end in ends.items() if end
    }


def save(subject: Subject, chosen: tuple[ConfiguredLocation, ...], yours: dict[UUID, Texts]) -> Response:
    """Put what was sent and what was saved meanwhile together; save it unless they contradict each other."""
    for _ in range(TRIES):
        lock_configuration(yours)
        settings = get_busy_settings(subject.account_id, list(yours))
        now = datetime.now(UTC)
        theirs = {each: texts_of(setting, now) for each, setting in settings.items()}
        seen = {
            each: texts_of(read_seen(request.form.get(f"seen-{each}", ""), setting), now)
            for each, setting in settings.items()
        }
        meeting = put_together({each: (seen[each], yours[each], theirs[each]) for each in yours})
        both = meeting.both
        if both.conflicts:
            return draw_conflict(subject, chosen, meeting, settings)
        merged = {each: read_texts(both.merged, each) or theirs[each] for each in yours}
        changes = [
            change_of(settings[each], texts) for each, texts in merged.items() if texts != theirs[each]
        ]
        try:
            if changes:
                save_busy(subject.account_id, changes)
            db.session.commit()
        except StaleVersionError:
            db.session.rollback()
            continue
        kept = [labels_of(chosen)[name] for name in both.theirs_taken]
        say_saved("Busy mode", kept, changes=bool(changes), said=_said(changes))
        return back(subject.account_id, subject.location_id)
    return abort(409)


def draw_conflict(
    subject: Subject,
    chosen: tuple[ConfiguredLocation, ...],
    meeting: Meeting,
    settings: Mapping[UUID, BusySetting],
) -> Response:
    """Before, theirs and yours side by side; what is sent from there is a save like any other."""
    names = [conflict.name for conflict in meeting.both.conflicts]
    met = sorted(each for each in settings if any(name.endswith(str(each)) for name in names))
    changes = [
        get_last_change(subject.account_id, each, "location_settings", columns=COLUMNS) for each in met
    ]
    return subject.draw(
        "conflict",
        409,
        both=meeting.both,
        seen=meeting.seen,
        yours=meeting.yours,
        saves=[Save(each.at, each.who, None) for each in dict.fromkeys(changes) if each],
        labels=labels_of(chosen),
        in_words=words_at({str(each.place.location_id): each.place.timezone for each in chosen}),
        action=subject.url("busy"),
        hidden={
            "action": "choose",
            "to": [str(each) for each in settings],
            **{f"seen-{each}": seen_text([setting]) for each, setting in settings.items()},
            **settled(meeting.both),
        },
        title="Busy mode",
    )


def _said(changes: Sequence[BusyChange]) -> str:
    where = f"{len(changes)} {'location' if len(changes) == 1 else 'locations'}"
    is_on = any(each.enabled for each in changes)
    return f"Busy mode is on at {where}." if is_on else f"Busy mode ended at {where}."


def back(account_id: UUID, location_id: UUID | None) -> Response:
    """To the page that was used."""
    if location_id:
        address = url_for("busy.location", account_id=account_id, location_id=location_id)
    else:
        address = url_for("busy.account", account_id=account_id)
    return make_response(redirect(address, 303))
