"""Exceptions to the weekly hours: read, saved for several locations at once, and taken back in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from certus_admin.database import db
from certus_admin.hours import Day, Interval
from certus_admin.queries.hours import StaleVersionError, refusal


@dataclass(frozen=True)
class ExceptionRow:
    """A closed date, or one of the intervals at which a date is open."""

    id: UUID
    version: int
    location_id: UUID
    exception_date: date
    is_closed: bool
    opens_at: time | None
    closes_at: time | None
    reason: str | None

    @property
    def interval(self) -> Interval | None:
        """Its times; None for closed."""
        if self.opens_at is None or self.closes_at is None:
            return None
        return Interval(self.opens_at, self.closes_at)


@dataclass(frozen=True)
class SpecialDay:
    """A date of a location: all its rows, in order."""

    location_id: UUID
    day: date
    rows: tuple[ExceptionRow, ...]

    @property
    def intervals(self) -> Day:
        """When it is open; empty for closed."""
        return tuple(row.interval for row in self.rows if row.interval)

    @property
    def reason(self) -> str:
        """Why; rows of one date carry the same reason when they were written here, else all are named."""
        return "; ".join(dict.fromkeys(row.reason for row in self.rows if row.reason))


@dataclass(frozen=True)
class NewException:
    """A row to write: closed without an interval."""

    location_id: UUID
    day: date
    interval: Interval | None
    reason: str | None


EXCEPTIONS = text(
    """
select id, version, location_id, exception_date, is_closed, opens_at, closes_at, reason
from public.location_hours_exceptions
where account_id = :account_id and location_id = any (cast(:location_ids as uuid[]))
    and exception_date between :first and :last
order by exception_date, location_id, opens_at
"""
)

DELETE = text(
    """
select public.delete_version('location_hours_exceptions', x.id, x.version)
from unnest(cast(:ids as uuid[]), cast(:versions as integer[])) x (id, version)
"""
)

INSERT = text(
    """
insert into public.location_hours_exceptions
    (account_id, location_id, exception_date, is_closed, opens_at, closes_at, reason)
select :account_id, x.location_id, x.day, x.opens_at is null, x.opens_at, x.closes_at, x.reason
from unnest(cast(:location_ids as uuid[]), cast(:days as date[]), cast(:opens as time[]),
    cast(:closes as time[]), cast(:reasons as text[])) x (location_id, day, opens_at, closes_at, reason)
"""
)

# What one save did, by the request that the audit log kept with each line; and what was touched since.
SAVED = text(
    """
select a.action, a.row_id, a.location_id, a.before, a.after, e.version,
    a.action = 'insert' and (e.id is null or e.version > 1) as changed_since
from public.audit_log a
left join public.location_hours_exceptions e on e.account_id = a.account_id and e.id = a.row_id
where a.request_id = :request_id and a.table_name = 'location_hours_exceptions'
    and a.account_id = :account_id and a.actor_user_id = :user_id
order by a.at
"""
)


def list_special_days(
    account_id: UUID, location_ids: Sequence[UUID], first: date, last: date
) -> tuple[SpecialDay, ...]:
    """The exceptions of these locations between two local dates (inclusive), by date; one statement."""
    values = {"account_id": account_id, "location_ids": list(location_ids), "first": first, "last": last}
    found: dict[tuple[date, UUID], list[ExceptionRow]] = {}
    for row in db.session.execute(EXCEPTIONS, values):
        found.setdefault((row.exception_date, row.location_id), []).append(ExceptionRow(**row._mapping))
    return tuple(SpecialDay(location_id, day, tuple(rows)) for (day, location_id), rows in found.items())


def save_exceptions(
    account_id: UUID, deletes: Sequence[ExceptionRow], inserts: Sequence[NewException]
) -> None:
    """Delete and write rows in this order; the caller commits. Raises as `hours.save_weeks` does."""
    try:
        if deletes:
            ids = {"ids": [row.id for row in deletes], "versions": [row.version for row in deletes]}
            db.session.execute(DELETE, ids)
        if inserts:
            intervals = [new.interval for new in inserts]
            db.session.execute(
                INSERT,
                {
                    "account_id": account_id,
                    "location_ids": [new.location_id for new in inserts],
                    "days": [new.day for new in inserts],
                    "opens": [each.opens_at if each else None for each in intervals],
                    "closes": [each.closes_at if each else None for each in intervals],
                    "reasons": [new.reason or None for new in inserts],
                },
            )
    except DBAPIError as error:
        raise refusal(error) from error


@dataclass(frozen=True)
class SavedExceptions:
    """What one request wrote and replaced, by the audit log; `is_whole` while nobody changed it since."""

    written: tuple[tuple[UUID, int | None], ...]
    replaced: tuple[NewException, ...]
    location_ids: frozenset[UUID]
    days: tuple[date, ...]
    is_whole: bool


def find_saved(account_id: UUID, request_id: str, user_id: UUID) -> SavedExceptions | None:
    """What somebody's own save did; None where the log knows of none."""
    values = {"account_id": account_id, "request_id": request_id, "user_id": user_id}
    rows = db.session.execute(SAVED, values).all()
    inserted = [row for row in rows if row.action == "insert"]
    if not inserted:
        return None
    return SavedExceptions(
        written=tuple((row.row_id, row.version) for row in inserted),
        replaced=tuple(_replaced(row.before) for row in rows if row.action == "delete"),
        location_ids=frozenset(row.location_id for row in inserted),
        days=tuple(sorted({date.fromisoformat(row.after["exception_date"]) for row in inserted})),
        is_whole=not any(row.changed_since for row in rows),
    )


def undo(account_id: UUID, saved: SavedExceptions) -> None:
    """Take one save back whole; StaleVersionError where somebody changed a part of it. The caller commits."""
    if not saved.is_whole:
        raise StaleVersionError
    try:
        ids, versions = zip(*saved.written, strict=True)
        db.session.execute(DELETE, {"ids": list(ids), "versions": list(versions)})
    except DBAPIError as error:
        raise refusal(error) from error
    save_exceptions(account_id, (), saved.replaced)


def _replaced(before: dict[str, Any]) -> NewException:
    opens, closes = before.get("opens_at"), before.get("closes_at")
    interval = Interval(time.fromisoformat(opens), time.fromisoformat(closes)) if opens and closes else None
    day = date.fromisoformat(before["exception_date"])
    return NewException(UUID(before["location_id"]), day, interval, before.get("reason"))
