"""The first page: what its tiles say, and that the lists behind them hold exactly the rows they count."""

import re
from html import unescape
from uuid import uuid4

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from certus_admin.database import statement_count
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf

JANUARY = "/?from=2026-01-01&to=2026-01-31"
SEAPORT = "10c00000-0000-7000-8000-0000000000a1"
MISSION = "10c00000-0000-7000-8000-0000000000b1"
LUMEN = "a0000000-0000-7000-8000-00000000000c"
TILES = (
    "calls", "answered", "missed-rate", "containment", "handle-time", "order-revenue", "orders",
    "reservation-estimate", "reservations", "minutes-saved",
)  # fmt: skip


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def tile(client: FlaskClient, key: str, path: str = JANUARY) -> tuple[str, str]:
    """What a tile says, and where it leads."""
    page = client.get(path)
    assert page.status_code == 200
    found = re.search(rf'<section class="tile" aria-labelledby="tile-{key}">.*?</section>', page.text, re.S)
    assert found is not None, f"there is no tile {key}"
    link = re.search(r'class="tile-link" href="([^"]+)"', found[0])
    assert link is not None, f"the tile {key} leads nowhere"
    return words(found[0]), unescape(link[1])


def list_says(client: FlaskClient, url: str) -> str:
    """The count and the sums above a list."""
    page = client.get(url)
    assert page.status_code == 200, url
    found = re.search(r"<p[^>]*data-count[^>]*>.*?</p>", page.text, re.S)
    assert found is not None
    return words(found[0])


@pytest.mark.parametrize("name", ["admin", "manager", "operator"])
@pytest.mark.parametrize("path", [JANUARY, "/?from=2026-01-14&to=2026-01-14"])
def test_a_tiles_number_is_its_lists_count(client_of: ClientOf, name: str, path: str) -> None:
    client = client_of(name)
    for key in ("calls", "answered", "orders", "reservations"):
        _said, url = tile(client, key, path)
        counted = re.match(r"[\d,]+", list_says(client, url))
        assert counted is not None, url
        value = re.search(rf'id="tile-{key}".*?class="tile-value">([^<]*)<', client.get(path).text, re.S)
        assert value is not None
        assert value[1].strip() == counted[0], f"{key}: {url}"


def test_rates_name_the_rows_behind_them(client_of: ClientOf) -> None:
    client = client_of("admin")
    for key, noun in (("missed-rate", "calls"), ("containment", "answered calls")):
        said, url = tile(client, key)
        part = re.search(rf"(\d+) of (\d+) {noun}", said)
        assert part is not None, said
        assert re.match(r"[\d,]+", list_says(client, url))[0] == part[1]  # type: ignore[index]


def test_sums_of_money_equal_their_lists_and_stay_in_their_currency(
    client_of: ClientOf, database: Database
) -> None:
    client = client_of("manager")
    said, url = tile(client, "order-revenue")
    with database.owner() as owner:
        total = owner.execute(
            "select sum(total_amount) as total from public.order_logs where status <> 'canceled'"
        )
        amount = total.fetchone().total
    assert f"${amount:,.0f}" in said
    assert f"${amount:,.2f}" in list_says(client, url)
    assert "€" not in said
    assert "and in EUR" in tile(client_of("admin"), "order-revenue")[0]


def test_revenue_nobody_can_know_is_said_to_be_unknown(client_of: ClientOf) -> None:
    said, _url = tile(client_of("admin"), "reservation-estimate", f"{JANUARY}&account={LUMEN}")
    assert "Revenue known for 0 of 1 reservations" in said
    assert "not known" in said
    assert "€0" not in said


def test_every_tile_has_its_definition_its_age_and_its_comparison(client_of: ClientOf) -> None:
    client = client_of("admin")
    for key in TILES:
        said, _url = tile(client, key)
        assert "no earlier data" in said
        assert "Computed" in said
    page = client.get(JANUARY).text
    for key in TILES:
        assert f'aria-describedby="tip-{key}"' in page
        assert f'role="tooltip" id="tip-{key}"' in page


def test_links_carry_the_period_and_the_place(client_of: ClientOf) -> None:
    client = client_of("admin")
    assert tile(client, "calls")[1] == "/calls/?direction=inbound&from=2026-01-01&to=2026-01-31"
    url = tile(client, "calls", f"/?period=7d&location={SEAPORT}")[1]
    assert url == f"/calls/?direction=inbound&period=7d&location={SEAPORT}"


def test_an_operator_sees_nothing_of_other_customers(client_of: ClientOf) -> None:
    assert "Tres Soles" in client_of("admin").get(JANUARY).text
    page = client_of("operator").get(JANUARY).text
    assert "Seaport" in page
    for name in ("Tres Soles", "Maison Lumen", "Brooklyn"):
        assert name not in page


def test_a_location_out_of_reach_looks_like_one_that_does_not_exist(client_of: ClientOf) -> None:
    assert client_of("admin").get(f"/?location={MISSION}").status_code == 200
    operator = client_of("operator")
    hidden, missing = operator.get(f"/?location={MISSION}"), operator.get(f"/?location={uuid4()}")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert operator.get(f"/?account={LUMEN}").status_code == 404


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("period=fortnight", "period"), ("from=soon", "from"), ("to=2026-99-99", "to"),
        ("from=2026-02-02&to=2026-02-01", "from"), ("location=x", "location"), ("account=%00", "account"),
        ("period=7d&period=30d", "period"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_400_that_names_the_field(
    client_of: ClientOf, query: str, name: str
) -> None:
    answer = client_of("operator").get(f"/?{query}")
    assert answer.status_code == 400
    assert f"({name})" in answer.text


def test_activities_open_their_calls_and_say_who_needs_a_look(client_of: ClientOf) -> None:
    page = client_of("admin").get(JANUARY).text
    rows = re.findall(r'<a class="row-link" href="(/calls/[0-9a-f-]{36})" data-drawer>', page)
    assert len(rows) == 20
    assert client_of("admin").get(rows[0]).status_code == 200
    assert "Needs review" in page
    for kind in ("call", "order", "reservation", "note"):
        assert f"kind-{kind}" in page
    assert not re.search(r"555-\d{4}", page), "a full number is on the page"


def test_somebody_without_access_is_told_what_to_do(client_of: ClientOf) -> None:
    page = client_of("newcomer").get("/")
    assert page.status_code == 200
    assert "You have no access yet" in words(page.text)
    assert 'class="tile"' not in page.text


def test_a_location_without_calls_says_so(client_of: ClientOf) -> None:
    page = words(client_of("operator.pier").get("/").text)
    assert "No calls here in this period" in page


def test_the_pickers_get_a_part_and_everybody_else_the_page(client_of: ClientOf) -> None:
    client = client_of("operator")
    part, page = client.get(JANUARY, headers={"HX-Request": "true"}), client.get(JANUARY)
    assert "<html" not in part.text
    assert "<html" in page.text
    assert 'class="tile"' in part.text
    assert "HX-Request" in part.headers["Vary"]
    assert "HX-Request" in page.headers["Vary"]


@pytest.mark.parametrize("name", ["admin", "manager", "operator", "operator.pier"])
def test_the_page_takes_six_statements_whoever_asks(app: Flask, client_of: ClientOf, name: str) -> None:
    client = client_of(name)
    with client:
        for path in (JANUARY, "/", "/?period=today", "/?period=90d"):
            assert client.get(path).status_code == 200
            assert statement_count() == 6, path
            assert g.statements == 6


def test_stale_numbers_are_announced(client_of: ClientOf, database: Database) -> None:
    client = client_of("operator")
    with database.owner() as owner:
        # The template's numbers are as old as this run of the suite.
        owner.execute("update private.metrics_refreshes set finished_at = now()")
    assert "These numbers were computed" not in client.get("/").text
    with database.owner() as owner:
        owner.execute("update private.metrics_refreshes set finished_at = finished_at - interval '1 hour'")
    try:
        assert "These numbers were computed" in words(client.get("/").text)
    finally:
        with database.owner() as owner:
            owner.execute(
                "update private.metrics_refreshes set finished_at = finished_at + interval '1 hour'"
            )


def test_numbers_that_were_never_computed_are_announced(client_of: ClientOf, database: Database) -> None:
    client = client_of("operator")
    with database.owner() as owner:
        owner.execute("refresh materialized view public.mv_metrics_daily with no data")
        owner.execute("delete from private.metrics_refreshes")
    try:
        page = client.get("/")
        assert page.status_code == 200
        assert "The numbers have not been computed yet" in words(page.text)
    finally:
        with database.owner() as owner:
            owner.execute("select private.refresh_metrics()")
