"""The people whose lists are measured, in a database that `flask seed bulk` has filled."""

from dataclasses import dataclass
from uuid import UUID

import psycopg

from certus_admin.queries.scope import Scope
from seeds.bulk_world import account_id, location_id, make_spots

ADMIN, BIG, THREE, EMPTY, PORTFOLIO = (UUID(f"0be00000-0000-7000-8000-00000000000{n}") for n in range(1, 6))
EMPTY_LOCATION = UUID("0be00000-0000-7000-8000-0000000000ff")
ADD_PERSON = """insert into public.users (id, email, full_name, role)
values (%s, %s, %s, 'account_manager') on conflict do nothing"""
GRANT = """insert into public.user_access (user_id, account_id, location_id) values (%s, %s, %s)
on conflict do nothing"""
ADD_LOCATION = """insert into public.locations (account_id, id, name, timezone)
values (%s, %s, 'No calls', 'UTC') on conflict do nothing"""


@dataclass(frozen=True)
class Person:
    """Somebody with a reach of a certain shape."""

    name: str
    user_id: UUID
    scope: Scope


def people(accounts: int) -> tuple[Person, ...]:
    """Platform admin, whole account with 14% of all calls, three locations of it, none, 200 locations."""
    places = [spot.location_id for spot in make_spots(accounts)]
    return (
        Person("admin", ADMIN, Scope(everything=True)),
        Person("14% account", BIG, Scope(account_ids=(account_id(0),))),
        Person("3 locations", THREE, Scope(location_ids=tuple(location_id(0, n) for n in range(3)))),
        Person("no calls", EMPTY, Scope(location_ids=(EMPTY_LOCATION,))),
        Person("200 locations", PORTFOLIO, Scope(location_ids=tuple(places[::2][:200]))),
    )


def add_people(owner_url: str, accounts: int) -> tuple[Person, ...]:
    """Make sure that they exist, with the access that `people` says."""
    found = people(accounts)
    with psycopg.connect(owner_url) as connection:
        connection.execute(ADD_LOCATION, [account_id(0), EMPTY_LOCATION])
        owners = dict(connection.execute("select id, account_id from public.locations").fetchall())
        for person in found:
            email = f"{person.user_id}@bench.example"
            connection.execute(ADD_PERSON, [person.user_id, email, person.name])
            whole = [(account, None) for account in person.scope.account_ids]
            single = [(owners[place], place) for place in person.scope.location_ids]
            for account, place in [*whole, *single, *([(None, None)] if person.scope.everything else [])]:
                connection.execute(GRANT, [person.user_id, account, place])
        connection.commit()
    return found
