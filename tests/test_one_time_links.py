"""Invitations, resets and one's own password, through the pages."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fixtures.core import MakePerson, Somebody, csrf_token, signed_in_client, try_sign_in
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.test_people_pages import ACCOUNT_A, press, row

pytestmark = pytest.mark.usefixtures("no_attempts")

CHOSEN = "kettle plum river nine"
OTHER = "another plum of the river"
OPENS_NOTHING = "This link opens nothing."


@pytest.fixture(scope="module")
def admin(client_of: ClientOf) -> FlaskClient:
    """The admin of everything."""
    return client_of("admin")


@pytest.fixture
def email(database: Database) -> Iterator[str]:
    """An address for somebody who is invited."""
    address = f"{uuid4().hex[:10]}@people.example"
    yield address
    with database.owner() as owner:
        found = owner.execute("select id from public.users where email = %s", [address]).fetchone()
        if found:
            owner.execute("delete from public.user_access where user_id = %s", [found.id])
            owner.execute("delete from public.users where id = %s", [found.id])


def invite(admin: FlaskClient, email: str, **fields: Any) -> TestResponse:
    form = {"email": email, "full_name": "Ann", "role": "operator", "access": ACCOUNT_A, **fields}
    return press(admin, "/people/invite", **form)


def link_of(answer: TestResponse) -> str:
    assert answer.status_code == 200
    found = re.search(r'data-copy="([^"]+)"', answer.text)
    assert found is not None
    return found[1]


def follow(client: FlaskClient, link: str) -> TestResponse:
    """Hand over what stands behind the #, as the page's script does, and go where it leads."""
    form = {"link": link.partition("#")[2], "csrf_token": csrf_token(client, "/one-time-link")}
    return client.post("/one-time-link", data=form, follow_redirects=True)


def choose(client: FlaskClient, password: str = CHOSEN, again: str | None = None) -> TestResponse:
    form = {"password": password, "again": password if again is None else again}
    page = csrf_token(client, "/one-time-link/password")
    return client.post("/one-time-link/password", data=form | {"csrf_token": page})


def user_id_of(database: Database, email: str) -> Any:
    with database.owner() as owner:
        found = owner.execute("select id from public.users where email = %s", [email]).fetchone()
    assert found is not None
    return found.id


def test_an_invitation_leads_to_a_password_and_in(app: Flask, admin: FlaskClient, email: str) -> None:
    link = link_of(invite(admin, email))
    assert re.fullmatch(r"http://[^/]+/one-time-link#[\w-]{43}", link)
    client = app.test_client()
    page = follow(client, link)
    assert email in page.text
    assert "Welcome, Ann" in page.text
    assert choose(client).headers["Location"] == "/"
    assert client.get("/calls/").status_code == 200
    assert try_sign_in(app.test_client(), email, CHOSEN).status_code == 303


def test_the_database_keeps_the_links_hash_alone(admin: FlaskClient, email: str, database: Database) -> None:
    token = link_of(invite(admin, email)).partition("#")[2]
    with database.owner() as owner:
        kept = owner.execute("select to_jsonb(l)::text as text from private.one_time_links l").fetchall()
        lines = owner.execute("select to_jsonb(a)::text as text from public.audit_log a").fetchall()
    assert kept
    assert not [line for line in (*kept, *lines) if token in line.text]


def test_no_log_line_and_no_address_holds_a_token(
    app: Flask, admin: FlaskClient, email: str, capsys: pytest.CaptureFixture[str]
) -> None:
    link = link_of(invite(admin, email))
    token = link.partition("#")[2]
    client = app.test_client()
    form = {"link": link, "csrf_token": csrf_token(client, "/one-time-link")}
    answer = client.post("/one-time-link", data=form)
    assert token not in answer.headers["Location"]
    choose(client)
    logged = capsys.readouterr().out
    assert "/one-time-link" in logged
    assert token not in logged


@pytest.mark.parametrize(
    "spoiled", ["used", "withdrawn", "renewed", "expired", "deactivated", "unknown", "odd"]
)
def test_links_that_open_nothing_are_all_told_the_same(
    app: Flask, admin: FlaskClient, email: str, database: Database, spoiled: str
) -> None:
    link = link_of(invite(admin, email))
    person = f"/people/{user_id_of(database, email)}"
    if spoiled == "used":
        client = app.test_client()
        follow(client, link)
        choose(client)
    elif spoiled == "withdrawn":
        assert press(admin, f"{person}/link/withdraw").status_code == 303
    elif spoiled == "renewed":
        link_of(press(admin, f"{person}/link"))
    elif spoiled == "deactivated":
        press(admin, f"{person}/deactivate")
    elif spoiled == "expired":
        with database.owner() as owner:
            owner.execute("update private.one_time_links set expires_at = now()")
    else:
        link = {"unknown": f"#{'x' * 43}", "odd": "#\x00 what"}[spoiled]
    client = app.test_client()
    answer = follow(client, link)
    assert answer.status_code == 200
    assert OPENS_NOTHING in answer.text
    assert email not in answer.text
    assert client.get("/one-time-link/password").headers["Location"] == "/one-time-link"
    assert client.get("/calls/").status_code == 302


def test_a_link_works_once_though_two_have_it_open(app: Flask, admin: FlaskClient, email: str) -> None:
    link = link_of(invite(admin, email))
    one, other = app.test_client(), app.test_client()
    follow(one, link)
    follow(other, link)
    token = csrf_token(other, "/one-time-link/password")
    assert choose(one).headers["Location"] == "/"
    late = other.post(
        "/one-time-link/password", data={"password": OTHER, "again": OTHER, "csrf_token": token}
    )
    assert late.headers["Location"] == "/one-time-link"
    assert try_sign_in(app.test_client(), email, OTHER).status_code == 200


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "Use 15 characters or more"),
        (CHOSEN, OTHER, "The two are not the same."),
        ("certus people 2026", "certus people 2026", "little more than your name"),
        ("1234567890123456", "1234567890123456", "tried first"),
        ("", "", "Choose a password."),
    ],
)
def test_a_password_is_refused_beside_its_field_and_the_link_stays(
    app: Flask, admin: FlaskClient, email: str, password: str, again: str, words: str
) -> None:
    client = app.test_client()
    follow(client, link_of(invite(admin, email)))
    refused = choose(client, password, again)
    assert refused.status_code == 422
    assert words in refused.text
    assert choose(client).status_code == 303


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "operator@certus.example"}, "Somebody has this email already"),
        ({"email": "nobody"}, "Write an address"),
        ({"full_name": ""}, "Enter a name."),
        ({"role": "owner"}, "Not a valid choice"),
        ({"access": []}, "Choose where they work."),
        ({"access": str(uuid4())}, "not a valid choice"),
    ],
)
def test_an_invitation_is_refused_beside_its_field(
    admin: FlaskClient, email: str, fields: dict[str, Any], words: str
) -> None:
    refused = invite(admin, **{"email": email, **fields})
    assert refused.status_code == 422
    assert words.lower() in refused.text.lower()
    assert "data-copy" not in refused.text


def test_an_admin_of_one_account_invites_to_it_alone(
    client_of: ClientOf, email: str, database: Database
) -> None:
    harbour = client_of("admin.harbour")
    assert invite(harbour, email, access="all").status_code == 422
    assert invite(harbour, email, access="a0000000-0000-7000-8000-00000000000b").status_code == 422
    link_of(invite(harbour, email))
    assert row(database, user_id_of(database, email)).state == "invited"


def test_a_reset_ends_everything_and_leads_to_a_new_password(
    app: Flask, admin: FlaskClient, make_person: MakePerson
) -> None:
    ann = make_person(sees_everything=True)
    devices = [signed_in_client(app, ann) for _ in range(2)]
    link = link_of(press(admin, f"/people/{ann.user_id}/link"))
    assert [device.get("/calls/").status_code for device in devices] == [302] * 2
    assert try_sign_in(app.test_client(), ann.email, ann.password).status_code == 200
    client = app.test_client()
    follow(client, link)
    assert choose(client).status_code == 303
    assert client.get("/calls/").status_code == 200


def change(
    client: FlaskClient, current: str, password: str = CHOSEN, again: str | None = None
) -> TestResponse:
    fields = {"current": current, "password": password, "again": password if again is None else again}
    return press(client, "/account/password", **fields)


def test_a_changed_password_ends_every_other_session_at_once(app: Flask, make_person: MakePerson) -> None:
    ann = make_person()
    mine, other, copied = signed_in_client(app, ann), signed_in_client(app, ann), app.test_client()
    cookie = mine.get_cookie("certus")
    assert cookie is not None
    copied.set_cookie("certus", cookie.value)
    assert change(mine, ann.password).status_code == 303
    assert mine.get("/calls/").status_code == 200
    assert other.get("/calls/").status_code == 302
    assert copied.get("/calls/").status_code == 302
    assert try_sign_in(app.test_client(), ann.email, ann.password).status_code == 200
    assert try_sign_in(app.test_client(), ann.email, CHOSEN).status_code == 303


def test_the_current_password_is_asked(app: Flask, make_person: MakePerson) -> None:
    ann = make_person()
    client = signed_in_client(app, ann)
    refused = change(client, "not the one")
    assert (refused.status_code, "not your current password" in refused.text) == (422, True)
    assert try_sign_in(app.test_client(), ann.email, ann.password).status_code == 303


def test_guessing_the_current_password_is_limited(app: Flask, make_person: MakePerson) -> None:
    ann: Somebody = make_person()
    client = signed_in_client(app, ann)
    answers = [change(client, f"guess {n}").status_code for n in range(11)]
    assert answers == [422] * 10 + [429]
    assert change(client, ann.password).status_code == 429
