"""The demo's restaurants: how busy each is, what its guests want, and who carries its calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from seeds.menus import MENUS, Menu

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Profile:
    """`daily_calls` of an ordinary open day; `guest_prefix` ends before the last two digits of a number."""

    daily_calls: float
    providers: Weights
    wants: Weights
    guest_prefix: str
    tax: Decimal
    french: float = 0.0
    dinner_hour: float = 18.7


@dataclass(frozen=True)
class Place:
    """A location of seed.sql with its profile."""

    account_id: UUID
    location_id: UUID
    name: str
    timezone: ZoneInfo
    phone: str
    currency: str
    menu: Menu
    profile: Profile

    def today(self, now: datetime) -> date:
        """The local date at `now`."""
        return now.astimezone(self.timezone).date()


SEAFOOD = {"order": 40, "reservation": 30, "general": 22, "catering": 3, "other": 5}
WINE_BAR = {"order": 18, "reservation": 52, "general": 22, "catering": 4, "other": 4}
TAQUERIA = {"order": 60, "reservation": 11, "general": 20, "catering": 4, "other": 5}
BISTRO = {"order": 9, "reservation": 60, "general": 24, "catering": 3, "other": 4}

# By the last two characters of the location's id. Pier, a5, is closed for renovation and takes no calls.
PROFILES = {
    "a1": Profile(43, {"retell": 92, "twilio": 8}, SEAFOOD, "+1 617-555-01", Decimal("0.07")),
    "a2": Profile(28, {"vapi": 90, "twilio": 10}, SEAFOOD, "+1 617-555-01", Decimal("0.07")),
    "a3": Profile(16, {"vapi": 95, "twilio": 5}, SEAFOOD, "+1 401-555-01", Decimal("0.08")),
    "a4": Profile(23, {"twilio": 60, "vapi": 40}, WINE_BAR, "+1 718-555-01", Decimal("0.08875"), 0, 19.3),
    "b1": Profile(31, {"retell": 96, "twilio": 4}, TAQUERIA, "+1 415-555-01", Decimal("0.08625")),
    "b2": Profile(21, {"retell": 96, "twilio": 4}, TAQUERIA, "+1 510-555-01", Decimal("0.1025")),
    "b3": Profile(13, {"retell": 96, "twilio": 4}, TAQUERIA, "+1 408-555-01", Decimal("0.09375")),
    "b4": Profile(9.5, {"retell": 70, "vapi": 30}, TAQUERIA, "+1 602-555-01", Decimal("0.086"), 0, 18.2),
    # French mobile numbers that begin +33 6 39 98 are set aside for fiction.
    "c1": Profile(16, {"retell": 80, "vapi": 20}, BISTRO, "+33 6 39 98 01 ", Decimal("0.10"), 0.72, 19.8),
    "c2": Profile(12, {"retell": 80, "vapi": 20}, BISTRO, "+33 6 39 98 02 ", Decimal("0.10"), 0.85, 19.7),
    "c3": Profile(8.5, {"vapi": 85, "twilio": 15}, BISTRO, "+351 21 990 02 ", Decimal("0.13"), 0.1, 20.2),
}
CLOSED_FOR_RENOVATION = "10c00000-0000-7000-8000-0000000000a5"
BUSY_NOW = "10c00000-0000-7000-8000-0000000000b2"

PLACES = """
select l.account_id, l.id, l.name, l.timezone, l.phone, a.currency, l.cuisine
from public.locations l join public.accounts a on a.id = l.account_id
where l.id::text like '10c00000-0000-7000-8000-0000000000__'
order by l.id
"""


def read_places(connection: psycopg.Connection) -> list[Place]:
    """The locations of seed.sql that take calls, with their profiles, in the order of their ids."""
    return [
        Place(account, location, name, ZoneInfo(zone), phone, currency, MENUS[cuisine], profile)
        for account, location, name, zone, phone, currency, cuisine in connection.execute(PLACES)
        if (profile := PROFILES.get(str(location)[-2:])) is not None
    ]
