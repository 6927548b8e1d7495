"""The voice of an account or location (`settings`, key ai_voice): read, and changed field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from certus_admin.database import db
from certus_admin.queries.versions import Stored, write
from certus_admin.voice import PATHS, texts_of, values_of

VOICE = text(
    """
select s.location_id, s.id, s.version, s.value, x.schema
from public.setting_schemas x
left join public.settings s on s.key = x.key and s.org_id = :account_id
    and (s.location_id is null or s.location_id = :location_id)
where x.key = 'ai_voice'
"""
)

INSERT = """
insert into public.settings (org_id, location_id, key, value)
values (:account_id, :location_id, 'ai_voice', {value})
"""

# Only the named fields are touched: what other clients keep in the same value stays as it was written.
UPDATE = """
update public.settings set value = {value}, version = :version where org_id = :account_id and id = :row_id
"""

WITHOUT_EMPTY = "case when v.value -> 'escalation' = '{}' then v.value - 'escalation' else v.value end"

DELETE_EMPTY = text(
    """
select public.delete_version('settings', id, version) from public.settings
where org_id = :account_id and location_id = :location_id and key = 'ai_voice' and value = '{}'
"""
)


@dataclass(frozen=True)
class Voice:
    """A voice as it is stored; `inherited` are the account's texts (empty ones at the account itself)."""

    own: Stored
    inherited: Mapping[str, str]
    schema: Mapping[str, Any]


def get_voice(account_id: UUID, location_id: UUID | None) -> Voice:
    """The voice of a location, or of the account itself (`location_id` None), in one statement."""
    rows = db.session.execute(VOICE, {"account_id": account_id, "location_id": location_id}).all()
    found = {row.location_id: Stored(texts_of(row.value), row.id, row.version) for row in rows if row.id}
    nothing = Stored(texts_of({}))
    inherited = found.get(None, nothing).texts if location_id else nothing.texts
    return Voice(found.get(location_id, nothing), inherited, rows[0].schema)


def save_voice(
    account_id: UUID, location_id: UUID | None, stored: Stored, changes: Mapping[str, str]
) -> None:
    """Write the changed fields over what was read; an empty text takes the field away. The caller commits.

    A location with nothing of its own left loses its row. StaleVersionError: somebody saved in between.
    """
    expression, values = _patched("value" if stored.row_id else "'{}'::jsonb", changes)
    values |= {"account_id": account_id, "location_id": location_id}
    if stored.row_id is None:
        statement = INSERT.format(value=expression)
    else:
        statement = UPDATE.format(value=expression)
        values |= {"row_id": stored.row_id, "version": stored.version}
        del values["location_id"]
    json_values = [bindparam(name, type_=JSONB) for name in values if name.startswith("value_")]
    write(text(statement).bindparams(*json_values), values)
    if location_id is not None:
        db.session.execute(DELETE_EMPTY, {"account_id": account_id, "location_id": location_id})


def _patched(value: str, changes: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """A SQL expression that sets and removes single keys of the jsonb `value`, and its bound values."""
    bound: dict[str, Any] = {}
    nested = any(len(PATHS[name]) > 1 for name in changes)
    if nested:
        value = f"jsonb_set({value}, '{{escalation}}', coalesce({value} -> 'escalation', '{{}}'))"
    for name, meaning in values_of(changes):
        path = "{" + ",".join(PATHS[name]) + "}"
        if meaning is None:
            value = f"({value} #- '{path}')"
        else:
            value = f"jsonb_set({value}, '{path}', :value_{name})"
            bound[f"value_{name}"] = meaning
    if nested:
        value = f"(select {WITHOUT_EMPTY} from (select {value} as value) v)"
    return value, bound
