"""The list of notes, and a note's own pages."""

import re
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.fixtures.database import Database
from tests.note_pages import (
    CALL,
    FOREIGN_NOTE,
    MANAGER,
    MANAGERS_NOTE,
    OPERATORS_NOTE,
    OUT_OF_REACH,
    note,
    send,
)

pytestmark = pytest.mark.usefixtures("as_seeded")


def listed(client: FlaskClient, query: str = "") -> list[str]:
    """The calls of the rows of the list, in order."""
    answer = client.get(f"/notes/{query}")
    assert answer.status_code == 200, answer.text
    return re.findall(r'class="row-link" href="/calls/([^"]+)"', answer.text)


def test_the_list_holds_the_notes_of_calls_in_reach_newest_first(
    operator: FlaskClient, manager: FlaskClient
) -> None:
    assert listed(operator) == [str(CALL), str(CALL)]
    assert listed(manager) == [
        "ca110000-0000-7000-8000-000000000007", str(OUT_OF_REACH), str(CALL), str(CALL),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?about=mentions_me", 1),
        ("?about=by_me", 2),
        ("?account=a0000000-0000-7000-8000-00000000000b", 1),
        ("?location=10c00000-0000-7000-8000-0000000000a3", 1),
        ("?from=2026-01-15&to=2026-01-15", 1),
        ("?about=mentions_me&from=2026-01-15", 0),
    ],
)
def test_the_list_is_narrowed_by(manager: FlaskClient, query: str, count: int) -> None:
    assert len(listed(manager, query)) == count


@pytest.mark.parametrize("query", ["?about=everybody", "?location=x", "?from=soon", "?author=1"])
def test_a_filter_that_cannot_be_read_is_refused(manager: FlaskClient, query: str) -> None:
    assert manager.get(f"/notes/{query}").status_code == 400


def test_a_notes_own_page_shows_it_and_offers_what_its_reader_may_do(operator: FlaskClient) -> None:
    own = operator.get(f"/notes/details/?id={OPERATORS_NOTE}").text
    assert "the order was <strong>right</strong>" in own
    assert f'href="/calls/{CALL}"' in own
    assert "/notes/edit/" in own
    assert "/notes/delete/" in own
    theirs = operator.get(f"/notes/details/?id={MANAGERS_NOTE}").text
    assert "Credited." in theirs
    assert "/notes/edit/" not in theirs
    assert "/notes/delete/" not in theirs


@pytest.mark.parametrize("page", ["details", "edit", "delete"])
@pytest.mark.parametrize("note_id", [FOREIGN_NOTE, uuid4(), "1,2", "\0"])
def test_a_note_out_of_reach_has_no_page(operator: FlaskClient, page: str, note_id: Any) -> None:
    assert operator.get(f"/notes/{page}/", query_string={"id": str(note_id)}).status_code == 404


def test_the_notes_own_page_edits_it(operator: FlaskClient, database: Database) -> None:
    path = f"/notes/edit/?id={OPERATORS_NOTE}"
    assert "Called back: the order was" in operator.get(path).text
    answer = send(operator, path, note_md="Ask @Account Manager.", seen_at="")
    assert answer.status_code == 302
    assert note(database, OPERATORS_NOTE).note_md == "Ask @Account Manager."
    assert note(database, OPERATORS_NOTE).mentions == [MANAGER]
    again = send(operator, path, note_md="Over it.", seen_at="")
    assert again.status_code == 422
    assert "changed in another window" in again.text
    assert note(database, OPERATORS_NOTE).note_md == "Ask @Account Manager."


def test_the_notes_own_page_edits_and_deletes_nobody_elses(operator: FlaskClient, database: Database) -> None:
    before = note(database, MANAGERS_NOTE)
    for path in (f"/notes/edit/?id={MANAGERS_NOTE}", f"/notes/delete/?id={MANAGERS_NOTE}"):
        assert operator.get(path).status_code == 403
    form = {"note_md": "Not credited.", "seen_at": ""}
    assert send(operator, f"/notes/edit/?id={MANAGERS_NOTE}", **form).status_code == 403
    assert send(operator, "/notes/delete/", id=str(MANAGERS_NOTE)).status_code == 403
    assert note(database, MANAGERS_NOTE) == before


def test_the_notes_own_page_asks_and_then_deletes(operator: FlaskClient, database: Database) -> None:
    asked = operator.get(f"/notes/delete/?id={OPERATORS_NOTE}").text
    assert "It cannot be brought back." in asked
    assert note(database, OPERATORS_NOTE) is not None
    answer = send(operator, "/notes/delete/", id=str(OPERATORS_NOTE))
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/notes/"
    assert note(database, OPERATORS_NOTE) is None


def test_notes_are_made_on_calls_alone(operator: FlaskClient) -> None:
    for path in ("/notes/new/", "/notes/action/", "/notes/ajax/update/", "/notes/export/csv/"):
        assert operator.get(path).status_code == 404
