"""Sign-ins for bulk data, one for each kind of reach that a page's time could depend on."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg

from certus_admin.passwords import hash_password
from seeds.bulk_world import LOCATION, LOCATIONS, OPENED, Spot, account_id, location_id
from seeds.demo_people import PASSWORD
from seeds.errors import SeedError
from seeds.identifiers import seeded_uuid

PORTFOLIO = 200
EMPTY = seeded_uuid("bulk", "0", "empty")

USER = """
insert into public.users (id, email, full_name, role) values (%s, %s, %s, %s) on conflict do nothing
"""
SIGN_IN = """
insert into private.user_passwords (user_id, password_hash)
select u.id, %s from public.users u where u.id = %s on conflict do nothing
"""
REACH = """
insert into public.user_access (user_id, account_id, location_id)
select u.id, %s, %s from public.users u where u.id = %s on conflict do nothing
"""


@dataclass(frozen=True)
class BulkPerson:
    """Somebody who can sign in; `reach` says in words what they see."""

    key: str
    role: str
    reach: str

    @property
    def email(self) -> str:
        return f"bulk-{self.key}@certus.example"

    @property
    def user_id(self) -> UUID:
        return seeded_uuid("bulk", "person", self.key)


BULK_PEOPLE = (
    BulkPerson("admin", "admin", "everything"),
    BulkPerson("manager", "account_manager", "the account with 14% of all calls"),
    BulkPerson("three", "operator", "three locations of one account"),
    BulkPerson("empty", "operator", "one location, which has no calls"),
    BulkPerson("portfolio", "account_manager", f"{PORTFOLIO} locations, one by one"),
)


def add_people(connection: psycopg.Connection, spots: Sequence[Spot]) -> None:
    """Add BULK_PEOPLE with the demo's PASSWORD, and the empty location; who is there keeps what they have.

    Raises SeedError where `spots` are fewer than a portfolio.
    """
    if len(spots) < PORTFOLIO:
        raise SeedError(f"--people needs at least {PORTFOLIO // LOCATIONS} accounts: give --accounts.")
    reaches: dict[str, Sequence[tuple[UUID | None, UUID | None]]] = {
        "admin": [(None, None)],
        "manager": [(account_id(0), None)],
        "three": [(account_id(5), location_id(5, place)) for place in range(3)],
        "empty": [(account_id(0), EMPTY)],
        # The largest location of every account first, then the second largest.
        "portfolio": [
            (spot.account_id, spot.location_id)
            for place in range(LOCATIONS)
            for spot in spots[place::LOCATIONS]
        ][:PORTFOLIO],
    }
    with connection.cursor() as cursor:
        place = (account_id(0), EMPTY, "Bulk 01, not open yet", spots[0].zone.key, None, OPENED)
        cursor.execute(LOCATION, place)
        for person in BULK_PEOPLE:
            name = f"Bulk {person.key}"
            cursor.execute(USER, [person.user_id, person.email, name, person.role])
            cursor.execute(SIGN_IN, [hash_password(PASSWORD), person.user_id])
            cursor.executemany(REACH, [(*reach, person.user_id) for reach in reaches[person.key]])
