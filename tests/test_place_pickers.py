"""Choosing a place: all at once where they are few; the account first where there are hundreds."""

import re

import pytest
from flask.testing import FlaskClient

from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.made_calls import NOWHERE, SEAPORT
from tests.many_places import FIRST, OF_FIRST, OF_SECOND, PORTFOLIO, SECOND, fill

LISTS = ("calls", "orders", "reservations", "notes", "audit", "knowledge", "people", "settings")
DASHBOARDS = ("/", "/analytics/")
HINT = "Account first"


@pytest.fixture(scope="module", autouse=True)
def many_places(database: Database) -> None:
    """500 locations in 50 accounts."""
    fill(database)


@pytest.fixture
def admin(client_of: ClientOf) -> FlaskClient:
    """Somebody who sees all of them."""
    return client_of("admin")


def select(page: str, name: str) -> str:
    """A page's picker, with its options."""
    found = re.search(rf'<select[^>]*id="(?:filter|pick)-{name}"[^>]*>.*?</select>', page, re.DOTALL)
    assert found, f"no select {name}"
    return found[0]


def options(page: str, name: str = "location") -> list[str]:
    """The values that a select offers, without that for any."""
    return [value for value in re.findall(r'<option[^>]*value="([^"]*)"', select(page, name)) if value]


def chosen(page: str) -> list[str]:
    """The locations that are shown as chosen; [""] for any."""
    marked = [tag for tag in re.findall(r"<option[^>]*>", select(page, "location")) if "selected" in tag]
    return [value for tag in marked for value in re.findall(r'value="([^"]*)"', tag)]


@pytest.mark.parametrize("path", [*(f"/{name}/" for name in LISTS), *DASHBOARDS])
def test_of_hundreds_of_places_a_page_offers_those_of_one_account(admin: FlaskClient, path: str) -> None:
    nothing, account = admin.get(path).text, admin.get(f"{path}?account={SECOND}").text
    assert len(options(nothing, "account")) > 50
    assert options(nothing) == []
    assert "disabled" in select(nothing, "location")
    assert HINT in select(nothing, "location")
    assert len(options(account)) == 10
    assert OF_SECOND in options(account)
    assert "disabled" not in select(account, "location")
    assert "<optgroup" not in select(account, "location")


@pytest.mark.parametrize("path", ["/calls/", *DASHBOARDS])
@pytest.mark.parametrize("who", ["admin", PORTFOLIO])
def test_a_location_in_the_address_is_chosen_among_those_of_its_account(
    client_of: ClientOf, path: str, who: str
) -> None:
    page = client_of(who).get(f"{path}?location={OF_SECOND}").text
    assert len(options(page)) == 10
    assert chosen(page) == [OF_SECOND]
    if path == "/calls/":
        assert "Remove filter Location: Bulk" in page


def test_a_location_of_another_account_finds_nothing_and_is_shown(admin: FlaskClient) -> None:
    page = admin.get(f"/calls/?account={FIRST}&location={OF_SECOND}").text
    assert "No calls match these filters." in page
    assert len(options(page)) == 11
    assert chosen(page) == [OF_SECOND]
    assert select(page, "location").count("<optgroup") == 2


@pytest.mark.parametrize("path", ["/calls/", *DASHBOARDS])
def test_a_place_out_of_reach_is_404_among_hundreds_too(client_of: ClientOf, path: str) -> None:
    client = client_of(PORTFOLIO)
    assert client.get(f"{path}?location={OF_SECOND}").status_code == 200
    for query in (f"location={SEAPORT}", f"location={NOWHERE}", f"account={FIRST}&location={SEAPORT}"):
        assert client.get(f"{path}?{query}").status_code == 404
    assert client.get(f"{path}?location=x").status_code == 400


def test_the_locations_follow_the_account_beside_the_list(admin: FlaskClient) -> None:
    part = admin.get(f"/calls/?account={SECOND}", headers={"HX-Request": "true"}).text
    assert 'hx-swap-oob="true"' in select(part, "location")
    assert 'id="filter-location"' in select(part, "location")
    assert len(options(part)) == 10
    assert HINT in admin.get("/calls/", headers={"HX-Request": "true"}).text
    assert "hx-swap-oob" not in admin.get(f"/calls/?account={SECOND}").text


def test_whoever_has_few_places_chooses_among_all_of_them(client_of: ClientOf) -> None:
    client = client_of("manager")
    page = client.get("/calls/").text
    assert OF_FIRST in options(page)
    assert SEAPORT in options(page)
    assert select(page, "location").count("<optgroup") == len(options(page, "account")) > 1
    assert "hx-swap-oob" not in client.get("/calls/", headers={"HX-Request": "true"}).text
    assert SEAPORT in options(client.get("/").text)
