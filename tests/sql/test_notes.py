"""Notes on a call: written in one's own name, placed by the call, mentioning who can see it."""

from typing import LiteralString
from uuid import UUID

import pytest

from tests.sql.asking import ACCOUNT_A, ACCOUNT_B, ACCOUNT_C, PEOPLE, Asking, call_id, location_id

ADD: LiteralString = "insert into public.internal_notes (account_id, call_id, note_md) values (%s, %s, %s)"
MENTION: LiteralString = """insert into public.internal_notes (account_id, call_id, note_md, mentions)
    values (%s, %s, 'Please look', %s)"""
MISSING = UUID("ca110000-0000-7000-8000-0000000000ff")
NOTES = {number: UUID(f"007e0000-0000-7000-8000-{number:012d}") for number in range(1, 6)}


def test_a_note_takes_its_author_from_the_claims_and_its_place_from_the_call(asking: Asking) -> None:
    asking.as_person("operator").execute(ADD, [ACCOUNT_A, call_id(4), "Called back."])
    assert asking.row(
        """select author_user_id, author_name, location_id, location_name, mentions, updated_at
        from public.internal_notes_v where note_md = 'Called back.'"""
    ) == (PEOPLE["operator"], "Operator", location_id("a2"), "Harbour & Vine Market", [], None)


@pytest.mark.parametrize(
    ("who", "account", "call"),
    [
        ("operator", ACCOUNT_A, 7),
        ("operator", ACCOUNT_B, 11),
        ("manager", ACCOUNT_C, 21),
        ("manager_lyon", ACCOUNT_C, 21),
        ("newcomer", ACCOUNT_A, 1),
        ("former", ACCOUNT_A, 1),
        ("nobody", ACCOUNT_A, 1),
    ],
)
def test_a_call_out_of_reach_takes_no_note_just_like_none(
    asking: Asking, who: str, account: UUID, call: int
) -> None:
    assert asking.scalar("select count(*) from public.call_logs where id = %s", [call_id(call)]) == 1
    asking.as_person(who)
    refusal = asking.refusal(ADD, [account, call_id(call), "Hello"])
    assert refusal == ("P0002", "no such call")
    assert refusal == asking.refusal(ADD, [account, MISSING, "Hello"])


def test_without_a_person_a_call_that_exists_sounds_like_none(asking: Asking) -> None:
    asking.as_role("authenticated", "{}")
    refusal = asking.refusal(ADD, [ACCOUNT_A, call_id(1), "Hello"])
    assert refusal == asking.refusal(ADD, [ACCOUNT_A, MISSING, "Hello"])


def test_a_call_is_not_found_under_another_account(asking: Asking) -> None:
    asking.as_person("admin")
    assert asking.refusal(ADD, [ACCOUNT_B, call_id(1), "Hello"])[0] == "P0002"


@pytest.mark.parametrize("column", ["author_user_id", "location_id", "id", "created_at"])
def test_nobody_writes_in_anothers_name_or_place(asking: Asking, column: str) -> None:
    asking.as_person("admin")
    forged = f"""insert into public.internal_notes (account_id, call_id, note_md, {column})
        select account_id, call_id, 'forged', {column} from public.internal_notes where id = %s"""
    assert asking.refusal(forged, [NOTES[1]])[0] == "42501"


@pytest.mark.parametrize("words", ["", "  ", "\n", "x" * 10_001])
def test_a_note_has_words_and_not_too_many(asking: Asking, words: str) -> None:
    asking.as_person("operator")
    assert asking.refusal(ADD, [ACCOUNT_A, call_id(1), words])[0] == "23514"
    assert asking.reach(ADD, [ACCOUNT_A, call_id(1), "x" * 10_000]) == 1


@pytest.mark.parametrize(
    ("who", "own", "others"),
    [("operator", [1], [2]), ("manager", [2, 3], [1, 4]), ("admin", [], [1, 2, 3, 4, 5])],
)
def test_people_edit_their_own_notes_alone(
    asking: Asking, who: str, own: list[int], others: list[int]
) -> None:
    edit = "update public.internal_notes set note_md = 'edited' where id = any (%s)"
    asking.as_person(who)
    assert asking.scalar(
        "select count(*) from public.internal_notes where id = any (%s)", [[NOTES[n] for n in others]]
    ) == len(others)
    assert asking.reach(edit, [[NOTES[number] for number in own]]) == len(own)
    assert asking.reach(edit, [[NOTES[number] for number in others]]) == 0


@pytest.mark.parametrize(
    ("who", "may", "may_not"),
    [
        ("operator", [1], [2, 3, 4, 5]),
        ("manager", [2, 3], [1, 4, 5]),
        ("admin_harbour", [1, 2, 3], [4, 5]),
        ("admin", [1, 2, 3, 4, 5], []),
    ],
)
def test_people_delete_their_own_notes_and_an_admin_any_where_they_work(
    asking: Asking, who: str, may: list[int], may_not: list[int]
) -> None:
    delete = "delete from public.internal_notes where id = any (%s)"
    asking.as_person(who)
    assert asking.reach(delete, [[NOTES[number] for number in may]]) == len(may)
    assert asking.reach(delete, [[NOTES[number] for number in may_not]]) == 0


def test_a_note_is_out_of_reach_again_when_access_ends(asking: Asking) -> None:
    edit = "update public.internal_notes set note_md = 'edited' where id = %s"
    assert asking.as_person("operator").reach(edit, [NOTES[1]]) == 1
    asking.as_owner().execute("delete from public.user_access where user_id = %s", [PEOPLE["operator"]])
    assert asking.as_person("operator").reach(edit, [NOTES[1]]) == 0


def test_an_edit_is_dated_and_a_mere_mention_is_not(asking: Asking) -> None:
    edited = "select updated_at = now() from public.internal_notes where id = %s"
    asking.as_person("operator").execute("update public.internal_notes set mentions = '{}'")
    assert asking.scalar(edited, [NOTES[1]]) is None
    asking.execute("update public.internal_notes set note_md = 'edited' where id = %s", [NOTES[1]])
    assert asking.scalar(edited, [NOTES[1]]) is True


# Mentions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (1, {"admin", "manager", "operator", "admin_harbour"}),
        (7, {"admin", "manager", "admin_harbour"}),
        (11, {"admin", "manager", "operator_west"}),
        (22, {"admin", "manager_lyon"}),
    ],
)
def test_who_can_see_a_call_may_be_mentioned_and_nobody_else(
    asking: Asking, call: int, names: set[str]
) -> None:
    asking.as_person("admin")
    account = asking.scalar("select account_id from public.calls_v where id = %s", [call_id(call)])
    offered = asking.column("select id from public.mentionable_people(%s)", [call_id(call)])
    assert set(offered) == {PEOPLE[name] for name in names}
    for name, person in PEOPLE.items():
        reached = asking.reach(MENTION, [account, call_id(call), [person]])
        assert reached == (1 if name in names else "23514"), name


def test_one_stranger_among_the_mentioned_refuses_the_note(asking: Asking) -> None:
    asking.as_person("operator")
    mentioned = [PEOPLE["manager"], PEOPLE["manager_lyon"]]
    assert asking.reach(MENTION, [ACCOUNT_A, call_id(1), mentioned[:1]]) == 1
    assert asking.refusal(MENTION, [ACCOUNT_A, call_id(1), mentioned])[0] == "23514"


def test_words_can_be_corrected_after_a_mentioned_person_has_left(asking: Asking) -> None:
    asking.execute("update public.users set is_active = false where id = %s", [PEOPLE["manager"]])
    asking.as_person("operator")
    edit = "update public.internal_notes set note_md = 'edited', mentions = %s where id = %s"
    assert asking.reach(edit, [[PEOPLE["manager"]], NOTES[1]]) == 1
    assert asking.refusal(edit, [[PEOPLE["manager"], PEOPLE["former"]], NOTES[1]])[0] == "23514"


def test_names_of_the_mentioned_stand_in_the_order_of_the_note(asking: Asking) -> None:
    mentioned = [PEOPLE["manager"], PEOPLE["admin"]]
    asking.as_person("operator").execute(MENTION, [ACCOUNT_A, call_id(1), mentioned])
    names = "select mention_names from public.internal_notes_v where note_md = 'Please look'"
    assert asking.scalar(names) == ["Account Manager", "Admin"]
