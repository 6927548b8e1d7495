"""The TypeScript of supabase/types/: types as the database has them, helpers that answer as in Python."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from certus_admin.database import Caller, acting_as
from certus_admin.queries import CallFilters, get_metrics_daily, list_calls, list_recent_calls
from certus_admin.queries.call_detail import get_call_detail
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.period import Period
from certus_admin.queries.scope import Scope
from tests.database_types import TYPES
from tests.fixtures.database import Database
from tests.fixtures.typescript import Helpers, generated_types
from tests.made_calls import make_calls
from tests.sql.asking import ACCOUNT_A, ACCOUNT_B, ACCOUNT_C, PEOPLE, call_id, location_id

SCOPES = {
    "operator": Scope(location_ids=(location_id("a1"), location_id("a2"))),
    "manager": Scope(account_ids=(ACCOUNT_A, ACCOUNT_B)),
    "admin": Scope(everything=True),
}
# The same question in both languages.
FILTERS: list[tuple[dict[str, Any], CallFilters]] = [
    ({}, CallFilters()),
    ({"statuses": ["missed"]}, CallFilters(statuses=("missed",))),
    ({"statuses": ["missed", "failed"]}, CallFilters(statuses=("missed", "failed"))),
    ({"callTypes": ["order", "catering"]}, CallFilters(call_types=("order", "catering"))),
    ({"duration": "2m_to_5m"}, CallFilters(duration="2m_to_5m")),
    ({"direction": "outbound"}, CallFilters(direction="outbound")),
    ({"hasOrder": True}, CallFilters(has_order=True)),
    (
        {"hasReservation": True, "needsReview": False},
        CallFilters(has_reservation=True, needs_review=False),
    ),
    ({"needsReview": True}, CallFilters(needs_review=True)),
    ({"digits": "0142"}, CallFilters(digits="0142")),
    ({"digits": "42"}, CallFilters(digits="42")),
    ({"accountId": str(ACCOUNT_A)}, CallFilters(account_id=ACCOUNT_A)),
    ({"accountId": str(ACCOUNT_C)}, CallFilters(account_id=ACCOUNT_C)),
    ({"locationId": str(location_id("a2"))}, CallFilters(location_id=location_id("a2"))),
    ({"locationId": str(location_id("c2"))}, CallFilters(location_id=location_id("c2"))),
    (
        {"from": "2026-01-14", "to": "2026-01-14"},
        CallFilters(dates=LocalDates(date(2026, 1, 14), date(2026, 1, 14))),
    ),
    ({"from": "2026-01-15"}, CallFilters(dates=LocalDates(date(2026, 1, 15)))),
    (
        {"to": "2026-01-14", "callTypes": ["reservation"]},
        CallFilters(dates=LocalDates(None, date(2026, 1, 14)), call_types=("reservation",)),
    ),
]


@pytest.fixture(scope="module", autouse=True)
def made(database: Database) -> None:
    """More calls than a page holds, pairs of them at the same moment, and today's numbers."""
    make_calls(database, "typescript", 12)
    with database.owner() as owner:
        owner.execute("select private.refresh_metrics()")


@pytest.fixture(params=SCOPES)
def who(request: pytest.FixtureRequest) -> str:
    """Somebody of each role."""
    return str(request.param)


@pytest.fixture
def asked_in_python(app: Flask, who: str) -> Iterator[Scope]:
    """The Python helpers in their name; gives their scope."""
    with app.app_context(), acting_as(Caller(PEOPLE[who])):
        yield SCOPES[who]


def plain(value: Any) -> Any:
    """A Python answer as JSON would hold it, with moments as moments."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def moments(value: Any) -> Any:
    """A TypeScript answer, with moments as moments."""
    if isinstance(value, dict):
        return {
            key: datetime.fromisoformat(part)
            if isinstance(part, str) and (key.endswith("_at") or key == "at")
            else moments(part)
            for key, part in value.items()
        }
    return [moments(part) for part in value] if isinstance(value, list) else value


def place(cursor: Cursor | None) -> dict[str, Any] | None:
    return None if cursor is None else {"at": cursor.at, "id": str(cursor.id)}


def test_the_types_are_those_of_the_database(database: Database) -> None:
    assert TYPES.read_text(encoding="utf-8") == generated_types(database.owner_url), "run make types"


@pytest.mark.parametrize(("options", "filters"), FILTERS, ids=[str(options) for options, _ in FILTERS])
def test_calls_are_listed_as_in_python(
    helpers: Helpers, asked_in_python: Scope, who: str, options: dict[str, Any], filters: CallFilters
) -> None:
    wanted = list_calls(asked_in_python, filters)
    answer = helpers.ask(PEOPLE[who], "listCalls", options)
    assert answer["requests"] == 1
    assert moments(answer["value"]) == {
        "rows": [plain(row._asdict()) for row in wanted.rows],
        "newer": place(wanted.newer),
        "older": place(wanted.older),
    }


def test_every_filter_finds_something(app: Flask) -> None:
    with app.app_context(), acting_as(Caller(PEOPLE["admin"])):
        for options, filters in FILTERS:
            assert list_calls(SCOPES["admin"], filters).rows, options


def test_pages_lie_beside_each_other_as_in_python(helpers: Helpers, asked_in_python: Scope, who: str) -> None:
    options, filters = {"direction": "inbound", "size": 7}, CallFilters(direction="inbound")
    older: dict[str, Any] | None = None
    cursor: Cursor | None = None
    seen: list[str] = []
    while True:
        page = helpers.ask(PEOPLE[who], "listCalls", options | ({"older": older} if older else {}))["value"]
        wanted = list_calls(asked_in_python, filters, cursor, size=7)
        assert moments(page["rows"]) == [plain(row._asdict()) for row in wanted.rows]
        assert (moments(page["newer"]), moments(page["older"])) == (place(wanted.newer), place(wanted.older))
        if older and wanted.newer:
            back = helpers.ask(PEOPLE[who], "listCalls", options | {"newer": page["newer"]})["value"]
            assert [row["id"] for row in back["rows"]] == seen[-7:]
            before = list_calls(asked_in_python, filters, wanted.newer, size=7)
            assert (moments(back["newer"]), moments(back["older"])) == (
                place(before.newer),
                place(before.older),
            )
        seen += [row["id"] for row in page["rows"]]
        older, cursor = page["older"], wanted.older
        if older is None:
            break
    assert len(seen) == len(set(seen)) > 14
    assert cursor is None


def test_recent_calls_are_those_of_python(helpers: Helpers, asked_in_python: Scope, who: str) -> None:
    for options, limit, filters in (
        (None, 10, None),
        ({"limit": 3}, 3, None),
        ({"limit": 5, "statuses": ["missed"]}, 5, CallFilters(statuses=("missed",))),
    ):
        wanted = list_recent_calls(asked_in_python, limit, filters)
        answer = helpers.ask(PEOPLE[who], "listRecentCalls", options or {})
        assert moments(answer["value"]) == [plain(row._asdict()) for row in wanted]
        assert len(wanted) == limit


def test_a_call_is_given_whole_in_one_request_as_in_python(
    helpers: Helpers, asked_in_python: Scope, who: str
) -> None:
    newest = [row.id for row in list_recent_calls(asked_in_python, 40)]
    seeded = [call_id(number) for number in (*range(1, 9), *range(11, 14), *range(21, 24))]
    found = []
    for call in (*seeded, *newest, UUID(int=1)):
        wanted = get_call_detail(call)
        answer = helpers.ask(PEOPLE[who], "getCallDetail", str(call))
        assert answer["requests"] == 1
        assert moments(answer["value"]) == (None if wanted is None else plain(asdict(wanted)))
        if wanted is not None:
            found.append(wanted)
    assert any(detail.notes for detail in found)
    assert any(order.items for detail in found for order in detail.orders)
    assert any(reservation.average for detail in found for reservation in detail.reservations)
    assert len(found) < len(seeded) + 41


@pytest.mark.parametrize(
    ("account", "location"),
    [(None, None), (ACCOUNT_A, None), (ACCOUNT_C, None), (None, location_id("a1"))],
)
def test_daily_numbers_are_those_of_python(
    helpers: Helpers, asked_in_python: Scope, who: str, account: UUID | None, location: UUID | None
) -> None:
    today = datetime.now(UTC).date()
    period = Period(date(2026, 1, 1), today)
    wanted = get_metrics_daily(asked_in_python, period, account, location)
    options = {"from": "2026-01-01", "to": today.isoformat()}
    options |= {"accountId": str(account)} if account else {}
    options |= {"locationId": str(location)} if location else {}
    answer = helpers.ask(PEOPLE[who], "getMetricsDaily", options)
    assert answer["value"] == [plain(asdict(row)) for row in wanted]
    assert bool(wanted) or account == ACCOUNT_C


def test_what_postgrest_refuses_is_thrown_with_its_code(helpers: Helpers) -> None:
    answer = helpers.ask(PEOPLE["operator"], "getCallDetail", "no-uuid")
    assert (answer["error"], answer["code"]) == ("QueryError", "22P02")
    for amiss in ({"size": 0}, {"size": 501}, {"older": {}, "newer": {}}):
        assert helpers.ask(PEOPLE["operator"], "listCalls", amiss)["error"] == "RangeError"
