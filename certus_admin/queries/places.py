"""Where the caller works: what pickers offer, and how accounts and locations are named on every page."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from certus_admin.database import db
from certus_admin.models import Account, Location


class Place(NamedTuple):
    """A location and the account it belongs to.

    `currency` (ISO 4217) is that of all the account's money; `timezone` (IANA) that of the location's dates.
    """

    account_id: UUID
    account_name: str
    currency: str
    location_id: UUID
    location_name: str
    timezone: str


PLACES = str(
    select(
        Account.id.label("account_id"),
        Account.name.label("account_name"),
        Account.currency,
        Location.id.label("location_id"),
        Location.name.label("location_name"),
        Location.timezone,
    )
    .join(Account, Account.id == Location.account_id)
    .order_by(Account.name, Account.id, Location.name, Location.id)
    .compile(dialect=PGDialect_psycopg())
)


def list_places() -> tuple[Place, ...]:
    """Every location that the caller sees, by account and name; empty for somebody without access.

    One statement. Row-level security decides: a place that is not in here does not exist for the caller.
    """
    return tuple(map(Place._make, db.session.connection().exec_driver_sql(PLACES)))
