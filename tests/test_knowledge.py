"""Knowledge requests: the list, filing one, and who is shown what."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.knowledge_pages import (
    HARBOUR,
    LUMEN,
    LYON,
    MARAIS,
    MISSION,
    SEAPORT,
    SOLES,
    MakeRequest,
    claimed,
    fields_of,
    make_request,
    person,
    titles,
)

__all__ = ["make_request"]


@pytest.fixture(scope="module")
def manager(client_of: ClientOf) -> FlaskClient:
    """The manager of two accounts."""
    return client_of("manager")


@pytest.fixture(scope="module")
def admin(client_of: ClientOf) -> FlaskClient:
    """The admin, who sees everything."""
    return client_of("admin")


@pytest.fixture(scope="module")
def lyon(client_of: ClientOf) -> FlaskClient:
    """The manager of one location."""
    return client_of("manager.lyon")


def file(client: FlaskClient, **typed: str) -> tuple[int, str]:
    """Send the form; the status, and where it leads or what it says."""
    form = {"place": HARBOUR, "kind": "menu", "title": "Soup", "text": "The soup is hot.", "url": ""}
    token = fields_of(client.get("/knowledge/new").text)
    answer = client.post("/knowledge/new", data=form | token | typed)
    return answer.status_code, answer.headers.get("Location") or answer.text


def test_the_list_holds_what_is_in_reach_newest_first(
    manager: FlaskClient, admin: FlaskClient, lyon: FlaskClient
) -> None:
    assert titles(admin) == ["Winter menu", "Terrace", "Parking"]
    assert titles(manager) == ["Winter menu", "Parking"]
    assert titles(lyon) == ["Terrace"]


def test_a_manager_of_one_location_sees_that_of_the_account_and_not_of_others(
    lyon: FlaskClient, make_request: MakeRequest
) -> None:
    make_request(account=LUMEN, by="admin", title="All of us")
    make_request(account=LUMEN, by="admin", title="Lyon", location_id=LYON)
    hidden = make_request(account=LUMEN, by="admin", title="Marais", location_id=MARAIS)
    assert titles(lyon) == ["Lyon", "All of us", "Terrace"]
    assert titles(lyon, f"?location={LYON}") == ["Lyon"]
    assert lyon.get(f"/knowledge/{hidden}").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?status=pending", ["Winter menu", "Terrace"]),
        ("?status=pending&status=done", ["Winter menu", "Terrace", "Parking"]),
        (f"?account={SOLES}", ["Parking"]),
        (f"?by={person('manager_lyon')}", ["Terrace"]),
        ("?from=2026-01-11&to=2026-01-11", ["Terrace"]),
        (f"?account={SOLES}&status=pending", []),
    ],
)
def test_filters_narrow_the_list(admin: FlaskClient, query: str, expected: list[str]) -> None:
    assert titles(admin, query) == expected


@pytest.mark.parametrize(
    ("query", "status"),
    [("?status=lost", 400), ("?by=me", 400), (f"?by={person('admin')}", 404), (f"?account={LUMEN}", 404)],
)
def test_a_filter_that_cannot_be_is_refused(manager: FlaskClient, query: str, status: int) -> None:
    assert manager.get(f"/knowledge/{query}").status_code == status


def test_people_are_offered_who_filed_what_one_sees(manager: FlaskClient, admin: FlaskClient) -> None:
    assert "Manager Lyon" in admin.get("/knowledge/").text
    assert "Manager Lyon" not in manager.get("/knowledge/").text


def test_the_list_counts_what_waits(
    manager: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    for status in ("pending", "approved", "approved", "failed", "rejected"):
        make_request(status)
    text = re.sub(r"\s+", " ", manager.get("/knowledge/").text)
    counts = re.findall(r'href="/knowledge/\?status=(\w+)"><strong>(\d+)</strong>', text)
    assert counts == [("pending", "2"), ("approved", "2"), ("processing", "0"), ("failed", "1")]
    assert len(claimed(database)) == 2
    assert '"><strong>2</strong> being worked on' in re.sub(r"\s+", " ", manager.get("/knowledge/").text)


def test_operators_have_no_part_in_it(client_of: ClientOf) -> None:
    operator = client_of("operator")
    for path in ("/knowledge/", "/knowledge/new", "/knowledge/export.csv"):
        assert operator.get(path).status_code == 403
    assert "/knowledge/" not in operator.get("/").text


@pytest.mark.parametrize("place", [HARBOUR, f"{HARBOUR}/{SEAPORT}", f"{SOLES}/{MISSION}"])
def test_a_manager_files_for_an_account_or_a_location(
    manager: FlaskClient, database: Database, make_request: MakeRequest, place: str
) -> None:
    status, where = file(manager, place=place, title=" Soup ", url="https://menu.example/soup")
    assert status == 303
    with database.owner() as owner:
        row = owner.execute(
            "select * from public.knowledge_update_requests where id::text = %s", [where.rsplit("/", 1)[1]]
        ).fetchone()
    assert row is not None
    account, _, location = place.partition("/")
    assert (str(row.org_id), str(row.location_id or "")) == (account, location)
    assert (row.status, row.requested_by_user_id) == ("pending", person("manager"))
    assert row.payload == {
        "kind": "menu", "title": "Soup", "text": "The soup is hot.", "url": "https://menu.example/soup",
        **({"location_id": location} if location else {}),
    }  # fmt: skip
    assert "Soup" in titles(manager)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": " "}, "Write a title."),
        ({"text": "\n"}, "Write what the AI should know."),
        ({"title": "x" * 121}, "Write up to 120 characters."),
        ({"text": "x" * 5001}, "Write up to 5,000 characters."),
        ({"title": "Two\nlines"}, "Write one line."),
        ({"url": "menu.example"}, "Write a whole address"),
        ({"url": "javascript:alert(1)"}, "Write a whole address"),
        ({"kind": "gossip"}, "Not a valid choice"),
        ({"place": LUMEN}, "Not a valid choice"),
        ({"place": f"{HARBOUR}/{MISSION}"}, "Not a valid choice"),
        ({"text": "Use sk_live_0123456789abcdefgh."}, "This looks like a key"),
        ({"title": "ghp_0123456789abcdefghij"}, "This looks like a key"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_filed(
    manager: FlaskClient, database: Database, typed: dict[str, str], message: str
) -> None:
    count = "select count(*) as n from public.knowledge_update_requests"
    with database.owner() as owner:
        before = owner.execute(count).fetchone()
    status, page = file(manager, **typed)
    assert status == 422
    assert message in page
    assert 'aria-invalid="true"' in page
    with database.owner() as owner:
        assert owner.execute(count).fetchone() == before


def test_the_form_keeps_what_was_typed(manager: FlaskClient) -> None:
    _, page = file(manager, title="", text="Half of it.", place=f"{SOLES}/{MISSION}")
    assert "Half of it.</textarea>" in page
    assert f'selected value="{SOLES}/{MISSION}"' in page
    assert 'data-guard="changed"' in page


def test_a_request_shows_words_and_never_markup(manager: FlaskClient, make_request: MakeRequest) -> None:
    request_id = make_request(title="<b>Soup</b>", text="<script>alert(1)</script>")
    page = manager.get(f"/knowledge/{request_id}").text
    assert "<script>alert" not in page
    assert "&lt;b&gt;Soup" in page


def test_the_file_holds_what_the_list_holds(admin: FlaskClient, make_request: MakeRequest) -> None:
    make_request("rejected", title="=1+1")
    answer = admin.get("/knowledge/export.csv?status=rejected")
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    answer.close()
    assert [(line["title"], line["status"], line["location_name"]) for line in lines] == [
        ("'=1+1", "rejected", "")
    ]


def test_the_newcomer_is_told_whom_to_ask(client_of: ClientOf, database: Database) -> None:
    with database.owner() as owner:
        owner.execute("update public.users set role = 'account_manager' where email like 'newcomer@%'")
    newcomer = client_of("newcomer")
    assert titles(newcomer) == []
    assert "Ask an admin for access" in newcomer.get("/knowledge/new").text
    assert newcomer.get("/knowledge/4e000000-0000-7000-8000-000000000001").status_code == 404
