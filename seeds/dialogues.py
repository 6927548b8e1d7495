"""Real restaurant dialogues as calls: cities become accounts, restaurants become locations."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from seeds.dialogue_calls import PROVIDER, add_call, home_of
from seeds.dialogue_lines import Dialogue, read_dialogues
from seeds.errors import SeedError
from seeds.rows import Rows, copy_rows

CREDIT = (
    "Dialogues: the Schema-Guided Dialogue dataset by Google Research, CC BY-SA 4.0. "
    "Credit it wherever its text is shown."
)
LOCK_KEY = 6_237_190_544

KNOWN = "select provider_call_id from public.call_logs where provider = %s and provider_call_id = any (%s)"
ACCOUNT = """
insert into public.accounts (id, name, currency, created_at) values (%s, %s, 'USD', %s) on conflict do nothing
"""
LOCATION = """
insert into public.locations (account_id, id, name, timezone, address, city, phone, cuisine, created_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing
"""
# Before the first call: the calls' own times lie years back.
OPENED = datetime.fromisoformat("2019-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Loaded:
    """What one run added; `known` dialogues were there already."""

    accounts: int
    locations: int
    calls: int
    reservations: int
    known: int


def load_dialogues(owner_url: str, file: Path, zone: ZoneInfo) -> Loaded:
    """Load a JSON-lines file of dialogues, each once by its dialogue_id; `zone` is that of its restaurants.

    All or nothing: raises SeedError for a file that cannot be read or has a bad line, and loads none of it.
    """
    try:
        with file.open("rb") as lines:
            dialogues = read_dialogues(lines)
    except OSError as error:
        raise SeedError(f"{file} cannot be read: {error.strerror}") from error
    with psycopg.connect(owner_url, application_name="flask seed dialogues") as connection:
        # Two loads at once would both find the same dialogues missing.
        connection.execute("select pg_advisory_xact_lock(%s)", [LOCK_KEY])
        ids = [dialogue.dialogue_id for dialogue in dialogues]
        known = {row[0] for row in connection.execute(KNOWN, [PROVIDER, ids])}
        accounts, locations = _add_homes(connection, dialogues, zone)
        rows = Rows()
        for dialogue in dialogues:
            if dialogue.dialogue_id not in known:
                add_call(rows, dialogue, zone)
        counts = copy_rows(connection, rows)
    with psycopg.connect(owner_url, autocommit=True, application_name="flask seed dialogues") as connection:
        connection.execute("analyze public.accounts, public.locations, public.call_logs, public.reservations")
        connection.execute("select refreshed from private.refresh_metrics()")
    calls, reservations = counts.get("call_logs", 0), counts.get("reservations", 0)
    return Loaded(accounts, locations, calls, reservations, len(known))


def _add_homes(connection: psycopg.Connection, dialogues: list[Dialogue], zone: ZoneInfo) -> tuple[int, int]:
    """Add the cities and restaurants that are missing; gives how many of each."""
    cities: dict[object, tuple[object, ...]] = {}
    restaurants: dict[object, list[object]] = {}
    for dialogue in dialogues:
        place = dialogue.restaurant
        home = home_of(place, zone)
        cities.setdefault(home.account_id, (home.account_id, place.city, OPENED))
        row = [home.account_id, home.location_id, place.name, zone.key, place.address, place.city]
        row += [place.phone, place.cuisine, OPENED]
        known = restaurants.setdefault(home.location_id, row)
        # A later dialogue may know what an earlier one did not.
        known[:] = [old if old is not None else new for old, new in zip(known, row, strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(ACCOUNT, list(cities.values()))
        accounts = cursor.rowcount
        cursor.executemany(LOCATION, list(restaurants.values()))
        return accounts, cursor.rowcount
