"""Where bulk calls go: accounts of very different sizes, ten locations each, with fixed ids."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import accumulate
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from seeds.errors import SeedError
from seeds.identifiers import seeded_uuid

LOCATIONS = 10
BIGGEST_SHARE = 0.14
FALL = 0.75
ZONES = tuple(
    ZoneInfo(name)
    for name in (
        "America/New_York",
        "America/Chicago",
        "America/Los_Angeles",
        "Europe/Paris",
        "America/Phoenix",
    )
)
OPENED = datetime(2024, 1, 1, tzinfo=UTC)

ACCOUNT = "insert into public.accounts (id, name, created_at) values (%s, %s, %s) on conflict do nothing"
LOCATION = """
insert into public.locations (account_id, id, name, timezone, city, phone, cuisine, created_at)
values (%s, %s, %s, %s, 'Bulkville', %s, 'Mixed', %s) on conflict do nothing
"""
SETTINGS = """
insert into public.account_settings (account_id, avg_spend_per_head, baseline_handle_seconds)
values (%s, 40, 180) on conflict (account_id) do nothing
"""
GRANT = """
insert into public.user_access (user_id, account_id, location_id)
select u.id, %s, %s from public.users u where u.email = %s on conflict do nothing
"""
PERSON = "select count(*) from public.users where email = any (%s)"
MANAGER, OPERATOR = "manager@certus.example", "operator@certus.example"


@dataclass(frozen=True)
class Spot:
    """One location; `weight` is its share of all calls."""

    account_id: UUID
    location_id: UUID
    zone: ZoneInfo
    phone: str
    weight: float

    def midnight(self, day: date) -> int:
        """Unix time at which the local `day` begins."""
        return int(datetime.combine(day, time(), self.zone).timestamp())


class Spots:
    """Draws locations by their weight."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        self.spots = spots
        self.weight = sum(spot.weight for spot in spots)
        self._heights = list(accumulate(spot.weight for spot in spots))

    def draw(self, fraction: float) -> int:
        """The index of the spot at `fraction` (0 to 1) of the total weight."""
        return min(bisect(self._heights, fraction * self.weight), len(self.spots) - 1)


def make_spots(accounts: int) -> list[Spot]:
    """Ten locations for each of `accounts`: the first has 14% of all calls, the others fall off."""
    return [
        Spot(
            account_id(number),
            location_id(number, place),
            ZONES[(number + place // 4) % len(ZONES)],
            f"+1 {200 + number % 700}-555-01{place:02d}",
            share * 2 * (LOCATIONS - place) / (LOCATIONS * (LOCATIONS + 1)),
        )
        for number, share in enumerate(shares(accounts))
        for place in range(LOCATIONS)
    ]


def shares(accounts: int) -> list[float]:
    """Each account's share of all calls, the largest first; together 1."""
    if accounts == 1:
        return [1.0]
    tail = [rank**-FALL for rank in range(2, accounts + 1)]
    return [BIGGEST_SHARE, *(part * (1 - BIGGEST_SHARE) / sum(tail) for part in tail)]


def account_id(number: int) -> UUID:
    """The fixed id of bulk account `number`, from 0."""
    return seeded_uuid("bulk", str(number))


def location_id(number: int, place: int) -> UUID:
    """The fixed id of location `place` (0 to 9) of bulk account `number`."""
    return seeded_uuid("bulk", str(number), str(place))


def add_world(connection: psycopg.Connection, spots: Sequence[Spot]) -> None:
    """Add the accounts and locations that are missing."""
    with connection.cursor() as cursor:
        for index, spot in enumerate(spots):
            number, place = divmod(index, LOCATIONS)
            if place == 0:
                cursor.execute(ACCOUNT, [spot.account_id, f"Bulk {number + 1:02d}", OPENED])
                cursor.execute(SETTINGS, [spot.account_id])
            name = f"Bulk {number + 1:02d}, location {place + 1}"
            cursor.execute(
                LOCATION, [spot.account_id, spot.location_id, name, spot.zone.key, spot.phone, OPENED]
            )


def share_with_demo(connection: psycopg.Connection) -> None:
    """Let the demo's manager see the first bulk account, and its operator three locations of it.

    Raises SeedError where the demo's people are missing.
    """
    row = connection.execute(PERSON, [[MANAGER, OPERATOR]]).fetchone()
    if row is None or row[0] < 2:
        raise SeedError("--share is for the demo's people, and there are none: run flask seed demo first.")
    connection.execute(GRANT, [account_id(0), None, MANAGER])
    for place in range(3):
        connection.execute(GRANT, [account_id(0), location_id(0, place), OPERATOR])
