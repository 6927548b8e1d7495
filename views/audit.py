"""The audit log: the list. A line opens in the drawer (views/audit_line.py)."""

from collections.abc import Sequence
from typing import Any

from flask import request

from certus_admin.administration_models import AuditLine
from certus_admin.queries.audit import (
    AuditFilters,
    AuditRow,
    count_all_audit,
    count_audit,
    get_audit_choices,
    list_audit,
)
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.export_columns import AUDIT_EXPORT
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.places import Place
from certus_admin.queries.scope import Scope
from forms.audit import AuditFilterForm
from forms.filters import FilterForm
from views.base import TableView
from views.menu import KEEPERS


class AuditView(TableView):
    """/audit/"""

    title = "Audit"
    noun = ("line", "lines")
    roles = KEEPERS
    nothing_yet = "Nothing has been done in your accounts yet."
    nothing_matches = "No lines match these filters."
    column_list = ("done_at", "done_by", "done", "done_where", "changed")
    column_default_sort = ("done_at", True)
    export = AUDIT_EXPORT

    def __init__(self) -> None:
        super().__init__(AuditLine, "audit", "/audit/")

    def make_form(self, places: Sequence[Place]) -> FilterForm:
        """The filters, with the people and kinds of lines that there are."""
        return AuditFilterForm(request.args, places, get_audit_choices())

    def find_page(self, scope: Scope, filters: AuditFilters, cursor: Cursor | None) -> Page[AuditRow]:
        """The page's lines."""
        return list_audit(scope, filters, cursor)

    def find_summary(self, scope: Scope, filters: AuditFilters) -> Summary:
        """How many there are."""
        return count_audit(scope, filters)

    def find_exact(self, scope: Scope, filters: AuditFilters) -> Summary:
        """The same to the row."""
        return count_all_audit(scope, filters)

    def row_url(self, row: Any) -> str:
        """The line's own page."""
        return f"/audit/{row.id}"
