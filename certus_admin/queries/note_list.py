"""The list of notes: what may be asked, what a row holds."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from certus_admin.models import NoteView
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.listing import Page, Summary, read_page, read_summary
from certus_admin.queries.reach import Query
from certus_admin.queries.scope import Scope
from certus_admin.queries.source import Source

MENTIONS_ME, BY_ME = "mentions_me", "by_me"


class NoteRow(NamedTuple):
    """A note as lists show it. `created_at` is aware, in UTC; `timezone` is the location's."""

    id: UUID
    call_id: UUID
    account_id: UUID
    location_id: UUID
    location_name: str
    timezone: str
    created_at: datetime
    updated_at: datetime | None
    author_name: str | None
    note_md: str


@dataclass(frozen=True)
class NoteFilters:
    """What of the notes is asked for: `about` is MENTIONS_ME or BY_ME, seen from `reader`; local dates."""

    account_id: UUID | None = None
    location_id: UUID | None = None
    dates: LocalDates = field(default_factory=LocalDates)
    about: str | None = None
    reader: UUID | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL over internal_notes_v; place and scope are the listing's."""
        found = self.dates.conditions(NoteView.created_at, NoteView.local_date, NoteView.timezone)
        if self.about == MENTIONS_ME:
            # PostgreSQL's @>, which the index on mentions serves.
            found.append(type_coerce(NoteView.mentions, ARRAY(Uuid)).contains([self.reader]))
        elif self.about == BY_ME:
            found.append(NoteView.author_user_id == self.reader)
        return found

    def query(self, scope: Scope) -> Query:
        """These filters within a scope."""
        return Query(scope, self.conditions(), self.account_id, self.location_id)


def _columns(note: Any) -> list[Any]:
    return [getattr(note, name) for name in NoteRow._fields]


NOTES = Source(model=NoteView, at="created_at", columns=_columns)


def list_notes(
    scope: Scope, filters: NoteFilters | None = None, cursor: Cursor | None = None
) -> Page[NoteRow]:
    """A page of notes within `scope`, the latest first; one statement."""
    page = read_page(NOTES, (filters or NoteFilters()).query(scope), cursor)
    return Page(tuple(NoteRow._make(row) for row in page.rows), page.newer, page.older)


def count_notes(scope: Scope, filters: NoteFilters | None = None) -> Summary:
    """How many notes match, capped like calls; one statement."""
    return read_summary(NOTES, (filters or NoteFilters()).query(scope))
