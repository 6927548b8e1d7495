"""The list of knowledge requests: what may be asked, what a row holds, and what waits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, text

from certus_admin.administration_models import KnowledgeRequest
from certus_admin.database import db
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.listing import Page, Summary, one_of, read_page, read_summary
from certus_admin.queries.reach import Query
from certus_admin.queries.scope import Scope
from certus_admin.queries.source import Source

KNOWLEDGE_STATUSES = ("pending", "approved", "processing", "done", "failed", "rejected")
# What somebody or something has still to do with a request.
WAITING = ("pending", "approved", "processing", "failed")

REQUESTERS = text("select id, full_name from public.knowledge_requesters()")
COUNTS = text(
    """
select status, count(*) as requests from public.knowledge_update_requests
where status = any (cast(:statuses as text[])) group by status
"""
)


class KnowledgeRow(NamedTuple):
    """A request as lists show it; `location_name` is None for the whole account. Times are aware, in UTC."""

    id: UUID
    account_id: UUID
    location_id: UUID | None
    location_name: str | None
    timezone: str
    created_at: datetime
    title: str | None
    kind: str
    requested_by_name: str | None
    status: str
    decided_by_name: str | None
    changed_at: datetime


@dataclass(frozen=True)
class KnowledgeFilters:
    """What of the requests is asked for; `dates` are local dates of filing.

    `account_ids` are the accounts in which the reader works for any location: a request of a whole account
    concerns all of its locations.
    """

    account_ids: tuple[UUID, ...] = ()
    account_id: UUID | None = None
    location_id: UUID | None = None
    dates: LocalDates = field(default_factory=LocalDates)
    statuses: tuple[str, ...] = ()
    requested_by: UUID | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL over knowledge_requests_v; place and scope are the listing's."""
        request = KnowledgeRequest
        found = [
            *self.dates.conditions(request.created_at, request.local_date, request.timezone),
            *one_of(request.status, self.statuses),
        ]
        if self.requested_by:
            found.append(request.requested_by_user_id == self.requested_by)
        return found

    def query(self, scope: Scope) -> Query:
        """These filters within a scope; the policies keep the requests of single locations apart."""
        accounts = tuple(sorted({*scope.account_ids, *self.account_ids}))
        reach = scope if scope.everything else Scope(account_ids=accounts, location_ids=scope.location_ids)
        return Query(reach, self.conditions(), self.account_id, self.location_id)


KNOWLEDGE = Source(
    model=KnowledgeRequest,
    at="created_at",
    columns=lambda request: [getattr(request, name) for name in KnowledgeRow._fields],
)


def list_knowledge_requests(
    scope: Scope, filters: KnowledgeFilters | None = None, cursor: Cursor | None = None
) -> Page[KnowledgeRow]:
    """A page of requests within `scope`, the latest filed first; one statement."""
    page = read_page(KNOWLEDGE, (filters or KnowledgeFilters()).query(scope), cursor)
    return Page(tuple(KnowledgeRow._make(row) for row in page.rows), page.newer, page.older)


def count_knowledge_requests(scope: Scope, filters: KnowledgeFilters | None = None) -> Summary:
    """How many requests match, capped like calls; one statement."""
    return read_summary(KNOWLEDGE, (filters or KnowledgeFilters()).query(scope))


def count_waiting() -> dict[str, int]:
    """How many requests in reach stand at each status of WAITING; zeros included. One statement."""
    rows: Iterable[Any] = db.session.execute(COUNTS, {"statuses": list(WAITING)})
    return dict.fromkeys(WAITING, 0) | {row.status: row.requests for row in rows}


def list_requesters() -> tuple[tuple[UUID, str], ...]:
    """Ids and names of those who filed the requests in reach, by name; one statement."""
    return tuple((row.id, row.full_name) for row in db.session.execute(REQUESTERS))
