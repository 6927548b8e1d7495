"""Reservations: the list. A reservation opens as the call that it was taken on."""

from typing import Any

from certus_admin.formats import money
from certus_admin.models import Reservation
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.export_columns import RESERVATION_EXPORT
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.reservations import (
    ReservationFilters,
    ReservationRow,
    count_reservations,
    list_reservations,
    summarize_reservations,
)  # fmt: skip
from certus_admin.queries.scope import Scope
from forms.reservations import ReservationFilterForm
from views.base import TableView


class ReservationView(TableView):
    """/reservations/"""

    title = "Reservations"
    noun = ("reservation", "reservations")
    nothing_yet = "No reservations yet. They appear here as soon as a call ends in one."
    nothing_matches = "No reservations match these filters."
    column_list = (
        "created_at", "location", "guest", "reservation_at", "guest_count", "status", "estimated_revenue",
    )  # fmt: skip
    column_default_sort = ("created_at", True)
    filter_form = ReservationFilterForm
    export = RESERVATION_EXPORT

    def __init__(self) -> None:
        super().__init__(Reservation, "reservations", "/reservations/")

    def find_page(
        self, scope: Scope, filters: ReservationFilters, cursor: Cursor | None
    ) -> Page[ReservationRow]:
        """The page's reservations."""
        return list_reservations(scope, filters, cursor)

    def find_summary(self, scope: Scope, filters: ReservationFilters) -> Summary:
        """Count and estimate by currency."""
        return summarize_reservations(scope, filters)

    def find_exact(self, scope: Scope, filters: ReservationFilters) -> Summary:
        """The same to the row."""
        return count_reservations(scope, filters)

    def sums(self, summary: Summary) -> list[tuple[str, str]]:
        """The estimate of each currency, and how many reservations it knows."""
        valued = [group for group in summary.groups if group.estimated_revenue_known]
        known = sum(group.estimated_revenue_known for group in valued)
        estimate = " and ".join(str(money(group.estimated_revenue, group.key)) for group in valued)
        return [("estimate", estimate or "not known"), ("known for", f"{known:,} of {summary.count:,}")]

    def row_url(self, row: Any) -> str | None:
        """The call that the reservation was taken on."""
        return f"/calls/{row.call_id}" if row.call_id else None
