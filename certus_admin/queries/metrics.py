"""Daily numbers of locations, from the rows that each minute's run keeps current."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, literal, or_, text

from certus_admin.database import db
from certus_admin.models import DailyMetrics
from certus_admin.queries.arms import narrow
from certus_admin.queries.period import Period, preset_period
from certus_admin.queries.places import Place
from certus_admin.queries.reach import Query
from certus_admin.queries.scope import Scope


@dataclass(frozen=True)
class DailyRow:
    """One local date at one location.

    Calls are the inbound ones, by the local date they began; orders and reservations go by the local date
    they were taken, without those that came to nothing. Money is in `currency`, `minutes_saved` in minutes,
    `talk_seconds` in seconds. `total_revenue_res_estimate` is None on a date with reservations of which none
    could be valued.
    """

    account_id: UUID
    location_id: UUID
    date: datetime.date
    total_calls: int
    answered_calls: int
    missed_calls: int
    transferred_calls: int
    talk_seconds: int
    minutes_saved: Decimal
    orders_count: int
    total_revenue_orders: Decimal
    reservations_count: int
    reservations_valued: int
    total_revenue_res_estimate: Decimal | None
    order_calls: int
    reservation_calls: int
    catering_calls: int
    general_calls: int
    other_calls: int
    currency: str


COLUMNS = ", ".join(f"m.{field.name}" for field in fields(DailyRow))
DAILY = f"""select {COLUMNS}
from public.locations l
join public.metrics_daily_v m on m.account_id = l.account_id and m.location_id = l.id
where {{places}} and m.date between {{first}} and {{last}}
    and m.date between :earliest and :latest
order by m.date, m.account_id, m.location_id"""


def get_metrics_daily(
    scope: Scope, period: Period, account_id: UUID | None = None, location_id: UUID | None = None
) -> tuple[DailyRow, ...]:
    """Every (location, local date) of `period` on which something happened, oldest first.

    One statement. A date without a row is one without calls, orders or reservations. The numbers are as old
    as `Kpis.freshness` says; before the first run there are none. Formulas: docs/prd.md, computed
    in private.metrics_daily_live (supabase/schema.sql).
    """
    reach = narrow(scope, account_id, location_id)
    first, last = period.window("l.timezone")
    statement = text(DAILY.format(places=reach.places, first=first, last=last))
    values = {**reach.values, **period.values, "earliest": period.first, "latest": period.last}
    return tuple(DailyRow(*row) for row in db.session.execute(statement, values))


def metrics_query(
    scope: Scope,
    period: Period,
    places: Sequence[Place],
    account_id: UUID | None = None,
    location_id: UUID | None = None,
) -> Query:
    """The rows of metrics_daily_v that get_metrics_daily gives, as an export reads them.

    `places` are those that the pickers leave: each counts a preset from its own today.
    """
    return Query(scope, [_dates(period, places)], account_id, location_id)


def _dates(period: Period, places: Sequence[Place]) -> ColumnElement[bool]:
    if not period.preset or len(period.dates) == period.days:
        return DailyMetrics.date.between(period.first, period.last)
    at: dict[tuple[datetime.date, datetime.date], list[UUID]] = {}
    for place in places:
        own = preset_period(period.preset, [place.timezone], period.now)
        at.setdefault((own.first, own.last), []).append(place.location_id)
    return or_(
        *(
            and_(
                DailyMetrics.location_id == any_(literal(ids, ARRAY(Uuid))),
                DailyMetrics.date.between(*dates),
            )
            for dates, ids in at.items()
        )
    )
