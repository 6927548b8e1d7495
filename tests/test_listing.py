"""Paging by key: no row twice, none missed, nobody else's; and what Flask-Admin would leave open."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from certus_admin.database import Caller, acting_as
from certus_admin.queries.calls import CallFilters, list_calls, list_recent_calls, summarize_calls
from certus_admin.queries.cursors import BadCursorError, Cursor
from certus_admin.queries.scope import Scope
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser
from tests.made_calls import (
    HARBOUR,
    LYON,
    NOWHERE,
    SEAPORT,
    SOLES,
    ids_on,
    link_to,
    make_calls,
    read_list,
    texts,
)

MOMENTS_OF_CURSORS = st.integers(-2_000_000_000, 7_000_000_000).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)
EVERYBODY = ["admin", "manager", "operator", "operator.west", "manager.lyon", "operator.pier", "newcomer"]
LISTS = ("/calls/", "/orders/", "/reservations/")
VIEWS = {"/calls/": "calls_v", "/orders/": "orders_v", "/reservations/": "reservations_v"}
MOMENTS = {"/calls/": "started_at", "/orders/": "created_at", "/reservations/": "created_at"}


@pytest.fixture(scope="module", autouse=True)
def many_calls(database: Database) -> None:
    """Enough calls for several pages, two at each moment at each location."""
    make_calls(database, "listing ", 30)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("url", LISTS)
def test_pages_together_are_exactly_what_the_policies_show_newest_first(
    who: str, url: str, client_of: ClientOf, as_user: AsUser
) -> None:
    wanted = texts(as_user(who).rows(f"select id from {VIEWS[url]} order by {MOMENTS[url]} desc, id desc"))
    assert read_list(client_of(who), url) == wanted
    assert bool(wanted) == (who != "newcomer")


def test_newer_leads_back_through_the_same_pages(client_of: ClientOf) -> None:
    client = client_of("admin")
    pages, following = [], "/calls/"
    while following:
        pages.append((following, client.get(following).text))
        following = link_to(pages[-1][1], "next")
    assert len(pages) > 3
    page = pages[-1][1]
    for _, earlier in reversed(pages[:-1]):
        page = client.get(link_to(page, "prev") or "").text
        assert ids_on(page) == ids_on(earlier)
    assert link_to(page, "prev") is None


def test_no_row_comes_twice_and_none_is_missed_while_calls_keep_arriving(
    client_of: ClientOf, as_user: AsUser, database: Database
) -> None:
    client, found, following, arrived = client_of("manager"), [], "/calls/", 0
    wanted = set(texts(as_user("manager").rows("select id from calls_v")))
    while following:
        page = client.get(following).text
        found += ids_on(page)
        following = link_to(page, "next")
        make_calls(database, f"arriving {arrived} ", 1)
        arrived += 1
    assert arrived > 3
    assert len(found) == len(set(found))
    assert wanted <= set(found)


def test_calls_that_arrived_meanwhile_are_found_under_newer(client_of: ClientOf, database: Database) -> None:
    client = client_of("operator")
    first = client.get("/calls/").text
    second = client.get(link_to(first, "next") or "").text
    make_calls(database, "fresh ", 1)
    back = client.get(link_to(second, "prev") or "").text
    assert ids_on(back) == ids_on(first)
    fresh = client.get(link_to(back, "prev") or "").text
    assert ids_on(fresh) == ids_on(client.get("/calls/").text)[: len(ids_on(fresh))]
    assert len(ids_on(fresh)) == 2


@pytest.mark.parametrize(
    "cursor", ["x", "AAAA", "A" * 33, "%00", "é", "f" * 32, "older", "A" * 31 + "=", "A" * 30]
)
def test_a_page_mark_that_is_not_ours_is_refused_by_name(cursor: str, client_of: ClientOf) -> None:
    response = client_of("operator").get(f"/calls/?older={cursor}")
    assert response.status_code == 400
    assert "older" in response.text


def test_a_page_mark_beyond_the_last_row_leads_to_the_first_page(client_of: ClientOf) -> None:
    response = client_of("operator").get(f"/calls/?older={'A' * 32}&status=completed")
    assert response.headers["Location"] == "/calls/?status=completed"


def test_both_page_marks_at_once_are_refused(client_of: ClientOf) -> None:
    mark = str(Cursor(datetime.now(UTC), uuid4()))
    assert client_of("operator").get(f"/calls/?older={mark}&newer={mark}").status_code == 400
    assert client_of("operator").get(f"/calls/?older={mark}&older={mark}").status_code == 400


@given(
    MOMENTS_OF_CURSORS,
    st.uuids(),
    st.booleans(),
)
def test_a_page_mark_reads_back_as_it_was_written(at: datetime, identity: UUID, newer: bool) -> None:
    cursor = Cursor(at, identity, newer)
    assert Cursor.parse(str(cursor), newer=newer) == cursor


@given(st.text())
def test_any_text_is_a_page_mark_or_refused(text: str) -> None:
    with suppress(BadCursorError):
        assert str(Cursor.parse(text, newer=False)) == text


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize("name", ["location", "account"])
def test_a_place_of_somebody_else_answers_like_one_that_does_not_exist(
    url: str, name: str, client_of: ClientOf
) -> None:
    client = client_of("operator")
    theirs = LYON if name == "location" else SOLES
    own = SEAPORT if name == "location" else HARBOUR
    assert client.get(f"{url}?{name}={own}").status_code == 200
    for suffix in ("", "export.csv"):
        answers = [client.get(f"{url}{suffix}?{name}={place}") for place in (theirs, NOWHERE)]
        assert [answer.status_code for answer in answers] == [404, 404]
        without_ids = [answer.text.replace(answer.headers["X-Request-Id"], "") for answer in answers]
        assert without_ids[0].replace(theirs, "") == without_ids[1].replace(NOWHERE, "")


def test_the_query_itself_gives_nothing_of_a_place_out_of_scope(app: Flask, as_user: AsUser) -> None:
    assert as_user("admin").scalar("select count(*) from calls_v where location_id = %s", [LYON]) > 0
    operator = as_user("operator").user_id
    assert operator is not None
    with app.app_context(), acting_as(Caller(operator)):
        scope = Scope(location_ids=(UUID(SEAPORT),))
        assert list_calls(scope).rows
        for filters in (CallFilters(location_id=UUID(LYON)), CallFilters(account_id=UUID(SOLES))):
            assert list_calls(scope, filters).rows == ()
            assert summarize_calls(scope, filters).count == 0
        # A scope that says too much meets the policies.
        assert {row.location_id for row in list_calls(Scope(everything=True)).rows} <= {
            UUID(SEAPORT), UUID("10c00000-0000-7000-8000-0000000000a2")
        }  # fmt: skip
        assert list_calls(Scope()).rows == ()


def test_a_location_inside_a_whole_account_is_not_listed_twice(app: Flask, as_user: AsUser) -> None:
    manager = as_user("manager").user_id
    assert manager is not None
    with app.app_context(), acting_as(Caller(manager)):
        both = Scope(account_ids=(UUID(HARBOUR),), location_ids=(UUID(SEAPORT),))
        ids = [row.id for row in list_recent_calls(both, 500)]
        assert len(ids) == len(set(ids)) > 0
        assert ids == [row.id for row in list_recent_calls(Scope(account_ids=(UUID(HARBOUR),)), 500)]


def test_every_shape_of_scope_gives_the_same_rows(app: Flask, as_user: AsUser) -> None:
    manager = as_user("manager")
    assert manager.user_id is not None
    accounts = (UUID(HARBOUR), UUID(SOLES))
    locations = tuple(row.id for row in manager.rows("select id from public.locations"))
    with app.app_context(), acting_as(Caller(manager.user_id)):
        shapes = [
            Scope(everything=True),
            Scope(account_ids=accounts),
            Scope(location_ids=locations),
            Scope(account_ids=accounts[:1], location_ids=locations),
        ]
        for filters in (
            CallFilters(),
            CallFilters(statuses=("missed",)),
            CallFilters(account_id=accounts[0]),
        ):
            pages = [list_calls(scope, filters).rows for scope in shapes]
            assert pages[0]
            assert all(page == pages[0] for page in pages)
            counts = {summarize_calls(scope, filters) for scope in shapes}
            assert len({summary.count for summary in counts}) == 1


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize(
    "path",
    [
        "new/",
        "edit/?id=1",
        "details/?id=1",
        "delete/",
        "action/",
        "export/csv/",
        "ajax/lookup/",
        "ajax/update/",
    ],
)
def test_what_flask_admin_would_open_does_not_exist(
    url: str, path: str, client_of: ClientOf, app: Flask
) -> None:
    client = client_of("admin")
    assert client.get(url + path).status_code == 404
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        assert client.post(url + path).status_code in (404, 405)
    finally:
        app.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.parametrize("url", LISTS)
def test_a_list_is_five_statements_however_it_is_asked(url: str, client_of: ClientOf) -> None:
    for who in EVERYBODY:
        client = client_of(who)
        client.get(url)
        older = link_to(client.get(url).text, "next")
        for address in filter(None, (url, f"{url}?period=30d&status=completed", older)):
            assert count_statements(client, address) <= 5, (who, address)


@pytest.mark.parametrize("url", LISTS)
def test_a_fragment_is_the_list_alone_and_says_what_it_depends_on(url: str, client_of: ClientOf) -> None:
    client = client_of("operator")
    page = client.get(url)
    fragment = client.get(url, headers={"HX-Request": "true"})
    assert "<html" in page.text
    assert "<html" not in fragment.text
    assert ids_on(page.text) == ids_on(fragment.text)
    assert "HX-Request" in page.headers["Vary"]
    assert "HX-Request" in fragment.headers["Vary"]


@pytest.mark.parametrize(
    "back", ["http:evil.test", "//evil.test/", "https://evil.test", "/\\evil.test", "javascript:1"]
)
def test_no_way_back_to_another_site(back: str, client_of: ClientOf) -> None:
    assert client_of("admin").get("/calls/", query_string={"url": back}).status_code == 400


def test_strangers_are_sent_to_sign_in(app: Flask) -> None:
    for url in LISTS:
        response = app.test_client().get(f"{url}?status=completed")
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/login?next=")


def test_an_empty_list_says_what_to_do(client_of: ClientOf) -> None:
    newcomer = client_of("newcomer").get("/calls/").text
    assert "Ask an admin for access" in newcomer
    nothing = client_of("operator").get("/calls/?words=xyzzy").text
    assert "No calls match these filters." in nothing
    assert "Clear all filters" in nothing


def count_statements(client: FlaskClient, url: str) -> int:
    """How many statements a page took, as the request's log line says."""
    with client:
        assert client.get(url).status_code == 200
        return int(g.statements)
