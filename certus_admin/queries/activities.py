"""What happened lately: calls, orders, reservations and notes in one stream."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.queries.arms import Reach, narrow
from certus_admin.queries.dates import PERIODS, LocalDates
from certus_admin.queries.finding import search_of
from certus_admin.queries.period import Period
from certus_admin.queries.scope import Scope

# Each kind is cut to its newest few by its index before anything else of it is read. The date is known of
# every row; coalesce keeps the planner from reading the whole period location by location for it.
RANGES = """select key.id from {arms}
    cross join lateral (
        select x.id, x.{at} as at from public.{view} x
        where {match} and x.{at} >= :since and x.{at} < :until
            and coalesce(x.local_date between {first} and {last}, true)
        order by x.{at} desc, x.id desc limit :limit
    ) key
    order by key.at desc, key.id desc limit :limit"""
# Of many locations only those with the newest rows are read.
FOUND = """select f.row_id as id from public.find_rows('{name}', cast(:search as jsonb), size => :limit) f
    where f.is_found"""
MANY = 12
MOMENTS = {
    "calls": "started_at", "orders": "created_at", "reservations": "created_at",
    "internal_notes": "created_at",
}  # fmt: skip
ACTIVITIES = """with called as materialized (
    {calls}
), ordered as materialized (
    {orders}
), reserved as materialized (
    {reservations}
), noted as materialized (
    {internal_notes}
)
select found.kind, found.id, found.at, found.call_id, found.location_name, found.timezone,
    found.status, found.subject, found.words, found.caller_masked, found.quantity, found.amount,
    found.currency, found.reserved_for, found.review_reasons
from (
    select 'call' as kind, x.id, x.started_at as at, x.id as call_id, x.location_name,
        x.timezone, x.status, x.call_type as subject, left(x.summary_md, 300) as words, x.caller_masked,
        x.duration_seconds as quantity, null::numeric as amount, null::text as currency,
        null::timestamptz as reserved_for, x.review_reasons
    from called join public.calls_v x on x.id = called.id
    where coalesce(x.local_date between {first} and {last}, true)
    union all
    select 'order', x.id, x.created_at, x.call_id, x.location_name, x.timezone, x.status,
        x.fulfillment_type, null, null, jsonb_array_length(x.items), x.total_amount, x.currency, null, '{{}}'
    from ordered join public.orders_v x on x.id = ordered.id
    where coalesce(x.local_date between {first} and {last}, true)
    union all
    select 'reservation', x.id, x.created_at, x.call_id, x.location_name, x.timezone,
        x.status, x.guest_name, null, null, x.guest_count, null, null, x.reservation_at, '{{}}'
    from reserved join public.reservations_v x on x.id = reserved.id
    where coalesce(x.local_date between {first} and {last}, true)
    union all
    select 'note', x.id, x.created_at, x.call_id, x.location_name, x.timezone, null,
        x.author_name, left(x.note_md, 300), null, null, null, null, null, '{{}}'
    from noted join public.internal_notes_v x on x.id = noted.id
) found
order by found.at desc, found.id desc
limit :limit"""


@dataclass(frozen=True)
class Activity:
    """Something that happened at a location.

    `kind` is call, order, reservation or note; `at` (UTC) is when it began, was taken or was written;
    `call_id` leads to its call (None for an order or reservation that no call brought). `subject` is the call
    type, the way an order leaves the house, the guest or the author; `words` the beginning of a summary or
    note (Markdown); `quantity` the seconds of a call, the items of an order, the guests of a reservation.
    """

    kind: str
    id: UUID
    at: datetime
    call_id: UUID | None
    location_name: str
    timezone: str
    status: str | None
    subject: str | None
    words: str | None
    caller_masked: str | None
    quantity: int | None
    amount: Decimal | None
    currency: str | None
    reserved_for: datetime | None
    review_reasons: tuple[str, ...]


def list_activities(
    scope: Scope,
    period: Period,
    account_id: UUID | None = None,
    location_id: UUID | None = None,
    limit: int = 20,
) -> tuple[Activity, ...]:
    """The newest activities on the local dates of `period`, newest first; one statement, live."""
    reach = narrow(scope, account_id, location_id)
    search = json.dumps(search_of(account_id, location_id, _dates(period)))
    first, last = period.window("x.timezone")
    newest = {name: _newest(name, reach, period) for name in MOMENTS}
    statement = text(ACTIVITIES.format(**newest, first=first, last=last))
    values = {**reach.values, **period.values, "search": search, "limit": limit}
    rows = db.session.execute(statement, values)
    return tuple(Activity(*(*row[:-1], tuple(row.review_reasons))) for row in rows)


def _dates(period: Period) -> LocalDates:
    """The dates to search: none where the period goes on today, as the newest rows of all are its newest."""
    if period.preset and PERIODS[period.preset][1] == 0:
        return LocalDates()
    return LocalDates(period=period.preset) if period.preset else LocalDates(period.first, period.last)


def _newest(name: str, reach: Reach, period: Period) -> str:
    """A statement that gives the ids of the newest rows of one kind."""
    if len(reach.location_ids) > MANY and name != "internal_notes":
        return FOUND.format(name=name)
    first, last = period.window("x.timezone")
    at, view = MOMENTS[name], f"{name}_v"
    return RANGES.format(arms=reach.arms, match=reach.match, at=at, view=view, first=first, last=last)
