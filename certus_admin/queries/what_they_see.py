"""What a person sees, table by table and access by access: asked of the database in that person's name.

Nothing of the rules is repeated here. The transaction carries the person's claims, so their own policies
decide what is counted; each access only says which of those rows lie within it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import Caller, acting_as, db

# Counted so far; nobody needs more to know whether somebody sees a table.
CAP = 1_000
# A person with more access rows is shown the first ones.
MOST_ACCESS = 12


class Table(NamedTuple):
    """A relation in the words of the field; `account` and `location` are its columns, or None."""

    label: str
    relation: str
    account: str | None = "account_id"
    location: str | None = "location_id"


TABLES = (
    Table("Accounts", "public.accounts", "id", None),
    Table("Locations", "public.locations", location="id"),
    Table("Calls", "public.calls_v"),
    Table("Orders", "public.orders_v"),
    Table("Reservations", "public.reservations_v"),
    Table("Notes", "public.internal_notes_v"),
    Table("Days of metrics", "public.metrics_daily_v"),
    Table("Opening hours", "public.location_hours"),
    Table("Exceptions to hours", "public.location_hours_exceptions"),
    Table("Settings of locations", "public.location_settings"),
    Table("Settings of accounts", "public.account_settings", location=None),
    Table("Other settings", "public.settings", "org_id"),
    Table("Knowledge requests", "public.knowledge_update_requests", "org_id", None),
    Table("API key labels", "public.api_keys", location=None),
    Table("Audit log", "public.audit_log_v"),
    Table("People", "public.people_v", None, None),
)


@dataclass(frozen=True)
class Seen:
    """One table: how many rows in all, and how many within each access; each up to CAP."""

    label: str
    total: int
    by_access: tuple[int | None, ...]


def count_visible(caller: Caller, access: Sequence[dict[str, Any]]) -> tuple[Seen, ...]:
    """What the caller sees, in two statements: who asks, and every count at once.

    `access` are their access rows, of which each column of counts is one. Nothing else may be under way.
    """
    counts = [_count(table, None, 0) for table in TABLES]
    values: dict[str, Any] = {}
    for number, row in enumerate(access):
        counts += [_count(table, row, number) for table in TABLES]
        values |= {f"account_{number}": row["account_id"], f"location_{number}": row["location_id"]}
    used = {name: UUID(value) for name, value in values.items() if value}
    with acting_as(caller):
        found: Sequence[Any] = db.session.execute(text(f"select {', '.join(counts)}"), used).one()
    size = len(TABLES)
    return tuple(
        Seen(
            table.label,
            int(found[at]),
            tuple(found[at + size * (number + 1)] for number in range(len(access))),
        )
        for at, table in enumerate(TABLES)
    )


def _count(table: Table, access: dict[str, Any] | None, number: int) -> str:
    """A scalar subquery: the rows of a table within an access row; null where the table has no place."""
    conditions = []
    if access is not None and table.account is None:
        return "null"
    if access is not None and access["account_id"]:
        conditions.append(f"x.{table.account} = :account_{number}")
        if access["location_id"] and table.location:
            own = f"x.{table.location} = :location_{number}"
            # What an account sets for all its locations holds for this one too.
            shared = table.relation == "public.settings"
            conditions.append(f"({own} or x.{table.location} is null)" if shared else own)
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"(select count(*) from (select from {table.relation} x{where} limit {CAP + 1}) counted)"
