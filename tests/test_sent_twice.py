"""A form that comes twice writes once, and both are answered alike."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import LiteralString

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from werkzeug.test import TestResponse

from tests.configured import BASE, SEAPORT
from tests.configured import fields_of as fields_of_forms
from tests.drawn_forms import FormReader
from tests.fixtures.database import Database
from tests.fixtures.forms import fields_of
from tests.fixtures.pages import ClientOf
from tests.key_pages import HARBOUR, TILL, as_seeded
from tests.note_pages import CALL, HTMX, NOTES

EXCEPTION = {
    "first": "2031-06-01",
    "last": "2031-06-01",
    "reason": "Sent twice",
    "to": str(SEAPORT),
    "action": "preview",
}


def note_form(client: FlaskClient) -> dict[str, str]:
    """A note, as the call's page sends it."""
    page = client.get(f"/calls/{CALL}").text
    return {name: found[0] for name, found in fields_of_forms(page, "call-note-add").items()}


def panel(path: str) -> Callable[[FlaskClient], dict[str, str]]:
    """The form of a page of its own."""
    return lambda client: fields_of(client.get(path))


def exception_form(client: FlaskClient) -> dict[str, str]:
    """The form below the preview of a closed day."""
    path = f"{BASE}exceptions/new"
    fields = fields_of_forms(client.get(path).text) | {name: [value] for name, value in EXCEPTION.items()}
    shown = client.post(path, data=fields).text
    return {name: found[0] for name, found in fields_of_forms(shown, "preview").items()}


@dataclass(frozen=True)
class Sent:
    """Who sends which form where, and the rows that it makes; `typed` goes over the form's fields."""

    who: str
    path: str
    form: Callable[[FlaskClient], dict[str, str]]
    typed: Mapping[str, str]
    rows: LiteralString

    def fields(self, client: FlaskClient) -> dict[str, str]:
        """What a browser sends."""
        return self.form(client) | dict(self.typed)


FORMS = {
    "a note": Sent(
        "operator",
        NOTES,
        note_form,
        {"note_md": "Sent twice."},
        "public.internal_notes where note_md like 'Sent twice%'",
    ),
    "a request": Sent(
        "manager",
        "/knowledge/new",
        panel("/knowledge/new"),
        {"place": HARBOUR, "kind": "menu", "title": "Sent twice", "text": "Once is enough."},
        "public.knowledge_update_requests where payload ->> 'title' = 'Sent twice'",
    ),
    "a key": Sent(
        "admin",
        "/api-keys/new",
        panel("/api-keys/new"),
        {"account": HARBOUR, "label": "Sent twice", "scopes": "calls:read"},
        "public.api_keys where label = 'Sent twice'",
    ),
    "a successor": Sent(
        "admin",
        f"/api-keys/{TILL}/rotate",
        panel(f"/api-keys/{TILL}/rotate"),
        {"overlap": "1d"},
        "public.api_keys where succeeds_id is not null and created_at > now() - interval '1 hour'",
    ),
    "an invitation": Sent(
        "admin",
        "/people/invite",
        panel("/people/invite"),
        {"email": "twice@certus.example", "full_name": "Sent twice", "role": "operator", "access": HARBOUR},
        "public.users where email = 'twice@certus.example'",
    ),
    "an exception": Sent(
        "manager",
        f"{BASE}exceptions/new",
        exception_form,
        {"action": "save"},
        "public.location_hours_exceptions where reason = 'Sent twice'",
    ),
}
each_form = pytest.mark.parametrize("sent", FORMS.values(), ids=FORMS)


def count(database: Database, rows: LiteralString) -> int:
    """How many there are."""
    with database.owner() as owner:
        row = owner.execute(sql.SQL("select count(*) from ") + sql.SQL(rows)).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture(autouse=True)
def nothing_sent(database: Database) -> Iterator[None]:
    """Take back what these tests send."""
    yield
    as_seeded(database)
    with database.owner() as owner:
        owner.execute("delete from private.sent_forms")
        for name in ("a note", "a request", "an exception"):
            owner.execute(sql.SQL("delete from ") + sql.SQL(FORMS[name].rows))
        person = "(select id from public.users where email = 'twice@certus.example')"
        owner.execute(f"delete from public.user_access where user_id in {person}")  # type: ignore[arg-type]
        owner.execute("delete from public.users where email = 'twice@certus.example'")


def where(answer: TestResponse) -> str:
    """Where an answer leads, or what it says where it leads nowhere."""
    return answer.headers.get("Location", answer.text)


@each_form
def test_the_second_writes_nothing_and_leads_where_the_first_led(
    client_of: ClientOf, database: Database, sent: Sent
) -> None:
    client = client_of(sent.who)
    fields = sent.fields(client)
    first, second = (client.post(sent.path, data=fields) for _ in range(2))
    assert count(database, sent.rows) == 1
    assert first.status_code in (200, 303)
    assert second.status_code == 303
    if first.status_code == 303:  # an invitation shows its link once, and leads to the person afterwards
        assert where(second) == where(first)


@each_form
def test_two_at_once_write_once(app: Flask, client_of: ClientOf, database: Database, sent: Sent) -> None:
    client = client_of(sent.who)
    fields = sent.fields(client)
    cookie = client.get_cookie("certus")
    assert cookie is not None

    def post(_number: int) -> TestResponse:
        again = app.test_client()
        again.set_cookie("certus", cookie.value)
        return again.post(sent.path, data=fields)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, range(4)))
    assert count(database, sent.rows) == 1
    assert [answer.status_code for answer in answers if answer.status_code not in (200, 303)] == []


def test_other_words_of_the_same_form_are_another_note(operator: FlaskClient, database: Database) -> None:
    fields = note_form(operator)
    for words in ("Sent twice.", "Sent twice, then corrected."):
        operator.post(NOTES, data=fields | {"note_md": words})
    assert count(database, FORMS["a note"].rows) == 2


def test_the_same_words_of_a_fresh_form_are_another_note(operator: FlaskClient, database: Database) -> None:
    for _ in range(2):
        operator.post(NOTES, data=note_form(operator) | {"note_md": "Sent twice."})
    assert count(database, FORMS["a note"].rows) == 2


def test_the_drawer_shows_the_note_of_the_first_again(operator: FlaskClient, database: Database) -> None:
    fields = note_form(operator) | {"note_md": "Sent twice."}
    first, second = (operator.post(NOTES, data=fields, headers=HTMX) for _ in range(2))
    assert count(database, FORMS["a note"].rows) == 1
    for answer in (first, second):
        assert answer.status_code == 200
        assert "Sent twice." in answer.text
    assert first.text.split('name="sent" value="')[1][:22] != second.text.split('name="sent" value="')[1][:22]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "drawer"])
def test_the_form_of_a_note_that_is_deleted_says_so_and_can_be_sent_anew(
    operator: FlaskClient, database: Database, headers: dict[str, str]
) -> None:
    fields = note_form(operator) | {"note_md": "Sent twice."}
    note = where(operator.post(NOTES, data=fields)).rpartition("#note-")[2]
    operator.post(f"{NOTES}/{note}/delete", data={"csrf_token": fields["csrf_token"]})
    again = operator.post(NOTES, data=fields, headers=headers)
    assert again.status_code == 422
    assert "has been deleted since" in again.text
    assert count(database, FORMS["a note"].rows) == 0
    (drawn,) = [form for form in FormReader(again.text).forms if form.action == NOTES]
    assert ("note_md", "Sent twice.") in drawn.sent
    operator.post(NOTES, data=drawn.filled({"csrf_token": fields["csrf_token"]}))
    assert count(database, FORMS["a note"].rows) == 1


def test_what_was_refused_can_be_sent_again(operator: FlaskClient, database: Database) -> None:
    fields = note_form(operator)
    assert operator.post(NOTES, data=fields | {"note_md": ""}).status_code == 422
    assert operator.post(NOTES, data=fields | {"note_md": "Sent twice."}).status_code == 303
    assert count(database, FORMS["a note"].rows) == 1


def test_what_the_database_undid_can_be_sent_again(admin: FlaskClient, database: Database) -> None:
    sent = FORMS["a key"]
    fields = sent.fields(admin)
    other = sent.fields(admin)
    admin.post(sent.path, data=other)
    assert admin.post(sent.path, data=fields).status_code == 422  # the label is taken
    with database.owner() as owner:
        owner.execute("delete from public.api_keys where label = 'Sent twice'")
    assert admin.post(sent.path, data=fields).status_code == 303
    assert count(database, sent.rows) == 1


def test_a_client_without_the_field_is_taken_at_its_word(operator: FlaskClient, database: Database) -> None:
    fields = note_form(operator) | {"note_md": "Sent twice."}
    del fields["sent"]
    for _ in range(2):
        operator.post(NOTES, data=fields)
    assert count(database, FORMS["a note"].rows) == 2
