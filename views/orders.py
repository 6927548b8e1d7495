"""Orders: the list. An order opens as the call that it was taken on."""

from typing import Any

from certus_admin.formats import money
from certus_admin.models import Order
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.export_columns import ORDER_EXPORT
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.orders import OrderFilters, OrderRow, count_orders, list_orders, summarize_orders
from certus_admin.queries.scope import Scope
from forms.orders import OrderFilterForm
from views.base import TableView


class OrderView(TableView):
    """/orders/"""

    title = "Orders"
    noun = ("order", "orders")
    nothing_yet = "No orders yet. They appear here as soon as a call ends in one."
    nothing_matches = "No orders match these filters."
    column_list = ("created_at", "location", "items", "fulfillment_type", "status", "total_amount")
    column_default_sort = ("created_at", True)
    filter_form = OrderFilterForm
    export = ORDER_EXPORT

    def __init__(self) -> None:
        super().__init__(Order, "orders", "/orders/")

    def find_page(self, scope: Scope, filters: OrderFilters, cursor: Cursor | None) -> Page[OrderRow]:
        """The page's orders."""
        return list_orders(scope, filters, cursor)

    def find_summary(self, scope: Scope, filters: OrderFilters) -> Summary:
        """Count and total by currency."""
        return summarize_orders(scope, filters)

    def find_exact(self, scope: Scope, filters: OrderFilters) -> Summary:
        """The same to the row."""
        return count_orders(scope, filters)

    def sums(self, summary: Summary) -> list[tuple[str, str]]:
        """The total of each currency."""
        totals = [str(money(group.total_amount, group.key)) for group in summary.groups]
        return [("total", " and ".join(totals))]

    def row_url(self, row: Any) -> str | None:
        """The call that the order was taken on."""
        return f"/calls/{row.call_id}" if row.call_id else None
