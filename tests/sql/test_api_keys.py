"""Labels of API keys: what they hold, how one takes another's place, how they end, what is said of them."""

from typing import Any, LiteralString

import psycopg
import pytest

from tests.sql.access_table import CLOSED, STRANGERS, become
from tests.sql.asking import ACCOUNT_A, ACCOUNT_B, PEOPLE, Asking
from tests.sql.audit_lines import Log
from tests.sql.key_rows import NOBODYS, OLD_WEBSITE, TILL, WEBSITE, key

ISSUE: LiteralString = "insert into public.api_keys (account_id, label) values (%s, %s) returning id"
REVOKE: LiteralString = "update public.api_keys set revoked_at = now(), revoked_reason = %s where id = %s"
ROTATE: LiteralString = (
    "select public.rotate_api_key(%s, 'n3wK', now() + interval '1 year', %s::text::interval)"
)
STATE: LiteralString = "select state, warnings from public.api_keys_v where id = %s"


# Labels and scopes ---------------------------------------------------------------------------------


def test_a_label_is_given_once_among_the_live_keys_of_an_account(asking: Asking) -> None:
    asking.as_person("admin")
    assert asking.refusal(ISSUE, [ACCOUNT_A, "Point of sale"])[0] == "23505"
    assert asking.reach(ISSUE, [ACCOUNT_B, "Point of sale"]) == 1
    assert asking.execute(REVOKE, ["No longer needed", TILL]).rowcount == 1
    assert asking.reach(ISSUE, [ACCOUNT_A, "Point of sale"]) == 1


def test_scopes_are_those_of_the_list(asking: Asking) -> None:
    asking.as_person("admin")
    change = "update public.api_keys set scopes = %s where id = %s"
    whole = asking.scalar("select public.api_key_scopes()")
    assert "calls:read" in whole
    assert asking.reach(change, [whole, TILL]) == 1
    for odd in (["everything"], [*whole, "CALLS:READ"], [None]):
        assert asking.refusal(change, [odd, TILL])[0] == "23514", odd


@pytest.mark.parametrize("column", ["label", "key_hint", "revoked_reason", "scopes"])
def test_nothing_that_is_refused_is_quoted(asking: Asking, column: str) -> None:
    secret = "_".join(("sk", "live", "51H8abcdefgh1234"))
    add = f"insert into public.api_keys (account_id, label, {column}) values (%s, 'Till', %s)"
    statements: dict[str, tuple[LiteralString, list[Any]]] = {
        "label": (ISSUE, [ACCOUNT_A, secret]),
        "key_hint": (add, [ACCOUNT_A, secret]),
        "revoked_reason": (REVOKE, [secret, TILL]),
        "scopes": (add, [ACCOUNT_A, [secret]]),
    }
    statement, values = statements[column]
    asking.as_person("admin")
    with pytest.raises(psycopg.errors.CheckViolation) as refused, asking.undone():
        asking.execute(statement, values)
    assert refused.value.diag.constraint_name == f"api_keys_{column}_check"
    assert refused.value.diag.column_name == column
    told = [refused.value.diag.message_primary, refused.value.diag.message_detail, refused.value.diag.context]
    assert secret not in " ".join(words or "" for words in told)
    assert refused.value.diag.message_detail is None


def test_a_rotation_takes_no_key_for_a_hint_and_does_not_quote_it(asking: Asking) -> None:
    secret = "".join(("gh", "p_", "16C7e42F292c6912E7710c83"))
    asking.as_person("admin")
    with pytest.raises(psycopg.errors.CheckViolation) as refused, asking.undone():
        asking.execute("select public.rotate_api_key(%s, %s)", [TILL, secret])
    assert secret not in f"{refused.value} {refused.value.diag.context}"


# Revoking ------------------------------------------------------------------------------------------


def test_a_key_is_revoked_with_a_reason_now_and_by_whoever_does_it(asking: Asking) -> None:
    asking.as_person("admin")
    bare = "update public.api_keys set revoked_at = now() where id = %s"
    assert asking.refusal(bare, [TILL])[0] == "23514"
    for short in ("", "ok", "  a  ", "x " * 200):
        assert asking.refusal(REVOKE, [short, TILL])[0] == "23514"
    backdated = "update public.api_keys set revoked_at = '2020-01-01', revoked_reason = 'Lost' where id = %s"
    asking.execute(backdated, [TILL])
    revoked = key(asking, TILL)
    assert revoked.revoked_at == asking.scalar("select now()")
    assert (revoked.revoked_by, revoked.revoked_reason) == (PEOPLE["admin"], "Lost")


@pytest.mark.parametrize("who", ["owner", "superuser"])
@pytest.mark.parametrize(
    "change",
    [
        "revoked_at = null",
        "revoked_at = null, revoked_reason = null, revoked_by = null",
        "revoked_at = now()",
        "revoked_reason = 'Another reason'",
        "revoked_by = created_by",
    ],
)
def test_a_revoked_key_never_lives_again_even_by(asking: Asking, who: str, change: LiteralString) -> None:
    asker = asking.as_owner() if who == "owner" else asking.as_superuser()
    assert asker.refusal(f"update public.api_keys set {change} where id = %s", [OLD_WEBSITE])[0] == "23001"


def test_a_person_does_not_even_reach_a_revoked_key(asking: Asking) -> None:
    asking.as_person("admin")
    assert asking.scalar(STATE, [OLD_WEBSITE]) == "revoked"
    assert asking.reach("update public.api_keys set label = 'Mine' where id = %s", [OLD_WEBSITE]) == 0


# Rotating ------------------------------------------------------------------------------------------


def test_a_rotated_key_ends_after_the_overlap_and_its_successor_has_its_label(
    asking: Asking, log: Log
) -> None:
    successor = asking.as_person("admin_harbour").scalar(ROTATE, [TILL, "2 days"])
    old, new = key(asking, TILL), key(asking, successor)
    now = asking.scalar("select now()")
    assert (new.succeeds_id, new.label, new.scopes, new.key_hint) == (TILL, old.label, old.scopes, "n3wK")
    assert (new.created_by, new.revoked_at) == (PEOPLE["admin_harbour"], None)
    assert (old.replaced_at, (old.expires_at - now).days, old.revoked_at) == (now, 2, None)
    asking.as_person("admin_harbour")
    assert asking.scalar(STATE, [TILL]) == "ending"
    assert asking.scalar(STATE, [successor]) == "active"
    assert [(line["action"], line["row_id"]) for line in log.lines()] == [
        ("update", TILL), ("insert", successor),
    ]  # fmt: skip


def test_a_rotation_at_once_revokes_the_old_key(asking: Asking) -> None:
    successor = asking.as_person("admin").scalar(ROTATE, [TILL, "0"])
    old = key(asking, TILL)
    assert (old.revoked_by, old.revoked_at, old.replaced_at) == (
        PEOPLE["admin"],
        *[asking.scalar("select now()")] * 2,
    )
    assert key(asking, successor).revoked_at is None


def test_no_overlap_lengthens_what_was_to_end_sooner(asking: Asking) -> None:
    asking.execute("update public.api_keys set expires_at = now() + interval '1 hour' where id = %s", [TILL])
    before = key(asking, TILL).expires_at
    asking.as_person("admin").execute(ROTATE, [TILL, "7 days"])
    assert key(asking, TILL).expires_at == before


def test_a_key_is_replaced_once_and_a_revoked_one_not_at_all(asking: Asking) -> None:
    asking.as_person("admin")
    asking.execute(ROTATE, [TILL, "1 day"])
    assert asking.refusal(ROTATE, [TILL, "1 day"])[0] == "PT409"
    assert asking.refusal(ROTATE, [OLD_WEBSITE, "1 day"])[0] == "PT409"
    for odd in ("-1 second", "31 days", None):
        assert asking.refusal(ROTATE, [WEBSITE, odd])[0] == "23514", odd


def test_a_replaced_key_ends_no_later_than_was_said(asking: Asking) -> None:
    asking.as_person("admin").execute(ROTATE, [TILL, "1 day"])
    ends = "update public.api_keys set expires_at = now() + %s::text::interval where id = %s"
    assert asking.reach(ends, ["1 hour", TILL]) == 1
    assert asking.refusal(ends, ["2 days", TILL])[0] == "23001"
    assert asking.refusal(ends, [None, TILL])[0] == "23001"
    again = "update public.api_keys set replaced_at = null where id = %s"
    assert asking.as_owner().refusal(again, [TILL])[0] == "23001"


@pytest.mark.parametrize("who", ["operator", "manager", "manager_lyon", "newcomer", "nobody"])
def test_a_key_is_rotated_or_revoked_by_admins_alone_not_by(asking: Asking, who: str) -> None:
    asking.as_person(who)
    assert asking.refusal(ROTATE, [TILL, "1 day"])[0] == "P0002"
    assert asking.refusal(ROTATE, [NOBODYS, "1 day"]) == asking.refusal(ROTATE, [TILL, "1 day"])
    assert asking.reach(REVOKE, ["For fun", TILL]) == 0
    assert asking.refusal(ISSUE, [ACCOUNT_A, "Mine"])[0] == "42501"


def test_an_admin_of_one_account_reaches_no_other_accounts_keys(asking: Asking) -> None:
    asking.as_person("admin_harbour")
    assert asking.refusal(ROTATE, [WEBSITE, "1 day"]) == asking.refusal(ROTATE, [NOBODYS, "1 day"])
    assert asking.reach(REVOKE, ["For fun", WEBSITE]) == 0
    assert asking.refusal(ISSUE, [ACCOUNT_B, "Mine"])[0] == "42501"


@pytest.mark.parametrize("who", [*STRANGERS, *CLOSED, "service_role"])
def test_no_key_is_rotated_by(asking: Asking, who: str) -> None:
    become(asking, who)
    assert asking.refusal(ROTATE, [TILL, "1 day"])[0] in ("42501", "P0002")


# What is said of them --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "state", "warnings"),
    [
        ("last_used_at = now()", "active", []),
        ("created_at = now()", "active", ["never_used"]),
        ("created_at = now() - interval '91 days'", "active", ["never_used", "idle"]),
        ("last_used_at = now() - interval '89 days'", "active", []),
        ("last_used_at = now() - interval '91 days'", "active", ["idle"]),
        ("last_used_at = now(), expires_at = now() + interval '13 days'", "active", ["expiring"]),
        ("last_used_at = now(), expires_at = now() + interval '15 days'", "active", []),
        ("expires_at = now()", "expired", []),
        ("replaced_at = now(), expires_at = now() + interval '1 day'", "ending", []),
        ("replaced_at = now(), expires_at = now()", "replaced", []),
        ("revoked_at = now(), revoked_reason = 'Lost', expires_at = now()", "revoked", []),
    ],
)
def test_a_key_is_said_to_be(asking: Asking, change: LiteralString, state: str, warnings: list[str]) -> None:
    asking.execute(f"update public.api_keys set {change} where id = %s", [TILL])
    assert asking.as_person("admin").row(STATE, [TILL]) == (state, warnings)


@pytest.mark.parametrize(
    ("label", "hint", "double"),
    [
        ("point  of SALE ", None, True),
        ("Bar", "x7Qd", True),
        ("Bar", "y8Re", False),
        ("Bar", None, False),
        ("Points of sale", None, False),
    ],
)
def test_two_live_keys_of_an_account_with_the_same_label_or_hint_are_double(
    asking: Asking, label: str, hint: str | None, double: bool
) -> None:
    add = """insert into public.api_keys (account_id, label, key_hint, created_by) values (%s, %s, %s, %s)
        returning id"""
    asking.execute("update public.api_keys set last_used_at = now()")
    for account in (ACCOUNT_A, ACCOUNT_B):
        other = asking.scalar(add, [account, label, hint, PEOPLE["admin"]])
    said = asking.as_person("admin").row(STATE, [TILL])[1]
    assert said == (["double"] if double else [])
    assert ("double" in asking.row(STATE, [other])[1]) is False, "the hint of another account's key"
    asking.as_owner().execute(
        "update public.api_keys set revoked_at = now(), revoked_reason = 'Lost' where label = %s", [label]
    )
    assert asking.as_person("admin").row(STATE, [TILL])[1] == []
