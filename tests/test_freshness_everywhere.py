"""Metrics that are late, fail or never came are told on every page and in every file that shows them."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from certus_admin.config import CHECKOUT
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf

AGO = "update private.metrics_refreshes set started_at = now(), finished_at = now() - interval '{}'"
FAIL = """insert into private.metrics_refreshes (started_at, finished_at, error_code, error)
values (now(), now(), '22000', 'the refresh would have emptied the metrics')"""
STATES = {
    "fresh": [AGO.format("0 minutes")],
    "late": [AGO.format("16 minutes")],
    "failed": [AGO.format("4 minutes"), FAIL],
    "never": ["delete from private.metrics_refreshes"],
}
PAGES = ("/", "/analytics/")
HEALTH = {
    "late": "older than 5 minutes",
    "failed": "The last refresh failed",
    "never": "The numbers were never computed",
}
ENDING = {"fresh": "", "late": "-late", "failed": "-refresh-fails", "never": "-never-computed"}
RPC = "select public.metrics_refreshed_at(), public.metrics_failing_since()"


@pytest.fixture
def owner(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The owner, whose refreshes are new again once the test is over."""
    with database.owner(autocommit=True) as owner:
        yield owner
        owner.execute("delete from private.metrics_refreshes")
        owner.execute("select private.refresh_metrics()")


@pytest.fixture
def clients(client_of: ClientOf) -> dict[str, FlaskClient]:
    """Each role."""
    return {person: client_of(person) for person in ("operator", "manager", "admin")}


@pytest.mark.parametrize("state", STATES)
def test_every_reader_of_metrics_is_told(
    clients: dict[str, FlaskClient], owner: psycopg.Connection[Any], state: str
) -> None:
    for statement in STATES[state]:
        owner.execute(statement)
    for client in clients.values():
        for path in PAGES:
            for headers in ({}, {"HX-Request": "true"}):
                told = re.findall(r'data-freshness="([a-z]+)"', client.get(path, headers=headers).text)
                assert told == ([] if state == "fresh" else [state]), path
        with client.get("/analytics/metrics.csv") as file:
            assert re.search(r"(-[a-z-]+)?\.csv", file.headers["Content-Disposition"])
            name = re.sub(r".*(local-dates|America-New_York)", "", file.headers["Content-Disposition"])
            assert name == f'{ENDING[state]}.csv"'
    health = clients["admin"].get("/health/").text
    assert {told for told, words in HEALTH.items() if words in health} == {state} - {"fresh"}
    refreshed_at, failing_since = owner.execute(RPC).fetchone() or (None, None)
    assert (refreshed_at is None, failing_since is None) == (state == "never", state != "failed")


def test_no_other_page_reads_the_metrics(app: Flask) -> None:
    readers = {
        path.name
        for path in (CHECKOUT / "certus_admin" / "queries").glob("*.py")
        if re.search(r"(from|join) public\.metrics_(daily_v|hours_v|by_day)|MetricsDaily\b", path.read_text())
    }
    # Overview; Analytics (three); the file; what a person sees is a count of rows, and shows none of them.
    assert readers == {"kpis.py", "analytics.py", "analytics_hours.py", "metrics.py"}
