"""What a location does now, and would do at another moment: `location_state_at` is the one truth."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.queries.places import Place
from certus_admin.queries.scope import Scope


@dataclass(frozen=True)
class LocationState:
    """A location at an instant: `until` is when open or closed changes next, None for not within a fortnight.

    `rule` is what decided: `weekly`, `exception` or `none`; `local_time` is naive, as a clock there shows it.
    """

    timezone: str
    local_time: datetime
    is_open: bool
    rule: str
    reason: str | None
    until: datetime | None
    busy: bool
    busy_until: datetime | None
    busy_reason: str | None
    extra_wait_seconds: int


@dataclass(frozen=True)
class ConfiguredLocation:
    """A location with its state now, and whether its local today is an exception (closed, or other hours)."""

    place: Place
    state: LocationState
    exception_today: bool
    exception_reason: str | None


STATE_COLUMNS = ", ".join(f"s.{field.name}" for field in fields(LocationState))

PLACE = """
select l.account_id, a.name as account_name, a.currency, l.id as location_id, l.name as location_name,
    l.timezone as zone"""

STATES = text(
    f"""{PLACE}, {STATE_COLUMNS}, today.id is not null as exception_today, today.reason as exception_reason
from public.locations l
join public.accounts a on a.id = l.account_id
cross join lateral public.location_state_at(l.id) s
left join lateral (
    select e.id, e.reason from public.location_hours_exceptions e
    where e.account_id = l.account_id and e.location_id = l.id and e.exception_date = s.local_time::date
    order by e.opens_at limit 1
) today on true
where (:everything or l.account_id = any (cast(:account_ids as uuid[]))
        or l.id = any (cast(:location_ids as uuid[])))
    and (cast(:account_id as uuid) is null or l.account_id = :account_id)
    and (cast(:location_id as uuid) is null or l.id = :location_id)
order by a.name, a.id, l.name, l.id
"""
)

STATE_AT = text(f"select {STATE_COLUMNS} from public.location_state_at(:location_id, :at) s")


def list_configured_locations(
    scope: Scope, account_id: UUID | None = None, location_id: UUID | None = None
) -> tuple[ConfiguredLocation, ...]:
    """Every location in scope (of one account, or one location) with its state now, in one statement."""
    rows = db.session.execute(
        STATES,
        {
            "everything": scope.everything,
            "account_ids": list(scope.account_ids),
            "location_ids": list(scope.location_ids),
            "account_id": account_id,
            "location_id": location_id,
        },
    )
    return tuple(
        ConfiguredLocation(
            Place(
                row.account_id,
                row.account_name,
                row.currency,
                row.location_id,
                row.location_name,
                row.zone,
            ),
            _state(row),
            row.exception_today,
            row.exception_reason,
        )
        for row in rows
    )


def get_state(location_id: UUID, at: datetime) -> LocationState | None:
    """What a location does at an instant; None where it is missing or out of reach."""
    row = db.session.execute(STATE_AT, {"location_id": location_id, "at": at}).one_or_none()
    return None if row is None else _state(row)


def _state(row: Any) -> LocationState:
    return LocationState(**{field.name: getattr(row, field.name) for field in fields(LocationState)})
