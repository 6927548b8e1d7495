"""One call: what the query gives, what the drawer and its page show."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certus_admin.database import Caller, acting_as
from certus_admin.queries.call_detail import get_call_detail
from tests.call_pages import (
    ACCOUNT,
    HTMX,
    MISSED_CALL,
    OPERATOR,
    ORDER_CALL,
    OUT_OF_REACH,
    RESERVATION_CALL,
    SEAPORT,
    counted,
    detail,
    new_call,
)
from tests.fixtures.database import Database

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
