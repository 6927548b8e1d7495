"""Analytics: charts, tables, file and the lists they lead to agree, whoever asks and whatever is chosen."""

import csv
import html
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient

from certus_admin.formats import money
from tests.analytics_pages import (
    ANSWERED,
    KEPT,
    MISSED,
    Facts,
    charts_on,
    filters_in,
    hours_on,
    ranking_on,
    table_on,
    words,
)
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.made_calls import HARBOUR, SEAPORT, SOLES, count_on, make_calls

LUMEN = "a0000000-0000-7000-8000-00000000000c"
MISSION = "10c00000-0000-7000-8000-0000000000b1"
MARAIS = "10c00000-0000-7000-8000-0000000000c1"
REACH: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "admin": ((HARBOUR, SOLES, LUMEN), (SEAPORT, MISSION, MARAIS)),
    "manager": ((HARBOUR, SOLES), (SEAPORT, MISSION)),
    "operator": ((HARBOUR,), (SEAPORT,)),
    "manager.lyon": ((LUMEN,), ("10c00000-0000-7000-8000-0000000000c2",)),
}
JANUARY = "/analytics/?from=2026-01-01&to=2026-01-31"
TODAY = date.today()  # noqa: DTZ011 - a day more or less does not matter here


@pytest.fixture(scope="module", autouse=True)
def years_of_calls(database: Database) -> None:
    """Calls of this week, and now and then over two years, at every location."""
    make_calls(database, "week ", 50)
    make_calls(database, "years ", 120, apart=307)
    with database.owner() as owner:
        owner.execute("select private.refresh_metrics()")


@pytest.fixture(scope="module")
def signed_in() -> dict[str, FlaskClient]:
    return {}


@pytest.fixture
def client_as(client_of: ClientOf, signed_in: dict[str, FlaskClient]) -> ClientOf:
    """A client a person, signed in once."""

    def client(name: str) -> FlaskClient:
        if name not in signed_in:
            signed_in[name] = client_of(name)
        return signed_in[name]

    return client


def some_choice(chance: Random, person: str) -> dict[str, Any]:
    accounts, locations = REACH[person]
    chosen: dict[str, Any] = {}
    if chance.random() < 0.5:
        chosen["period"] = chance.choice(["today", "yesterday", "7d", "30d", "90d"])
    else:
        chosen["from"] = TODAY - timedelta(days=chance.randrange(700))
        chosen["to"] = chosen["from"] + timedelta(days=chance.choice([0, 6, 20, 120]))
    place = chance.random()
    if place < 0.3:
        chosen["account"] = chance.choice(accounts)
    elif place < 0.6:
        chosen["location"] = chance.choice(locations)
    return chosen | {"compare": chance.choice(["before", "year", "none"])}


CHOICES = [(chance.choice(list(REACH)), chance) for chance in map(Random, range(24))]


@pytest.mark.parametrize(
    ("person", "chance"), CHOICES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_charts_tables_file_and_lists_agree_with_sql(
    client_as: ClientOf, database: Database, person: str, chance: Random
) -> None:
    chosen, client = some_choice(chance, person), client_as(person)
    facts = Facts(database, f"{person}@certus.example", chosen)
    page = client.get("/analytics/", query_string=filters_in(chosen))
    assert page.status_code == 200
    charts = charts_on(page.text)
    check_calls(charts["calls"], facts)
    check_money(charts, facts)
    check_compared(charts, Facts(database, f"{person}@certus.example", chosen, chosen["compare"]), chosen)
    assert {place: cell[0] for place, cell in hours_on(page.text).items()} == facts.hours()
    assert sum(int(cells[0].replace(",", "")) for _, cells in ranking_on(page.text)) == len(facts.calls)
    check_file(client, chosen, facts)
    check_links(client, page.text, charts, chance)


def check_calls(chart: dict[str, Any], facts: Facts) -> None:
    """Each bar of the calls, and nothing left out at either end."""
    answered, missed, other = (series["values"] for series in chart["series"])
    for index, day in enumerate(chart["days"]):
        assert answered[index] == facts.calls_on(day, *ANSWERED)
        assert missed[index] == facts.calls_on(day, *MISSED)
        assert other[index] == facts.calls_on(day, "voicemail", "unknown")
    assert sum(answered) + sum(missed) + sum(other) == len(facts.calls)


def check_money(charts: dict[str, dict[str, Any]], facts: Facts) -> None:
    """Revenue by currency, minutes and rates; what nobody knows is a gap, what did not happen a zero."""
    for name, chart in charts.items():
        if name.startswith("revenue-"):
            currency = name.removeprefix("revenue-")
            orders, estimates = (series["values"] for series in chart["series"])
            assert orders == [pytest.approx(facts.orders_on(day, currency)) for day in chart["days"]]
            expected = [facts.tables_on(day, currency) for day in chart["days"]]
            assert estimates == [None if value is None else pytest.approx(value) for value in expected]
    days = charts["saved"]["days"]
    assert charts["saved"]["series"][0]["values"] == [pytest.approx(facts.minutes_on(day)) for day in days]
    containment, missed = (series["values"] for series in charts["rates"]["series"])
    for index, day in enumerate(days):
        calls, answered = facts.calls_on(day), facts.calls_on(day, *ANSWERED)
        assert missed[index] == (facts.calls_on(day, *MISSED) / calls if calls else None)
        assert containment[index] == (facts.calls_on(day, *KEPT) / answered if answered else None)


def check_compared(charts: dict[str, dict[str, Any]], facts: Facts, chosen: dict[str, Any]) -> None:
    """The thin line has the other dates' calls; there is none where nothing is compared or known."""
    line = charts["calls"]["compared"]
    if chosen["compare"] == "none" or not (facts.calls or facts.orders or facts.tables):
        assert line is None
        return
    assert sum(value or 0 for value in line["values"]) == len(facts.calls) - uncounted(facts, charts)


def uncounted(facts: Facts, charts: dict[str, dict[str, Any]]) -> int:
    """Calls of a February 29 a year ago, which no date of the period stands beside."""
    if facts.values["compare"] != "year":
        return 0
    return sum((row[0].month, row[0].day) == (2, 29) for row in facts.calls)


def check_file(client: FlaskClient, chosen: dict[str, Any], facts: Facts) -> None:
    """The file has the columns of the view in their order, and exactly the rows of the choice."""
    answer = client.get("/analytics/metrics.csv", query_string=filters_in(chosen))
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    answer.close()
    assert lines[0] == facts.metrics_names
    assert answer.headers["X-Row-Count"] == str(len(lines) - 1)
    assert lines[1:] == [
        ["" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value) for value in row]
        for row in facts.metrics
    ]


def check_links(client: FlaskClient, page: str, charts: dict[str, dict[str, Any]], chance: Random) -> None:
    """Bars and cells lead to lists whose count, or sum, is their own."""
    for series in charts["calls"]["series"] + [each for each in [charts["calls"]["compared"]] if each]:
        index = chance.randrange(len(series["values"]))
        if series["urls"][index] and series["values"][index] is not None:
            listed = client.get(series["urls"][index])
            assert count_on(listed.text) == f"{series['values'][index]:,.0f}", series["urls"][index]
    for name, chart in charts.items():
        days = [index for index, value in enumerate(chart["series"][0]["values"]) if value]
        if name.startswith("revenue-") and days:
            index = chance.choice(days)
            listed = words(client.get(chart["series"][0]["urls"][index]).text)
            amount = money(chart["series"][0]["values"][index], name.removeprefix("revenue-"))
            assert amount in listed
    if cells := list(hours_on(page).values()):
        count, url = chance.choice(cells)
        assert count_on(client.get(url).text) == f"{count:,}", url


def test_what_did_not_happen_is_zero_and_what_nobody_knows_is_a_gap(client_as: ClientOf) -> None:
    page = client_as("admin").get(f"{JANUARY}&account={LUMEN}").text
    charts = charts_on(page)
    second = charts["calls"]["days"].index("2026-01-02")
    assert [series["values"][second] for series in charts["calls"]["series"]] == [0, 0, 0]
    assert [series["values"][second] for series in charts["rates"]["series"]] == [None, None]
    assert charts["revenue-EUR"]["series"][0]["values"][second] == 0
    assert None in charts["revenue-EUR"]["series"][1]["values"]
    opened = client_as("admin").get(f"{JANUARY}&account={LUMEN}&table=revenue-EUR").text
    assert any("not known" in row[2] for row in table_on(opened, "revenue-EUR"))


@pytest.mark.parametrize("person", ["admin", "manager", "operator"])
def test_a_table_has_what_its_chart_draws_by_itself_and_on_the_page(client_as: ClientOf, person: str) -> None:
    client, address = client_as(person), "/analytics/?period=30d&compare=year&table=calls"
    page, part = client.get(address), client.get(address, headers={"HX-Request": "true"})
    assert "<table" in part.text
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]
    chart = charts_on(page.text)["calls"]
    section = f'<section aria-labelledby="chart-calls">{part.text}</section>'
    assert table_on(page.text, "calls") == table_on(section, "calls")
    columns = [*chart["series"], *([chart["compared"]] if chart["compared"] else [])]
    for row, *values in zip(
        table_on(section, "calls")[::-1], *(column["values"] for column in columns), strict=True
    ):
        assert row[1:] == ["– not known" if value is None else f"{value:,.0f}" for value in values]
    linked = [html.unescape(url) for url in re.findall(r'<td class="to-end"><a href="([^"]+)"', part.text)]
    assert set(linked) == {url for column in columns for url in column["urls"] if url}


def test_there_is_no_table_of_a_chart_that_is_not_there(client_as: ClientOf) -> None:
    client = client_as("manager")
    fetched = {"HX-Request": "true"}
    assert client.get("/analytics/?table=revenue-JPY", headers=fetched).status_code == 404
    assert client.get("/analytics/?table=<script>").status_code == 400


def test_currencies_stay_apart(client_as: ClientOf) -> None:
    everything = client_as("admin").get(JANUARY).text
    assert {"revenue-USD", "revenue-EUR"} <= charts_on(everything).keys()
    assert [name for name in charts_on(client_as("manager").get(JANUARY).text) if "revenue" in name] == [
        "revenue-USD"
    ]
    ranked = ranking_on(client_as("admin").get(f"{JANUARY}&sort=revenue").text)
    signs = [cells[4][0] for _, cells in ranked]
    assert signs == sorted(signs, reverse=signs[0] == "€")
    assert set(signs) == {"$", "€"}


def test_february_29_is_compared_with_february_28(client_as: ClientOf, database: Database) -> None:
    with database.owner() as owner:
        owner.execute(
            """insert into public.call_logs (account_id, location_id, provider, provider_call_id, direction,
                provider_status, started_at, from_number)
            select %s, %s, 'retell', gen_random_uuid()::text, 'inbound', 'ended',
                (day || ' 12:00-05')::timestamptz, '+1 617-555-0100'
            from unnest(array['2023-02-28', '2024-02-28', '2024-02-29', '2024-02-29', '2024-03-01']) day""",
            [HARBOUR, SEAPORT],
        )
        owner.execute("select private.refresh_metrics()")
    client = client_as("operator")

    def compared(first: str, last: str) -> list[float | None]:
        page = client.get(f"/analytics/?from={first}&to={last}&compare=year").text
        line = charts_on(page)["calls"]["compared"]
        assert line is not None, first
        return list(line["values"])

    # Each date a year ago is drawn once.
    assert compared("2024-02-28", "2024-03-01") == [1, None, 0]
    assert compared("2024-02-29", "2024-03-01") == [1, 0]
    assert compared("2025-02-28", "2025-03-01") == [1, 1]


def test_of_many_locations_the_first_are_listed_and_all_on_demand(
    client_as: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = client_as("admin"), "/analytics/?period=30d&sort=calls"
    everything = ranking_on(client.get(address).text)
    assert len(everything) > 3
    monkeypatch.setattr("views.analytics_tables.RANKED_FIRST", 3)
    page = client.get(address).text
    assert ranking_on(page) == everything[:3]
    assert f"The first 3 of {len(everything)} locations." in words(page)
    following = re.search(r'href="(/analytics/\?[^"]+)#ranking-title">Show all', page)
    assert following is not None
    assert ranking_on(client.get(html.unescape(following[1])).text) == everything
