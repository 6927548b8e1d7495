"""Sending an export: the file's name, how many lines it has, and nothing left behind when its reader goes."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Response, request
from werkzeug.exceptions import ServiceUnavailable

from certus_admin.queries.dates import LocalDates
from certus_admin.queries.export_rows import Export
from certus_admin.queries.exports import TooManyExportsError, open_export
from certus_admin.queries.places import Place
from certus_admin.queries.reach import Query
from forms.filters import FilterForm

# What may tell who was looked for is in the audit log as a fact, not in words.
PRIVATE = frozenset({"digits", "words"})
BUSY = "Other exports are running just now. Nothing was exported; try again in a minute."


def stream_export(
    export: Export, query: Query, form: FilterForm, places: Sequence[Place], name: str | None = None
) -> Response:
    """The file, line by line; X-Row-Count says how many lines follow the heading. 503 while others export."""
    try:
        filters = audited_filters(form, places)
        opened = open_export(export, query, filters, request.environ.get("gunicorn.socket"))
    except TooManyExportsError:
        raise ServiceUnavailable(BUSY, retry_after=60) from None
    response = Response(opened.chunks(), mimetype="text/csv")
    response.call_on_close(opened.close)
    name = name or file_name(export.relation, form.dates)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Row-Count"] = str(opened.row_count)
    return response


def audited_filters(form: FilterForm, places: Sequence[Place]) -> dict[str, str | list[str]]:
    """The filters for the audit log, with the account they stay within, where it is one."""
    found: dict[str, str | list[str]] = {}
    for field, value, _ in form.chosen():
        shown = "(given)" if field.short_name in PRIVATE else value
        before = found.get(field.short_name)
        if before is None:
            found[field.short_name] = shown
        else:
            found[field.short_name] = [*([before] if isinstance(before, str) else before), shown]
    within = {place.account_id for place in places if form.location_id in (None, place.location_id)}
    if len(within) == 1 and "account" not in found:
        found["account"] = str(within.pop())
    return found


def file_name(relation: str, dates: LocalDates) -> str:
    """calls-2026-01-01-to-2026-01-31.csv; without a last day, the file says when it was asked for."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    if dates.first and dates.last:
        return f"{relation}-{dates.first}-to-{dates.last}.csv"
    if dates.first:
        return f"{relation}-{dates.first}-to-{today}.csv"
    if dates.last:
        return f"{relation}-until-{dates.last}.csv"
    return f"{relation}-{dates.period}-until-{today}.csv" if dates.period else f"{relation}-until-{today}.csv"
