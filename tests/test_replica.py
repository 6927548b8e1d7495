"""Lists from a streaming replica: who wrote reads it at once, and no fault of the replica costs a page."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from certus_admin import replica as replicas
from certus_admin.config import Config
from certus_admin.instruments import READS
from certus_admin.login_role import stop_on_privileged_login
from tests.fixtures.core import MakeApp, Somebody, csrf_token, signed_in_client
from tests.fixtures.database import PEOPLE_PASSWORD
from tests.fixtures.replicas import Replica
from tests.sql.asking import PEOPLE, call_id

NEW_CALL = """insert into public.call_logs (account_id, location_id, provider, provider_call_id, started_at)
select account_id, location_id, 'retell', %s, now() from public.call_logs limit 1"""


@pytest.fixture
def app(app_of: MakeApp, config_with_replica: Config, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with both databases; it asks the replica each time how it is."""
    monkeypatch.setattr(replicas, "SECONDS_BELIEVED", 0)
    monkeypatch.setattr(replicas, "SECONDS_LEFT_ALONE", 0)
    app = app_of(config_with_replica)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def sign_in(app: Flask, replica: Replica, name: str = "admin") -> FlaskClient:
    """Somebody whose sign-in the replica has replayed."""
    client = signed_in_client(app, Somebody(PEOPLE[name], f"{name}@certus.example", PEOPLE_PASSWORD))
    replica.catch_up()
    return client


@pytest.fixture
def admin(app: Flask, replica: Replica) -> FlaskClient:
    """An admin of everything."""
    return sign_in(app, replica)


def make_call(replica: Replica, name: str) -> None:
    """Somebody else writes: the voice platform."""
    with replica.primary.owner() as owner:
        owner.execute(NEW_CALL.encode(), [name])


def chosen(database: str, reason: str) -> float:
    """How often a list was read there for that reason."""
    return float(READS.labels(database, reason)._value.get())


def calls_in(client: FlaskClient) -> int:
    page = client.get("/calls/")
    assert page.status_code == 200
    return page.text.count("data-row=")


def test_lists_and_exports_come_from_the_replica_and_what_they_write_goes_to_the_primary(
    admin: FlaskClient, replica: Replica
) -> None:
    before = calls_in(admin)
    replica.pause()
    make_call(replica, "not replayed yet")
    fresh = chosen("replica", "fresh")
    assert calls_in(admin) == before
    export = admin.get("/calls/export.csv", buffered=True)
    assert export.headers["X-Row-Count"] == str(before)
    assert chosen("replica", "fresh") == fresh + 2
    with replica.primary.owner() as owner:
        line = owner.execute(
            "select after ->> 'rows' from public.audit_log where action = 'export' order by at desc limit 1"
        ).fetchone()
    assert line == (str(before),)
    replica.resume()
    replica.catch_up()
    assert calls_in(admin) == before + 1


def test_who_wrote_reads_it_at_once_in_every_list_and_others_a_moment_later(
    admin: FlaskClient, app: Flask, replica: Replica
) -> None:
    other = sign_in(app, replica, "manager")
    replica.pause()
    token = csrf_token(admin, f"/calls/{call_id(1)}")
    words = "Written while the replica stood still."
    saved = admin.post(f"/calls/{call_id(1)}/notes", data={"note_md": words, "csrf_token": token})
    assert saved.status_code == 303
    own = chosen("primary", "own write")
    assert words in admin.get("/notes/").text
    assert chosen("primary", "own write") == own + 1
    assert words not in other.get("/notes/").text
    replica.resume()
    replica.catch_up()
    fresh = chosen("replica", "fresh")
    assert words in admin.get("/notes/").text
    assert words in other.get("/notes/").text
    assert chosen("replica", "fresh") == fresh + 2


def test_an_export_is_a_write_of_who_took_it(admin: FlaskClient, replica: Replica) -> None:
    replica.pause()
    lines = admin.get("/audit/?action=export").text.count("data-row=")
    admin.get("/calls/export.csv", buffered=True)
    assert admin.get("/audit/?action=export").text.count("data-row=") == lines + 1


def test_a_replica_that_is_away_costs_nobody_a_page(admin: FlaskClient, replica: Replica) -> None:
    before = calls_in(admin)
    replica.stop()
    try:
        away = chosen("primary", "away")
        assert calls_in(admin) == before
        assert admin.get("/calls/export.csv", buffered=True).status_code == 200
        assert chosen("primary", "away") == away + 2
        health = admin.get("/health/").text
        assert "It does not answer. Lists and exports are read from the primary." in health
    finally:
        replica.start()
    replica.catch_up()
    fresh = chosen("replica", "fresh")
    assert calls_in(admin) == before
    assert chosen("replica", "fresh") == fresh + 1
    assert "Lists and exports are read from it, 0.0 s behind the primary." in admin.get("/health/").text


def test_a_replica_that_goes_away_under_a_page_hands_it_to_the_primary(
    admin: FlaskClient, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = calls_in(admin)
    # It was asked a moment ago and was well.
    monkeypatch.setattr(replicas, "SECONDS_BELIEVED", 3600)
    monkeypatch.setattr(replicas, "SECONDS_LEFT_ALONE", 3600)
    replica.stop()
    try:
        failed, away = chosen("primary", "failed"), chosen("primary", "away")
        assert calls_in(admin) == before
        assert chosen("primary", "failed") == failed + 1
        assert calls_in(admin) == before
        assert chosen("primary", "away") == away + 1
        assert admin.get("/calls/?status=nonsense").status_code == 400
    finally:
        replica.start()


def test_a_refusal_is_the_same_when_the_replica_has_failed(
    admin: FlaskClient, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert calls_in(admin)
    monkeypatch.setattr(replicas, "SECONDS_BELIEVED", 3600)
    replica.stop()
    try:
        assert admin.get("/calls/?status=nonsense").status_code == 400
    finally:
        replica.start()


def test_a_replica_that_is_too_far_behind_is_not_read(
    admin: FlaskClient, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = calls_in(admin)
    monkeypatch.setattr(replicas, "MOST_LAG", -1)
    behind = chosen("primary", "behind")
    make_call(replica, "seen at once")
    assert calls_in(admin) == before + 1
    assert chosen("primary", "behind") == behind + 1
    assert "is more than 30 seconds behind" in admin.get("/health/").text


@pytest.fixture
def app_with(
    app_of: MakeApp, config_with_replica: Config, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Flask]:
    """Applications with another address of the replica."""
    monkeypatch.setattr(replicas, "SECONDS_BELIEVED", 0)
    return lambda url: app_of(replace(config_with_replica, replica_database_url=url))


def test_a_server_that_follows_nobody_is_not_read(app_with: Any, replica: Replica) -> None:
    primary = urlsplit(replica.primary.app_url)
    itself = primary._replace(netloc=primary.netloc.replace("127.0.0.1", "localhost")).geturl()
    admin = sign_in(app_with(itself), replica)
    before = chosen("primary", "primary")
    assert calls_in(admin)
    assert chosen("primary", "primary") == before + 1
    assert "is no replica, or not any more" in admin.get("/health/").text


def test_a_login_that_may_do_more_is_not_used(
    app_with: Any, replica: Replica, capsys: pytest.CaptureFixture[str]
) -> None:
    app = app_with(replica.database.owner_url)
    admin = sign_in(app, replica)
    before = chosen("primary", "refused")
    assert calls_in(admin)
    assert chosen("primary", "refused") == before + 1
    with pytest.raises(SystemExit):
        stop_on_privileged_login(app)
    assert "The login in CERTUS_REPLICA_DATABASE_URL is refused" in capsys.readouterr().err


def test_nothing_is_written_there_and_the_policies_hold(replica: Replica) -> None:
    with replica.database.app() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select from public.call_logs")
        connection.rollback()
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("select back_office.end_session('x')")


def test_the_cookie_of_a_write_holds_a_place_in_the_log_and_no_more(admin: FlaskClient) -> None:
    cookie = admin.get_cookie("certus-written")
    assert cookie is not None
    assert re.fullmatch(r"[0-9A-F]+/[0-9A-F]+", cookie.decoded_value)
    assert (cookie.http_only, cookie.same_site, cookie.max_age) == (True, "Lax", replicas.COOKIE_SECONDS)
    assert replicas.position(cookie.decoded_value) > 0


@pytest.mark.parametrize("forged", ["", "0", "G/1", "1/2/3", "-1/1", "1/123456789", "'; select 1"])
def test_a_forged_place_is_none(forged: str) -> None:
    assert replicas.position(forged) == -1


def test_without_a_replica_no_cookie_is_set(app_of: MakeApp, config: Config) -> None:
    somebody = Somebody(PEOPLE["admin"], "admin@certus.example", PEOPLE_PASSWORD)
    client = signed_in_client(app_of(config), somebody)
    assert client.get_cookie("certus-written") is None
    assert client.get("/calls/").status_code == 200
