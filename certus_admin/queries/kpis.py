"""The numbers of a period, beside those of the period before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.queries.arms import Reach, narrow
from certus_admin.queries.freshness import FRESHNESS, Freshness
from certus_admin.queries.period import Period
from certus_admin.queries.scope import Scope
from certus_admin.queries.totals import Day, Money, Totals, add_up

# The median needs the calls themselves. At most this many of the newest are read, whatever the table's size;
# where a period has more, their median stands for it and `median_covers_all` is False.
MEDIAN_SAMPLE = 2000
# Of many locations not so many each: their newest calls count as far back as each of them was read.
FEWEST_EACH = 40
# A date ends 26 hours later in one zone than in another: further inside a period a call is inside everywhere.
ZONES = timedelta(hours=26)
# A single day has no course: its line is drawn over the week that ends with it.
SHORTEST_COURSE = 7

SUMMED = (
    "total_calls", "answered_calls", "missed_calls", "transferred_calls", "talk_seconds", "minutes_saved",
    "order_calls", "reservation_calls", "catering_calls", "general_calls", "other_calls", "orders_count",
    "total_revenue_orders", "reservations_count", "reservations_valued", "total_revenue_res_estimate",
)  # fmt: skip

# Which dates are this period's is asked at each location, as zones are on different ones around midnight:
# once a zone and date, after the sums of their locations.
DAYS = f"""select m.date, m.currency,
    m.date between its.first_date and its.last_date as in_period,
    m.date between its.first_date - cast(:days as integer) and its.first_date - 1 as in_before,
    {", ".join(f"sum(m.{name}) as {name}" for name in SUMMED)}
from public.metrics_by_day(:earliest, :latest, cast(:account_ids as uuid[]),
    cast(:location_ids as uuid[]), cast(:within as uuid)) m
cross join lateral (select {{first}} as first_date, {{last}} as last_date) its
where m.date <= its.last_date
group by 1, 2, 3, 4"""

# The newest calls of the period in every zone, and of these the ones on its local dates. coalesce keeps the
# planner from an index that has no order of time: it would sort the whole period.
MEDIAN = f"""with read as materialized (
    select arm.n, call.duration_seconds, call.started_at, call.is_inside
    from (select row_number() over () as n, arm.* from {{arms}}) arm
    cross join lateral (
        select x.duration_seconds, x.started_at,
            case when x.started_at >= :surely_since and x.started_at < :surely_until then true
                else x.local_date between {{first}} and {{last}} end as is_inside
        from public.calls_v x
        where {{match}} and x.started_at >= :since and x.started_at < :until
            and coalesce(x.direction = 'inbound', false) and x.duration_seconds is not null
            and coalesce(x.status in ('completed', 'transferred', 'in_progress'), false)
        order by x.started_at desc limit :each
    ) call
), reached as materialized (
    select max(cut.at) as at from (select min(r.started_at) as at from read r group by r.n
        having count(*) = :each) cut
)
select {FRESHNESS},
    percentile_cont(0.5) within group (order by newest.duration_seconds) filter (where newest.is_inside)
        as median_seconds,
    count(*) filter (where newest.is_inside) as measured,
    count(*) < :sample and (select at from reached) is null as covers_all
from (
    select r.duration_seconds, r.is_inside from read r
    where r.started_at >= coalesce((select at from reached), '-infinity')
    order by r.started_at desc limit :sample
) newest"""


@dataclass(frozen=True)
class Kpis:
    """All numbers of the Overview. Dates are local at each location; money stays in its currency.

    `previous` are the totals of `period.before`, None where that has no data at all. `course` are the dates
    of the period, at least a week of them: a date without calls has zeros. `median_handle_seconds` is over
    `measured_calls` answered inbound calls, None without any; `median_covers_all` says whether these are all
    of the period or the newest ones alone. `freshness` says when the sums were computed, and whether that
    still works.
    """

    period: Period
    totals: Totals
    previous: Totals | None
    course: tuple[Day, ...]
    median_handle_seconds: float | None
    measured_calls: int
    median_covers_all: bool
    freshness: Freshness


def get_kpis(
    scope: Scope, period: Period, account_id: UUID | None = None, location_id: UUID | None = None
) -> Kpis:
    """The KPIs of `period` and of the period before it, in two statements.

    Sums come from metrics_daily_v and are as old as `freshness` says; the median is read live from the newest
    answered inbound calls. Definitions and formulas: docs/prd.md.
    """
    reach = narrow(scope, account_id, location_id)
    measured: Any = _median(reach, period)
    course = _course(period)
    parts = _days(reach, period, min(period.before[0], course[0])) if measured.refreshed_at else ()
    before = [part.totals for part in parts if part.in_before]
    # A short period's line is drawn with the days around it, a longer one's with its own alone.
    drawn = [part for part in parts if part.in_period or period.days < SHORTEST_COURSE]
    return Kpis(
        period=period,
        totals=add_up(part.totals for part in parts if part.in_period),
        previous=add_up(before) if before else None,
        course=tuple(Day(date, add_up(part.totals for part in drawn if part.day == date)) for date in course),
        median_handle_seconds=measured.median_seconds,
        measured_calls=measured.measured,
        median_covers_all=measured.covers_all,
        freshness=Freshness(measured.refreshed_at, measured.failing_since),
    )


class _DayPart(NamedTuple):
    day: date
    in_period: bool
    in_before: bool
    totals: Totals


def _course(period: Period) -> tuple[date, ...]:
    if period.days >= SHORTEST_COURSE:
        return period.dates
    return Period(period.last - timedelta(days=SHORTEST_COURSE - 1), period.last).dates


def _median(reach: Reach, period: Period) -> Any:
    first, last = period.window("x.timezone")
    statement = text(MEDIAN.format(arms=reach.arms, match=reach.match, first=first, last=last))
    arms = max(1, len(reach.location_ids) or len(reach.account_ids))
    values = {
        "sample": MEDIAN_SAMPLE,
        "each": MEDIAN_SAMPLE if arms == 1 else max(FEWEST_EACH, 3 * MEDIAN_SAMPLE // (2 * arms)),
        "surely_since": period.since + ZONES,
        "surely_until": period.until - ZONES,
    }
    return db.session.execute(statement, {**reach.values, **period.values, **values}).one()


def _days(reach: Reach, period: Period, earliest: date) -> tuple[_DayPart, ...]:
    first, last = period.window("m.timezone")
    values = {
        **period.values,
        "days": period.days,
        "earliest": earliest,
        "latest": period.last,
        **(dict.fromkeys(("account_ids", "location_ids", "within")) if reach.everything else reach.values),
    }
    rows = db.session.execute(text(DAYS.format(first=first, last=last)), values)
    return tuple(_DayPart(row[0], row[2], row[3], read_totals(row[1], row[4:])) for row in rows)


def read_totals(currency: str, sums: Iterable[Any]) -> Totals:
    """The totals of a row of sums, which stand in the order of SUMMED."""
    calls, answered, missed, transferred, talk, saved, *rest = sums
    types, (orders, revenue, reservations, valued, estimate) = rest[:5], rest[5:]
    money = Money(currency, int(orders), revenue, int(reservations), int(valued), estimate or Decimal(0))
    return Totals(
        int(calls), int(answered), int(missed), int(transferred), int(talk), saved,
        tuple(int(count) for count in types), (money,),
    )  # fmt: skip
