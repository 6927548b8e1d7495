"""One call: what the drawer and its page show, what listening and revealing leave in the audit log."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from certus_admin.database import Caller, acting_as, db
from certus_admin.queries.call_detail import CallDetail, get_call_detail
from certus_admin.recordings import is_recording_address
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf

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


@pytest.fixture
def operator(client_of: ClientOf) -> FlaskClient:
    """The operator of Seaport and Market."""
    return client_of("operator")


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


# What the query gives


def test_a_call_comes_with_everything_that_belongs_to_it_in_one_statement(app: Flask) -> None:
    with app.app_context(), acting_as(Caller(OPERATOR)), counted(app) as sent:
        call = get_call_detail(ORDER_CALL)
    assert call is not None
    assert len(sent) == 2  # the context's, and its own
    assert [turn.speaker for turn in call.turns] == ["caller", "agent", "caller", "agent", "caller"]
    assert call.started_at == datetime(2026, 1, 14, 17, 5, 10, tzinfo=UTC)
    [order] = call.orders
    assert order.total == Decimal("59.92")
    assert order.parts_total == order.total
    assert order.items_total == order.subtotal == Decimal("56.00")
    assert [(item.name, item.amount) for item in order.items] == [("Clam chowder", 28), ("Lobster roll", 28)]
    assert [update.status for update in order.updates] == ["preparing", "completed"]
    assert [(upsell.item_name, upsell.accepted) for upsell in order.upsells] == [("Lobster roll", True)]
    assert [note.author_name for note in call.notes] == ["Operator", "Account Manager"]
    assert [mention.full_name for mention in call.notes[0].mentions] == ["Account Manager"]


def test_a_reservation_says_where_its_average_comes_from(app: Flask) -> None:
    [reservation] = detail(app, RESERVATION_CALL).reservations
    assert reservation.reservation_at == datetime(2026, 1, 17, 0, 0, tzinfo=UTC)
    assert (reservation.estimated_revenue, reservation.average) == (Decimal("192.00"), Decimal("48.00"))
    assert reservation.average_from == "account"


@pytest.mark.parametrize("call_id", [OUT_OF_REACH, uuid4()])
def test_missing_and_out_of_reach_are_both_none(app: Flask, call_id: UUID) -> None:
    with app.app_context(), acting_as(Caller(OPERATOR)):
        assert get_call_detail(call_id) is None


def test_a_transaction_without_a_caller_finds_nothing(app: Flask) -> None:
    with app.app_context(), pytest.raises(Exception, match="permission denied"):
        get_call_detail(ORDER_CALL)


# What the page shows


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_drawer_and_page_cost_no_more_than_four_statements(
    app: Flask, operator: FlaskClient, headers: dict[str, str]
) -> None:
    operator.get(f"/calls/{ORDER_CALL}")
    with counted(app) as sent:
        assert operator.get(f"/calls/{ORDER_CALL}", headers=headers).status_code == 200
    assert len(sent) <= 4, sent


def test_the_drawer_is_a_fragment_and_the_same_address_a_page(operator: FlaskClient) -> None:
    fragment = operator.get(f"/calls/{ORDER_CALL}", headers=HTMX)
    page = operator.get(f"/calls/{ORDER_CALL}")
    assert "<html" not in fragment.text
    assert "<html" in page.text
    assert 'href="/calls/"' in page.text
    for answer in (fragment, page):
        assert "HX-Request" in answer.headers["Vary"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Lobster roll" in answer.text


@pytest.mark.parametrize(
    "words",
    [
        "Wed, Jan 14, 2026, 12:05 PM", "EST", "2m 44s", "Inbound", "Completed", "Harbour &amp; Vine Seaport",
        "<strong>pick-up at 12:40</strong>", "Of course. What would you like?", "$59.92", "$14.00 each",
        "no mayonnaise", "Sent to the kitchen", "Accepted", "user_hangup", "Credited.",
        '<span class="note-mention">@Account Manager</span>', f'src="/calls/{ORDER_CALL}/recording"',
    ],
)  # fmt: skip
def test_a_call_with_an_order_shows(operator: FlaskClient, words: str) -> None:
    assert words in operator.get(f"/calls/{ORDER_CALL}", headers=HTMX).text


@pytest.mark.parametrize(
    "words",
    [
        "Fri, Jan 16, 2026, 7:00 PM",
        "Guest of four",
        "$192.00",
        "the account's average a head",
        "Window table",
    ],
)
def test_a_call_with_a_reservation_shows(operator: FlaskClient, words: str) -> None:
    text = operator.get(f"/calls/{RESERVATION_CALL}", headers=HTMX).text
    assert words in text.replace("&#39;", "'")


def test_a_missed_call_says_what_there_is_not(operator: FlaskClient) -> None:
    text = operator.get(f"/calls/{MISSED_CALL}", headers=HTMX).text
    assert "wrote no summary" in text
    assert "no transcript" in text
    assert "<audio" not in text


def test_review_reasons_are_said_in_words(operator: FlaskClient) -> None:
    order_missing = "ca110000-0000-7000-8000-000000000005"
    transfer_unanswered = "ca110000-0000-7000-8000-000000000004"
    assert "Order intent, but no order was taken." in operator.get(f"/calls/{order_missing}").text
    assert "nobody picked up" in operator.get(f"/calls/{transfer_unanswered}").text


def test_an_order_that_does_not_add_up_is_pointed_out(operator: FlaskClient, database: Database) -> None:
    call_id = new_call(database, intent="order")
    with database.owner() as owner:
        owner.execute(
            """insert into public.order_logs (account_id, location_id, call_id, subtotal_amount, tax_amount,
            total_amount, items) values (%s, %s, %s, 20, 2, 25, %s)""",
            [
                ACCOUNT,
                SEAPORT,
                call_id,
                '[{"name": "Soup", "quantity": 2, "unit_amount": 9}, "bread", {"quantity": "x"}]',
            ],
        )
    text = operator.get(f"/calls/{call_id}", headers=HTMX).text
    assert "The items add up to $18.00: the subtotal says $2.00 more." in text
    assert "The subtotal and charges add up to $22.00: the total says $3.00 more." in text
    assert "bread" in text
    assert "Unnamed item" in text


XSS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://tracker.example/pixel.png)",
    '<a href="https://a.example" onclick="alert(1)">x</a>',
    "<svg/onload=alert(1)>",
    '[x](https://a.example/" onmouseover="alert(1))',
)


@pytest.mark.parametrize("text", XSS)
def test_text_of_the_platform_is_inert(operator: FlaskClient, database: Database, text: str) -> None:
    call_id = new_call(
        database,
        summary_md=text,
        transcript_md=f"caller: {text}\n{text}",
        end_reason=text[:190],
        intent=text[:190],
    )
    with database.owner() as owner:
        owner.execute(
            """insert into public.reservations
            (account_id, location_id, call_id, guest_name, special_requests) values (%s, %s, %s, %s, %s)""",
            [ACCOUNT, SEAPORT, call_id, text, text],
        )
    page = operator.get(f"/calls/{call_id}", headers=HTMX).text
    assert "<script" not in page
    assert "<img" not in page
    assert not re.search(r"<[^>]*\son\w+=", page)
    assert not re.search(r'(href|src)="(javascript|data):', page)


def test_the_raw_number_is_in_no_page(operator: FlaskClient) -> None:
    for answer in (operator.get(f"/calls/{ORDER_CALL}"), operator.get(f"/calls/{ORDER_CALL}", headers=HTMX)):
        assert "0142" in answer.text
        assert "555-0142" not in answer.text


# The number, for a reason


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_reason_reveals_the_number_once_and_is_written_down(
    operator: FlaskClient, database: Database, headers: dict[str, str]
) -> None:
    before = len(audit_lines(database, "reveal"))
    answer = reveal(operator, ORDER_CALL, f"  {REASON} ", headers)
    assert answer.status_code == 200
    assert RAW_NUMBER in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    lines = audit_lines(database, "reveal")
    assert len(lines) == before + 1
    assert lines[-1].actor_user_id == OPERATOR
    assert lines[-1].row_id == ORDER_CALL
    assert lines[-1].after == {"reason": REASON}
    assert lines[-1].application == "back office"
    assert RAW_NUMBER not in operator.get(f"/calls/{ORDER_CALL}").text


@pytest.mark.parametrize(
    ("reason", "error"),
    [("", "Say why"), ("  \0 ", "Say why"), ("ab", "3 to 200"), ("x" * 201, "3 to 200")],
)
@pytest.mark.parametrize("headers", [HTMX, {}])
def test_without_a_good_reason_nothing_is_revealed(
    operator: FlaskClient, database: Database, headers: dict[str, str], reason: str, error: str
) -> None:
    before = audit_lines(database, "reveal")
    answer = reveal(operator, ORDER_CALL, reason, headers)
    assert answer.status_code == 422
    assert error in answer.text
    assert RAW_NUMBER not in answer.text
    assert audit_lines(database, "reveal") == before


def test_revealing_out_of_reach_is_404_and_unwritten(operator: FlaskClient, database: Database) -> None:
    before = audit_lines(database, "reveal")
    assert reveal(operator, OUT_OF_REACH, REASON).status_code == 404
    assert reveal(operator, uuid4(), REASON).status_code == 404
    assert audit_lines(database, "reveal") == before


def test_revealing_needs_the_forms_token(operator: FlaskClient) -> None:
    answer = operator.post(f"/calls/{ORDER_CALL}/reveal", data={"reason": REASON})
    assert answer.status_code == 400
    assert RAW_NUMBER not in answer.text


def test_the_number_and_the_reason_reach_no_log(
    operator: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert RAW_NUMBER in reveal(operator, ORDER_CALL, REASON).text
    said = capsys.readouterr().out
    assert f"/calls/{ORDER_CALL}/reveal" in said
    assert "0142" not in said
    assert REASON not in said


# The recording


def test_listening_is_written_down_and_sent_on(operator: FlaskClient, database: Database) -> None:
    before = len(audit_lines(database, "play"))
    answer = operator.get(f"/calls/{ORDER_CALL}/recording")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/recordings/demo-1.wav"
    assert answer.headers["Cache-Control"] == "no-store"
    lines = audit_lines(database, "play")
    assert len(lines) == before + 1
    assert (lines[-1].actor_user_id, lines[-1].row_id) == (OPERATOR, ORDER_CALL)


@pytest.mark.parametrize("call_id", [MISSED_CALL, OUT_OF_REACH, uuid4()])
def test_without_a_recording_there_is_none(operator: FlaskClient, database: Database, call_id: UUID) -> None:
    before = audit_lines(database, "play")
    assert operator.get(f"/calls/{call_id}/recording").status_code == 404
    assert audit_lines(database, "play") == before


def test_a_providers_address_is_followed_exactly_as_it_is(operator: FlaskClient, database: Database) -> None:
    address = "https://storage.provider.example/r/1.wav?signature=a%2Fb&expires=1"
    call_id = new_call(database, recording_url=address)
    assert operator.get(f"/calls/{call_id}/recording").headers["Location"] == address
    assert address not in operator.get(f"/calls/{call_id}").text


@pytest.mark.parametrize(
    ("address", "is_followed"),
    [
        ("https://provider.example/a.wav", True),
        ("http://provider.example/a.wav", True),
        ("/recordings/demo-1.wav", True),
        ("/recordings/../secret.wav", False),
        ("/calls/1/recording", False),
        ("//evil.example/a.wav", False),
        ("javascript:alert(1)", False),
        ("data:audio/wav;base64,AAAA", False),
        ("file:///etc/passwd", False),
        ("https:///a.wav", False),
        ("https://provider.example/\r\nSet-Cookie: a=b", False),
        ("https:\\\\evil.example", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_web_addresses_and_our_own_sounds_are_followed(address: str, is_followed: bool) -> None:
    assert is_recording_address(address) is is_followed
