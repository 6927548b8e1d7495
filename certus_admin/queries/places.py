"""Where the caller works: what pickers offer, and how accounts and locations are named on every page."""

import json
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple, Self
from uuid import UUID

from certus_admin.database import db


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


class Places(tuple[Place, ...]):
    """Places, and what every list and picker looks up among them, made once."""

    @classmethod
    def of(cls, places: Sequence[Place]) -> Self:
        """These places; themselves, where they are Places already."""
        return places if isinstance(places, cls) else cls(places)

    @cached_property
    def account_names(self) -> dict[UUID, str]:
        """Names of the accounts by their ids, in the order of the places."""
        return {place.account_id: place.account_name for place in self}

    @cached_property
    def location_ids(self) -> frozenset[str]:
        """The ids of the locations, as addresses write them."""
        return frozenset(str(place.location_id) for place in self)

    @cached_property
    def by_account(self) -> dict[str, tuple[Place, ...]]:
        """The places of each account, by the account's id as addresses write it."""
        found: dict[str, list[Place]] = {}
        for place in self:
            found.setdefault(str(place.account_id), []).append(place)
        return {account_id: tuple(places) for account_id, places in found.items()}


# One text, because 500 rows take PostgreSQL half as long as Python takes to make ids and names of them.
PLACES = """select coalesce(json_agg(json_build_array(p.account_id, p.account_name, p.currency, p.location_id,
    p.location_name, p.timezone)), '[]')::text
from (
    select a.id as account_id, a.name as account_name, a.currency,
        l.id as location_id, l.name as location_name, l.timezone
    from public.locations l
    join public.accounts a on a.id = l.account_id
    order by a.name, a.id, l.name, l.id
) p"""


def list_places() -> Places:
    """Every location that the caller sees, by account and name; empty for somebody without access.

    One statement. Row-level security decides: a place that is not in here does not exist for the caller.
    """
    return _read(db.session.connection().exec_driver_sql(PLACES).scalar_one())


@lru_cache(maxsize=128)
def _read(found: str) -> Places:
    """What the database answered, read once a text: the places of a person hardly ever change."""
    return Places(
        Place(UUID(account_id), account_name, currency, UUID(location_id), location_name, timezone)
        for account_id, account_name, currency, location_id, location_name, timezone in json.loads(found)
    )
