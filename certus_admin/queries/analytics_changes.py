"""What was set differently while the numbers came about, from the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.queries.period import Period
from certus_admin.queries.places import Place

# As many of the newest rows are read; a save of a week's hours alone is a dozen.
MOST = 2000

# Through the index on (account_id, at), each account by itself.
CHANGES = """select a.at, a.account_id, a.location_id, a.table_name, a.actor_name, a.fields
from unnest(cast(:account_ids as uuid[])) arm (account_id)
cross join lateral (
    select a.*, array(select jsonb_object_keys(coalesce(a.before, '{}') || coalesce(a.after, '{}'))) as fields
    from public.audit_log_v a
    where a.account_id = arm.account_id and a.at >= :since and a.at < :until
        and a.table_name in (
            'settings', 'location_hours', 'location_hours_exceptions', 'location_settings', 'account_settings'
        )
        and (a.location_id is null or a.location_id = any (cast(:location_ids as uuid[])))
    order by a.at desc, a.id desc
    limit :most
) a
order by a.at desc, a.id desc
limit :most"""


@dataclass(frozen=True)
class Change:
    """The rows of one table that one person changed at one place on one date.

    `at` is UTC, that of the last of them; `date` is local, at the location or, for a whole account
    (`location_id` None), at its first one. `fields` are names of columns; `who` is None where nobody who
    signed in did it.
    """

    at: datetime
    date: date
    place: str
    timezone: str
    location_id: UUID | None
    table: str
    rows: int
    fields: tuple[str, ...]
    who: str | None


def list_changes(period: Period, places: Sequence[Place]) -> tuple[Change, ...]:
    """Changes of hours, exceptions and settings at `places` in `period`, newest first; of MOST rows.

    One statement, none without a place. Row-level security shows them to managers and admins alone.
    """
    if not places:
        return ()
    values = {
        "account_ids": list({place.account_id for place in places}),
        "location_ids": [place.location_id for place in places],
        "since": period.since,
        "until": period.until,
        "most": MOST,
    }
    rows = db.session.execute(text(CHANGES), values).all()
    saves: dict[Any, list[Any]] = {}
    for row in rows:
        place = _place_of(row, places)
        day = row.at.astimezone(ZoneInfo(place.timezone)).date()
        if period.first <= day <= period.last:
            key = (day, row.table_name, row.account_id, row.location_id, row.actor_name)
            saves.setdefault(key, []).append(row)
    return tuple(_change(day, save, _place_of(save[0], places)) for (day, *_), save in saves.items())


def _place_of(row: Any, places: Sequence[Place]) -> Place:
    """Its location; for a change of a whole account the first one."""
    here = (place for place in places if place.account_id == row.account_id)
    return next(place for place in here if row.location_id in (None, place.location_id))


def _change(day: date, rows: Sequence[Any], place: Place) -> Change:
    row = rows[0]
    return Change(
        at=row.at,
        date=day,
        place=place.location_name if row.location_id else place.account_name,
        timezone=place.timezone,
        location_id=row.location_id,
        table=row.table_name,
        rows=len(rows),
        fields=tuple(sorted({name for each in rows for name in each.fields})),
        who=row.actor_name,
    )
