"""What the AI does at a location at an instant. SQL decides (`location_state_at`); pages only ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db


@dataclass(frozen=True)
class LocationState:
    """Whether a location is open at an instant, which rule says so, until when, and whether it is busy.

    `local_time` is the instant on the location's clock, without a zone. `rule` is `weekly` or `exception`,
    with the id of the row that decides and an exception's reason, or `none`: closed because nothing opens
    it. `until` is when open and closed change next, None when that is more than 14 days off. While it is
    not `busy`, `busy_until` and `busy_reason` are None and `extra_wait_seconds` is 0.
    """

    location_id: UUID
    timezone: str
    local_time: datetime
    is_open: bool
    rule: Literal["weekly", "exception", "none"]
    rule_id: UUID | None
    reason: str | None
    until: datetime | None
    busy: bool
    busy_until: datetime | None
    busy_reason: str | None
    extra_wait_seconds: int


STATES = text(
    """
select s.location_id, s.timezone, s.local_time, s.is_open, s.rule, s.rule_id, s.reason, s.until,
    s.busy, s.busy_until, s.busy_reason, s.extra_wait_seconds
from unnest(cast(:location_ids as uuid[])) with ordinality asked (id, place)
cross join lateral public.location_state_at(asked.id, cast(:instant as timestamptz)) s
order by asked.place
"""
)


def get_location_state(location_id: UUID, at: datetime | None = None) -> LocationState | None:
    """The state of one location at an aware instant (None: now), in one statement.

    Returns None when the location does not exist or the caller may not see it: the two look the same.
    """
    return next(iter(list_location_states([location_id], at)), None)


def list_location_states(
    location_ids: Iterable[UUID], at: datetime | None = None
) -> tuple[LocationState, ...]:
    """The states of these locations at one aware instant (None: now), in the order asked, in one statement.

    Locations out of reach are left out. Raises ValueError for an instant without a zone.
    """
    if at is not None and at.utcoffset() is None:
        raise ValueError("an instant needs a zone")
    rows = db.session.execute(STATES, {"location_ids": list(location_ids), "instant": at})
    return tuple(LocationState(*row) for row in rows)
