"""One line of the audit log: the drawer, and the same as a page."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, make_response, render_template
from flask_login import current_user
from sqlalchemy import Row

from certus_admin.audit_words import differences, title_of, who_of
from certus_admin.auth import role_required
from certus_admin.queries.audit import get_audit_line
from views.call_notes import wants_fragment
from views.menu import KEEPERS

blueprint = Blueprint("audit_line", __name__, url_prefix="/audit")

ACCOUNT = "/configuration/{account_id}/"
PLACE = f"{ACCOUNT}{{location_id}}/"
# Where the rows of a table are looked at.
ROW_PAGES = {
    "account_settings": f"{ACCOUNT}averages",
    "api_keys": "/api-keys/",
    "call_logs": "/calls/{row_id}",
    "internal_notes": "/notes/details/?id={row_id}",
    "knowledge_update_requests": "/knowledge/",
    "location_hours": PLACE,
    "location_hours_exceptions": f"{PLACE}exceptions",
    "location_settings": f"{PLACE}history",
    "user_access": "/people/",
    "users": "/people/",
}
FOR_ADMINS = ("/api-keys/", "/people/", "/settings/")


@blueprint.get("/<uuid:line_id>")
@role_required(*KEEPERS)
def show(line_id: UUID) -> Response:
    """Who did what to which row; 404 where the line is missing or out of reach."""
    line = get_audit_line(line_id) or abort(404)
    page = render_template(
        "audit/_line.html" if wants_fragment() else "audit/line.html",
        line=line,
        title=title_of(line.table_name, line.action),
        who=who_of(line.actor_name, line.application, line.actor_role),
        differences=differences(line.before, line.after),
        row_url=page_of_row(line),
    )
    response = make_response(page)
    response.vary.add("HX-Request")
    return response


def page_of_row(line: Row[Any]) -> str | None:
    """Where the row is looked at; None where there is no page, or no row any more."""
    if line.table_name == "internal_notes" and not line.note_exists:
        return None
    path = setting_page(line) if line.table_name == "settings" else ROW_PAGES.get(line.table_name)
    if path is None or ("{location_id}" in path and line.location_id is None):
        return None
    path = path.format(account_id=line.account_id, location_id=line.location_id, row_id=line.row_id)
    if path.startswith(FOR_ADMINS) and not current_user.has_role("admin"):
        return None
    return path if is_page(path) else None


def setting_page(line: Row[Any]) -> str | None:
    """A setting's page; that of its history where the setting is gone."""
    key = line.setting_key or (line.before or line.after or {}).get("key")
    if key is None:
        return None
    place = f"{line.account_id}/{line.location_id}" if line.location_id else f"{line.account_id}"
    if key == "ai_voice":
        return f"/configuration/{place}/voice"
    return f"/settings/{key}/{place}" if line.setting_key else f"/settings/{key}/{place}/history"


def is_page(path: str) -> bool:
    """Whether the application has a page there."""
    return current_app.url_map.bind("localhost").test(path.partition("?")[0], method="GET")
