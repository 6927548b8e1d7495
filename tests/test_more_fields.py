"""A form saves its own fields: whatever else a client adds to it changes nothing."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from certus_admin.database import db
from tests.configured import LYON, LYON_ACCOUNT
from tests.drawn_forms import form_to
from tests.fixtures.database import Cluster, Database
from tests.fixtures.pages import ClientOf
from tests.saved_forms import SAVE_NOTHING, SAVED_FORMS, WEST
from views import call_notes

PEOPLE = ("admin", "manager", "operator")
COOKIE = "certus"
NOBODY = "0bad0000-0000-7000-8000-000000000bad"
LONG_AGO = "2001-02-03T04:05:06+00:00"

# What a client adds: every column there is, by name or else by type, and names that no table has.
BY_NAME = {
    "account_id": str(LYON_ACCOUNT),
    "org_id": str(LYON_ACCOUNT),
    "location_id": str(LYON),
    "id": NOBODY,
    "role": "admin",
    "status": "approved",
    "is_active": "false",
    "version": "31337",
}
BY_TYPE = {
    "uuid": WEST,
    "boolean": "true",
    "timestamp with time zone": LONG_AGO,
    "date": "2001-02-03",
    "time without time zone": "03:04",
    "jsonb": '{"smuggled": true}',
    "bytea": "\\x00",
    "inet": "198.51.100.7",
    "integer": "31337",
    "bigint": "31337",
    "smallint": "7",
    "numeric": "31337",
}
BESIDES = {
    "account": str(LYON_ACCOUNT),
    "location": str(LYON),
    "user": WEST,
    "author": WEST,
    "is_admin": "true",
    "sees_everything": "true",
    "decided_by": WEST,
    "_method": "DELETE",
}
# Their values are of the moment, or of the transaction.
MOVING = {
    "private.web_sessions": ("last_seen_at",),
    "private.admin_locks": ("taken_by",),
    "private.hours_locks": ("taken_by",),
}

UUIDS = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
MOMENTS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00")
SECRETS = re.compile(r"\$argon2id\$[^\"]+|\\\\x[0-9a-f]{64}")

Rows = Counter[tuple[str, str]]


class Change(NamedTuple):
    """How a form was answered, and the rows that were there before and after alone."""

    status: int
    before: list[tuple[str, str]]
    now: list[tuple[str, str]]


Saving = Callable[[str, str], Change]


def rows_of(database: Database) -> Rows:
    """Every row of every table as JSON, beside the name of its table."""
    with database.owner() as owner:
        tables = owner.execute(
            """select format('%I.%I', n.nspname, c.relname) as name
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'private') and c.relkind = 'r'"""
        ).fetchall()
        assert len(tables) > 20
        return Counter(
            (name, row.text)
            for (name,) in tables
            for row in owner.execute(
                f"select (to_jsonb(t) - %s::text[])::text as text from {name} t", [list(MOVING.get(name, ()))]
            )
        )


@pytest.fixture(scope="module")
def extras(database: Database) -> dict[str, str]:
    """The fields that a client adds."""
    with database.owner() as owner:
        columns = owner.execute(
            """select column_name as name, data_type as type from information_schema.columns
            where table_schema in ('public', 'private')"""
        ).fetchall()
    found = {column.name: BY_TYPE.get(column.type, "smuggled") for column in columns} | BESIDES | BY_NAME
    assert {"requested_by_user_id", "author_user_id", "created_by", "decided_at", "password_hash"} <= set(
        found
    )
    return found


@pytest.fixture(scope="module")
def cookies(client_of: ClientOf) -> dict[str, str]:
    """The session cookies of those who are signed in, before any test."""
    found = {person: client_of(person).get_cookie(COOKIE) for person in PEOPLE}
    return {person: cookie.value for person, cookie in found.items() if cookie}


@pytest.fixture(scope="module")
def as_first(
    app: Flask, cluster: Cluster, database: Database, cookies: dict[str, str]
) -> Iterator[Callable[[], None]]:
    """Put the module's database back as it was when everybody had signed in."""
    assert set(cookies) == set(PEOPLE)
    name = urlsplit(database.owner_url).path.strip("/")
    kept = f"{name}_kept"

    def let_go() -> None:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()

    def put_back() -> None:
        let_go()
        cluster.drop(name)
        cluster.create(name, kept)

    let_go()
    cluster.create(kept, name)
    yield put_back
    cluster.drop(kept)


@pytest.fixture
def saving(
    app: Flask,
    database: Database,
    cookies: dict[str, str],
    extras: dict[str, str],
    as_first: Callable[[], None],
) -> Saving:
    """Send a rule's form, with extras in the `body`, the `query` or nowhere; the status, and what changed."""

    def client_as(person: str) -> FlaskClient:
        client = app.test_client()
        if person != "stranger":
            client.set_cookie(COOKIE, cookies[person])
        return client

    def save(rule: str, where: str) -> Change:
        as_first()
        saved, first = SAVED_FORMS[rule], rows_of(database)
        known = {*UUIDS.findall(f"{first} {extras} {SAVED_FORMS}"), *MOMENTS.findall(str(first))}
        with database.owner() as owner:
            for statement in saved.given:
                owner.execute(statement.encode())
        client = client_as(saved.person)
        page = client.get(saved.page) if isinstance(saved.page, str) else saved.page(app, client, client_as)
        form = form_to(app, rule, page, saved.which)
        address = urlsplit(form.action)
        query = MultiDict(parse_qsl(address.query))
        body = form.filled(saved.typed)
        added = {
            name: value for name, value in extras.items() if name not in {*form.names, *saved.takes, *query}
        }
        if where != "nowhere":
            (body if where == "body" else query).update(added)
        before = rows_of(database)
        answer = client.post(address.path, query_string=query, data=body)
        after = rows_of(database)
        return Change(answer.status_code, tidied(before - after, known), tidied(after - before, known))

    return save


def tidied(rows: Rows, known: set[str]) -> list[tuple[str, str]]:
    """Rows without what differs from one time to the next: ids made just now, the present, hashes."""

    def moment(found: re.Match[str]) -> str:
        if found[0] in known:
            return found[0]
        days = (datetime.fromisoformat(found[0]) - datetime.now(UTC)) / timedelta(days=1)
        return f"in {abs(days):.2f} days" if -1 < days < 400 else found[0]

    def one(text: str) -> str:
        text = UUIDS.sub(lambda found: found[0] if found[0] in known else "new", text)
        return SECRETS.sub("hash", MOMENTS.sub(moment, text))

    return sorted((table, one(text)) for table, text in rows.elements())


def test_every_form_is_in_one_of_the_tables(app: Flask) -> None:
    posts = {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert sorted(posts - set(SAVED_FORMS) - set(SAVE_NOTHING)) == []
    assert sorted({*SAVED_FORMS, *SAVE_NOTHING} - posts) == []
    assert sorted(set(SAVED_FORMS) & set(SAVE_NOTHING)) == []


@pytest.mark.parametrize("rule", SAVED_FORMS)
def test_fields_that_a_form_does_not_have_change_nothing(saving: Saving, rule: str) -> None:
    plain = saving(rule, "nowhere")
    assert plain.status in (200, 302, 303)
    assert [table for table, _ in plain.now] != []
    for where in ("body", "query"):
        assert saving(rule, where) == plain


@pytest.mark.parametrize("where", ["body", "query"])
def test_an_extra_that_is_taken_would_be_seen(
    saving: Saving, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Notes whose text came from such a field, as a view would take it that fills a row from what is sent."""
    rule = "/calls/<uuid:call_id>/notes"
    plain = saving(rule, "nowhere")
    note = call_notes.add_note

    def taken(call_id: UUID, _text: str, mentions: Sequence[UUID]) -> UUID | None:
        return note(call_id, request.values.get("author_user_id", "Called back."), mentions)

    monkeypatch.setattr(call_notes, "add_note", taken)
    assert saving(rule, "nowhere") == plain
    assert saving(rule, where) != plain
