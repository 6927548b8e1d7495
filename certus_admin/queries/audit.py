"""The audit log: what may be asked, and a line. It grows for ever: questions are ranges of indexes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, select, text

from certus_admin.administration_models import AuditLine, SettingView
from certus_admin.database import db
from certus_admin.models import NoteView
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.listing import Page, Summary, read_exact_summary, read_page, read_summary
from certus_admin.queries.reach import Query
from certus_admin.queries.scope import Scope
from certus_admin.queries.source import Source

# Who stands for every program: lines without a person.
PROGRAMS = UUID(int=0)

CHOICES = text("select public.audit_choices()")


class AuditRow(NamedTuple):
    """A line as the list shows it. `at` is aware, in UTC; `timezone` its location's, UTC without one."""

    id: UUID
    account_id: UUID | None
    location_id: UUID | None
    account_name: str | None
    location_name: str | None
    timezone: str
    at: datetime
    actor_name: str | None
    actor_role: str
    application: str | None
    action: str
    table_name: str
    row_id: UUID | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True)
class AuditChoices:
    """What there is to choose from: people with lines in reach (id, name), and kinds (table, action)."""

    people: tuple[tuple[UUID, str], ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class AuditFilters:
    """What of the log is asked for. `person` may be PROGRAMS; `kinds` are what `get_audit_choices` gave."""

    account_id: UUID | None = None
    location_id: UUID | None = None
    dates: LocalDates = field(default_factory=LocalDates)
    person: UUID | None = None
    table_name: str | None = None
    action: str | None = None
    row_id: UUID | None = None
    kinds: Sequence[tuple[str, str]] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL over audit_log_v; place and scope are the listing's."""
        line = AuditLine
        return [
            *self.dates.conditions(line.at, line.local_date, line.timezone),
            *([line.actor_key == self.person] if self.person else []),
            *([line.table_name == self.table_name] if self.table_name else []),
            *([line.action == self.action] if self.action else []),
            *([line.row_id == self.row_id] if self.row_id else []),
        ]

    def query(self, scope: Scope) -> Query:
        """These filters within a scope."""
        return Query(scope, self.conditions(), self.account_id, self.location_id, ranges=self.ranges())

    def ranges(self) -> Sequence[Sequence[ColumnElement[bool]]]:
        """A table or an action alone is several ranges of an index on (table, action, time): one a kind."""
        # A row has few lines, and an index of its own; with both a table and an action there is one range.
        if self.row_id or bool(self.table_name) == bool(self.action):
            return ((),)
        kinds = [
            (table, action)
            for table, action in self.kinds
            if self.table_name in (None, table) and self.action in (None, action)
        ]
        return [[AuditLine.table_name == table, AuditLine.action == action] for table, action in kinds]


def _columns(line: Any) -> list[Any]:
    return [getattr(line, name) for name in AuditRow._fields]


AUDIT = Source(model=AuditLine, at="at", columns=_columns, by_tenant=False)


def get_audit_choices() -> AuditChoices:
    """What the log can be searched by; one statement, a look into an index for each person and kind."""
    found: dict[str, Any] = db.session.execute(CHOICES).scalar_one()
    return AuditChoices(
        tuple((UUID(person["id"]), person["name"]) for person in found["people"]),
        tuple((table, action) for table, action in found["kinds"]),
    )


def list_audit(
    scope: Scope, filters: AuditFilters | None = None, cursor: Cursor | None = None
) -> Page[AuditRow]:
    """A page of lines within `scope`, newest first, with cursors to the pages beside it; one statement."""
    page = read_page(AUDIT, (filters or AuditFilters()).query(scope), cursor)
    return Page(tuple(AuditRow._make(row) for row in page.rows), page.newer, page.older)


def count_audit(scope: Scope, filters: AuditFilters | None = None) -> Summary:
    """How many lines match, capped like calls; one statement."""
    return read_summary(AUDIT, (filters or AuditFilters()).query(scope))


def count_all_audit(scope: Scope, filters: AuditFilters | None = None) -> Summary:
    """The same to the row, for as long as read_exact_summary allows."""
    return read_exact_summary(AUDIT, (filters or AuditFilters()).query(scope))


def get_audit_line(line_id: UUID) -> Row[Any] | None:
    """Every column of one line; None where it is missing or out of reach.

    Besides: `setting_key`, the key of the setting that it is about, and `note_exists`, both
    while the row is there and the caller sees it.
    """
    setting = select(SettingView.key).where(SettingView.id == AuditLine.row_id).limit(1).scalar_subquery()
    note = exists().where(NoteView.id == AuditLine.row_id)
    columns = [*AuditLine.__table__.columns, setting.label("setting_key"), note.label("note_exists")]
    return db.session.execute(select(*columns).where(AuditLine.id == line_id)).one_or_none()
