"""The page about health: a word for each part, and what every page says while the metrics are not fresh."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from certus_admin.drift import Entry, expected_catalogue
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from views.health_parts import health_parts, worst

SHOWING_METRICS = ("/", "/analytics/")
CALL = """insert into public.call_logs (account_id, location_id, provider, provider_call_id, provider_status,
    end_reason, started_at)
select account_id, id, 'vapi', 'health-1', 'ended', '<b>never-heard-of</b>', now()
from public.locations where name like '%%Seaport' returning id"""


@pytest.fixture
def owner(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The owner, whose refreshes are as they were once the test is over."""
    with database.owner(autocommit=True) as owner:
        runs = owner.execute("select to_jsonb(r)::text as run from private.metrics_refreshes r").fetchall()
        owner.execute("update private.metrics_refreshes set started_at = now(), finished_at = now()")
        yield owner
        owner.execute("delete from private.metrics_refreshes")
        for (run,) in runs:
            owner.execute(
                """insert into private.metrics_refreshes overriding system value
                select * from jsonb_populate_record(null::private.metrics_refreshes, %s::jsonb)""",
                [run],
            )


def words(html: str) -> str:
    """A page's words in one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def states(admin: FlaskClient) -> dict[str, str]:
    """The state of each part, as the page says it."""
    page = admin.get("/health/")
    assert page.status_code == 200
    return dict(re.findall(r'id="([a-z_]+)" aria-labelledby="[a-z_-]+" data-state="([a-z]+)"', page.text))


def fail(owner: psycopg.Connection[Any], when: str = "now()") -> None:
    owner.execute(
        f"""insert into private.metrics_refreshes (started_at, finished_at, error_code, error)
        values ({when}, {when}, '22000', 'the refresh would have emptied the metrics')"""
    )


def test_a_fresh_database_is_good_where_it_can_be_measured(
    admin: FlaskClient, owner: psycopg.Connection[Any]
) -> None:
    found = states(admin)
    assert list(found) == [
        "refreshes",
        "unknown_statuses",
        "drift",
        "connections",
        "statements",
        "versions",
    ]
    assert (found["refreshes"], found["drift"], found["connections"]) == ("good", "good", "good")
    page = words(admin.get("/health/").text)
    assert "Not measured: this server does not carry pg_stat_statements" in page
    assert "of 100 connections are taken" in page


@pytest.mark.parametrize("person", ["operator", "manager"])
def test_others_find_neither_the_page_nor_its_entry_in_the_menu(client_of: ClientOf, person: str) -> None:
    client = client_of(person)
    assert client.get("/health/").status_code == 403
    assert 'href="/health/"' not in client.get("/").text


def test_the_pages_of_people_have_no_metrics_for_machines(admin: FlaskClient) -> None:
    assert admin.get("/metrics").status_code == 404


def test_what_a_hand_changed_is_named_on_the_page(admin: FlaskClient, owner: psycopg.Connection[Any]) -> None:
    owner.execute("alter table public.call_logs add column scratch text")
    try:
        assert states(admin)["drift"] == "bad"
        page = words(admin.get("/health/").text)
        assert "1 object differs" in page
        assert "Added column public.call_logs.scratch" in page
    finally:
        owner.execute("alter table public.call_logs drop column scratch")
    assert states(admin)["drift"] == "good"


def test_a_file_that_changed_since_is_worth_a_look(
    admin: FlaskClient, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("update private.applied_files set sha256 = 'x' || sha256 where file = 'schema.sql'")
    try:
        assert states(admin)["drift"] == "look"
        assert "Not applied as they are now: schema.sql" in words(admin.get("/health/").text)
    finally:
        owner.execute("update private.applied_files set sha256 = substr(sha256, 2) where file = 'schema.sql'")


def test_a_part_that_cannot_be_read_leaves_the_others(
    admin: FlaskClient, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("alter function private.health_connections() rename to away")
    try:
        assert states(admin)["connections"] == "bad"
        assert states(admin)["versions"] == "good"
        assert "Could not be read: a function is missing (SQLSTATE 42883)" in words(
            admin.get("/health/").text
        )
    finally:
        owner.execute("alter function private.away() rename to health_connections")


def test_a_status_that_no_rule_knows_is_shown_with_a_call_of_it(
    admin: FlaskClient, owner: psycopg.Connection[Any]
) -> None:
    row = owner.execute(CALL).fetchone()
    assert row is not None
    try:
        page = admin.get("/health/").text
        assert states(admin)["unknown_statuses"] == "look"
        assert "&lt;b&gt;never-heard-of&lt;/b&gt;" in page
        assert f'href="/calls/{row.id}"' in page
        listed = re.search(r'href="(/calls/\?[^"]*unknown[^"]*)"', page)
        assert listed is not None
        assert str(row.id) in admin.get(listed[1].replace("&amp;", "&")).text
    finally:
        owner.execute("delete from public.call_logs where id = %s", [row.id])


def test_the_last_refreshes_are_listed_with_their_errors(
    admin: FlaskClient, owner: psycopg.Connection[Any]
) -> None:
    fail(owner)
    assert states(admin)["refreshes"] == "bad"
    page = words(admin.get("/health/").text)
    assert "the refresh would have emptied the metrics (22000)" in page
    assert "Failing since" in page


@pytest.mark.parametrize("person", ["operator", "manager", "admin"])
@pytest.mark.parametrize("path", SHOWING_METRICS)
def test_pages_with_metrics_are_quiet_while_those_are_fresh(
    client_of: ClientOf, owner: psycopg.Connection[Any], path: str, person: str
) -> None:
    page = client_of(person).get(path).text
    assert "data-freshness" not in page
    assert "age-late" not in page


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("path", SHOWING_METRICS)
def test_pages_with_metrics_say_that_the_refresh_failed(
    client_of: ClientOf, owner: psycopg.Connection[Any], path: str, headers: dict[str, str]
) -> None:
    owner.execute("update private.metrics_refreshes set finished_at = now() - interval '4 minutes'")
    fail(owner)
    page = client_of("operator").get(path, headers=headers).text
    assert 'data-freshness="failed"' in page
    assert re.search("computed 4 minutes ago ?, and computing them anew has failed since", words(page))
    assert "/health/" not in page


@pytest.mark.parametrize("path", SHOWING_METRICS)
def test_pages_with_metrics_say_that_they_are_late_and_how_old(
    client_of: ClientOf, owner: psycopg.Connection[Any], path: str
) -> None:
    owner.execute("update private.metrics_refreshes set finished_at = now() - interval '16 minutes'")
    page = client_of("operator").get(path).text
    assert 'data-freshness="late"' in page
    assert "computed 16 minutes ago" in words(page)
    if path == "/":
        assert page.count("age-late") == page.count('class="tile"') > 5


@pytest.mark.parametrize("path", SHOWING_METRICS)
def test_pages_with_metrics_say_that_they_were_never_computed(
    client_of: ClientOf, owner: psycopg.Connection[Any], path: str
) -> None:
    owner.execute("delete from private.metrics_refreshes")
    assert 'data-freshness="never"' in client_of("operator").get(path).text
    fail(owner)
    page = client_of("operator").get(path).text
    assert "The numbers could not be computed" in words(page)


def test_an_admin_is_led_from_the_banner_to_health(
    admin: FlaskClient, owner: psycopg.Connection[Any]
) -> None:
    fail(owner)
    banner = admin.get("/").text.split("data-freshness", 1)[1].split("</div>", 1)[0]
    assert 'href="/health/"' in banner


def refreshes(**parts: Any) -> dict[str, Any]:
    """What the database would tell of metrics that are fresh and were found right, with `parts` instead."""
    now = datetime.now(UTC).isoformat()
    well: dict[str, Any] = {
        "refreshed_at": now,
        "failing_since": None,
        "compared": {"at": now, "seconds": 2, "rows": 8, "differences": 0},
        "comparing_fails": False,
        "differences": 0,
        "runs": [],
        "schedule": None,
    }
    return well | parts


def report(**parts: Any) -> dict[str, Any]:
    """What the database would tell when all is well, with `parts` instead."""
    catalogue = [
        Entry(key.rpartition(" ")[0], key.rpartition(" ")[2], "", words, False)
        for key, words in expected_catalogue().items()
    ]
    well: dict[str, Any] = {
        "refreshes": refreshes(refreshed_at=None),
        "unknown_statuses": {"calls": 0, "complete": True, "combinations": 0, "rows": []},
        "statements": {"installed": True, "hidden": 0, "rows": []},
        "connections": {"most": 100, "used": 3, "hidden": 0, "owner": "o", "longest": None, "rows": []},
        "versions": {"fault": "58000"},
        "catalogue": catalogue,
    }
    return well | parts


def judged(part: str, **parts: Any) -> tuple[str, str]:
    found = next(each for each in health_parts(report(**parts)) if each.id == part)
    return found.state, found.summary


@pytest.mark.parametrize(
    ("used", "seconds", "hidden", "state"),
    [
        (3, 0, 0, "good"),
        (71, 0, 0, "look"),
        (91, 0, 0, "bad"),
        (3, 301, 0, "look"),
        (3, 1801, 0, "bad"),
        (3, 0, 2, "look"),
    ],
)
def test_connections_are_judged_by_how_full_and_how_long(
    used: int, seconds: int, hidden: int, state: str
) -> None:
    longest = {"seconds": seconds, "application": "a", "state": "active"}
    told = {"most": 100, "used": used, "hidden": hidden, "owner": "o", "longest": longest, "rows": []}
    assert judged("connections", connections=told)[0] == state


@pytest.mark.parametrize(
    ("mean", "hidden", "state"),
    [(900, 0, "good"), (1100, 0, "look"), (5100, 0, "bad"), (1, 3, "look")],
)
def test_statements_are_judged_by_their_mean(mean: int, hidden: int, state: str) -> None:
    row = {"shape": "select $1", "calls": 2, "mean_ms": mean, "longest_ms": mean, "total_ms": mean}
    assert judged("statements", statements={"installed": True, "hidden": hidden, "rows": [row]})[0] == state


def test_a_server_that_could_measure_is_told_how() -> None:
    parts = health_parts(report(statements={"installed": False, "available": True}))
    told = next(part for part in parts if part.id == "statements")
    assert told.state == "look"
    assert "create extension pg_stat_statements" in (told.advice or "")


@pytest.mark.parametrize(
    ("told", "state", "words"),
    [
        ({}, "good", "found no difference"),
        ({"differences": 3}, "look", "found 3 daily rows wrong, and healed them"),
        ({"compared": None}, "look", "not compared for three hours"),
        ({"compared": {"at": "2026-01-01T00:00:00+00:00"}}, "look", "not compared for three hours"),
        ({"comparing_fails": True}, "look", "comparing them failed"),
    ],
)
def test_metrics_on_time_are_judged_by_their_comparison(told: dict[str, Any], state: str, words: str) -> None:
    found, summary = judged("refreshes", refreshes=refreshes(**told))
    assert found == state
    assert words in summary


def test_the_worst_part_is_the_state_of_all() -> None:
    parts = health_parts(report())
    assert {part.id: part.state for part in parts if part.state != "good"} == {
        "refreshes": "bad",
        "versions": "bad",
    }
    assert worst(parts) == "bad"
