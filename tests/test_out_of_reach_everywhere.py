"""Every address that takes an id, asked for what others own: answered as for an id that is nobody's.

tests/test_out_of_reach.py asks more closely about calls, notes and hours; this asks the whole URL map.
"""

import re
from collections.abc import Mapping
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.route_table import PEOPLE, PLACEHOLDER, ROUTES, VALUES, WITH_ID
from tests.test_out_of_reach import HTMX, send, told
from tests.test_routes import fingerprint

# All of Maison Lumen, or of the one who works there alone: the admin of everything reaches them.
THEIRS = {
    "account_id": "a0000000-0000-7000-8000-00000000000c",
    "location_id": "10c00000-0000-7000-8000-0000000000c2",
    "call_id": "ca110000-0000-7000-8000-000000000022",
    "note_id": "007e0000-0000-7000-8000-000000000005",
    "knowledge_id": "4e000000-0000-7000-8000-000000000003",
    "person_id": "05e00000-0000-7000-8000-000000000005",
    "access_id": "acce5500-0000-7000-8000-000000000007",
    "key_id": "a9140000-0000-7000-8000-000000000003",
}
OUTSIDERS = ("operator", "manager", "admin.harbour")
LINE = """select id::text as id from public.audit_log
    where account_id = %s and table_name = 'location_settings' order by id limit 1"""
RULES = [(method, rule) for method, rule in ROUTES if "<uuid:" in rule or rule in WITH_ID]
# What a filter by a place, an account, a person or a row is called, and the pages that have it.
FILTERS = {
    "/": ("account", "location"),
    "/analytics/": ("account", "location"),
    "/api-keys/": ("account",),
    "/audit/": ("account", "location", "person"),
    "/calls/": ("account", "location"),
    "/configuration/": ("account",),
    "/knowledge/": ("account", "location", "by"),
    "/notes/": ("account", "location"),
    "/orders/": ("account", "location"),
    "/people/": ("account", "location"),
    "/reservations/": ("account", "location"),
    "/settings/": ("account", "location"),
}
FILTERED = {"account": "account_id", "location": "location_id", "person": "person_id", "by": "person_id"}
EXPORTS = ("/api-keys/", "/audit/", "/calls/", "/knowledge/", "/orders/", "/reservations/")

Answer = tuple[int, str, dict[str, str]]


@pytest.fixture(scope="module")
def theirs(database: Database) -> dict[str, str]:
    """The ids of others, a line of their history too."""
    with database.owner() as owner:
        line = owner.execute(LINE, [THEIRS["account_id"]]).fetchone()
    assert line is not None
    return THEIRS | {"line_id": line.id}


def nobodys() -> dict[str, str]:
    return {name: str(uuid4()) for name in (*THEIRS, "line_id")}


def address(rule: str, ids: Mapping[str, str]) -> str:
    """The rule with these ids, and what else it takes as it exists."""
    query = f"?id={ids['note_id']}" if rule in WITH_ID else ""
    return PLACEHOLDER.sub(lambda found: str(ids.get(found[1], VALUES[found[1]])), rule) + query


def ask(client: FlaskClient, method: str, rule: str, ids: Mapping[str, str], htmx: bool) -> Answer:
    """What an address tells; who asked has the ids already."""
    form = {"id": ids["note_id"]} if method == "POST" else None
    return without(ids, told(send(client, address(rule, ids), form, HTMX if htmx else {})))


def without(ids: Mapping[str, str], answer: Answer) -> Answer:
    """An answer without the ids that were asked for, and without its scripts' nonce."""
    code, body, headers = answer
    body = re.sub(r'nonce="[^"]+"', "", body)
    for name, value in ids.items():
        body = body.replace(value, name)
        headers = {header: words.replace(value, name) for header, words in headers.items()}
    headers.pop("Content-Length", None)
    return code, body, headers


@pytest.mark.parametrize("person", OUTSIDERS)
def test_every_address_answers_alike_for_what_others_own_and_what_is_nobodys(
    client_of: ClientOf, database: Database, theirs: dict[str, str], person: str
) -> None:
    client = client_of(person)
    before, differing, codes = fingerprint(database), [], set()
    for method, rule in RULES:
        for htmx in (False, True):
            foreign = ask(client, method, rule, theirs, htmx)
            codes.add(foreign[0])
            if foreign != ask(client, method, rule, nobodys(), htmx):
                differing.append((method, rule, foreign[0]))
    assert not differing, differing
    # The page where hours are pasted leads everybody to the same address, unread.
    assert codes <= {303, 403, 404}
    assert 404 in codes
    assert fingerprint(database) == before


def test_whoever_reaches_them_is_answered_otherwise(client_of: ClientOf, theirs: dict[str, str]) -> None:
    admin = client_of("admin")
    # Their account has no setting `routing`; its recording and its other pages are there.
    rules = [
        rule
        for method, rule in RULES
        if method == "GET" and not rule.startswith("/settings/") and rule != "/calls/<uuid:call_id>/recording"
    ]
    alike = [
        rule
        for rule in rules
        if ask(admin, "GET", rule, theirs, False)[0] == ask(admin, "GET", rule, nobodys(), False)[0]
    ]
    assert [rule for rule in alike if not re.search(r"/(paste|<day>|<day>/delete|<request_id>)$", rule)] == []


@pytest.mark.parametrize("person", OUTSIDERS)
def test_every_filter_answers_alike(client_of: ClientOf, theirs: dict[str, str], person: str) -> None:
    client = client_of(person)
    pages = {**FILTERS, **{f"{path}export.csv": FILTERS[path] for path in EXPORTS}}
    differing = []
    for path, names in pages.items():
        for name in names:
            foreign, missing = (
                without(ids, told(client.get(path, query_string={name: ids[FILTERED[name]]})))
                for ids in (theirs, nobodys())
            )
            # The audit log finds nothing by somebody without lines in reach, whoever that is.
            codes = (200, 403) if name == "person" else (400, 403, 404)
            if foreign != missing or foreign[0] not in codes:
                differing.append((path, name, foreign[0], missing[0]))
    assert not differing, differing


def test_the_table_of_filters_names_every_list() -> None:
    lists = {rule for method, rule in ROUTES if method == "GET" and rule.endswith("/") and "<" not in rule}
    assert lists - {"/admin/", "/health/", "/notes/details/", "/notes/edit/", "/notes/delete/"} == set(
        FILTERS
    )
    assert {f"{path}export.csv" for path in EXPORTS} == {rule for _, rule in ROUTES if "export.csv" in rule}
    assert len(PEOPLE) == 4
