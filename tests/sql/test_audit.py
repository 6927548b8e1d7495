"""Every change writes its line: the changed keys, who, as what, from where; and nobody takes a line back."""

from typing import Any, LiteralString
from uuid import UUID

import pytest

from tests.sql.asking import ACCOUNT_A, PEOPLE, Asking, call_id, location_id

LINES = """select action, table_name, row_id, account_id, location_id, actor_user_id, actor_role,
    before, after, application, host(address) as address, request_id
    from public.audit_log where id <> all (%s) order by at, id"""
HEADERS = {
    "x_request_id": "req-7",
    "x_forwarded_for": "203.0.113.7, 10.0.0.1",
    "x_application": "back office",
}
NEWCOMER = PEOPLE["newcomer"]
A1 = location_id("a1")


class Log:
    """Lines written since this was made."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.known: list[UUID] = asking.as_owner().column("select id from public.audit_log")

    def lines(self) -> list[dict[str, Any]]:
        """The new lines, oldest first, as the owner reads them."""
        cursor = self.asking.as_owner().execute(LINES, [self.known])
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def log(asking: Asking) -> Log:
    """The audit log from here on."""
    return Log(asking)


# Each with who does it, the table, what was done, the keys before and after (None: any value).
Change = tuple[LiteralString, str, str, str, dict[str, Any] | None, dict[str, Any] | None]
CHANGES: dict[str, Change] = {
    "account_settings": (
        "update public.account_settings set avg_spend_per_head = 50 where account_id = '"
        + str(ACCOUNT_A)
        + "'",
        "manager",
        "account_settings",
        "update",
        {"avg_spend_per_head": 48.00},
        {"avg_spend_per_head": 50},
    ),
    "location_settings": (
        "update public.location_settings"
        " set busy_mode_enabled = true, extra_wait_seconds = 600, busy_reason = 'rain'"
        " where location_id = '10c00000-0000-7000-8000-0000000000a1'",
        "manager",
        "location_settings",
        "update",
        {"busy_mode_enabled": False, "extra_wait_seconds": 0},
        {"busy_mode_enabled": True, "extra_wait_seconds": 600, "busy_reason": "rain"},
    ),
    "a value taken away": (
        "update public.account_settings set avg_spend_per_head = null where account_id = '"
        + str(ACCOUNT_A)
        + "'",
        "manager",
        "account_settings",
        "update",
        {"avg_spend_per_head": 48.00},
        {"avg_spend_per_head": None},
    ),
    "location_hours": (
        "delete from public.location_hours where location_id = '10c00000-0000-7000-8000-0000000000a1'"
        " and weekday = 2 and opens_at = '11:30'",
        "manager",
        "location_hours",
        "delete",
        {
            "id": ...,
            "account_id": ...,
            "location_id": ...,
            "weekday": 2,
            "opens_at": "11:30:00",
            "closes_at": "14:30:00",
        },
        None,
    ),
    "location_hours_exceptions": (
        "insert into public.location_hours_exceptions (account_id, location_id, exception_date, reason)"
        " values ('a0000000-0000-7000-8000-00000000000a', '10c00000-0000-7000-8000-0000000000a1',"
        " '2027-01-01', 'New Year')",
        "manager",
        "location_hours_exceptions",
        "insert",
        None,
        {
            "id": ...,
            "account_id": ...,
            "location_id": ...,
            "exception_date": "2027-01-01",
            "is_closed": True,
            "reason": "New Year",
        },
    ),
    "settings": (
        """update public.settings set value = '{"voice": "tide"}'
        where key = 'ai_voice' and location_id is null and org_id = 'a0000000-0000-7000-8000-00000000000a'""",
        "manager",
        "settings",
        "update",
        {"value": ...},
        {"value": {"voice": "tide"}},
    ),
    "knowledge_update_requests": (
        "update public.knowledge_update_requests set status = 'approved'"
        " where org_id = 'a0000000-0000-7000-8000-00000000000a'",
        "admin",
        "knowledge_update_requests",
        "update",
        {"status": "pending"},
        {"status": "approved", "decided_by": str(PEOPLE["admin"]), "decided_at": ...},
    ),
    "api_keys": (
        "update public.api_keys set label = 'Till' where label = 'Point of sale'",
        "admin",
        "api_keys",
        "update",
        {"label": "Point of sale"},
        {"label": "Till"},
    ),
    "users": (
        "update public.users set role = 'account_manager' where email = 'newcomer@certus.example'",
        "admin",
        "users",
        "update",
        {"role": "operator"},
        {"role": "account_manager"},
    ),
    "user_access": (
        "insert into public.user_access (user_id, account_id) values"
        " ('05e00000-0000-7000-8000-000000000008', 'a0000000-0000-7000-8000-00000000000a')",
        "admin",
        "user_access",
        "insert",
        None,
        {
            "id": ...,
            "user_id": str(NEWCOMER),
            "account_id": str(ACCOUNT_A),
            "created_by": str(PEOPLE["admin"]),
            "created_at": ...,
        },
    ),
    "internal_notes": (
        "update public.internal_notes set note_md = 'Secret words' where author_user_id = auth.uid()",
        "operator",
        "internal_notes",
        "update",
        {"note_md": "(not recorded)"},
        {"note_md": "(not recorded)", "updated_at": ...},
    ),
}


def same(found: dict[str, Any] | None, wanted: dict[str, Any] | None) -> bool:
    """Whether the keys are the same and the values too, `...` standing for any."""
    if found is None or wanted is None:
        return found is wanted
    return found.keys() == wanted.keys() and all(
        value is ... or found[key] == value for key, value in wanted.items()
    )


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_writes_its_changed_keys_who_and_from_where(asking: Asking, log: Log, change: str) -> None:
    statement, who, table, action, before, after = CHANGES[change]
    assert asking.as_person(who, **HEADERS).execute(statement).rowcount == 1
    (line,) = log.lines()
    if table == "internal_notes":
        after = {key: value for key, value in (after or {}).items() if key in (line["after"] or {})}
    assert (line["table_name"], line["action"]) == (table, action)
    assert same(line["before"], before), line["before"]
    assert same(line["after"], after), line["after"]
    assert line["actor_user_id"] == PEOPLE[who]
    assert line["actor_role"] == "authenticated"
    assert (line["application"], line["address"], line["request_id"]) == (
        "back office",
        "203.0.113.7",
        "req-7",
    )
    assert line["row_id"] is not None


def test_every_table_that_people_write_is_audited(asking: Asking) -> None:
    written = asking.column(
        """select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
        and (has_any_column_privilege('authenticated', oid, 'insert, update')
            or has_table_privilege('authenticated', oid, 'delete'))"""
    )
    audited = asking.column(
        """select tgrelid::regclass::text from pg_trigger where tgfoid = 'private.audit()'::regprocedure
        and tgtype & (1 | 4 | 8 | 16) = 1 | 4 | 8 | 16 and tgenabled = 'O'"""
    )
    assert {name.removeprefix("public.") for name in audited} == set(written)
    assert len(written) == 10


def test_a_line_says_where_it_belongs(asking: Asking, log: Log) -> None:
    asking.as_person("manager").execute(
        "update public.location_settings set extra_wait_seconds = 60 where location_id = %s", [A1]
    )
    (line,) = log.lines()
    assert (line["account_id"], line["location_id"]) == (ACCOUNT_A, A1)


def test_saving_what_was_there_writes_no_line(asking: Asking, log: Log) -> None:
    asking.as_person("manager").execute("update public.location_settings set extra_wait_seconds = 0")
    assert log.lines() == []


def test_words_of_a_note_are_not_recorded(asking: Asking, log: Log) -> None:
    asking.as_person("operator").execute(
        "insert into public.internal_notes (account_id, call_id, note_md) values (%s, %s, 'Guest is a VIP')",
        [ACCOUNT_A, call_id(1)],
    )
    asking.execute("update public.internal_notes set note_md = 'Guest is a bore' where note_md like '%VIP'")
    asking.execute("delete from public.internal_notes where note_md like '%bore'")
    lines = log.lines()
    assert [line["action"] for line in lines] == ["insert", "update", "delete"]
    assert "Guest" not in str(lines)
    assert lines[0]["after"]["note_md"] == "(not recorded)"
    assert lines[2]["before"]["note_md"] == "(not recorded)"


def test_a_header_that_is_not_json_loses_the_line_its_origin_and_nothing_else(
    asking: Asking, log: Log
) -> None:
    asking.as_person("manager")
    asking.execute("select set_config('request.headers', 'x{', true)")
    asking.execute("update public.location_settings set extra_wait_seconds = 60 where location_id = %s", [A1])
    (line,) = log.lines()
    assert line["request_id"] is None
    assert line["actor_user_id"] == PEOPLE["manager"]


def test_an_address_that_is_none_gives_way_to_the_connections(asking: Asking, log: Log) -> None:
    asking.as_person("manager", x_forwarded_for="unknown, 10.0.0.1")
    asking.execute("update public.location_settings set extra_wait_seconds = 60 where location_id = %s", [A1])
    (line,) = log.lines()
    assert line["address"] == "127.0.0.1"


def test_the_automation_is_named_by_its_role(asking: Asking, log: Log) -> None:
    asking.as_person("admin").execute(
        "update public.knowledge_update_requests set status = 'approved' where status = 'pending'"
    )
    asking.as_role("service_role").execute(
        "update public.knowledge_update_requests set status = 'processing' where status = 'approved'"
    )
    lines = log.lines()
    assert len(lines) == 4
    assert {(line["actor_role"], line["actor_user_id"]) for line in lines[2:]} == {("service_role", None)}


# Append-only ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "superuser"])
@pytest.mark.parametrize(
    "statement",
    [
        "update public.audit_log set after = null",
        "update public.audit_log set after = null where false",
        "delete from public.audit_log",
        "truncate public.audit_log",
    ],
)
def test_no_line_is_changed_or_taken_back_even_by(asking: Asking, who: str, statement: LiteralString) -> None:
    assert asking.scalar("select count(*) from public.audit_log") > 0
    asker = asking.as_owner() if who == "owner" else asking.as_superuser()
    assert asker.refusal(statement) == ("42501", "the audit log is append-only")


@pytest.mark.parametrize("who", ["operator", "manager", "admin"])
def test_nobody_writes_a_line_of_their_own(asking: Asking, who: str) -> None:
    line = "insert into public.audit_log (actor_role, action, table_name) values ('x', 'x', 'x')"
    assert asking.as_person(who).refusal(line)[0] == "42501"


# Revealing, playing, exporting ---------------------------------------------------------------------

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
