"""How a key is rotated and revoked, and what its page tells."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.fixtures.core import MakePerson, signed_in_client
from tests.fixtures.database import Database
from tests.fixtures.forms import fields_of
from tests.key_pages import OLD_WEBSITE, SOLES, TILL, WEBSITE, change, key, keys, listed, send

pytestmark = pytest.mark.usefixtures("keys_as_seeded")


@pytest.mark.parametrize(("overlap", "after"), [("1h", 1), ("1d", 24), ("7d", 168), ("30d", 720)])
def test_a_key_is_rotated_with_an_overlap(
    admin: FlaskClient, database: Database, overlap: str, after: int
) -> None:
    answer = send(admin, f"/api-keys/{TILL}/rotate", key_hint="n3wK", overlap=overlap)
    assert answer.status_code == 303
    old, new = key(database, TILL), keys(database)[-1]
    assert answer.location == f"/api-keys/{new.id}"
    assert (new.succeeds_id, new.label, new.key_hint, new.scopes) == (TILL, old.label, "n3wK", old.scopes)
    assert old.expires_at - old.replaced_at == timedelta(hours=after)
    assert f'href="/api-keys/{TILL}"' in admin.get(answer.location).text
    page = admin.get(f"/api-keys/{TILL}").text
    assert f'href="/api-keys/{new.id}"' in page
    assert "Being replaced" in page
    assert f"/api-keys/{TILL}/rotate" not in page
    assert f"/api-keys/{TILL}/revoke" in page


def test_a_key_is_rotated_at_once(admin: FlaskClient, database: Database) -> None:
    send(admin, f"/api-keys/{TILL}/rotate", key_hint="n3wK", overlap="0")
    assert key(database, TILL).revoked_reason == "Replaced at once by a new key."
    assert listed(admin, "?state=active") == ["Point of sale", "Website"]


@pytest.mark.parametrize(
    ("field", "typed"), [("overlap", "1y"), ("key_hint", "x" * 9), ("expires_on", "2020-01-01")]
)
def test_a_rotation_that_is_wrong_changes_nothing(
    admin: FlaskClient, database: Database, field: str, typed: str
) -> None:
    answer = send(admin, f"/api-keys/{TILL}/rotate", **{"overlap": "1d", field: typed})
    assert answer.status_code == 422
    assert "x" * 9 not in answer.text
    assert len(keys(database)) == 3
    assert key(database, TILL).replaced_at is None


def test_a_key_is_revoked_with_a_reason_and_shown_with_it(admin: FlaskClient, database: Database) -> None:
    assert send(admin, f"/api-keys/{TILL}/revoke", reason=" ").status_code == 422
    assert key(database, TILL).revoked_at is None
    answer = send(admin, f"/api-keys/{TILL}/revoke", reason="The tablet was stolen")
    assert (answer.status_code, answer.location) == (303, f"/api-keys/{TILL}")
    page = admin.get(answer.location).text
    for words in ("Key revoked.", "The tablet was stolen", "by Admin", "Revoked"):
        assert words in page
    for way in ("rotate", "revoke"):
        assert f"/api-keys/{TILL}/{way}" not in page
        assert admin.get(f"/api-keys/{TILL}/{way}").status_code == 303


def test_a_key_in_use_is_said_to_be_before_it_is_revoked(admin: FlaskClient, database: Database) -> None:
    assert "It was used" not in admin.get(f"/api-keys/{TILL}/revoke").text
    change(database, "last_used_at = now() - interval '3 hours'")
    assert "It was used" in admin.get(f"/api-keys/{TILL}/revoke").text


@pytest.mark.parametrize("way", ["rotate", "revoke"])
def test_who_comes_second_is_told_so(
    admin: FlaskClient, admin_harbour: FlaskClient, database: Database, way: str
) -> None:
    path = f"/api-keys/{TILL}/{way}"
    form = fields_of(admin.get(path)) | {"reason": "Second", "overlap": "1d"}
    send(admin_harbour, f"/api-keys/{TILL}/revoke", reason="First")
    answer = admin.post(path, data=form)
    assert answer.status_code == 303
    assert "already" in admin.get(answer.location).text
    assert key(database, TILL).revoked_reason == "First"
    assert len(keys(database)) == 3


def test_the_history_tells_who_did_what(admin: FlaskClient, admin_harbour: FlaskClient) -> None:
    new = send(admin_harbour, f"/api-keys/{TILL}/rotate", key_hint="n3wK", overlap="1d").location
    old = admin.get(f"/api-keys/{TILL}").text
    titles = re.findall(r'class="history-title">([^<]+)<', old)
    assert titles[0] == "Replaced"
    assert "Admin Harbour," in old
    assert re.findall(r'class="history-title">([^<]+)<', admin.get(new).text) == [
        "Issued in the place of another"
    ]


@pytest.mark.parametrize("way", ["", "/rotate", "/revoke"])
def test_a_key_out_of_reach_is_like_none(admin_harbour: FlaskClient, database: Database, way: str) -> None:
    before = keys(database)
    token = fields_of(admin_harbour.get("/api-keys/new"))["csrf_token"]
    for key_id in (WEBSITE, OLD_WEBSITE, uuid4()):
        assert admin_harbour.get(f"/api-keys/{key_id}{way}").status_code == 404
        if way:
            form = {"csrf_token": token, "reason": "For fun", "overlap": "0"}
            assert admin_harbour.post(f"/api-keys/{key_id}{way}", data=form).status_code == 404
    assert keys(database) == before
    assert admin_harbour.get("/api-keys/", query_string={"account": SOLES}).status_code == 404


def test_an_admin_of_single_locations_is_told_why_there_are_no_keys(
    app: Flask, make_person: MakePerson, database: Database
) -> None:
    somebody = make_person("admin")
    with database.owner() as owner:
        owner.execute(
            """insert into public.user_access (user_id, account_id, location_id)
            select %s, account_id, id from public.locations where name like '%%Seaport'""",
            [somebody.user_id],
        )
    client = signed_in_client(app, somebody)
    assert listed(client) == []
    assert "No API keys yet." in client.get("/api-keys/").text
    page = client.get("/api-keys/new").text
    assert "A key belongs to a whole account" in page
    assert 'name="label"' not in page
    assert client.get(f"/api-keys/{TILL}").status_code == 404
