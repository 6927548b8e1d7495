"""One API key's label: its line of predecessors and successors, its history, and what an admin does to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError

from certus_admin.database import db
from certus_admin.queries.api_keys import ApiKeyRow
from certus_admin.queries.versions import sql_state

SCOPES = text("select public.api_key_scopes()")
COLUMNS = ", ".join(f"v.{name}" for name in ApiKeyRow._fields)

LINE = text(
    f"""
with recursive earlier as (
    select k.account_id, k.id, k.succeeds_id from public.api_keys k where k.id = :key_id
    union
    select k.account_id, k.id, k.succeeds_id from public.api_keys k
    join earlier e on e.account_id = k.account_id and e.succeeds_id = k.id
), later as (
    select k.account_id, k.id from public.api_keys k where k.id = :key_id
    union
    select k.account_id, k.id from public.api_keys k
    join later l on l.account_id = k.account_id and l.id = k.succeeds_id
)
select {COLUMNS} from public.api_keys_v v
join (select account_id, id from earlier union select account_id, id from later) found using (account_id, id)
order by v.created_at desc, v.id desc
"""
)

HISTORY = text(
    """
select at, actor_name, actor_role, application, action, before, after from public.audit_log_v
where account_id = :account_id and row_id = :key_id and table_name = 'api_keys'
order by at desc, id desc limit :number
"""
)
LONGEST_HISTORY = 100

ISSUE = text(
    """
insert into public.api_keys (account_id, label, key_hint, scopes, expires_at)
values (:account_id, :label, :key_hint, cast(:scopes as text[]), :expires_at)
returning id
"""
)
ROTATE = text("select public.rotate_api_key(:key_id, :key_hint, :expires_at, :overlap)")
REVOKE = text(
    """
update public.api_keys set revoked_at = now(), revoked_reason = :reason
where id = :key_id and revoked_at is null
returning id
"""
)

# What a refusal of the database is about: the column by the name of the rule.
RULES = {
    "api_keys_account_id_label_current_idx": "taken",
    "api_keys_label_check": "label",
    "api_keys_key_hint_check": "key_hint",
    "api_keys_scopes_check": "scopes",
    "api_keys_revoked_reason_check": "reason",
}


class RefusedKeyError(Exception):
    """The database's rules refuse this; `rule` is a value of RULES."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class EndedKeyError(Exception):
    """The key was replaced or revoked in the meantime."""


@dataclass(frozen=True)
class KeyChange:
    """A line of a key's history: when (UTC) and by whom, the changed columns before and after."""

    at: datetime
    name: str | None
    application: str | None
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def list_scopes() -> tuple[str, ...]:
    """What a key may be for, in the order in which a form offers it."""
    return tuple(db.session.execute(SCOPES).scalar_one())


def get_key_line(key_id: UUID) -> tuple[ApiKeyRow, ...]:
    """The key with those it replaced and those that replaced it, the last first; empty when out of reach."""
    return tuple(ApiKeyRow._make(row) for row in db.session.execute(LINE, {"key_id": key_id}))


def list_key_history(account_id: UUID, key_id: UUID) -> tuple[KeyChange, ...]:
    """Who did what to a key, the newest first."""
    values = {"account_id": account_id, "key_id": key_id, "number": LONGEST_HISTORY}
    return tuple(
        KeyChange(row.at, row.actor_name, row.application, row.action, row.before or {}, row.after or {})
        for row in db.session.execute(HISTORY, values)
    )


def issue_key(
    account_id: UUID, label: str, key_hint: str | None, scopes: Sequence[str], expires_at: datetime | None
) -> UUID:
    """Record a new key under a label; its id. RefusedKeyError where a rule forbids it."""
    values = {
        "account_id": account_id,
        "label": label,
        "key_hint": key_hint,
        "scopes": list(scopes),
        "expires_at": expires_at,
    }
    key_id: UUID = _write(ISSUE, values)
    return key_id


def rotate_key(key_id: UUID, key_hint: str | None, expires_at: datetime | None, overlap: timedelta) -> UUID:
    """Record the successor of a key, which ends after `overlap`; the successor's id.

    RefusedKeyError where a rule forbids it, EndedKeyError where somebody replaced or revoked it before.
    """
    values = {"key_id": key_id, "key_hint": key_hint, "expires_at": expires_at, "overlap": overlap}
    successor: UUID = _write(ROTATE, values)
    return successor


def revoke_key(key_id: UUID, reason: str) -> None:
    """End a key for good. RefusedKeyError for a reason that is none, EndedKeyError where it had ended."""
    if _write(REVOKE, {"key_id": key_id, "reason": reason}) is None:
        raise EndedKeyError


def _write(statement: TextClause, values: Mapping[str, Any]) -> Any:
    """The answer of a write; what the rules refuse becomes an error without any value in it."""
    try:
        return db.session.execute(statement, values).scalar_one_or_none()
    except DBAPIError as error:
        state = sql_state(error)
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        if state != "PT409" and name not in RULES:
            raise
    # Outside of the handler: the driver's error, which may quote, is no cause of this one.
    db.session.rollback()
    if state == "PT409":
        raise EndedKeyError
    raise RefusedKeyError(RULES[str(name)])
