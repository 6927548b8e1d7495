"""Who changed a location's configuration last, and when: what a page says where two saves met."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db


@dataclass(frozen=True)
class LastChange:
    """When (UTC) and by whom; `who` is fit to begin a sentence with."""

    who: str
    at: datetime


LAST_CHANGE = text(
    """
select a.actor_name, a.at
from public.audit_log_v a
left join public.location_hours_exceptions e on e.account_id = a.account_id and e.id = a.row_id
where a.account_id = :account_id and a.location_id = :location_id and a.table_name = :table_name
    and (cast(:columns as text[]) is null or exists (
        select from unnest(cast(:columns as text[])) name
        where a.before ->> name is distinct from a.after ->> name))
    and (cast(:day as text) is null or :day = coalesce(
        a.after ->> 'exception_date', a.before ->> 'exception_date', e.exception_date::text))
order by a.at desc limit 1
"""
)


def get_last_change(
    account_id: UUID,
    location_id: UUID,
    table_name: str,
    day: date | None = None,
    columns: Sequence[str] | None = None,
) -> LastChange | None:
    """The last change of a table's rows of this location (of one date; of any of these columns), if any."""
    values = {
        "account_id": account_id,
        "location_id": location_id,
        "table_name": table_name,
        "day": day.isoformat() if day else None,
        "columns": list(columns) if columns else None,
    }
    row = db.session.execute(LAST_CHANGE, values).one_or_none()
    return None if row is None else LastChange(row.actor_name or "A program", row.at)
