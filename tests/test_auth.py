"""Signing in: one answer for every mistake, a limit on mistakes, and no way around the gate."""

import threading
from uuid import uuid4

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.datastructures import Headers

from certus_admin import passwords
from certus_admin.auth import Grant, Person, role_required
from certus_admin.local_paths import local_path
from certus_admin.passwords import NOBODYS_HASH, hash_password, needs_rehash, password_matches
from tests.fixtures.core import MakePerson, csrf_token, signed_in_client, try_sign_in
from views.session import REFUSED

pytestmark = pytest.mark.usefixtures("no_attempts")


def test_the_right_password_opens_the_page_that_was_asked_for(pages: Flask, make_person: MakePerson) -> None:
    client, ann = pages.test_client(), make_person()
    answer = client.get("/calls/?status=missed")
    assert answer.status_code == 302
    assert answer.location == "/login?next=/calls/?status%3Dmissed"
    answer = try_sign_in(client, ann.email, ann.password, next="/calls/?status=missed")
    assert (answer.status_code, answer.location) == (303, "/calls/?status=missed")
    assert client.get("/login").location == "/"


def test_the_address_may_be_capitalised_and_spaced(pages: Flask, make_person: MakePerson) -> None:
    ann = make_person()
    assert try_sign_in(pages.test_client(), f" {ann.email.upper()} ", ann.password).status_code == 303


def test_unknown_wrong_and_deactivated_get_the_same_answer(pages: Flask, make_person: MakePerson) -> None:
    ann, gone = make_person(), make_person(is_active=False)
    tries = {
        "unknown": ("nobody@people.example", ann.password),
        "wrong": (ann.email, "wrong-password"),
        "deactivated": (gone.email, gone.password),
    }
    answers = {name: try_sign_in(pages.test_client(), *values) for name, values in tries.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert all(REFUSED in answer.text for answer in answers.values())
    assert try_sign_in(pages.test_client(), ann.email, ann.password).status_code == 303


def test_a_stranger_costs_the_same_argon2_work(
    pages: Flask, make_person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    hasher = PasswordHasher()

    class Recorder:
        def verify(self, stored: str, password: str) -> bool:
            compared.append(stored)
            return hasher.verify(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Recorder())
    try_sign_in(pages.test_client(), "nobody@people.example", "wrong-password")
    try_sign_in(pages.test_client(), make_person().email, "wrong-password")
    assert len(compared) == 2
    assert compared[0] == NOBODYS_HASH
    assert compared[0].split("$")[1:4] == compared[1].split("$")[1:4]


def test_nobody_signs_in_with_the_hash_that_stands_in_for_strangers() -> None:
    assert not needs_rehash(NOBODYS_HASH)
    assert not password_matches("", None)
    assert password_matches("right", hash_password("right"))
    assert not password_matches("right", "not a hash")


def test_a_weaker_hash_is_replaced_when_its_owner_signs_in(
    pages: Flask, make_person: MakePerson, owner_url: str
) -> None:
    ann = make_person()
    weak = PasswordHasher(time_cost=1, memory_cost=8192).hash(ann.password)
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            "update private.user_passwords set password_hash = %s where user_id = %s", [weak, ann.user_id]
        )
    assert try_sign_in(pages.test_client(), ann.email, ann.password).status_code == 303
    with psycopg.connect(owner_url) as owner:
        row = owner.execute(
            "select password_hash from private.user_passwords where user_id = %s", [ann.user_id]
        ).fetchone()
    assert row is not None
    assert row[0] != weak
    assert not needs_rehash(row[0])
    assert password_matches(ann.password, row[0])


def test_ten_wrong_passwords_lock_a_person_and_say_until_when(pages: Flask, make_person: MakePerson) -> None:
    ann = make_person()
    for attempt in range(10):
        client = pages.test_client()
        token = csrf_token(client)
        values = {"email": ann.email, "password": "wrong", "csrf_token": token}
        address = {"REMOTE_ADDR": f"203.0.113.{attempt}"}
        assert client.post("/login", data=values, environ_overrides=address).status_code == 200
    answer = try_sign_in(pages.test_client(), ann.email, ann.password)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert "UTC" in answer.text
    other = make_person()
    assert try_sign_in(pages.test_client(), other.email, other.password).status_code == 303


def test_ten_wrong_passwords_from_one_address_lock_the_address(pages: Flask, make_person: MakePerson) -> None:
    ann = make_person()
    for attempt in range(10):
        assert try_sign_in(pages.test_client(), f"{attempt}@people.example", "wrong").status_code == 200
    assert try_sign_in(pages.test_client(), ann.email, ann.password).status_code == 429


def test_a_burst_gets_no_more_tries_than_one_by_one(pages: Flask, make_person: MakePerson) -> None:
    ann = make_person()
    answers: list[int] = []

    def guess(number: int) -> None:
        client = pages.test_client()
        values = {"email": ann.email, "password": f"guess-{number}", "csrf_token": csrf_token(client)}
        address = {"REMOTE_ADDR": f"203.0.113.{number}"}
        answers.append(client.post("/login", data=values, environ_overrides=address).status_code)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * 10 + [429] * 5


@pytest.mark.parametrize("address", ["", "unknown", "fe80::1%eth0", "2001:db8::1"])
def test_any_address_can_sign_in(pages: Flask, make_person: MakePerson, address: str) -> None:
    client, ann = pages.test_client(), make_person()
    values = {"email": ann.email, "password": ann.password, "csrf_token": csrf_token(client)}
    answer = client.post("/login", data=values, environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == 303
    assert client.get("/no-such-page", environ_overrides={"REMOTE_ADDR": address}).status_code == 404


@pytest.mark.parametrize("email", ["a\x00b@people.example", "x" * 300, "'; drop table users; --", "\u202e"])
def test_odd_addresses_are_refused_like_others(pages: Flask, email: str) -> None:
    answer = try_sign_in(pages.test_client(), email, "x")
    assert answer.status_code in (200, 400)
    assert answer.location is None


def test_signing_in_often_locks_nobody_out(pages: Flask, make_person: MakePerson) -> None:
    people = [make_person() for _ in range(3)]
    for _ in range(5):
        for somebody in people:
            answer = try_sign_in(pages.test_client(), somebody.email, somebody.password)
            assert answer.status_code == 303


def test_the_counters_hold_no_address_and_no_email(
    pages: Flask, make_person: MakePerson, owner_url: str
) -> None:
    ann = make_person()
    try_sign_in(pages.test_client(), ann.email, "wrong")
    with psycopg.connect(owner_url) as owner:
        keys = [row[0] for row in owner.execute("select key from private.sign_in_attempts").fetchall()]
    assert len(keys) == 2
    assert not [key for key in keys if ann.email in key or "127.0.0.1" in key]


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/calls/?status=missed&page=2", "/calls/?status=missed&page=2"),
        ("/calls/0190aaaa-0000-7000-8000-000000000001", "/calls/0190aaaa-0000-7000-8000-000000000001"),
        ("", "/"),
        (None, "/"),
        ("calls/", "/"),
        ("//evil.test", "/"),
        ("///evil.test", "/"),
        ("/\\evil.test", "/"),
        ("\\\\evil.test", "/"),
        ("https://evil.test/", "/"),
        ("http:evil.test", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.test", "/"),
        ("/\n/evil.test", "/"),
        (" //evil.test", "/"),
        ("/\u3000/evil.test", "/"),
        ("/./%0d%0aSet-Cookie:x", "/./%0d%0aSet-Cookie:x"),
        ("/a/..//evil.test", "/"),
        ("/..//evil.test", "/"),
        ("//[evil", "/"),
        ("/login?next=/login", "/"),
        ("/logout", "/"),
        ("/" + "a" * 3000, "/"),
    ],
)
def test_only_pages_of_this_site_are_returned_to(wanted: str | None, lands: str) -> None:
    assert local_path(wanted) == lands


def test_a_foreign_next_leads_home(pages: Flask, make_person: MakePerson) -> None:
    ann = make_person()
    answer = try_sign_in(pages.test_client(), ann.email, ann.password, next="//evil.test/")
    assert (answer.status_code, answer.location) == (303, "/")


def test_signing_in_needs_the_forms_own_token(pages: Flask, make_person: MakePerson) -> None:
    ann = make_person()
    answer = pages.test_client().post("/login", data={"email": ann.email, "password": ann.password})
    assert answer.status_code == 400
    assert "This form has expired" in answer.text


def test_strangers_are_sent_to_sign_in_from_every_address(pages: Flask) -> None:
    client = pages.test_client()
    for path in ("/", "/no-such-page", "/admin/", "/calls/%00"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.location.startswith("/login")
    answer = client.post("/logout")
    assert (answer.status_code, answer.location) == (303, "/login")


def test_a_stranger_with_htmx_is_sent_with_the_whole_page(pages: Flask) -> None:
    headers = Headers({"HX-Request": "true", "HX-Current-URL": "http://localhost/calls/?status=missed"})
    answer = pages.test_client().get("/calls/1", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/calls/?status%3Dmissed"
    headers["HX-Current-URL"] = "http://evil.test/calls/"
    assert pages.test_client().get("/calls/1", headers=headers).headers["HX-Redirect"] == "/login"


def test_a_strangers_program_gets_json(pages: Flask) -> None:
    answer = pages.test_client().get("/calls/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_the_open_pages_are_these_and_no_others(pages: Flask) -> None:
    client = pages.test_client()
    rules = [
        rule for rule in pages.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    opened = [rule.rule for rule in rules if client.get(rule.rule).status_code == 200]
    assert sorted(opened) == ["/healthz", "/login", "/one-time-link"]


def test_a_page_for_one_role_is_refused_to_the_others(pages: Flask, make_person: MakePerson) -> None:
    pages.add_url_rule(
        "/only-admins", view_func=role_required("admin")(lambda: "welcome"), endpoint="only_admins"
    )
    admin = signed_in_client(pages, make_person("admin"))
    operator = signed_in_client(pages, make_person("operator"))
    assert admin.get("/only-admins").text == "welcome"
    assert operator.get("/only-admins").status_code == 403


def test_a_person_knows_where_they_may_look() -> None:
    account, other, location = uuid4(), uuid4(), uuid4()
    grants = (Grant(account, None), Grant(other, location))
    person = Person(uuid4(), uuid4(), "ann@people.example", "Ann", "operator", False, grants)
    assert person.whole_account_ids == (account,)
    assert person.granted_location_ids == (location,)
    assert person.has_role("admin", "operator")
    assert not person.has_role("admin")
