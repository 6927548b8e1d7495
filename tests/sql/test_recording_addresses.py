"""Where a recording may lie, in SQL: the column takes nothing else, and nothing else is ever opened."""

import pytest

from certus_admin.apply import apply_files
from certus_admin.recordings import is_recording_address
from tests.fixtures.database import Database
from tests.recording_addresses import BAD, CREDENTIALS, GOOD, INTERNAL, MALFORMED, SCHEMES
from tests.sql.asking import Asking, call_id

IS_ADDRESS = """select array_agg(private.is_recording_address(a) order by place)
from unnest(%s::text[]) with ordinality w (a, place)"""
POINT = "update public.call_logs set recording_url = %s where id = %s"
RULE = "call_logs_recording_url_check"


def test_sql_and_python_judge_every_address_alike(asking: Asking) -> None:
    for addresses, good in ((GOOD, True), (BAD, False)):
        assert asking.scalar(IS_ADDRESS, [list(addresses)]) == [good] * len(addresses)
        assert [is_recording_address(address) for address in addresses] == [good] * len(addresses)


@pytest.mark.parametrize("addresses", [SCHEMES, CREDENTIALS, INTERNAL, MALFORMED])
@pytest.mark.parametrize("who", ["owner", "service_role"])
def test_no_call_is_written_with_a_bad_address_by(
    asking: Asking, who: str, addresses: tuple[str, ...]
) -> None:
    _ = asking.as_owner() if who == "owner" else asking.as_role(who)
    assert asking.reach(POINT, [GOOD[1], call_id(1)]) == 1
    assert {asking.reach(POINT, [address, call_id(1)]) for address in addresses} == {"23514"}


def test_an_address_that_came_around_the_rule_opens_nothing(asking: Asking) -> None:
    asking.as_owner().execute(f"alter table public.call_logs drop constraint {RULE}")
    asking.execute(POINT, ["https://169.254.169.254/latest/", call_id(1)])
    lines = "select count(*) from public.audit_log where action = 'play'"
    before = asking.scalar(lines)
    opening = "select public.open_recording(%s)"
    assert asking.as_person("operator").refusal(opening, [call_id(1)]) == ("P0002", "no recording")
    assert asking.as_owner().scalar(lines) == before


def test_an_upgrade_stops_at_calls_that_point_inwards_and_loses_none(empty_database: Database) -> None:
    apply_files(empty_database.owner_url, lambda _line: None, seed=True)
    kept = "select recording_url from public.call_logs where id = %s"
    with empty_database.owner(autocommit=True) as owner:
        owner.execute(f"alter table public.call_logs drop constraint {RULE}")
        owner.execute(
            f"""alter table public.call_logs
            add constraint {RULE} check (recording_url ~ '^(https|/recordings)')"""
        )
        owner.execute(POINT, ["https://10.0.0.5/a.wav", call_id(1)])
        owner.execute("delete from private.applied_files")
        with pytest.raises(Exception, match="1 calls have a recording_url that is no public https address"):
            apply_files(empty_database.owner_url, lambda _line: None)
        assert owner.execute(kept, [call_id(1)]).fetchone() == ("https://10.0.0.5/a.wav",)
        owner.execute(POINT, [GOOD[1], call_id(1)])
        apply_files(empty_database.owner_url, lambda _line: None)
        rule = owner.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = %s", [RULE]
        ).fetchone()
    assert rule is not None
    assert "is_recording_address" in rule[0]
