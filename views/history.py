"""Who changed what in a configuration, when, and "put this back"."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request
from flask_login import current_user
from sqlalchemy.exc import DBAPIError, IntegrityError

from certus_admin.changes import Region, Row, rows_of, title_of
from certus_admin.database import db
from certus_admin.queries.history import (
    ChangedSinceError,
    Line,
    get_change,
    is_as_left,
    list_changes,
    put_back,
    remove,
    save_columns,
)
from certus_admin.queries.versions import StaleVersionError
from views.base import read_cursor
from views.history_choices import choices_of, chosen_columns, wants_removal
from views.menu import KEEPERS
from views.settings_pages import Subject, find_subject

blueprint = Blueprint("history", __name__, url_prefix="/configuration/<uuid:account_id>")

GONE = "That entry has been removed since. Put its removal back first."
THERE_ALREADY = "It is there again already."
REFUSED = "It cannot be put back: it would contradict what is set now, such as hours that overlap."
ONCE_MORE = "Somebody saved this at the same moment. Look again."


@dataclass(frozen=True)
class Entry:
    """A line of the history as the page draws it."""

    line: Line
    title: str
    rows: tuple[Row, ...]
    as_left: bool


def region_of(subject: Subject) -> Region:
    """How values are written there."""
    return Region(subject.place.timezone, subject.place.currency)


def entry_of(line: Line, subject: Subject) -> Entry:
    """A line in words."""
    rows = rows_of(
        line.table_name, line.columns, line.before, line.after, region_of(subject), voice=line.is_voice
    )
    title = title_of(line.table_name, line.action, line.columns, line.about)
    return Entry(line, title, rows, is_as_left(line))


def find_readable(account_id: UUID, location_id: UUID | None) -> Subject:
    """Whose history it is; operators have no part in it."""
    subject = find_subject(account_id, location_id)
    return subject if current_user.has_role(*KEEPERS) else abort(403)


def draw_history(subject: Subject) -> Response:
    """A page of the history."""
    cursor = read_cursor(request.args)
    found = list_changes(subject.account_id, subject.location_id, cursor, subject.history_key)
    return subject.draw(
        "history",
        entries=[entry_of(line, subject) for line in found.rows],
        newer_url=subject.url("history", newer=str(found.newer)) if found.newer else None,
        older_url=subject.url("history", older=str(found.older)) if found.older else None,
    )


@blueprint.get("/history")
def account(account_id: UUID) -> Response:
    """What was changed for the account as a whole."""
    return draw_history(find_readable(account_id, None))


@blueprint.get("/<uuid:location_id>/history")
def location(account_id: UUID, location_id: UUID) -> Response:
    """What was changed at a location."""
    return draw_history(find_readable(account_id, location_id))


@blueprint.post("/history/<uuid:line_id>/put-back")
def put_back_account(account_id: UUID, line_id: UUID) -> Response:
    """Undo a change of the account as a whole."""
    return answer(find_subject(account_id), line_id)


@blueprint.post("/<uuid:location_id>/history/<uuid:line_id>/put-back")
def put_back_location(account_id: UUID, location_id: UUID, line_id: UUID) -> Response:
    """Undo a change of a location."""
    return answer(find_subject(account_id, location_id), line_id)


def answer(subject: Subject, line_id: UUID) -> Response:
    """Put the change back, save what was chosen, or show what stands against it."""
    line = get_change(subject.account_id, subject.location_id, line_id, subject.history_key)
    if line is None or not line.can_go_back:
        abort(404)
    try:
        if "version" in request.form:
            return save_choices(subject, line)
        put_back(subject.account_id, line)
        db.session.commit()
    except ChangedSinceError:
        return draw_choices(subject, line)
    except StaleVersionError:
        db.session.rollback()
        return back(subject, THERE_ALREADY if line.action == "delete" else ONCE_MORE, "warning")
    except DBAPIError as error:
        if not isinstance(error, IntegrityError):
            raise
        db.session.rollback()
        return back(subject, REFUSED, "error")
    return back(subject, f"{entry_of(line, subject).title}: put back.", "success")


def draw_choices(subject: Subject, line: Line) -> Response:
    """As the change left it, as it is now, and as it was before, side by side."""
    if line.present is None:
        return back(subject, GONE, "warning")
    return subject.draw(
        "put_back", 409, **choices_of(line, region_of(subject), entry_of(line, subject).title)
    )


def save_choices(subject: Subject, line: Line) -> Response:
    """Save what was chosen, over the version that was shown."""
    if line.present is None:
        return back(subject, GONE, "warning")
    if request.form["version"] != str(line.version):
        return draw_choices(subject, line)
    if line.action != "update":
        if wants_removal(request.form):
            remove(line)
    else:
        columns = chosen_columns(line, request.form)
        if columns:
            save_columns(subject.account_id, line, columns)
    db.session.commit()
    return back(subject, "Saved as you chose.", "success")


def back(subject: Subject, words: str, kind: str) -> Response:
    """To the history, with what happened."""
    flash(words, kind)
    return make_response(redirect(subject.url("history"), 303))
