"""A location's weekly hours: the grid, hours pasted as text, and a week copied to other locations."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from certus_admin.conflicts import Conflict, merge
from certus_admin.database import db
from certus_admin.hours import WEEKDAYS, Week
from certus_admin.osm_hours import HoursTextError, read_week, write_week
from certus_admin.queries.configuration import ConfiguredLocation
from certus_admin.queries.hours import (
    OverlapError,
    SeenHours,
    StaleVersionError,
    get_hours,
    list_last_changes,
    lock_configuration,
    save_weeks,
)
from forms.hours import HoursGrid, read_seen, settle_conflicts
from views.configuration_pages import (
    chosen_locations,
    draw_location,
    find_account,
    find_location,
    require_writer,
)

blueprint = Blueprint("hours", __name__, url_prefix="/configuration/<uuid:account_id>/<uuid:location_id>")

OVERLAP = "Two intervals overlap; the database refused them. Look at each day and the night before it."
CHANGED_MEANWHILE = "Somebody saved these hours while you were looking. Nothing was saved: look again."


@blueprint.get("/")
def show(account_id: UUID, location_id: UUID) -> Response:
    """The week."""
    here = find_location(account_id, location_id)
    seen = get_hours(account_id, [location_id])[location_id]
    return draw_grid(here, HoursGrid.of(seen.week, seen))


def draw_grid(
    here: ConfiguredLocation, grid: HoursGrid, code: int = 200, *, changed: bool = False, **context: object
) -> Response:
    """The grid's page; `changed` when it holds what is not saved."""
    text = write_week(grid.seen.week)
    return draw_location(
        "hours", here, code, grid=grid, changed=changed, text=text, weekdays=WEEKDAYS, **context
    )


@blueprint.post("/")
def save(account_id: UUID, location_id: UUID) -> Response:
    """Save the week, or do what a button of the grid says."""
    here = find_location(account_id, location_id)
    require_writer()
    form = request.form
    grid = HoursGrid.read(form)
    action = form.get("action", "save")
    if action == "edit":
        return draw_grid(here, grid, changed=True)
    if action != "save":
        grid.change(action, {day: form.getlist(f"copy-to-{day}") for day in range(1, 8)})
        return draw_grid(here, grid, changed=True)
    undecided = settle_conflicts(grid, form)
    if undecided or not grid.check():
        return draw_grid(here, grid, 422, changed=True, **conflict_context(here, grid, form, undecided))
    return save_grid(here, grid)


def save_grid(here: ConfiguredLocation, grid: HoursGrid, *, again: bool = False) -> Response:
    """Put the grid and what was saved meanwhile together, and save it unless they contradict each other.

    The lock keeps our own pages apart; where another client still came in between, this is done once more.
    """
    account_id, location_id = here.place.account_id, here.place.location_id
    lock_configuration([location_id])
    now = get_hours(account_id, [location_id])[location_id]
    put_together = merge(grid.seen.week, grid.week, now.week)
    merged = HoursGrid.of(put_together.merged, now)
    if put_together.conflicts:
        context = draw_conflicts(here, put_together.conflicts, grid.seen)
        return draw_grid(here, merged, 409, changed=True, merged_days=put_together.theirs_taken, **context)
    if not merged.check():
        return draw_grid(here, merged, 422, changed=True, merged_days=put_together.theirs_taken)
    try:
        count = save_weeks(account_id, [(location_id, now, merged.week)])
        db.session.commit()
    except (StaleVersionError, OverlapError):
        db.session.rollback()
        if not again:
            return save_grid(here, grid, again=True)
        return draw_grid(here, grid, 422, changed=True, refused=OVERLAP)
    say_saved(count, [WEEKDAYS[day - 1] for day in put_together.theirs_taken])
    return back(account_id, location_id)


def say_saved(count: int, theirs: list[str]) -> None:
    """What happened, and whose changes are in it."""
    if theirs:
        flash(f"Hours saved. {', '.join(theirs)} had been changed meanwhile and stays so.", "success")
    else:
        flash("Hours saved." if count else "Nothing had changed.", "success" if count else "info")


def back(account_id: UUID, location_id: UUID) -> Response:
    """To the location's hours."""
    return make_response(redirect(url_for("hours.show", account_id=account_id, location_id=location_id), 303))


def draw_conflicts(
    here: ConfiguredLocation, conflicts: "tuple[Conflict[int], ...]", base: SeenHours
) -> dict[str, object]:
    """What the template needs to show days side by side: who changed them, when, and what was before."""
    changes: dict[int, tuple[str | None, datetime]] = list_last_changes(
        here.place.account_id, here.place.location_id
    )
    return {"conflicts": conflicts, "changes": changes, "base": base, "undecided": ()}


def conflict_context(
    here: ConfiguredLocation, grid: HoursGrid, form: "MultiDict[str, str]", undecided: tuple[int, ...]
) -> dict[str, object]:
    """The same side by side for a form that came back without a choice."""
    if not undecided:
        return {}
    base = read_seen(form.get("base", ""))
    both = tuple(Conflict(day, base.week[day], grid.week[day], grid.seen.week[day]) for day in undecided)
    return {**draw_conflicts(here, both, base), "undecided": undecided}


@blueprint.route("/paste", methods=["GET", "POST"])
def paste(account_id: UUID, location_id: UUID) -> Response:
    """Hours as text: what they would change, before anything is saved."""
    if request.method != "POST":
        return back(account_id, location_id)
    here = find_location(account_id, location_id)
    require_writer()
    seen = get_hours(account_id, [location_id])[location_id]
    pasted = request.form.get("text", "")
    try:
        week = read_week(pasted)
    except HoursTextError as error:
        return draw_grid(here, HoursGrid.of(seen.week, seen), 422, pasted=pasted, paste_error=error)
    return draw_location(
        "paste", here, grid=HoursGrid.of(week, seen), before=seen.week, after=week, weekdays=WEEKDAYS
    )


@blueprint.route("/copy", methods=["GET", "POST"])
def copy(account_id: UUID, location_id: UUID) -> Response:
    """This week at other locations of the account: a preview, then all of them in one transaction."""
    here = find_location(account_id, location_id)
    require_writer()
    others = tuple(each for each in find_account(account_id) if each.place.location_id != location_id)
    chosen = chosen_locations(others, request.values.getlist("to"))
    ids = [each.place.location_id for each in chosen]
    if request.method == "POST":
        lock_configuration([location_id, *ids])
    seen = get_hours(account_id, [location_id, *ids])
    week = seen[location_id].week
    if request.method == "POST" and ids:
        if all(request.form.get(f"seen-{each}") == seen[each].text for each in (location_id, *ids)):
            return save_copies(account_id, location_id, [(each, seen[each], week) for each in ids])
        flash(CHANGED_MEANWHILE, "warning")
    code = 409 if request.method == "POST" and ids else 200
    return draw_location(
        "copy", here, code, others=others, chosen=chosen, seen=seen, week=week, weekdays=WEEKDAYS
    )


def save_copies(account_id: UUID, location_id: UUID, weeks: list[tuple[UUID, SeenHours, Week]]) -> Response:
    """Save every copy, or none."""
    try:
        save_weeks(account_id, weeks)
        db.session.commit()
    except (StaleVersionError, OverlapError):
        db.session.rollback()
        flash(CHANGED_MEANWHILE, "warning")
        return back(account_id, location_id)
    noun = "location" if len(weeks) == 1 else "locations"
    flash(f"The week was copied to {len(weeks)} {noun}.", "success")
    return back(account_id, location_id)
