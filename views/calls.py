"""Call Logs: the list. A call opens in the drawer (views/call_detail.py)."""

from typing import Any

from certus_admin.formats import duration, minutes
from certus_admin.models import Call
from certus_admin.queries.calls import CallFilters, CallRow, count_calls, list_calls, summarize_calls
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.export_columns import CALL_EXPORT
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.scope import Scope
from forms.calls import CallFilterForm
from views.base import TableView


class CallView(TableView):
    """/calls/"""

    title = "Calls"
    noun = ("call", "calls")
    nothing_yet = "No calls yet. They appear here as soon as a line takes its first one."
    nothing_matches = "No calls match these filters."
    column_list = (
        "started_at", "location", "caller_masked", "call_type", "status", "duration_seconds", "excerpt",
        "review_reasons",
    )  # fmt: skip
    column_default_sort = ("started_at", True)
    filter_form = CallFilterForm
    export = CALL_EXPORT

    def __init__(self) -> None:
        super().__init__(Call, "calls", "/calls/")

    def find_page(self, scope: Scope, filters: CallFilters, cursor: Cursor | None) -> Page[CallRow]:
        """The page's calls."""
        return list_calls(scope, filters, cursor)

    def find_summary(self, scope: Scope, filters: CallFilters) -> Summary:
        """Count, talk time and time saved."""
        return summarize_calls(scope, filters)

    def find_exact(self, scope: Scope, filters: CallFilters) -> Summary:
        """The same to the row."""
        return count_calls(scope, filters)

    def sums(self, summary: Summary) -> list[tuple[str, str]]:
        """Talk time, and the minutes that the AI saved staff."""
        total = summary.groups[0]
        return [
            ("talk time", str(duration(total.talk_seconds or 0))),
            ("saved", str(minutes((total.saved_seconds or 0) / 60))),
        ]

    def row_url(self, row: Any) -> str:
        """The call's own page; written out, because a url_for for each row costs more than the row."""
        return f"/calls/{row.id}"
