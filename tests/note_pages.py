"""Notes as the pages' tests read and write them."""

import re
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fixtures.database import Database

CALL = UUID("ca110000-0000-7000-8000-000000000001")
OUT_OF_REACH = UUID("ca110000-0000-7000-8000-000000000011")
OPERATORS_NOTE = UUID("007e0000-0000-7000-8000-000000000001")
MANAGERS_NOTE = UUID("007e0000-0000-7000-8000-000000000002")
FOREIGN_NOTE = UUID("007e0000-0000-7000-8000-000000000004")
OPERATOR = UUID("05e00000-0000-7000-8000-000000000003")
MANAGER = UUID("05e00000-0000-7000-8000-000000000002")
WEST = UUID("05e00000-0000-7000-8000-000000000004")
HTMX = {"HX-Request": "true"}
NOTES = f"/calls/{CALL}/notes"


def send(client: FlaskClient, path: str, headers: dict[str, str] | None = None, **form: str) -> TestResponse:
    """Send a form with the token of a page that everybody here sees."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get(f"/calls/{CALL}").text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **form}, headers=headers)


def notes(database: Database, call_id: UUID = CALL) -> list[Any]:
    """The notes of a call as they are stored, oldest first."""
    with database.owner() as owner:
        statement = "select * from public.internal_notes where call_id = %s order by created_at, id"
        return owner.execute(statement, [call_id]).fetchall()


def note(database: Database, note_id: UUID) -> Any:
    """One note as it is stored, or None."""
    with database.owner() as owner:
        return owner.execute("select * from public.internal_notes where id = %s", [note_id]).fetchone()
