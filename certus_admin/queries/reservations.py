"""The list of reservations: what may be asked, what a row holds."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement

from certus_admin.models import Reservation
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.finding import mentions, search_of
from certus_admin.queries.listing import Page, Summary, one_of, read_exact_summary, read_page, read_summary
from certus_admin.queries.reach import Query
from certus_admin.queries.scope import Scope
from certus_admin.queries.source import Source

RESERVATION_STATUSES = ("requested", "confirmed", "seated", "completed", "canceled", "no_show", "failed")


class ReservationRow(NamedTuple):
    """A reservation as lists show it. Times are aware, in UTC.

    `reservation_at` is None where only `reservation_date`, or nothing, is known; `estimated_revenue` (in
    `currency`) is None where guests or average are not.
    """

    id: UUID
    call_id: UUID | None
    account_id: UUID
    location_id: UUID
    location_name: str
    timezone: str
    created_at: datetime
    local_date: date
    guest_name: str | None
    guest_phone_masked: str | None
    guest_count: int | None
    reservation_at: datetime | None
    reservation_date: date | None
    special_requests: str | None
    status: str
    estimated_revenue: Decimal | None
    currency: str


@dataclass(frozen=True)
class ReservationFilters:
    """What of the reservations is asked for; `dates` are local, of created_at; `words` of the name."""

    account_id: UUID | None = None
    location_id: UUID | None = None
    dates: LocalDates = field(default_factory=LocalDates)
    statuses: tuple[str, ...] = ()
    words: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL over reservations_v; place and scope are the listing's."""
        return [
            *self.dates.conditions(Reservation.created_at, Reservation.local_date, Reservation.timezone),
            *one_of(Reservation.status, self.statuses),
            *([mentions(Reservation.guest_name, self.words)] if self.words else []),
        ]

    def query(self, scope: Scope) -> Query:
        """These filters within a scope."""
        search = search_of(
            self.account_id, self.location_id, self.dates, statuses=self.statuses, words=self.words
        )
        return Query(scope, self.conditions(), self.account_id, self.location_id, search=search)


RESERVATIONS = Source(
    model=Reservation,
    at="created_at",
    columns=lambda reservation: [getattr(reservation, name) for name in ReservationRow._fields],
    sums=lambda reservation: (reservation.estimated_revenue,),
    group="currency",
    relation="reservations",
)


def list_reservations(
    scope: Scope, filters: ReservationFilters | None = None, cursor: Cursor | None = None
) -> Page[ReservationRow]:
    """A page of reservations within `scope`, the latest taken first; one statement."""
    page = read_page(RESERVATIONS, (filters or ReservationFilters()).query(scope), cursor)
    return Page(tuple(ReservationRow._make(row) for row in page.rows), page.newer, page.older)


def summarize_reservations(scope: Scope, filters: ReservationFilters | None = None) -> Summary:
    """How many reservations match, with the sum of estimated_revenue by currency and how many have one.

    One statement, capped like calls.
    """
    return read_summary(RESERVATIONS, (filters or ReservationFilters()).query(scope))


def count_reservations(scope: Scope, filters: ReservationFilters | None = None) -> Summary:
    """The same to the row, for as long as read_exact_summary allows."""
    return read_exact_summary(RESERVATIONS, (filters or ReservationFilters()).query(scope))
