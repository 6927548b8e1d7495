"""When guests call: inbound calls by weekday and hour, as clocks at each location show them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.queries.arms import narrow
from certus_admin.queries.period import Period
from certus_admin.queries.scope import Scope

# Everybody's days lie together by date; those of some locations are ranges of an index, as in analytics.py.
DAYS_OF_ALL = """join public.metrics_hours_v h on h.account_id = l.account_id and h.location_id = l.id
    and h.date between its.first_date and its.last_date and h.date between :earliest and :latest"""
DAYS_OF_EACH = """cross join lateral (
    select * from public.metrics_hours_v v where v.account_id = l.account_id and v.location_id = l.id
        and v.date between its.first_date and its.last_date offset 0) h"""
HOURS_OF_A_DAY = range(24)
# A sum for each hour is three times as fast as a row for each.
SUMS = ", ".join(
    f"sum(h.calls[{hour + 1}])::integer, sum(h.missed[{hour + 1}])::integer" for hour in HOURS_OF_A_DAY
)
HOURS = f"""select extract(isodow from h.date)::integer, {SUMS}
from public.locations l
cross join lateral (select {{first}} as first_date, {{last}} as last_date) its
{{days}}
where {{places}}
group by 1"""


@dataclass(frozen=True)
class Hour:
    """Inbound calls that began in this hour (0 to 23) of this ISO weekday (1 is Monday)."""

    weekday: int
    hour: int
    calls: int
    missed: int


def get_busy_hours(
    scope: Scope, period: Period, account_id: UUID | None = None, location_id: UUID | None = None
) -> tuple[Hour, ...]:
    """The hours in which somebody called on the local dates of `period`, in no order; one statement.

    As old as the daily numbers. When clocks go back, both passes of the repeated hour count to the same one.
    """
    reach = narrow(scope, account_id, location_id)
    first, last = period.window("l.timezone")
    days = DAYS_OF_ALL if reach.everything else DAYS_OF_EACH
    statement = text(HOURS.format(places=reach.places, first=first, last=last, days=days))
    values = {**reach.values, **period.values, "earliest": period.first, "latest": period.last}
    return tuple(
        Hour(weekday, hour, counts[2 * hour], counts[2 * hour + 1])
        for weekday, *counts in db.session.execute(statement, values)
        for hour in HOURS_OF_A_DAY
        if counts[2 * hour]
    )
