"""Every change writes its line: the changed keys, who, as what, from where; and nobody takes a line back."""

from typing import Any, LiteralString

import pytest

from tests.sql.asking import ACCOUNT_A, PEOPLE, Asking, call_id, location_id
from tests.sql.audit_lines import HEADERS, Log
from tests.sql.audited_changes import CHANGES

WAIT_LONGER = """update public.location_settings set extra_wait_seconds = 60, version = version
    where location_id = %s"""
A1 = location_id("a1")


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
    asking.as_person("manager").execute(WAIT_LONGER, [A1])
    (line,) = log.lines()
    assert (line["account_id"], line["location_id"]) == (ACCOUNT_A, A1)


def test_saving_what_was_there_writes_no_line(asking: Asking, log: Log) -> None:
    asking.as_person("manager").execute(
        "update public.location_settings set extra_wait_seconds = 0, version = version"
    )
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
    asking.execute(WAIT_LONGER, [A1])
    (line,) = log.lines()
    assert line["request_id"] is None
    assert line["actor_user_id"] == PEOPLE["manager"]


def test_an_address_that_is_none_gives_way_to_the_connections(asking: Asking, log: Log) -> None:
    asking.as_person("manager", x_forwarded_for="unknown, 10.0.0.1")
    asking.execute(WAIT_LONGER, [A1])
    (line,) = log.lines()
    assert line["address"] == "127.0.0.1"


def test_the_automation_is_named_by_its_role(asking: Asking, log: Log) -> None:
    asking.as_person("admin").execute(
        "update public.knowledge_update_requests set status = 'approved' where status = 'pending'"
    )
    asking.as_role("service_role").execute("select public.claim_knowledge_requests(10)")
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
