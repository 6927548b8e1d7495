"""Counting: as far as somebody reads, and to the row when somebody asks, while that is reasonable."""

import html
import re

import pytest
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import text

from certus_admin.queries import listing
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser
from tests.made_calls import count_on, make_calls

EXACT = re.compile(r'<a class="listing-exact" href="([^"]+)"')
# Nine thousand calls of one evening, at a place where it is never noon then.
DENSE = """insert into public.call_logs
    (account_id, location_id, provider, provider_call_id, from_number, started_at)
select l.account_id, l.id, 'retell', 'dense ' || n, '+1 617-555-0177',
    (current_date + time '18:00') at time zone l.timezone + n * interval '100 ms'
from (select * from public.locations order by name limit 1) l cross join generate_series(1, 9000) n"""
LISTS = {"/calls/": "calls_v", "/orders/": "orders_v", "/audit/": "audit_log_v"}


@pytest.fixture(scope="module", autouse=True)
def many_calls(database: Database) -> None:
    """More than are counted unasked."""
    make_calls(database, "exact ", 420)


def link_of(page: str) -> str | None:
    """Where the page counts exactly."""
    found = EXACT.search(page)
    return html.unescape(found[1]) if found else None


@pytest.mark.parametrize("filters", ["", "direction=inbound&from=2020-01-01", "period=90d&review=no"])
def test_a_list_is_counted_to_a_thousand_and_to_the_row_on_demand(client_of: ClientOf, filters: str) -> None:
    page = client_of("admin").get(f"/calls/?{filters}").text
    assert count_on(page) == "1,000+"
    assert "talk time" not in page
    exact = client_of("admin").get(link_of(page) or "").text
    assert int(count_on(exact).replace(",", "")) > 1000
    assert "talk time" in exact
    assert link_of(exact) is None


@pytest.mark.parametrize("who", ["manager", "operator", "manager.lyon"])
@pytest.mark.parametrize("url", LISTS)
def test_an_exact_count_stays_within_the_persons_reach(
    client_of: ClientOf, as_user: AsUser, who: str, url: str
) -> None:
    if url == "/audit/" and who == "operator":
        return
    page = client_of(who).get(f"{url}?count=exact").text
    assert count_on(page) == f"{as_user(who).scalar(f'select count(*) from {LISTS[url]}'):,}"


def test_a_short_list_has_nothing_to_ask_for(client_of: ClientOf) -> None:
    page = client_of("operator").get("/calls/?status=failed&call_type=catering").text
    assert link_of(page) is None


def test_a_list_is_counted_in_no_other_way(client_of: ClientOf) -> None:
    assert client_of("admin").get("/calls/?count=roughly").status_code == 400


def test_a_count_that_takes_too_long_says_so_and_the_page_is_there(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "EXACT_COUNT_LIMIT", "20ms")
    monkeypatch.setattr(listing, "within", lambda *_: [text("pg_sleep(10) is null")])
    page = client_of("admin").get("/calls/?count=exact")
    assert page.status_code == 200
    assert "was stopped" in page.text
    assert page.text.count("data-row=") == 50


def test_an_exact_count_is_one_statement_more(client_of: ClientOf) -> None:
    client = client_of("admin")
    assert statements(client, "/calls/?count=exact") == statements(client, "/calls/") + 1


def statements(client: FlaskClient, url: str) -> int:
    """How many statements a page took."""
    with client:
        assert client.get(url).status_code == 200
        return int(g.statements)


def test_a_search_that_stopped_says_how_far_it_went_and_leads_on(
    client_of: ClientOf, database: Database
) -> None:
    with database.owner() as owner:
        owner.execute(DENSE)
    client, following, looked = client_of("admin"), "/calls/?digits=77&direction=inbound&hour=12", 0
    page = client.get(following).text
    assert "None of the calls since" in page
    while "None of the calls since" in page:
        found = re.search(r'href="([^"]*older=[^"]*)"', page)
        assert found
        page, looked = client.get(html.unescape(found[1])).text, looked + 1
    assert looked > 1
