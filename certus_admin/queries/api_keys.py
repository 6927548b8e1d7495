"""The list of API keys' labels: what may be asked, what a row holds, how many need a look."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, func, literal, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from certus_admin.administration_models import ApiKey
from certus_admin.database import db
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.listing import QUICK_COUNT, Page, Summary, one_of, read_page, read_summary
from certus_admin.queries.reach import Query, within
from certus_admin.queries.scope import Scope
from certus_admin.queries.source import Source

STATES = ("active", "ending", "replaced", "expired", "revoked")
WARNINGS = ("never_used", "idle", "expiring", "double")
# Keys belong to no place: their times are read in UTC.
ZONE = "UTC"


class ApiKeyRow(NamedTuple):
    """A key's label as lists show it. Times are aware, in UTC; `warnings` are words of WARNINGS."""

    id: UUID
    account_id: UUID
    account_name: str
    label: str
    key_hint: str | None
    scopes: list[str]
    state: str
    warnings: list[str]
    created_by_name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    succeeds_id: UUID | None
    replaced_at: datetime | None
    revoked_at: datetime | None
    revoked_by_name: str | None
    revoked_reason: str | None

    @property
    def timezone(self) -> str:
        """The zone of its times."""
        return ZONE

    @property
    def is_live(self) -> bool:
        """Whether somebody may still be let in with it."""
        return self.state in ("active", "ending")


@dataclass(frozen=True)
class ApiKeyFilters:
    """What of the keys is asked for: any of these `states` (words of STATES and WARNINGS)."""

    account_id: UUID | None = None
    states: tuple[str, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL over api_keys_v; account and scope are the listing's."""
        found = one_of(ApiKey.state, [word for word in self.states if word in STATES])
        warnings = [word for word in self.states if word in WARNINGS]
        if warnings:
            wanted = literal(warnings, ARRAY(Text))
            found.append(type_coerce(ApiKey.warnings, ARRAY(Text)).overlap(wanted))
        return [or_(*found)] if found else []

    def query(self, scope: Scope) -> Query:
        """These filters within a scope."""
        return Query(scope, self.conditions(), self.account_id)


@dataclass(frozen=True)
class KeyCounts:
    """How many keys work, and how many of them need a look; `expired` ones do not work any more."""

    active: int
    never_used: int
    idle: int
    expiring: int
    double: int
    ending: int
    expired: int


API_KEYS = Source(
    model=ApiKey,
    at="created_at",
    columns=lambda key: [getattr(key, name) for name in ApiKeyRow._fields],
)


def list_api_keys(
    scope: Scope, filters: ApiKeyFilters | None = None, cursor: Cursor | None = None
) -> Page[ApiKeyRow]:
    """A page of keys' labels within `scope`, the last issued first; one statement."""
    page = read_page(API_KEYS, (filters or ApiKeyFilters()).query(scope), cursor)
    return Page(tuple(ApiKeyRow._make(row) for row in page.rows), page.newer, page.older)


def count_api_keys(scope: Scope, filters: ApiKeyFilters | None = None) -> Summary:
    """How many match, as far as somebody reads; one statement."""
    return read_summary(API_KEYS, (filters or ApiKeyFilters()).query(scope), QUICK_COUNT)


def count_warnings(scope: Scope) -> KeyCounts:
    """How many of all keys in reach work, and need a look; one statement."""

    def counted(name: str) -> ColumnElement[Any]:
        is_so = any_(ApiKey.warnings) == name if name in WARNINGS else ApiKey.state == name
        return func.count().filter(is_so).label(name)

    names = KeyCounts.__dataclass_fields__
    statement = select(*map(counted, names)).select_from(ApiKey).where(*within(ApiKey, Query(scope)))
    return KeyCounts(*db.session.execute(statement).one())
