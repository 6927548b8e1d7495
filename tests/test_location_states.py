"""The state of locations, asked from Python: typed, in the order asked, many in one statement."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event

from certus_admin.config import Config
from certus_admin.database import Caller, acting_as, db
from certus_admin.queries.location_state import LocationState, get_location_state, list_location_states
from tests.fixtures.core import MakeApp
from tests.sql.asking import PEOPLE, location_id

A1, A2, B1 = (location_id(name) for name in ("a1", "a2", "b1"))
CHRISTMAS = datetime(2026, 12, 25, 20, tzinfo=UTC)


@pytest.fixture
def app(app_of: MakeApp, config: Config) -> Iterator[Flask]:
    """An application in which an operator of two locations asks."""
    app = app_of(config)
    with app.app_context(), acting_as(Caller(PEOPLE["operator"])):
        yield app


def test_one_state_has_every_part(app: Flask) -> None:
    assert get_location_state(A1, CHRISTMAS) == LocationState(
        location_id=A1,
        timezone="America/New_York",
        local_time=datetime(2026, 12, 25, 15),  # noqa: DTZ001 - a clock's reading has no zone
        is_open=False,
        rule="exception",
        rule_id=UUID("e7c00000-0000-7000-8000-000000000001"),
        reason="Christmas Day",
        until=datetime(2026, 12, 26, 16, 30, tzinfo=UTC),
        busy=False,
        busy_until=None,
        busy_reason=None,
        extra_wait_seconds=0,
    )


def test_many_states_come_in_the_order_asked_from_one_statement(app: Flask) -> None:
    db.session.connection()
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    states = list_location_states([A2, B1, uuid4(), A1])
    assert [state.location_id for state in states] == [A2, A1]
    assert len(statements) == 1
    assert list_location_states([]) == ()


def test_out_of_reach_is_as_not_there(app: Flask) -> None:
    assert get_location_state(A1) is not None
    assert get_location_state(B1) is None
    assert get_location_state(uuid4()) is None


def test_an_instant_needs_a_zone(app: Flask) -> None:
    with pytest.raises(ValueError, match="zone"):
        get_location_state(A1, CHRISTMAS.replace(tzinfo=None))
