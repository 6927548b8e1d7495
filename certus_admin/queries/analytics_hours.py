"""When guests call: inbound calls by weekday and hour, as clocks at each location show them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.queries.arms import narrow
from certus_admin.queries.period import Period
from certus_admin.queries.scope import Scope

# Each range of the index is added up inside, so that what leaves it are at most 168 rows.
HOURS = """select part.weekday, part.hour, sum(part.calls)::integer, sum(part.missed)::integer
from {arms}
cross join lateral (
    select extract(isodow from x.started_at at time zone x.timezone)::integer as weekday,
        extract(hour from x.started_at at time zone x.timezone)::integer as hour,
        count(*) as calls,
        count(*) filter (where x.status in ('missed', 'failed', 'canceled')) as missed
    from public.calls_v x
    where {match} and x.started_at >= :since and x.started_at < :until
        and x.local_date between {first} and {last} and x.direction = 'inbound'
    group by 1, 2
) part
group by 1, 2"""


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
    """The hours in which somebody called on the local dates of `period`; one statement, live, in no order.

    When clocks go back, both passes of the repeated hour count to the same one.
    """
    reach = narrow(scope, account_id, location_id)
    first, last = period.window("x.timezone")
    statement = text(HOURS.format(arms=reach.arms, match=reach.match, first=first, last=last))
    return tuple(Hour(*row) for row in db.session.execute(statement, {**reach.values, **period.values}))
