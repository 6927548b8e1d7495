"""Sessions live in the database: they end there, whoever still holds the cookie."""

import re
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from certus_admin.config import Config
from certus_admin.sessions import token_hash
from tests.fixtures.core import MakeApp, MakePerson, Somebody, signed_in_client, try_sign_in

pytestmark = pytest.mark.usefixtures("no_attempts")

SOMEWHERE = "/no-such-page"  # 404 for the signed-in, 302 for strangers


def is_signed_in(client: FlaskClient) -> bool:
    return client.get(SOMEWHERE).status_code == 404


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("certus")
    assert cookie is not None
    return str(cookie.value)


def sign_out(client: FlaskClient) -> None:
    answer = client.post("/logout", data={"csrf_token": client.get("/__token").text})
    assert answer.status_code == 303


@pytest.fixture
def pages(pages: Flask) -> Flask:
    """The application with a page that gives a CSRF token to the signed-in."""
    pages.add_url_rule("/__token", view_func=generate_csrf, endpoint="token_for_tests")
    return pages


def shift(owner_url: str, ann: Somebody, column: str, by: timedelta) -> None:
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            f"update private.web_sessions set {column} = {column} - %s where user_id = %s", [by, ann.user_id]
        )


def test_the_cookie_holds_a_token_and_nothing_about_the_person(pages: Flask, make_person: MakePerson) -> None:
    client = signed_in_client(pages, make_person())
    with client.session_transaction() as session:
        assert set(session) == {"token"}
        assert re.fullmatch(r"[\w-]{43}", session["token"])


def test_the_database_holds_the_tokens_hash_only(
    pages: Flask, make_person: MakePerson, owner_url: str
) -> None:
    ann = make_person()
    client = signed_in_client(pages, ann)
    with client.session_transaction() as session:
        token = session["token"]
    with psycopg.connect(owner_url) as owner:
        row = owner.execute(
            "select token_hash from private.web_sessions where user_id = %s", [ann.user_id]
        ).fetchone()
    assert row == (token_hash(token),)


def test_a_copied_cookie_is_dead_after_sign_out(pages: Flask, make_person: MakePerson) -> None:
    client = signed_in_client(pages, make_person())
    thief = pages.test_client()
    thief.set_cookie("certus", cookie_of(client))
    assert is_signed_in(thief)
    sign_out(client)
    assert not is_signed_in(client)
    assert not is_signed_in(thief)


def test_signing_in_gives_a_new_token_and_drops_what_was_there(pages: Flask, make_person: MakePerson) -> None:
    client, ann = pages.test_client(), make_person()
    planted = "planted-by-somebody-else"
    with client.session_transaction() as session:
        session["token"] = planted
    assert try_sign_in(client, ann.email, ann.password).status_code == 303
    with client.session_transaction() as session:
        first = session["token"]
    assert first != planted
    sign_out(client)
    assert try_sign_in(client, ann.email, ann.password).status_code == 303
    with client.session_transaction() as session:
        assert session["token"] != first


@pytest.mark.parametrize(
    ("column", "still", "ended"),
    [
        ("last_seen_at", timedelta(minutes=29), timedelta(minutes=2)),
        ("opened_at", timedelta(hours=11, minutes=59), timedelta(minutes=2)),
    ],
)
def test_a_session_ends_by_itself(
    pages: Flask, make_person: MakePerson, owner_url: str, column: str, still: timedelta, ended: timedelta
) -> None:
    ann = make_person()
    client = signed_in_client(pages, ann)
    shift(owner_url, ann, column, still)
    if column == "opened_at":
        assert is_signed_in(client)
    shift(owner_url, ann, column, ended)
    assert not is_signed_in(client)


def test_looking_around_keeps_a_session_awake(pages: Flask, make_person: MakePerson, owner_url: str) -> None:
    ann = make_person()
    client = signed_in_client(pages, ann)
    for _ in range(3):
        shift(owner_url, ann, "last_seen_at", timedelta(minutes=20))
        assert is_signed_in(client)


def test_an_ended_session_says_so_and_comes_back_to_the_page(
    pages: Flask, make_person: MakePerson, owner_url: str
) -> None:
    ann = make_person()
    client = signed_in_client(pages, ann)
    shift(owner_url, ann, "last_seen_at", timedelta(hours=1))
    answer = client.get(f"{SOMEWHERE}?page=2")
    assert answer.location == f"/login?next={SOMEWHERE}?page%3D2"
    assert "Your session has ended" in client.get(answer.location).text


def test_a_deactivated_person_is_out_at_once(pages: Flask, make_person: MakePerson, owner_url: str) -> None:
    ann = make_person()
    client = signed_in_client(pages, ann)
    assert is_signed_in(client)
    with psycopg.connect(owner_url) as owner:
        owner.execute("update public.users set is_active = false where id = %s", [ann.user_id])
    assert not is_signed_in(client)


def test_a_forged_cookie_opens_nothing(pages: Flask) -> None:
    client = pages.test_client()
    client.set_cookie("certus", "eyJ0b2tlbiI6ImFiYyJ9.aSJ1bw.forged")
    assert not is_signed_in(client)


def test_signing_out_needs_a_post_with_the_forms_token(pages: Flask, make_person: MakePerson) -> None:
    client = signed_in_client(pages, make_person())
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 400
    assert is_signed_in(client)


def test_on_https_the_cookie_is_locked_to_this_host(
    app_of: MakeApp, config: Config, make_person: MakePerson
) -> None:
    app = app_of(replace(config, public_url="https://backoffice.example"))
    answer = app.test_client().get("/login", base_url="https://backoffice.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-certus=")
    for wanted in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert wanted in cookie
    assert "Domain" not in cookie


def test_on_loopback_the_cookie_is_still_hidden_from_scripts(pages: Flask) -> None:
    fresh = pages.test_client().get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in fresh
    assert "SameSite=Lax" in fresh
    assert "Secure" not in fresh
