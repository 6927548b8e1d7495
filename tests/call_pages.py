"""Calls as the pages' tests read and make them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from certus_admin.database import Caller, acting_as, db
from certus_admin.queries.call_detail import CallDetail, get_call_detail
from tests.fixtures.database import Database

ACCOUNT = UUID("a0000000-0000-7000-8000-00000000000a")
SEAPORT = UUID("10c00000-0000-7000-8000-0000000000a1")
ORDER_CALL = UUID("ca110000-0000-7000-8000-000000000001")
RESERVATION_CALL = UUID("ca110000-0000-7000-8000-000000000002")
MISSED_CALL = UUID("ca110000-0000-7000-8000-000000000003")
OUT_OF_REACH = UUID("ca110000-0000-7000-8000-000000000011")
OPERATOR = UUID("05e00000-0000-7000-8000-000000000003")
RAW_NUMBER = "+1 617-555-0142"
HTMX = {"HX-Request": "true"}
REASON = "The guest asked to be called back"


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        sent.append(arguments[2])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def detail(app: Flask, call_id: UUID) -> CallDetail:
    """The call as the operator has it."""
    with app.app_context(), acting_as(Caller(OPERATOR)):
        found = get_call_detail(call_id)
    assert found is not None
    return found


def reveal(
    client: FlaskClient, call_id: UUID, reason: str, headers: dict[str, str] | None = None
) -> TestResponse:
    """Send the form of the drawer."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(f"/calls/{ORDER_CALL}").text)
    assert token is not None
    form = {"reason": reason, "csrf_token": token[1]}
    return client.post(f"/calls/{call_id}/reveal", data=form, headers=headers)


def audit_lines(database: Database, action: str) -> list[Any]:
    """What the audit log says about `action`, oldest first."""
    with database.owner() as owner:
        return owner.execute(
            """select actor_user_id, row_id, after, account_id, location_id, application
            from public.audit_log where action = %s order by at""",
            [action],
        ).fetchall()


def new_call(database: Database, **columns: Any) -> UUID:
    """A call at Seaport, ten minutes long."""
    values = {
        "account_id": ACCOUNT, "location_id": SEAPORT, "provider": "retell", "provider_call_id": uuid4().hex,
        "provider_status": "ended", "end_reason": "user_hangup", "intent": "general",
        "started_at": datetime(2026, 1, 20, 17, 0, tzinfo=UTC),
        "ended_at": datetime(2026, 1, 20, 17, 10, tzinfo=UTC),
        **columns,
    }  # fmt: skip
    names, places = ", ".join(values), ", ".join(f"%({name})s" for name in values)
    with database.owner() as owner:
        statement = f"insert into public.call_logs ({names}) values ({places}) returning id"
        row = owner.execute(statement, values).fetchone()
    assert row is not None
    return UUID(str(row.id))
