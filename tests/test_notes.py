"""Notes on calls: written, mentioned, changed and deleted, with scripts and without."""

import re
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.note_pages import (
    CALL,
    HTMX,
    MANAGER,
    MANAGERS_NOTE,
    NOTES,
    OPERATOR,
    OPERATORS_NOTE,
    OUT_OF_REACH,
    note,
    notes,
    send,
)

pytestmark = pytest.mark.usefixtures("as_seeded")

# Writing


def test_a_note_is_added_in_the_writers_own_name(operator: FlaskClient, database: Database) -> None:
    answer = send(operator, NOTES, note_md="Called back.\r\nAll is well.\0 ")
    written = notes(database)[-1]
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/calls/{CALL}#note-{written.id}"
    assert written.note_md == "Called back.\nAll is well."
    assert written.author_user_id == OPERATOR
    assert written.mentions == []


def test_in_the_drawer_the_note_and_a_fresh_form_come_back(operator: FlaskClient, database: Database) -> None:
    answer = send(operator, NOTES, HTMX, note_md="Called **back**.")
    assert answer.status_code == 200
    assert notes(database)[-1].note_md == "Called **back**."
    assert "<html" not in answer.text
    assert "Called <strong>back</strong>." in answer.text
    assert 'hx-swap-oob="beforeend:#call-notes-list"' in answer.text
    assert re.search(r"<textarea[^>]*>\s*</textarea>", answer.text)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Write something first."),
        (" \r\n\0 ", "Write something first."),
        ("x" * 10_001, "10,000 characters"),
    ],
)
def test_an_empty_or_endless_note_is_refused_beside_the_field(
    operator: FlaskClient, database: Database, headers: dict[str, str], text: str, error: str
) -> None:
    before = notes(database)
    answer = send(operator, NOTES, headers, note_md=text)
    assert answer.status_code == 422
    assert error in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'data-guard="changed"' in answer.text
    assert notes(database) == before


def test_a_note_of_exactly_the_limit_is_kept(operator: FlaskClient, database: Database) -> None:
    assert send(operator, NOTES, note_md="é" * 10_000).status_code == 303
    assert notes(database)[-1].note_md == "é" * 10_000


@pytest.mark.parametrize("call_id", [OUT_OF_REACH, uuid4()])
@pytest.mark.parametrize("text", ["Mine now.", "Hello @Operator West", ""])
def test_no_note_on_a_call_out_of_reach(
    operator: FlaskClient, database: Database, call_id: UUID, text: str
) -> None:
    before = notes(database, OUT_OF_REACH)
    assert len(before) == 1
    assert send(operator, f"/calls/{call_id}/notes", note_md=text).status_code == 404
    assert notes(database, OUT_OF_REACH) == before


def test_a_note_needs_the_forms_token(operator: FlaskClient, database: Database) -> None:
    before = notes(database)
    assert operator.post(NOTES, data={"note_md": "Forged."}).status_code == 400
    assert notes(database) == before


def test_what_people_write_is_inert(operator: FlaskClient, database: Database) -> None:
    text = "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) @Operator<b>"
    answer = send(operator, NOTES, HTMX, note_md=text)
    assert notes(database)[-1].note_md == text
    for page in (answer.text, operator.get(f"/calls/{CALL}", headers=HTMX).text):
        assert "<script" not in page
        assert "<img" not in page
        assert "<b>" not in page
        assert 'href="javascript' not in page


# Mentions


def test_names_become_ids_of_people_who_can_see_the_call(operator: FlaskClient, database: Database) -> None:
    send(
        operator,
        NOTES,
        note_md="@Account Manager, and @operator too. Not @Operator West, who works elsewhere.",
    )
    assert set(notes(database)[-1].mentions) == {MANAGER, OPERATOR}
    text = operator.get(f"/calls/{CALL}", headers=HTMX).text
    assert '<span class="note-mention note-mention-own">@operator</span>' in text


def test_completion_offers_whoever_can_see_the_call(operator: FlaskClient) -> None:
    found = operator.get(f"/calls/{CALL}/people.json?q=").json
    assert found is not None
    names = [person["name"] for person in found["people"]]
    assert {"Admin", "Account Manager", "Operator", "Admin Harbour"} <= set(names)
    assert not {"Operator West", "Manager Lyon", "Former Operator", "Newcomer"} & set(names)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("acc", ["Account Manager"]), ("MAN", ["Account Manager"]), ("account m", ["Account Manager"]),
        ("ccount", []), ("%", []), ("\0", []),
    ],
)  # fmt: skip
def test_completion_goes_by_the_beginnings_of_words(
    operator: FlaskClient, typed: str, names: list[str]
) -> None:
    found = operator.get(f"/calls/{CALL}/people.json", query_string={"q": typed}).json
    assert found is not None
    assert [person["name"] for person in found["people"]] == names


@pytest.mark.parametrize("call_id", [OUT_OF_REACH, uuid4()])
def test_nobody_is_offered_on_a_call_out_of_reach(operator: FlaskClient, call_id: UUID) -> None:
    answer = operator.get(f"/calls/{call_id}/people.json?q=", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert "Operator" not in answer.text


def test_a_colleague_who_has_left_stays_named_in_an_old_note(
    operator: FlaskClient, database: Database
) -> None:
    send(operator, NOTES, note_md="Ask @Account Manager.")
    written = notes(database)[-1]
    with database.owner() as owner:
        owner.execute("update public.users set is_active = false where id = %s", [MANAGER])
    try:
        answer = send(
            operator, f"{NOTES}/{written.id}/edit", note_md="Ask @Account Manager again.", seen_at=""
        )
    finally:
        with database.owner() as owner:
            owner.execute("update public.users set is_active = true where id = %s", [MANAGER])
    assert answer.status_code == 303
    assert note(database, written.id).mentions == [MANAGER]


# Changing


def test_an_own_note_is_changed_and_marked(operator: FlaskClient, database: Database) -> None:
    path = f"{NOTES}/{OPERATORS_NOTE}/edit"
    assert "Called back: the order was **right**" in operator.get(path).text
    answer = send(operator, path, note_md="Second thoughts.", seen_at="")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/calls/{CALL}#note-{OPERATORS_NOTE}"
    changed = note(database, OPERATORS_NOTE)
    assert changed.note_md == "Second thoughts."
    assert changed.mentions == []
    assert changed.updated_at is not None
    assert "edited" in operator.get(f"/calls/{CALL}").text


def test_in_the_drawer_only_the_note_comes_back(operator: FlaskClient) -> None:
    form = operator.get(f"{NOTES}/{OPERATORS_NOTE}/edit", headers=HTMX).text
    assert form.lstrip().startswith("<li")
    saved = send(operator, f"{NOTES}/{OPERATORS_NOTE}/edit", HTMX, note_md="Better.", seen_at="").text
    assert saved.lstrip().startswith("<li")
    assert "Better." in saved
    assert operator.get(f"{NOTES}/{OPERATORS_NOTE}", headers=HTMX).text.lstrip().startswith("<li")


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_edit_over_another_edit_shows_both(
    operator: FlaskClient, database: Database, headers: dict[str, str]
) -> None:
    path = f"{NOTES}/{OPERATORS_NOTE}/edit"
    send(operator, path, note_md="From the first window.", seen_at="")
    answer = send(operator, path, headers, note_md="From the second window.", seen_at="")
    assert answer.status_code == 422
    assert "From the first window." in answer.text
    assert "From the second window." in answer.text
    assert note(database, OPERATORS_NOTE).note_md == "From the first window."
    seen_at = re.search(r'name="seen_at"[^>]*value="([^"]+)"', answer.text)
    assert seen_at is not None
    assert send(operator, path, note_md="Both.", seen_at=seen_at[1]).status_code == 303
    assert note(database, OPERATORS_NOTE).note_md == "Both."


@pytest.mark.parametrize("seen_at", ["yesterday", "2026-01-01T00:00:00", "\0"])
def test_a_forged_version_is_refused(operator: FlaskClient, database: Database, seen_at: str) -> None:
    before = note(database, OPERATORS_NOTE)
    answer = send(operator, f"{NOTES}/{OPERATORS_NOTE}/edit", note_md="Forged.", seen_at=seen_at)
    assert answer.status_code == 422
    assert note(database, OPERATORS_NOTE) == before


@pytest.mark.parametrize("name", ["operator", "admin"])
def test_nobody_changes_another_persons_note(client_of: ClientOf, database: Database, name: str) -> None:
    client, before = client_of(name), note(database, MANAGERS_NOTE)
    path = f"{NOTES}/{MANAGERS_NOTE}/edit"
    assert client.get(path).status_code == 403
    assert send(client, path, note_md="Not credited.", seen_at="").status_code == 403
    assert note(database, MANAGERS_NOTE) == before


# Deleting


def test_an_own_note_is_deleted_after_a_question(operator: FlaskClient, database: Database) -> None:
    path = f"{NOTES}/{OPERATORS_NOTE}/delete"
    assert "It cannot be brought back." in operator.get(path).text
    assert note(database, OPERATORS_NOTE) is not None
    answer = send(operator, path)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/calls/{CALL}#call-notes"
    assert note(database, OPERATORS_NOTE) is None


def test_an_operator_or_manager_deletes_nobody_elses(
    operator: FlaskClient, manager: FlaskClient, database: Database
) -> None:
    for client, theirs in ((operator, MANAGERS_NOTE), (manager, OPERATORS_NOTE)):
        assert client.get(f"{NOTES}/{theirs}/delete").status_code == 403
        assert send(client, f"{NOTES}/{theirs}/delete").status_code == 403
        assert note(database, theirs) is not None


@pytest.mark.parametrize("name", ["admin", "admin.harbour"])
def test_an_admin_deletes_anybodys(client_of: ClientOf, database: Database, name: str) -> None:
    answer = send(client_of(name), f"{NOTES}/{MANAGERS_NOTE}/delete", HTMX)
    assert answer.status_code == 200
    assert "Note deleted." in answer.text
    assert note(database, MANAGERS_NOTE) is None


def test_buttons_stand_only_where_they_lead_somewhere(operator: FlaskClient) -> None:
    text = operator.get(f"/calls/{CALL}", headers=HTMX).text
    assert f"{NOTES}/{OPERATORS_NOTE}/edit" in text
    assert f"{NOTES}/{OPERATORS_NOTE}/delete" in text
    assert f"{NOTES}/{MANAGERS_NOTE}/edit" not in text
    assert f"{NOTES}/{MANAGERS_NOTE}/delete" not in text
