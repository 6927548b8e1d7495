"""Full numbers, recordings and exports: within reach, with a line; out of reach, as if there were nothing."""

from typing import LiteralString
from uuid import UUID

import pytest

from tests.sql.asking import ACCOUNT_A, PEOPLE, Asking, call_id, location_id
from tests.sql.audit_lines import HEADERS, Log

A1 = location_id("a1")
REVEAL: LiteralString = "select public.reveal_caller(%s, 'Call the guest back')"
PLAY: LiteralString = "select public.open_recording(%s)"
PEOPLE_OF_CALL: LiteralString = "select count(*) from public.mentionable_people(%s)"
MISSING = UUID("ca110000-0000-7000-8000-0000000000ff")


def test_a_number_is_revealed_with_a_line(asking: Asking, log: Log) -> None:
    assert asking.as_person("operator", **HEADERS).scalar(REVEAL, [call_id(1)]) == "+1 617-555-0142"
    (line,) = log.lines()
    assert (line["action"], line["table_name"], line["row_id"]) == ("reveal", "call_logs", call_id(1))
    assert (line["account_id"], line["location_id"]) == (ACCOUNT_A, A1)
    assert (line["before"], line["after"]) == (None, {"reason": "Call the guest back"})
    assert (line["actor_user_id"], line["request_id"]) == (PEOPLE["operator"], "req-7")


def test_an_outbound_call_reveals_whom_we_called(asking: Asking) -> None:
    assert asking.as_person("manager").scalar(REVEAL, [call_id(6)]) == "+1 401-555-0147"


@pytest.mark.parametrize("reason", [None, "", "  ", "ab", " ab ", "x" * 201])
def test_a_number_needs_a_reason(asking: Asking, log: Log, reason: str | None) -> None:
    asking.as_person("operator")
    state, _ = asking.refusal("select public.reveal_caller(%s, %s)", [call_id(1), reason])
    assert state == "23514"
    assert log.lines() == []


def test_a_recording_is_opened_with_a_line(asking: Asking, log: Log) -> None:
    assert asking.as_person("operator").scalar(PLAY, [call_id(1)]) == "/recordings/demo-1.wav"
    (line,) = log.lines()
    assert (line["action"], line["row_id"], line["before"], line["after"]) == ("play", call_id(1), None, None)


def test_a_call_without_a_recording_opens_nothing(asking: Asking, log: Log) -> None:
    assert asking.as_person("operator").refusal(PLAY, [call_id(2)])[0] == "P0002"
    assert log.lines() == []


@pytest.mark.parametrize("statement", [REVEAL, PLAY, PEOPLE_OF_CALL], ids=["reveal", "play", "mention"])
@pytest.mark.parametrize("who", ["operator", "manager", "manager_lyon", "newcomer", "former", "nobody"])
def test_a_call_out_of_reach_is_refused_just_like_none(
    asking: Asking, log: Log, who: str, statement: LiteralString
) -> None:
    out_of_reach = {"manager": call_id(21), "manager_lyon": call_id(1)}.get(who, call_id(7))
    assert asking.scalar("select count(*) from public.call_logs where id = %s", [out_of_reach]) == 1
    asking.as_person(who)
    refusal = asking.refusal(statement, [out_of_reach])
    assert refusal == asking.refusal(statement, [MISSING])
    assert refusal[0] == "P0002"
    assert log.lines() == []


@pytest.mark.parametrize("role", ["anon", "service_role", "certus_app"])
def test_without_a_person_nothing_is_revealed_to(asking: Asking, role: str) -> None:
    asking.as_role(role)
    for statement in (REVEAL, PLAY, PEOPLE_OF_CALL):
        assert asking.refusal(statement, [call_id(1)])[0] == "42501"
    asking.as_role("authenticated", "{}")
    for statement in (REVEAL, PLAY, PEOPLE_OF_CALL):
        assert asking.refusal(statement, [call_id(1)])[0] == "P0002"


EXPORT: LiteralString = "select public.record_export(%s, %s, %s)"


def test_an_export_writes_what_was_taken(asking: Asking, log: Log) -> None:
    filters = f'{{"account": "{ACCOUNT_A}", "status": ["missed"]}}'
    asking.as_person("operator", **HEADERS).execute(EXPORT, ["calls", filters, 12])
    (line,) = log.lines()
    assert (line["action"], line["table_name"], line["account_id"]) == ("export", "calls", ACCOUNT_A)
    assert line["after"] == {"filters": {"account": str(ACCOUNT_A), "status": ["missed"]}, "rows": 12}
    assert line["actor_user_id"] == PEOPLE["operator"]


def test_an_export_is_not_written_into_the_log_of_a_stranger(asking: Asking, log: Log) -> None:
    filters = '{"account": "a0000000-0000-7000-8000-00000000000c"}'
    asking.as_person("operator").execute(EXPORT, ["calls", filters, 0])
    (line,) = log.lines()
    assert line["account_id"] is None


@pytest.mark.parametrize("who", ["former", "nobody"])
def test_only_people_export(asking: Asking, who: str) -> None:
    assert asking.as_person(who).refusal(EXPORT, ["calls", "{}", 1])[0] == "42501"


def test_an_export_names_what_it_is_of(asking: Asking) -> None:
    asking.as_person("admin")
    assert asking.refusal(EXPORT, ["passwords", "{}", 1])[0] == "23514"
    assert asking.refusal(EXPORT, ["calls", '{"search": "' + "x" * 4000 + '"}', 1])[0] == "23514"
