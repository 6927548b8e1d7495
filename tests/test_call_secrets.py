"""What a call keeps to itself: number and recording, and the lines that asking for them leaves."""

from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from certus_admin.recordings import is_recording_address
from tests.call_pages import (
    HTMX,
    MISSED_CALL,
    OPERATOR,
    ORDER_CALL,
    OUT_OF_REACH,
    RAW_NUMBER,
    REASON,
    audit_lines,
    new_call,
    reveal,
)
from tests.fixtures.database import Database
from tests.recording_addresses import BAD, GOOD


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
    assert answer.headers["Location"].partition("?opened=")[0] == "/recordings/demo-1.wav"
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


def test_an_address_that_came_around_the_rule_of_the_column_is_not_followed(
    operator: FlaskClient, database: Database
) -> None:
    rule = "call_logs_recording_url_check"
    call_id = new_call(database, recording_url="https://provider.example/1.wav")
    with database.owner(autocommit=True) as owner:
        owner.execute(f"alter table public.call_logs drop constraint {rule}")
        try:
            for address in (
                "https://10.0.0.5/1.wav",
                "javascript:alert(1)",
                "https://me:word@provider.example/",
            ):
                owner.execute(
                    "update public.call_logs set recording_url = %s where id = %s", [address, call_id]
                )
                answer = operator.get(f"/calls/{call_id}/recording")
                assert (answer.status_code, answer.headers.get("Location")) == (404, None)
                assert address not in answer.text
        finally:
            owner.execute("update public.call_logs set recording_url = null where id = %s", [call_id])
            owner.execute(
                f"""alter table public.call_logs add constraint {rule}
                check (private.is_recording_address(recording_url))"""
            )


@pytest.mark.parametrize("address", GOOD)
def test_web_addresses_of_providers_and_our_own_sounds_are_followed(address: str) -> None:
    assert is_recording_address(address)


@pytest.mark.parametrize("address", BAD)
def test_no_other_address_is_followed(address: str) -> None:
    assert not is_recording_address(address)
