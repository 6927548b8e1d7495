"""The numbers of a period by date and by location, beside those that they are compared with."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.queries.arms import Reach, narrow
from certus_admin.queries.comparison import Comparison
from certus_admin.queries.freshness import Freshness, get_freshness
from certus_admin.queries.kpis import SUMMED, read_totals
from certus_admin.queries.period import Period
from certus_admin.queries.scope import Scope
from certus_admin.queries.totals import Day, Totals, add_up

# Everybody's rows lie together by date; those of some locations are ranges of an index.
DAILY_OF_ALL = """join public.metrics_daily_v m on m.account_id = l.account_id and m.location_id = l.id
    and m.date between its.first_date and its.last_date
    and (m.date between :earliest and :latest or m.date between :then_earliest and :then_latest)"""
DAILY_OF_EACH = f"""cross join lateral (
    select v.date, v.location_id, {", ".join(f"v.{name}" for name in SUMMED)}
    from public.metrics_daily_v v where v.account_id = l.account_id and v.location_id = l.id
        and v.date between its.first_date and its.last_date offset 0) m"""

# Both ways of adding up in one reading: by date, and by location. Which dates are the period's is asked at
# each location: around midnight, zones are on different ones.
NUMBERS = f"""select its.compared, m.date, m.location_id, a.currency,
    {", ".join(f"sum(m.{name}) as {name}" for name in SUMMED)}
from public.locations l
join public.accounts a on a.id = l.account_id
cross join lateral (values {{spans}}) its (compared, first_date, last_date)
{{daily}}
where {{places}}
group by grouping sets ((its.compared, a.currency, m.date), (its.compared, a.currency, m.location_id))"""


@dataclass(frozen=True)
class Analytics:
    """What the page draws. Dates are local at each location; money stays in its currency.

    `days` has every date of the period: one without calls, orders or reservations has zeros. `compared` has
    the date beside each of them, None where there is none; it is empty where nothing is compared or that
    period has no data at all. `then` are its totals, None likewise. `locations` has those on which something
    happened. `freshness` says when the sums were computed, and whether that still works.
    """

    period: Period
    comparison: Comparison | None
    days: tuple[Day, ...]
    compared: tuple[Day | None, ...] = ()
    totals: Totals = field(default_factory=Totals)
    then: Totals | None = None
    locations: dict[UUID, Totals] = field(default_factory=dict)
    freshness: Freshness = field(default_factory=Freshness)


def get_analytics(
    scope: Scope,
    period: Period,
    comparison: Comparison | None = None,
    account_id: UUID | None = None,
    location_id: UUID | None = None,
) -> Analytics:
    """Numbers by date and by location, from metrics_daily_v, in two statements.

    They are as old as `freshness` says. Definitions: docs/prd.md.
    """
    freshness = get_freshness()
    reach = narrow(scope, account_id, location_id)
    rows = _rows(reach, period, comparison) if freshness.refreshed_at else []
    by_date: dict[tuple[bool, date], list[Totals]] = defaultdict(list)
    by_location: dict[UUID, list[Totals]] = defaultdict(list)
    for compared, day, location, currency, *sums in rows:
        if day is not None:
            by_date[compared, day].append(read_totals(currency, sums))
        elif not compared:
            by_location[location].append(read_totals(currency, sums))
    before = [part for (compared, _day), parts in by_date.items() if compared for part in parts]
    return Analytics(
        period=period,
        comparison=comparison,
        days=tuple(Day(day, add_up(by_date[False, day])) for day in period.dates),
        compared=_beside(period, comparison, by_date) if comparison and before else (),
        totals=add_up(part for (compared, _), parts in by_date.items() if not compared for part in parts),
        then=add_up(before) if before else None,
        locations={location: add_up(parts) for location, parts in by_location.items()},
        freshness=freshness,
    )


def _beside(
    period: Period, comparison: Comparison, by_date: dict[tuple[bool, date], list[Totals]]
) -> tuple[Day | None, ...]:
    days = (comparison.counterpart(day) for day in period.dates)
    return tuple(Day(day, add_up(by_date.get((True, day), []))) if day else None for day in days)


def _rows(reach: Reach, period: Period, comparison: Comparison | None) -> list[Any]:
    first, last = period.window("l.timezone")
    spans, beside = [f"(false, {first}, {last})"], comparison or period
    if comparison:
        then_first, then_last = comparison.window("l.timezone")
        spans.append(f"(true, {then_first}, {then_last})")
    values = {
        **reach.values,
        **period.values,
        **(comparison.values if comparison else {}),
        "earliest": period.first,
        "latest": period.last,
        "then_earliest": beside.first,
        "then_latest": beside.last,
    }
    daily = DAILY_OF_ALL if reach.everything else DAILY_OF_EACH
    statement = text(NUMBERS.format(places=reach.places, daily=daily, spans=", ".join(spans)))
    return list(db.session.execute(statement, values))
