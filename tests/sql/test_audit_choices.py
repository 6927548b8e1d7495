"""What the log can be searched by is no more than what its reader may read."""

from typing import Any

import pytest

from tests.sql.access_table import CLOSED, STRANGERS, become
from tests.sql.asking import ACCOUNT_A, ACCOUNT_C, PEOPLE, Asking, call_id, location_id

CHOICES = "select public.audit_choices()"
ADD = """insert into public.audit_log (account_id, location_id, actor_user_id, actor_role, action, table_name)
    values (%s, %s, %s, 'authenticated', %s, 'things')"""
NOTHING: dict[str, Any] = {"people": [], "kinds": []}
C2 = location_id("c2")


@pytest.fixture
def done(asking: Asking) -> Asking:
    """Something that each of three people did: for account a, for a location of account c, for no account."""
    for values in (
        (ACCOUNT_A, None, PEOPLE["operator"], "done_at_a"),
        (ACCOUNT_C, C2, PEOPLE["operator_west"], "done_at_c2"),
        (None, None, PEOPLE["former"], "done_nowhere"),
    ):
        asking.execute(ADD, values)
    return asking


def people_of(asking: Asking) -> set[str]:
    """The people that are offered to whoever asks."""
    return {person["id"] for person in asking.scalar(CHOICES)["people"]}


@pytest.mark.parametrize(
    ("who", "people", "actions"),
    [
        ("admin", {"operator", "operator_west", "former"}, {"done_at_a", "done_at_c2", "done_nowhere"}),
        ("manager", {"operator"}, {"done_at_a"}),
        ("admin_harbour", {"operator"}, {"done_at_a"}),
        ("manager_lyon", {"operator_west"}, {"done_at_c2"}),
    ],
)
def test_people_and_kinds_are_those_of_lines_in_reach(
    done: Asking, who: str, people: set[str], actions: set[str]
) -> None:
    done.as_person(who)
    assert people_of(done) == {str(PEOPLE[name]) for name in people}
    kinds = done.scalar(CHOICES)["kinds"]
    assert {action for table, action in kinds if table == "things"} == actions
    seen = done.rows("select distinct table_name, action from public.audit_log")
    assert {tuple(kind) for kind in kinds} >= set(seen)


@pytest.mark.parametrize("who", ["operator", "newcomer", *STRANGERS])
def test_nothing_is_offered_to_whoever_reads_nothing(done: Asking, who: str) -> None:
    assert become(done, who).scalar(CHOICES) == NOTHING


@pytest.mark.parametrize("who", [*CLOSED, "service_role"])
def test_it_is_closed_to(done: Asking, who: str) -> None:
    assert become(done, who).reach(CHOICES) == "42501"


def test_no_guests_number_and_no_words_of_a_note_are_ever_in_the_log(asking: Asking) -> None:
    """Whatever people do with calls leaves lines, and none of them holds what the call held."""
    numbers = asking.column(
        """select from_number from public.call_logs where from_number is not null
        union select to_number from public.call_logs where to_number is not null
        union select guest_phone from public.reservations where guest_phone is not null"""
    )
    assert len(numbers) > 5
    before = asking.scalar("select count(*) from public.audit_log")
    asking.as_person("operator")
    asking.execute("select public.reveal_caller(%s, 'to call the guest back')", [call_id(1)])
    asking.execute("select public.record_export('calls', '{\"digits\": \"(given)\"}', 3)")
    asking.execute(
        "insert into public.internal_notes (account_id, call_id, note_md) values (%s, %s, 'Secret words')",
        [ACCOUNT_A, call_id(1)],
    )
    asking.execute("update public.internal_notes set note_md = 'Other words' where note_md = 'Secret words'")
    asking.execute("delete from public.internal_notes where note_md = 'Other words'")
    lines = asking.as_owner().column("select (a.before, a.after)::text from public.audit_log a")
    assert len(lines) == before + 5
    for word in [*numbers, "Secret words", "Other words"]:
        assert [line for line in lines if word in line] == []


def test_tables_that_hold_guests_are_not_recorded_row_by_row(asking: Asking) -> None:
    audited = asking.column(
        "select tgrelid::regclass::text from pg_trigger where tgfoid = 'private.audit()'::regprocedure"
    )
    assert len(audited) >= 10
    assert {name.removeprefix("public.") for name in audited} & {
        "call_logs", "order_logs", "order_updates", "upsells", "reservations",
    } == set()  # fmt: skip
