"""Every address of the application: who gets in, what its pages are made of, and what may change a row."""

import re
from collections.abc import Callable
from http import HTTPMethod
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from certus_admin.config import Config
from seeds.recordings import make_recordings
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.page_html import read_answer, read_page
from tests.route_table import CALL, FORMS, NOTE, PEOPLE, PLACEHOLDER, ROUTES, SIGN_IN, address_of

CELLS = [
    pytest.param(method, rule, person, expected, id=f"{method} {rule} as {person}")
    for (method, rule), answers in ROUTES.items()
    for person, expected in zip(PEOPLE, answers, strict=True)
]
GETS = [rule for method, rule in ROUTES if method == "GET"]
POSTS = [rule for method, rule in ROUTES if method == "POST"]
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.(csv|json))?")

# What looking may write, by table: some columns, or every one; and why.
MAY_CHANGE: dict[str, tuple[tuple[str, ...] | str, str]] = {
    "public.audit_log": ("*", "that somebody looked, played or exported is written there"),
    "private.web_sessions": (("last_seen_at",), "a session that is used does not end of idleness"),
}

Ask = Callable[..., TestResponse]


@pytest.fixture(scope="module", autouse=True)
def recordings(config: Config) -> None:
    """The demo's sounds, of which one is asked for."""
    make_recordings(config.var / "recordings")


@pytest.fixture(autouse=True)
def note_of_the_operator(database: Database) -> None:
    """The note at NOTE as it was, whatever the test before did to it."""
    with database.owner() as owner:
        owner.execute("delete from public.internal_notes where id = %s", [NOTE])
        owner.execute(
            """insert into public.internal_notes (account_id, id, call_id, author_user_id, note_md)
            select c.account_id, %s, c.id, u.id, 'Hers.' from public.call_logs c, public.users u
            where c.id = %s and u.email = 'operator@certus.example'""",
            [NOTE, CALL],
        )


@pytest.fixture(scope="module")
def signed_in() -> dict[str, FlaskClient]:
    """Who has signed in so far; each does it once, for passwords are slow on purpose."""
    return {}


@pytest.fixture
def ask(client: FlaskClient, client_of: ClientOf, signed_in: dict[str, FlaskClient]) -> Ask:
    """Send one person's request for a rule, with a form's token when it is a POST; each is signed in."""
    for name in set(PEOPLE[1:]) - set(signed_in):
        signed_in[name] = client_of(name)

    def send(person: str, method: str, rule: str, **options: Any) -> TestResponse:
        somebody = client if person == "stranger" else signed_in[person]
        if method == "POST":
            form = FORMS.get(rule, {}) | {"csrf_token": token_of(somebody)}
            options = {"data": form} | options
            if rule == "/logout":
                signed_in.pop(person, None)
        return somebody.open(address_of(rule), method=method, **options)

    return send


def token_of(client: FlaskClient) -> str:
    """A token that this client may send forms with, from whatever page it is shown."""
    page = client.get(f"/calls/{CALL}", follow_redirects=True).text
    found = re.search(r'(?:name="csrf_token"[^>]*value|name="csrf-token" content)="([^"]+)"', page)
    assert found is not None, "no page with a form's token"
    return found[1]


def methods_of(rule: Rule) -> set[str]:
    """The methods that views answer themselves; HEAD and OPTIONS follow from them."""
    return (rule.methods or set()) - {HTTPMethod.HEAD, HTTPMethod.OPTIONS}


def test_the_table_names_every_route(app: Flask) -> None:
    real = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in methods_of(rule)}
    assert sorted(real - set(ROUTES)) == []
    assert sorted(set(ROUTES) - real) == []


def test_addresses_are_written_in_kebab_case(app: Flask) -> None:
    parts = {part for rule in app.url_map.iter_rules() for part in rule.rule.split("/") if part}
    words = {part for part in parts if not PLACEHOLDER.fullmatch(part)}
    assert words
    assert [word for word in words if not KEBAB.fullmatch(word)] == []


@pytest.mark.parametrize(("method", "rule", "person", "expected"), CELLS)
def test_each_person_is_answered_as_the_table_says(
    ask: Ask, method: str, rule: str, person: str, expected: str | int
) -> None:
    answer = ask(person, method, rule)
    answer.close()
    if expected == SIGN_IN:
        assert answer.status_code == (302 if method == "GET" else 303)
        assert answer.headers["Location"].startswith("/login")
    else:
        assert answer.status_code == expected
        assert not answer.headers.get("Location", "").startswith("/login") or rule == "/logout"


@pytest.mark.parametrize("rule", [rule for rule in GETS if ROUTES["GET", rule][0] == SIGN_IN])
def test_strangers_cannot_look_with_other_methods_or_as_htmx(client: FlaskClient, rule: str) -> None:
    address = address_of(rule)
    assert client.head(address).status_code == 302
    assert client.options(address).status_code == 303
    part = client.get(address, headers={"HX-Request": "true"})
    assert (part.status_code, part.text) == (401, "")
    assert client.get(address, headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize("rule", POSTS)
@pytest.mark.parametrize("person", PEOPLE)
def test_no_form_is_taken_without_its_token(ask: Ask, database: Database, rule: str, person: str) -> None:
    before = fingerprint(database)
    answer = ask(person, "POST", rule, data=FORMS.get(rule, {}))
    if person == "stranger" and ROUTES["POST", rule][0] == SIGN_IN:
        assert answer.status_code == 303
    else:
        assert answer.status_code == 400
        assert "This form has expired" in answer.text
    assert fingerprint(database) == before


@pytest.mark.parametrize("rule", GETS)
def test_looking_changes_nothing(ask: Ask, database: Database, rule: str) -> None:
    before = fingerprint(database)
    for person in PEOPLE[1:]:
        ask(person, "GET", rule).close()
    assert fingerprint(database) == before


@pytest.mark.parametrize(
    "change",
    [
        f"update public.internal_notes set note_md = 'His.' where id = '{NOTE}'",
        "insert into private.metrics_marks default values",
        "insert into private.derivations values ('a rule', 'its rules')",
        "insert into private.sign_in_attempts values ('a', 1, now())",
    ],
)
def test_the_fingerprint_sees_a_changed_row(database: Database, change: str) -> None:
    before = fingerprint(database)
    with database.owner() as owner:
        owner.execute(change.encode())
    assert fingerprint(database) != before


def test_the_fingerprint_leaves_out_no_more_than_it_names(database: Database) -> None:
    before = fingerprint(database)
    with database.owner() as owner:
        owner.execute("update private.web_sessions set last_seen_at = now() + interval '1 second'")
    assert fingerprint(database) == before
    with database.owner() as owner:
        owner.execute("update private.web_sessions set address = '203.0.113.9'")
    assert fingerprint(database) != before


def fingerprint(database: Database) -> dict[str, Any]:
    """Number and content of the rows of each table, but what MAY_CHANGE names."""
    with database.owner() as owner:
        tables = owner.execute(
            """select format('%I.%I', n.nspname, c.relname) as name
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'private') and c.relkind = 'r'"""
        ).fetchall()
        found = {}
        for (name,) in tables:
            aside = MAY_CHANGE.get(name, ((), ""))[0]
            if aside != "*":
                found[name] = owner.execute(
                    f"""select count(*), coalesce(sum(hashtext((to_jsonb(t) - %s::text[])::text)), 0)
                    from {name} t""",
                    [list(aside)],
                ).fetchone()
    assert sum(name.startswith("public.") for name in found) > 10
    assert sum(name.startswith("private.") for name in found) > 8
    return found


@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_is_sound_html(ask: Ask, person: str) -> None:
    read = {}
    for rule in GETS:
        answer = ask(person, "GET", rule)
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            read[rule] = read_answer(answer).faults
        answer.close()
    assert ("/login" if person == "stranger" else "/calls/") in read
    assert {rule: faults for rule, faults in read.items() if faults} == {}


@pytest.mark.parametrize("rule", [rule for rule in POSTS if FORMS.get(rule, {}).keys() - {"id"}])
def test_a_refused_form_is_sound_html(ask: Ask, client_of: ClientOf, rule: str) -> None:
    operator = client_of("operator")
    empty = dict.fromkeys(FORMS[rule], "")
    answer = operator.post(address_of(rule), data=empty | {"csrf_token": token_of(operator)})
    assert answer.status_code == 422
    assert read_answer(answer).faults == []


@pytest.mark.parametrize(
    ("unsound", "fault"),
    [
        ("<p>", "never closed"),
        ("<b><i></b></i>", "closes i"),
        ('<p style="color:red"></p>', "styled inline"),
        ("<style></style>", "styled inline"),
        ('<p onclick="x()"></p>', "has onclick"),
        ("<script>x()</script>", "has not this answer's nonce"),
        ('<script src="/x.js" nonce="other"></script>', "another answer's nonce"),
        ('<a href="javascript:x()"></a>', "runs a script"),
        ('<i id="a"></i><b id="a"></b>', "no id of its own"),
        ("<h1>Two</h1>", "2 main headings"),
    ],
)
def test_the_reader_of_pages_sees_what_is_unsound(unsound: str, fault: str) -> None:
    sound = '<title>T</title><h1>One</h1><script nonce="ours">x()</script>'
    assert read_page(sound, "ours").faults == []
    assert fault in " ".join(read_page(sound + unsound, "ours").faults)


@pytest.mark.parametrize("person", PEOPLE[1:])
def test_no_link_of_a_menu_leads_nowhere(client_of: ClientOf, person: str) -> None:
    somebody = client_of(person)
    links = {link for link in read_answer(somebody.get("/")).links if link.startswith("/")}
    assert "/calls/" in links
    for link in sorted(links):
        answer = somebody.get(link)
        answer.close()
        assert answer.status_code == 200, link
