"""A location's week: its rows as they were read, and the smallest change that makes it another."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Self
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from certus_admin.database import db
from certus_admin.hours import Interval, Week, make_week

STALE = "PT409"


class StaleVersionError(Exception):
    """Somebody saved in between: what was read is not what is there."""


class OverlapError(Exception):
    """The database refused intervals that overlap."""


@dataclass(frozen=True)
class HoursRow:
    """One interval as it is stored."""

    id: UUID
    version: int
    weekday: int
    opens_at: time
    closes_at: time

    @property
    def interval(self) -> Interval:
        """Its times."""
        return Interval(self.opens_at, self.closes_at)


@dataclass(frozen=True)
class SeenHours:
    """The rows that a form was made of. `text` is what its hidden field carries."""

    rows: tuple[HoursRow, ...]

    @property
    def week(self) -> Week:
        """The rows as a week."""
        return make_week((row.weekday, row.interval) for row in self.rows)

    @property
    def text(self) -> str:
        """JSON: [[id, version, weekday, opens, closes], ...]."""
        return json.dumps(
            [
                [
                    str(row.id),
                    row.version,
                    row.weekday,
                    f"{row.opens_at:%H:%M:%S}",
                    f"{row.closes_at:%H:%M:%S}",
                ]
                for row in self.rows
            ]
        )

    @classmethod
    def parse(cls, written: str) -> Self:
        """What `text` wrote; ValueError for anything else."""
        try:
            rows = [
                HoursRow(UUID(id_), int(version), int(weekday), *map(time.fromisoformat, (opens, closes)))
                for id_, version, weekday, opens, closes in json.loads(written)
            ]
        except (TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError("not a list of hours") from error
        if any(row.weekday not in range(1, 8) for row in rows):
            raise ValueError("not a weekday")
        return cls(tuple(rows))


HOURS = text(
    """
select id, location_id, version, weekday, opens_at, closes_at from public.location_hours
where account_id = :account_id and location_id = any (cast(:location_ids as uuid[]))
order by weekday, opens_at
"""
)

# One save of a location's settings at a time: what is read next is what will be changed.
LOCK = text(
    """
select pg_advisory_xact_lock(hashtextextended('configuration ' || id, 0))
from unnest(cast(:location_ids as text[])) id order by id
"""
)

DELETE = text(
    """
select public.delete_version('location_hours', x.id, x.version)
from unnest(cast(:ids as uuid[]), cast(:versions as integer[])) x (id, version)
"""
)

UPDATE = text(
    """
update public.location_hours h set opens_at = x.opens_at, closes_at = x.closes_at, version = x.version
from unnest(cast(:ids as uuid[]), cast(:versions as integer[]), cast(:opens as time[]),
    cast(:closes as time[])) x (id, version, opens_at, closes_at)
where h.id = x.id and h.account_id = :account_id
"""
)

INSERT = text(
    """
insert into public.location_hours (account_id, location_id, weekday, opens_at, closes_at)
select :account_id, x.location_id, x.weekday, x.opens_at, x.closes_at
from unnest(cast(:location_ids as uuid[]), cast(:weekdays as smallint[]), cast(:opens as time[]),
    cast(:closes as time[])) x (location_id, weekday, opens_at, closes_at)
"""
)

# Whoever changed what a day holds last; a manager reads the lines of the locations they work for.
LAST_CHANGES = text(
    """
select distinct on (c.weekday) c.weekday, a.at, a.actor_name
from public.audit_log_v a
left join public.location_hours h on h.id = a.row_id
cross join lateral (
    select coalesce((a.after ->> 'weekday')::integer, (a.before ->> 'weekday')::integer, h.weekday) as weekday
) c
where a.table_name = 'location_hours' and a.account_id = :account_id and a.location_id = :location_id
    and c.weekday is not null
order by c.weekday, a.at desc
"""
)


def lock_configuration(location_ids: Iterable[UUID]) -> None:
    """Wait for other saves of these locations' configuration; held until the transaction ends."""
    db.session.execute(LOCK, {"location_ids": sorted(str(each) for each in location_ids)})


def get_hours(account_id: UUID, location_ids: Sequence[UUID]) -> dict[UUID, SeenHours]:
    """The week of each of these locations, in one statement."""
    found: dict[UUID, list[HoursRow]] = {location_id: [] for location_id in location_ids}
    values = {"account_id": account_id, "location_ids": list(location_ids)}
    for row in db.session.execute(HOURS, values):
        found[row.location_id].append(HoursRow(row.id, row.version, row.weekday, row.opens_at, row.closes_at))
    return {location_id: SeenHours(tuple(rows)) for location_id, rows in found.items()}


def list_last_changes(account_id: UUID, location_id: UUID) -> dict[int, tuple[str | None, datetime]]:
    """Who changed each weekday last, and when; the name is None where no person did."""
    values = {"account_id": account_id, "location_id": location_id}
    return {row.weekday: (row.actor_name, row.at) for row in db.session.execute(LAST_CHANGES, values)}


def save_weeks(account_id: UUID, weeks: Sequence[tuple[UUID, SeenHours, Week]]) -> int:
    """Make each location's rows its week, and return how many rows changed; the caller commits.

    Rows that stay keep id and version. StaleVersionError where a row is not as it was read, OverlapError
    where the database finds an overlap; both leave the transaction to be rolled back.
    """
    deletes: list[HoursRow] = []
    updates: list[tuple[HoursRow, Interval]] = []
    inserts: list[tuple[UUID, int, Interval]] = []
    for location_id, seen, week in weeks:
        for weekday, wanted in week.items():
            rows = [row for row in seen.rows if row.weekday == weekday]
            gone, changed, added = _difference(rows, list(wanted))
            deletes += gone
            updates += changed
            inserts += [(location_id, weekday, interval) for interval in added]
    try:
        _write(account_id, deletes, updates, inserts)
    except DBAPIError as error:
        raise refusal(error) from error
    return len(deletes) + len(updates) + len(inserts)


def _difference(
    rows: list[HoursRow], wanted: list[Interval]
) -> tuple[list[HoursRow], list[tuple[HoursRow, Interval]], list[Interval]]:
    """Rows to delete, to change, intervals to add. Equal openings first: no key is taken twice."""
    changed: list[tuple[HoursRow, Interval]] = []
    for same in (lambda row, each: row.opens_at == each.opens_at, lambda _row, _each: True):
        for row in list(rows):
            match = next((each for each in wanted if same(row, each)), None)
            if match is None:
                continue
            rows.remove(row)
            wanted.remove(match)
            if row.interval != match:
                changed.append((row, match))
    return rows, changed, wanted


def _write(
    account_id: UUID,
    deletes: list[HoursRow],
    updates: list[tuple[HoursRow, Interval]],
    inserts: list[tuple[UUID, int, Interval]],
) -> None:
    if deletes:
        ids = {"ids": [row.id for row in deletes], "versions": [row.version for row in deletes]}
        db.session.execute(DELETE, ids)
    if updates:
        values: dict[str, Any] = {
            "account_id": account_id,
            "ids": [row.id for row, _ in updates],
            "versions": [row.version for row, _ in updates],
            "opens": [interval.opens_at for _, interval in updates],
            "closes": [interval.closes_at for _, interval in updates],
        }
        result: Any = db.session.execute(UPDATE, values)
        if result.rowcount != len(updates):
            raise StaleVersionError
    if inserts:
        db.session.execute(
            INSERT,
            {
                "account_id": account_id,
                "location_ids": [location_id for location_id, _, _ in inserts],
                "weekdays": [weekday for _, weekday, _ in inserts],
                "opens": [interval.opens_at for _, _, interval in inserts],
                "closes": [interval.closes_at for _, _, interval in inserts],
            },
        )


def refusal(error: DBAPIError) -> Exception:
    """What a refusal of the database means here; the error itself where it means something else."""
    state = getattr(error.orig, "sqlstate", None)
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", "") or ""
    if state in (STALE, "P0002"):
        return StaleVersionError()
    return OverlapError() if constraint.endswith("_overlap") else error
