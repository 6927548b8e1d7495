"""Looking at the pages as somebody else: read only, plain to see, and over at once when it has to be."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from certus_admin.database import Caller, acting_as, db
from certus_admin.errors import VIEW_ONLY
from tests.fixtures.core import MakePerson, signed_in_client
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.route_table import CALL, FORMS, ROUTES, VALUES
from tests.test_people_pages import ADMIN, MANAGER, OPERATOR, press, save

BANNER = "Admin, you are viewing as Operator."
HTMX = {"HX-Request": "true"}
WRITES = [rule for method, rule in ROUTES if method == "POST" and rule not in ("/logout", "/viewing/end")]
SIGNED_OUT = ("/login", "/one-time-link", "/one-time-link/password")


def view_as(client: FlaskClient, person: UUID = OPERATOR) -> None:
    assert press(client, f"/people/{person}/view-as").headers["Location"] == "/"


def lines(database: Database, action: str) -> list[Any]:
    with database.owner() as owner:
        return owner.execute(
            "select actor_user_id, row_id from public.audit_log where action = %s order by at", [action]
        ).fetchall()


def test_pages_look_as_they_do_to_the_person(admin: FlaskClient, client_of: ClientOf) -> None:
    theirs = re.findall(r'data-row="([^"]+)"', client_of("operator").get("/calls/").text)
    view_as(admin)
    page = admin.get("/calls/")
    assert re.findall(r'data-row="([^"]+)"', page.text) == theirs
    assert BANNER in page.text
    assert "Administer" not in page.text
    assert admin.get("/people/").status_code == 403
    assert admin.get("/calls/ca110000-0000-7000-8000-000000000007").status_code == 404


def test_the_way_out_leads_back(admin: FlaskClient, database: Database) -> None:
    view_as(admin)
    assert lines(database, "view_as")[-1] == (ADMIN, OPERATOR)
    before = len(lines(database, "view_as_end"))
    assert press(admin, "/viewing/end").headers["Location"] == f"/people/{OPERATOR}/"
    page = admin.get(f"/people/{OPERATOR}/")
    assert page.status_code == 200
    assert "you are viewing" not in page.text
    assert lines(database, "view_as_end")[before:] == [(ADMIN, OPERATOR)]


@pytest.mark.parametrize("rule", [rule for rule in WRITES if rule not in SIGNED_OUT])
def test_no_form_is_taken(admin: FlaskClient, rule: str) -> None:
    view_as(admin, MANAGER)
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(VALUES[found[1]]), rule)
    answer = press(admin, path, **FORMS.get(rule, {}))
    assert answer.status_code == 403
    assert VIEW_ONLY.title in answer.text


@pytest.mark.parametrize("path", [f"/calls/{CALL}/recording", "/calls/export.csv", "/analytics/metrics.csv"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nothing_is_played_or_exported(
    admin: FlaskClient, database: Database, path: str, headers: dict[str, str]
) -> None:
    view_as(admin, MANAGER)
    before = len(lines(database, "play")), len(lines(database, "export"))
    answer = admin.get(path, headers=headers)
    assert answer.status_code == 403
    assert VIEW_ONLY.title in answer.text
    assert (len(lines(database, "play")), len(lines(database, "export"))) == before


def test_the_database_takes_no_write_from_a_view(app: Flask) -> None:
    """Were a page to forget the mode, its transaction could still write nothing, and not leave the mode."""
    with app.app_context():
        viewed = Caller(MANAGER, viewer_id=ADMIN)
        for statement, state in (
            ("update public.location_settings set extra_wait_seconds = 7, version = version", "25006"),
            ("insert into public.user_access (user_id) select id from public.users", "25006"),
            ("select public.record_export('calls', '{}', 1)", "42501"),
            ("select set_config('transaction_read_only', 'off', true) from public.accounts", "25001"),
            ("set transaction read write", "25001"),
        ):
            with acting_as(viewed), pytest.raises(DBAPIError) as refused:
                db.session.execute(db.text(statement))
            assert getattr(refused.value.orig, "sqlstate", None) == state, statement
        with acting_as(Caller(MANAGER)):
            assert db.session.execute(db.text("select public.record_export('calls', '{}', 1)"))


@pytest.mark.parametrize("way", ["started", "ended"])
def test_a_form_from_before_does_not_go_out_in_another_name(
    admin: FlaskClient, database: Database, way: str
) -> None:
    """A tab that was left open must not save as the admin what was typed as the operator, nor the reverse."""
    if way == "ended":
        view_as(admin)
    stale = re.search(r'name="csrf-token" content="([^"]+)"', admin.get("/account/password").text)
    assert stale is not None
    if way == "ended":
        press(admin, "/viewing/end")
    else:
        view_as(admin)
        press(admin, "/viewing/end")
    note = {"note_md": "In whose name?", "csrf_token": stale[1]}
    answer = admin.post(f"/calls/{CALL}/notes", data=note)
    assert answer.status_code == 400
    assert "This form has expired" in answer.text


def test_a_view_that_is_over_says_so_and_takes_no_form(admin: FlaskClient, database: Database) -> None:
    view_as(admin)
    page = admin.get("/account/password").text
    stale = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert stale is not None
    with database.owner() as owner:
        owner.execute(
            """update private.web_sessions set viewing_since = now() - interval '31 minutes'
            where viewing_user_id is not null"""
        )
    note = {"note_md": "In whose name?", "csrf_token": stale[1]}
    assert admin.post(f"/calls/{CALL}/notes", data=note).status_code == 400
    page = admin.get("/people/").text
    assert "You are yourself again" in page
    assert "you are viewing" not in page


def test_a_view_ends_when_the_person_is_deactivated(
    app: Flask, admin: FlaskClient, client_of: ClientOf, make_person: MakePerson
) -> None:
    ann = make_person()
    view_as(admin, ann.user_id)
    assert admin.get("/people/").status_code == 403
    press(client_of("admin"), f"/people/{ann.user_id}/deactivate")
    assert "You are yourself again" in admin.get("/people/").text


@pytest.mark.parametrize("change", ["demoted", "deactivated"])
def test_an_admin_who_is_one_no_more_is_out_of_the_view_and_of_everything(
    app: Flask, admin: FlaskClient, make_person: MakePerson, change: str
) -> None:
    boss = make_person("admin", sees_everything=True)
    client = signed_in_client(app, boss)
    view_as(client)
    assert client.get("/calls/").status_code == 200
    if change == "demoted":
        assert save(admin, boss.user_id, role="operator").status_code == 303
    else:
        assert press(admin, f"/people/{boss.user_id}/deactivate").status_code == 303
    assert client.get("/calls/").status_code == 302


def test_one_session_views_and_no_other(admin: FlaskClient, client_of: ClientOf) -> None:
    other = client_of("admin")
    view_as(admin)
    assert "you are viewing" in admin.get("/calls/").text
    assert "you are viewing" not in other.get("/calls/").text


@pytest.mark.parametrize("person", [ADMIN, UUID("05e00000-0000-7000-8000-000000000009")])
def test_nobody_is_viewed_who_sees_nothing_or_is_oneself(admin: FlaskClient, person: UUID) -> None:
    assert press(admin, f"/people/{person}/view-as").status_code == 404
    assert "View as" not in admin.get(f"/people/{person}/").text


def test_signing_out_ends_a_view(admin: FlaskClient, database: Database) -> None:
    before = len(lines(database, "view_as_end"))
    view_as(admin)
    answer: TestResponse = press(admin, "/logout")
    assert answer.headers["Location"] == "/login"
    assert len(lines(database, "view_as_end")) == before + 1


def test_the_log_names_both(admin: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    view_as(admin)
    capsys.readouterr()
    admin.get("/calls/")
    line = capsys.readouterr().out
    assert f'"viewer_id": "{ADMIN}"' in line
    assert f'"user_id": "{OPERATOR}"' in line
