"""The rows within a person's scope, in the form that has an index.

Row-level security filters them again, but a filter is no index: everything is read by time for people of the
platform, each account granted whole in a lateral of its own, and so is each single location. Without the
lateral a location that has no rows makes the planner walk through everybody else's (600 times slower at a
million rows).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Subquery,
    Uuid,
    any_,
    false,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)  # fmt: skip

from certus_admin.models import Account, Location
from certus_admin.queries.scope import Scope

Columns = Callable[[Any], Sequence[ColumnElement[Any]]]
Finish = Callable[[Select[Any]], Select[Any]]


@dataclass(frozen=True)
class Query:
    """What of a view is asked for: whose rows, at which account or location, under which conditions.

    `by_account` reads each account apart for people of the platform too: for conditions whose index begins
    with account_id. `ranges` are alternatives, each of which is a range of an index and is read apart.
    `account_rows` adds, for people of single locations, what their accounts have for all locations.
    `search` are the same filters, place included, as find_rows takes them, for lists that ask it.
    """

    scope: Scope
    conditions: Sequence[ColumnElement[bool]] = ()
    account_id: UUID | None = None
    location_id: UUID | None = None
    by_account: bool = False
    ranges: Sequence[Sequence[ColumnElement[bool]]] = ((),)
    account_rows: bool = False
    search: Mapping[str, Any] | None = None


def matching_rows(model: Any, query: Query, columns: Columns, finish: Finish) -> Subquery:
    """`columns` of the rows that match; `finish` orders and limits what each lateral gives."""

    def part(*places: ColumnElement[bool]) -> Select[Any]:
        return finish(select(*columns(model)).where(*query.conditions, *places))

    def lateral(reach: Subquery, *places: ColumnElement[bool]) -> Select[Any]:
        rows = part(*places).correlate(reach).lateral()
        return select(rows).select_from(reach).join(rows, true())

    arms: list[Select[Any]] = []
    for within_range in query.ranges:
        if (reach := _accounts(query)) is not None:
            arms.append(lateral(reach, model.account_id == reach.c.account_id, *within_range))
        if (reach := _locations(query)) is not None:
            here = model.location_id == reach.c.location_id
            arms.append(lateral(reach, model.account_id == reach.c.account_id, here, *within_range))
        if (reach := _accounts_in_part(query)) is not None:
            nowhere = model.location_id.is_(None)
            arms.append(lateral(reach, model.account_id == reach.c.account_id, nowhere, *within_range))
    if not arms:
        ranges = query.ranges if query.scope.everything else [[false()]]
        arms = [part(*within_range) for within_range in ranges] or [part(false())]
    return (union_all(*arms) if len(arms) > 1 else arms[0]).subquery("found")


def within(model: Any, query: Query) -> list[ColumnElement[bool]]:
    """Conditions, scope and place as one row of filters: for reading all of it, in any order."""
    found = list(query.conditions)
    if not query.scope.everything:
        found.append(_granted(query.scope, model.account_id, model.location_id))
    if query.account_id:
        found.append(model.account_id == query.account_id)
    if query.location_id:
        found.append(model.location_id == query.location_id)
    return found


def _accounts(query: Query) -> Subquery | None:
    """The accounts to read whole."""
    scope = query.scope
    accounts = select(Account.id.label("account_id"))
    if query.location_id:
        return None
    if query.account_id:
        if not scope.everything and query.account_id not in scope.account_ids:
            return None
        return accounts.where(Account.id == query.account_id).subquery("accounts")
    if scope.account_ids:
        return accounts.where(Account.id == _any(scope.account_ids)).subquery("accounts")
    return accounts.subquery("accounts") if scope.everything and query.by_account else None


def _accounts_in_part(query: Query) -> Subquery | None:
    """The accounts of which only locations are granted, where their own rows are asked for."""
    scope = query.scope
    if not query.account_rows or query.location_id or scope.everything or not scope.location_ids:
        return None
    accounts = select(Location.account_id).where(Location.id == _any(scope.location_ids)).distinct()
    if scope.account_ids:
        accounts = accounts.where(not_(Location.account_id == _any(scope.account_ids)))
    if query.account_id:
        accounts = accounts.where(Location.account_id == query.account_id)
    return accounts.subquery("accounts_in_part")


def _locations(query: Query) -> Subquery | None:
    """The locations to read one by one; none that lie in an account that is read whole."""
    scope = query.scope
    locations = select(Location.account_id, Location.id.label("location_id"))
    if query.account_id:
        locations = locations.where(Location.account_id == query.account_id)
    if query.location_id:
        locations = locations.where(Location.id == query.location_id)
        if not scope.everything:
            locations = locations.where(_granted(scope, Location.account_id, Location.id))
        return locations.subquery("locations")
    if scope.everything or not scope.location_ids or query.account_id in scope.account_ids:
        return None
    locations = locations.where(Location.id == _any(scope.location_ids))
    if scope.account_ids:
        locations = locations.where(not_(Location.account_id == _any(scope.account_ids)))
    return locations.subquery("locations")


def _granted(scope: Scope, account_id: Any, location_id: Any) -> ColumnElement[bool]:
    return or_(account_id == _any(scope.account_ids), location_id == _any(scope.location_ids))


def _any(ids: Sequence[UUID]) -> ColumnElement[Any]:
    return any_(literal(list(ids), ARRAY(Uuid)))
