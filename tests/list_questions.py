"""What the long lists can be asked, each filter alone and in pairs, and people of every shape of reach."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

from certus_admin.queries.calls import CALL_STATUSES, CALL_TYPES, CALLS, CallFilters
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.orders import FULFILLMENT_TYPES, ORDERS, OrderFilters
from certus_admin.queries.reservations import RESERVATIONS, ReservationFilters
from certus_admin.queries.scope import Scope
from certus_admin.queries.source import Source
from seeds.bulk_world import account_id, location_id
from tests.fixtures.database import Database

TODAY = datetime.now(UTC).date()
ADMIN = UUID("05e00000-0000-7000-8000-000000000001")
BIG, THREE, EMPTY, MANY, MIXED = (UUID(f"05e00000-0000-7000-8000-0000000001{n:02d}") for n in range(1, 6))
EMPTY_LOCATION = UUID("10c00000-0000-7000-8000-0000000001ff")
# Half a year back: half of the bulk calls are older.
MIDDLE = Cursor(datetime.combine(TODAY - timedelta(days=180), time(12), UTC), EMPTY_LOCATION)
EVERYBODY = {
    "admin": (ADMIN, Scope(everything=True)),
    "manager of the biggest account": (BIG, Scope(account_ids=(account_id(0),))),
    "operator of three locations": (THREE, Scope(location_ids=tuple(location_id(0, n) for n in range(3)))),
    "operator of a location without calls": (EMPTY, Scope(location_ids=(EMPTY_LOCATION,))),
    "portfolio of forty locations": (
        MANY, Scope(location_ids=tuple(location_id(n, p) for n in range(8) for p in range(0, 10, 2))),
    ),
    "manager of an account and a location elsewhere": (
        MIXED, Scope(account_ids=(account_id(1),), location_ids=(location_id(2, 0),)),
    ),
}  # fmt: skip
PLACES = {"account": {"account_id": account_id(0)}, "location": {"location_id": location_id(0, 1)}}
DATES = {
    "yesterday": {"dates": LocalDates(period="yesterday")},
    "last 30 days": {"dates": LocalDates(period="30d")},
    "until": {"dates": LocalDates(last=TODAY - timedelta(days=120))},
    "a day of a week": {
        "dates": LocalDates(
            TODAY - timedelta(days=93), TODAY - timedelta(days=87), day=TODAY - timedelta(days=90)
        )
    },
    "long ago": {"dates": LocalDates(last=date(2001, 1, 1))},
}
CALL_QUESTIONS = {
    **{f"status {status}": {"statuses": (status,)} for status in CALL_STATUSES},
    "three statuses": {"statuses": ("missed", "failed", "canceled")},
    **{f"type {call_type}": {"call_types": (call_type,)} for call_type in CALL_TYPES},
    "short": {"duration": "under_30s"}, "long": {"duration": "over_5m"},
    "outbound": {"direction": "outbound"}, "inbound": {"direction": "inbound"},
    "order": {"has_order": True}, "no order": {"has_order": False},
    "reservation": {"has_reservation": True}, "no reservation": {"has_reservation": False},
    "review": {"needs_review": True}, "no review": {"needs_review": False},
    "four digits": {"digits": "0142"}, "three digits": {"digits": "142"}, "two digits": {"digits": "42"},
    "nobody's digits": {"digits": "9977"},
    "common words": {"words": "ordered"}, "rare words": {"words": "lobst roll"},
    "a phrase": {"words": '"for 4"'}, "words without": {"words": "booked -table"},
    "no such words": {"words": "zeppelin"},
    "weekday": {"weekday": "sunday"}, "an hour": {"hour": 19}, "a quiet hour": {"hour": 4},
}  # fmt: skip
ORDER_QUESTIONS = {
    **{f"status {status}": {"statuses": (status,)} for status in ("completed", "failed", "pending")},
    "two statuses": {"statuses": ("rejected", "failed")},
    **{way: {"fulfillment_types": (way,)} for way in FULFILLMENT_TYPES},
}
RESERVATION_QUESTIONS = {
    **{f"status {status}": {"statuses": (status,)} for status in ("completed", "failed", "requested")},
    "two statuses": {"statuses": ("no_show", "failed")},
    "a common name": {"words": "guest"}, "a rare name": {"words": "gues 8"},
    "nobody's name": {"words": "zeppelin"},
}  # fmt: skip
LISTS: dict[str, tuple[Source, type[Any], dict[str, dict[str, Any]]]] = {
    "calls": (CALLS, CallFilters, CALL_QUESTIONS),
    "orders": (ORDERS, OrderFilters, ORDER_QUESTIONS),
    "reservations": (RESERVATIONS, ReservationFilters, RESERVATION_QUESTIONS),
}
PEOPLE = """insert into public.users (id, email, full_name, role)
select id, id || '@certus.example', 'Reader', 'account_manager' from unnest(%s::uuid[]) id"""
LOCATION = """insert into public.locations (account_id, id, name, timezone)
values (%s, %s, 'Without calls', 'Europe/Paris')"""
GRANT = """insert into public.user_access (user_id, account_id, location_id)
select %s, l.account_id, %s from public.locations l where l.id = %s or l.account_id = %s limit 1"""


def questions(list_name: str, scope: Scope, share: int) -> Iterator[tuple[str, Any]]:
    """(name, filters): each filter alone, and of all pairs every `share`th, others for each person.

    Filters of the same field exclude each other.
    """
    _, kind, own = LISTS[list_name]
    singles: dict[str, dict[str, Any]] = {**PLACES, **DATES, **own}
    yield "nothing", kind()
    for name, values in singles.items():
        yield name, kind(**values)
    first = [asked for _, asked in EVERYBODY.values()].index(scope)
    pairs = [
        (f"{one}, {other}", kind(**left, **right))
        for (one, left), (other, right) in combinations(singles.items(), 2)
        if not left.keys() & right.keys()
    ]
    yield from pairs[first % share :: share]


def add_everybody(database: Database) -> None:
    """The people of EVERYBODY besides the seed's admin, after the bulk accounts were made."""
    with database.owner() as owner:
        owner.execute(PEOPLE, [[person for person, _ in EVERYBODY.values() if person != ADMIN]])
        owner.execute(LOCATION, [account_id(0), EMPTY_LOCATION])
        for person, scope in EVERYBODY.values():
            for account in scope.account_ids:
                owner.execute(GRANT, [person, None, None, account])
            for location in scope.location_ids:
                owner.execute(GRANT, [person, location, location, None])
