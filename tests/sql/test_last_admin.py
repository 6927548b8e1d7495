"""Somebody remains who administers everything, whatever two people do at once."""

import threading
from typing import LiteralString

import psycopg
import pytest

from certus_admin.apply import apply_files
from tests.fixtures.database import Database
from tests.sql.asking import ACCOUNT_A, PEOPLE, Asking

FIRST, SECOND = PEOPLE["admin"], PEOPLE["newcomer"]
DEMOTE: LiteralString = "update public.users set role = 'operator', version = version where id = %s"
DEACTIVATE: LiteralString = "update public.users set is_active = false, version = version where id = %s"
TAKE_ACCESS: LiteralString = "delete from public.user_access where user_id = %s and account_id is null"
WAYS = {"demoted": DEMOTE, "deactivated": DEACTIVATE, "deprived of access": TAKE_ACCESS}
COMPLAINT = ("23514", "somebody must remain who administers everything")
BOTH_ARE: LiteralString = "update public.users set role = 'admin', is_active = true where id = any (%s)"
SEES_EVERYTHING: LiteralString = "insert into public.user_access (user_id) values (%s) on conflict do nothing"
REMAINING: LiteralString = """select count(distinct u.id) from public.users u
    join public.user_access a on a.user_id = u.id and a.account_id is null
    where u.role = 'admin' and u.is_active"""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", ["admin", "owner"])
def test_the_last_admin_of_everything_cannot_be(asking: Asking, who: str, way: str) -> None:
    if who == "admin":
        asking.as_person("admin")
    assert asking.refusal(WAYS[way], [FIRST]) == COMPLAINT


@pytest.mark.parametrize("way", WAYS)
def test_one_of_two_admins_may_be(asking: Asking, way: str) -> None:
    asking.execute(BOTH_ARE, [[SECOND]])
    asking.execute(SEES_EVERYTHING, [SECOND])
    assert asking.as_person("admin").reach(WAYS[way], [FIRST]) == 1
    assert asking.reach(WAYS[way], [SECOND]) == 1


def test_an_admin_of_one_account_is_no_last_admin(asking: Asking) -> None:
    asking.as_person("admin")
    assert asking.reach(DEMOTE, [PEOPLE["admin_harbour"]]) == 1
    assert asking.reach("delete from public.user_access where account_id = %s", [ACCOUNT_A]) > 1


@pytest.mark.parametrize("way", WAYS)
def test_somebody_who_has_not_taken_up_their_invitation_does_not_count(asking: Asking, way: str) -> None:
    invite = "select public.invite_person('new@certus.example', 'New', 'admin', '[{}]', sha256('a token'))"
    invited = asking.as_person("admin").scalar(invite)
    assert asking.refusal(WAYS[way], [FIRST]) == COMPLAINT
    assert asking.reach(DEMOTE, [invited]) == 1
    asking.as_owner().execute(
        "insert into private.user_passwords (user_id, password_hash) values (%s, '$argon2id$v=19$x')",
        [invited],
    )
    assert asking.as_person("admin").reach(WAYS[way], [FIRST]) == 1


def test_access_to_everything_cannot_be_narrowed_either(asking: Asking) -> None:
    narrow: LiteralString = "update public.user_access set account_id = %s where user_id = %s"
    assert asking.refusal(narrow, [ACCOUNT_A, FIRST]) == COMPLAINT


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "isolation",
    [psycopg.IsolationLevel.READ_COMMITTED, psycopg.IsolationLevel.REPEATABLE_READ],
    ids=["read committed", "repeatable read"],
)
def test_of_two_admins_who_remove_each_other_at_once_one_remains(
    empty_database: Database, isolation: psycopg.IsolationLevel, way: str
) -> None:
    apply_files(empty_database.owner_url, lambda _line: None, seed=True)
    outcome: list[str | None] = []
    with empty_database.owner() as one, empty_database.owner() as other:
        one.execute(BOTH_ARE, [[FIRST, SECOND]])
        one.execute(SEES_EVERYTHING, [SECOND])
        one.commit()
        other.isolation_level = isolation
        other.execute(REMAINING)
        assert one.execute(WAYS[way], [SECOND]).rowcount == 1

        def remove_the_first() -> None:
            try:
                other.execute(WAYS["demoted"], [FIRST])
                other.commit()
                outcome.append("saved")
            except psycopg.Error as error:
                outcome.append(error.sqlstate)

        waiting = threading.Thread(target=remove_the_first)
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive(), "the second does not wait for the first"
        one.commit()
        waiting.join(10)
        assert outcome == ["23514" if isolation is psycopg.IsolationLevel.READ_COMMITTED else "40001"]
        row = one.execute(REMAINING).fetchone()
        assert row is not None
        assert row[0] == 1
