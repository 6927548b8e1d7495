"""Configuration's index, what the AI would do at a moment, busy mode, and what each page costs."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from tests.configured import ACCOUNT, BASE, HOURS, LYON, LYON_ACCOUNT, MARKET, SEAPORT, fields_of, send, words
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def not_busy(database: Database) -> None:
    """Nothing is busy before a test."""
    with database.owner() as owner:
        owner.execute(
            """update public.location_settings set busy_mode_enabled = false, busy_until = null,
                busy_reason = null, extra_wait_seconds = 0"""
        )


def busy(database: Database, location_id: UUID, at: datetime | None = None) -> Any:
    """What `location_state_at` says of busy mode."""
    with database.owner() as owner:
        return owner.execute(
            """select s.busy, s.busy_until, s.busy_reason, s.extra_wait_seconds, s.until, s.is_open
            from public.location_state_at(%s, coalesce(%s, now())) s""",
            [location_id, at],
        ).fetchone()


def test_the_index_shows_what_everybody_looks_after(client_of: ClientOf):
    assert "Tres Soles Oakland" in client_of("manager").get("/configuration/").text
    operator = client_of("operator").get("/configuration/").text
    assert "Harbour &amp; Vine Seaport" in operator
    assert "Tres Soles" not in operator
    assert "Brooklyn" not in operator
    assert "Ask an admin" in client_of("newcomer").get("/configuration/").text


def test_the_index_is_narrowed_to_an_account(manager: FlaskClient):
    page = manager.get(f"/configuration/?account={ACCOUNT}", headers=HTMX).text
    assert "Harbour &amp; Vine Seaport" in page
    assert "Tres Soles" not in page
    assert "<html" not in page
    assert manager.get(f"/configuration/?account={LYON_ACCOUNT}").status_code == 404
    assert manager.get("/configuration/?account=x").status_code == 400


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-24T12:00", "Open until 2:30 PM EST It answers as open, by the weekly hours."),
        ("2026-11-24T15:00", "Closed until 5:00 PM EST It says that the restaurant is closed"),
        ("2026-12-25T12:00", "by an exception (Christmas Day)"),
        ("2027-01-01T01:00", "Open until 2:00 AM EST It answers as open, by an exception (New Year's Eve)"),
        ("2027-03-14T02:30", "there is no 02:30"),
        ("2026-11-01T01:30", "Clocks are set back that night"),
        ("yesterday", "Write a date and a time."),
        ("1066-10-14T09:00", "between 2000 and 2100"),
    ],
)
def test_what_the_ai_would_do_is_answered_from_the_database(manager: FlaskClient, at: str, said: str):
    for headers in ({}, HTMX):
        response = manager.get(f"{HOURS}at", query_string={"at": at}, headers=headers)
        assert response.status_code == 200
        assert ("<html" in response.text) == (not headers)
        assert said in words(response.text)


def test_a_time_that_comes_twice_is_asked_about(manager: FlaskClient, database: Database):
    with database.owner() as owner:
        owner.execute(
            """update public.location_settings set busy_mode_enabled = true, busy_until = %s
            where location_id = %s""",
            [datetime(2026, 11, 1, 6, tzinfo=UTC), SEAPORT],
        )
    first, second = (
        words(manager.get(f"{HOURS}at?at=2026-11-01T01:30&reading={reading}", headers=HTMX).text)
        for reading in ("first", "second")
    )
    assert "First (EDT)" in first
    assert "Second (EST)" in first
    assert "Busy" in first
    assert "Not busy at that moment." in second


def test_busy_mode_is_switched_on_and_ends_by_itself(manager: FlaskClient, database: Database):
    path = f"{HOURS}busy"
    form = {
        **fields_of(manager.get(path).text),
        "wait": ["20"],
        "reason": ["Short of staff"],
        "duration": ["15"],
    }
    before = datetime.now(UTC)
    assert send(manager, path, form).status_code == 303
    state = busy(database, SEAPORT)
    assert (state.busy, state.busy_reason, state.extra_wait_seconds) == (True, "Short of staff", 1200)
    assert timedelta(minutes=14) < state.busy_until - before < timedelta(minutes=16)
    page = words(manager.get(path).text)
    assert "Busy now" in page
    assert "20 min extra wait" in page
    assert busy(database, SEAPORT, state.busy_until - timedelta(seconds=1)).busy
    over = busy(database, SEAPORT, state.busy_until)
    assert (over.busy, over.extra_wait_seconds) == (False, 0)


def test_busy_mode_of_several_locations_is_switched_on_and_ended(manager: FlaskClient, database: Database):
    path = f"{BASE}busy"
    form = {**fields_of(manager.get(path).text), "to": [str(SEAPORT), str(MARKET)]}
    assert send(manager, path, form, action="on", duration="60", wait="").status_code == 303
    assert busy(database, SEAPORT).busy
    assert busy(database, MARKET).busy
    form = {**fields_of(manager.get(path).text), "to": [str(SEAPORT), str(MARKET)]}
    assert send(manager, path, form, action="end").status_code == 303
    assert not busy(database, SEAPORT).busy
    assert not busy(database, MARKET).busy


def test_until_closing_is_when_the_location_closes(manager: FlaskClient, database: Database):
    path = f"{HOURS}busy"
    for hours, code in (((0, 0), 422), ((-1, 2), 303)):
        with database.owner() as owner:
            owner.execute("delete from public.location_hours where location_id = %s", [SEAPORT])
            if hours[1]:
                owner.execute(
                    """insert into public.location_hours
                        (account_id, location_id, weekday, opens_at, closes_at)
                    select account_id, id, extract(isodow from t), t::time, (t + interval '3 hours')::time
                    from public.locations l, lateral (
                        select date_trunc('minute', now() at time zone timezone) - interval '1 hour' as t
                    ) x where l.id = %s""",
                    [SEAPORT],
                )
        form = {**fields_of(manager.get(path).text), "duration": ["closing"]}
        assert send(manager, path, form).status_code == code
        state = busy(database, SEAPORT)
        assert state.busy == (code == 303)
    assert state.busy_until == state.until


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"duration": ["5"]}, "Choose how long."),
        ({"wait": ["soon"]}, "Write whole minutes."),
        ({"wait": ["-5"]}, "Write whole minutes."),
        ({"wait": ["241"]}, "Up to 240 minutes."),
        ({"reason": ["x" * 201]}, "up to 200 characters"),
        ({"to": []}, "at least one location"),
    ],
)
def test_bad_busy_modes_are_refused_beside_the_field(
    manager: FlaskClient, database: Database, change: dict[str, list[str]], said: str
):
    path = f"{BASE}busy"
    form = {**fields_of(manager.get(path).text), "to": [str(SEAPORT)], **change}
    response = send(manager, path, form, action="on")
    assert response.status_code == 422
    assert said in words(response.text)
    assert not busy(database, SEAPORT).busy


def test_operators_see_busy_mode_and_cannot_change_it(client_of: ClientOf, database: Database):
    operator = client_of("operator")
    for path in (f"{HOURS}busy", f"{BASE}busy"):
        page = operator.get(path)
        assert page.status_code == 200
        assert "Switch on" not in page.text
        assert send(operator, path, to=str(SEAPORT), duration="15", wait="0").status_code == 403
    assert not busy(database, SEAPORT).busy
    assert operator.get(f"/configuration/{LYON_ACCOUNT}/{LYON}/busy").status_code == 404
    assert send(operator, f"/configuration/{LYON_ACCOUNT}/{LYON}/busy", duration="15").status_code == 404


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/configuration/", 3),
        (BASE, 3),
        (HOURS, 4),
        (f"{HOURS}exceptions", 4),
        (f"{HOURS}busy", 4),
        (f"{BASE}busy", 4),
        (f"{BASE}exceptions/new", 3),
        (f"{HOURS}at?at=2026-11-24T12:00", 4),
        (f"{HOURS}copy?to={MARKET}", 5),
    ],
)
def test_a_page_is_a_fixed_number_of_statements(
    client_of: ClientOf, caplog: pytest.LogCaptureFixture, path: str, most: int
):
    client = client_of("admin")
    caplog.clear()
    assert client.get(path).status_code == 200
    sent = [record.msg["statements"] for record in caplog.records if isinstance(record.msg, dict)]
    assert sent
    assert max(sent) <= most
