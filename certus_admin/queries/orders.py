"""The list of orders: what may be asked, what a row holds."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement

from certus_admin.models import Order
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.finding import search_of
from certus_admin.queries.listing import Page, Summary, one_of, read_exact_summary, read_page, read_summary
from certus_admin.queries.reach import Query
from certus_admin.queries.scope import Scope
from certus_admin.queries.source import Source

ORDER_STATUSES = (
    "pending", "confirmed", "preparing", "ready", "completed", "canceled", "rejected", "failed",
)  # fmt: skip
FULFILLMENT_TYPES = ("pickup", "delivery", "dine_in")


class OrderRow(NamedTuple):
    """An order as lists show it. Times are aware, in UTC; `total_amount` is in `currency`."""

    id: UUID
    call_id: UUID | None
    account_id: UUID
    location_id: UUID
    location_name: str
    timezone: str
    created_at: datetime
    local_date: date
    fulfillment_type: str
    status: str
    items: list[dict[str, Any]]
    total_amount: Decimal
    currency: str


@dataclass(frozen=True)
class OrderFilters:
    """What of the orders is asked for; `dates` are local dates of created_at at the location."""

    account_id: UUID | None = None
    location_id: UUID | None = None
    dates: LocalDates = field(default_factory=LocalDates)
    statuses: tuple[str, ...] = ()
    fulfillment_types: tuple[str, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL over orders_v; place and scope are the listing's."""
        return [
            *self.dates.conditions(Order.created_at, Order.local_date, Order.timezone),
            *one_of(Order.status, self.statuses),
            *one_of(Order.fulfillment_type, self.fulfillment_types),
        ]

    def query(self, scope: Scope) -> Query:
        """These filters within a scope."""
        search = search_of(
            self.account_id,
            self.location_id,
            self.dates,
            statuses=self.statuses,
            types=self.fulfillment_types,
        )
        return Query(scope, self.conditions(), self.account_id, self.location_id, search=search)


ORDERS = Source(
    model=Order,
    at="created_at",
    columns=lambda order: [getattr(order, name) for name in OrderRow._fields],
    sums=lambda order: (order.total_amount,),
    group="currency",
    relation="orders",
)


def list_orders(
    scope: Scope, filters: OrderFilters | None = None, cursor: Cursor | None = None
) -> Page[OrderRow]:
    """A page of orders within `scope`, newest first, with cursors to the pages beside it; one statement."""
    page = read_page(ORDERS, (filters or OrderFilters()).query(scope), cursor)
    return Page(tuple(OrderRow._make(row) for row in page.rows), page.newer, page.older)


def summarize_orders(scope: Scope, filters: OrderFilters | None = None) -> Summary:
    """How many orders match, with the sum of total_amount by currency; one statement, capped like calls."""
    return read_summary(ORDERS, (filters or OrderFilters()).query(scope))


def count_orders(scope: Scope, filters: OrderFilters | None = None) -> Summary:
    """The same to the row, for as long as read_exact_summary allows."""
    return read_exact_summary(ORDERS, (filters or OrderFilters()).query(scope))
