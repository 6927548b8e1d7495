"""The list of calls: what may be asked, what a row holds."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, case, extract, func

from certus_admin.models import Call
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.finding import mentions, search_of
from certus_admin.queries.listing import (
    PAGE_SIZE,
    Page,
    Summary,
    one_of,
    read_exact_summary,
    read_page,
    read_summary,
)
from certus_admin.queries.reach import Query
from certus_admin.queries.scope import Scope
from certus_admin.queries.source import Source

CALL_TYPES = ("order", "reservation", "catering", "general", "other")
CALL_STATUSES = (
    "in_progress", "completed", "transferred", "voicemail", "missed", "failed", "canceled", "unknown",
)  # fmt: skip
ANSWERED = ("completed", "transferred", "in_progress")
DURATIONS = ("under_30s", "30s_to_2m", "2m_to_5m", "over_5m")
DIRECTIONS = ("inbound", "outbound")
# In the order of ISO weekdays, 1 to 7.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXCERPT = 240


class CallRow(NamedTuple):
    """A call as lists show it: times aware, in UTC; `timezone` the location's; `excerpt` in Markdown."""

    id: UUID
    account_id: UUID
    location_id: UUID
    location_name: str
    timezone: str
    started_at: datetime
    local_date: date
    caller_masked: str | None
    direction: str
    call_type: str
    status: str
    duration_seconds: int | None
    excerpt: str | None
    has_order: bool
    has_reservation: bool
    review_reasons: list[str]


@dataclass(frozen=True)
class CallFilters:
    """What of the calls is asked for; every field left out means any.

    `digits` are the last two to four of the guest's number, `words` a search in the summaries as people type
    it ("quotes" keep words together, - excludes). `weekday` (a word of WEEKDAYS) and `hour` (0 to 23) are
    those of the beginning, as clocks at the location show it. `account_id` and `location_id` narrow, they
    never widen.
    """

    account_id: UUID | None = None
    location_id: UUID | None = None
    dates: LocalDates = field(default_factory=LocalDates)
    call_types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    duration: str | None = None
    direction: str | None = None
    has_order: bool | None = None
    has_reservation: bool | None = None
    needs_review: bool | None = None
    digits: str | None = None
    words: str | None = None
    weekday: str | None = None
    hour: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL over calls_v; place and scope are the listing's."""
        return [
            *self.dates.conditions(Call.started_at, Call.local_date, Call.timezone),
            *one_of(Call.call_type, self.call_types),
            *one_of(Call.status, self.statuses),
            *([Call.duration_bucket == self.duration] if self.duration else []),
            *([Call.direction == self.direction] if self.direction else []),
            *_yes_or_no(Call.has_order, self.has_order),
            *_yes_or_no(Call.has_reservation, self.has_reservation),
            *_yes_or_no(Call.needs_review, self.needs_review),
            *([_ends_with(self.digits)] if self.digits else []),
            *([mentions(Call.summary_md, self.words)] if self.words else []),
            *([_local("isodow") == WEEKDAYS.index(self.weekday) + 1] if self.weekday else []),
            *([_local("hour") == self.hour] if self.hour is not None else []),
        ]

    def query(self, scope: Scope) -> Query:
        """These filters within a scope."""
        search = search_of(
            self.account_id,
            self.location_id,
            self.dates,
            statuses=self.statuses,
            types=self.call_types,
            duration=self.duration,
            direction=self.direction,
            has_order=self.has_order,
            has_reservation=self.has_reservation,
            needs_review=self.needs_review,
            digits=self.digits,
            words=self.words,
            weekday=WEEKDAYS.index(self.weekday) + 1 if self.weekday else None,
            hour=self.hour,
        )
        return Query(scope, self.conditions(), self.account_id, self.location_id, search=search)


def _yes_or_no(column: Any, wanted: bool | None) -> list[ColumnElement[bool]]:
    return [] if wanted is None else [column if wanted else ~column]


def _ends_with(digits: str) -> ColumnElement[bool]:
    if len(digits) == 4:
        return Call.caller_digits == digits
    return func.right(Call.caller_digits, len(digits)) == digits


def _local(part: str) -> ColumnElement[Any]:
    # No index knows the hour at a location.
    return extract(part, func.timezone(Call.timezone, Call.started_at))


def call_columns(call: Any) -> list[ColumnElement[Any]]:
    """The columns of CallRow, in its order."""
    plain = [name for name in CallRow._fields if name != "excerpt"]
    columns: dict[str, Any] = {name: getattr(call, name) for name in plain}
    columns["excerpt"] = func.left(call.summary_md, EXCERPT).label("excerpt")
    return [columns[name] for name in CallRow._fields]


def _talk_seconds(call: Any) -> ColumnElement[Any]:
    # The duration of a call that nobody answered is how long it rang.
    return case((call.status.in_(ANSWERED), call.duration_seconds)).label("talk_seconds")


CALLS = Source(
    model=Call,
    at="started_at",
    columns=call_columns,
    sums=lambda call: (_talk_seconds(call), call.saved_seconds),
    relation="calls",
)


def list_calls(
    scope: Scope, filters: CallFilters | None = None, cursor: Cursor | None = None, size: int = PAGE_SIZE
) -> Page[CallRow]:
    """A page of calls within `scope`, newest first, with the cursors of the pages beside it.

    One statement. A place out of reach gives an empty page, exactly as one that does not exist.
    """
    page = read_page(CALLS, (filters or CallFilters()).query(scope), cursor, size)
    return Page(tuple(CallRow._make(row) for row in page.rows), page.newer, page.older)


def list_recent_calls(
    scope: Scope, limit: int = 10, filters: CallFilters | None = None
) -> tuple[CallRow, ...]:
    """The newest calls within `scope`, at most `limit`; one statement."""
    return list_calls(scope, filters, size=limit).rows


def summarize_calls(scope: Scope, filters: CallFilters | None = None) -> Summary:
    """How many calls match, with sums of talk_seconds (answered calls) and saved_seconds; one statement.

    Counted to 1,000, or as far as a search goes that no index serves; count_calls goes to the end.
    """
    return read_summary(CALLS, (filters or CallFilters()).query(scope))


def count_calls(scope: Scope, filters: CallFilters | None = None) -> Summary:
    """The same to the row, for as long as read_exact_summary allows."""
    return read_exact_summary(CALLS, (filters or CallFilters()).query(scope))
