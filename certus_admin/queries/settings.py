"""JSON settings but the voice: the list, one setting with what it wins over, and saving."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, text

from certus_admin.administration_models import SettingView
from certus_admin.database import db
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.listing import QUICK_COUNT, Page, Summary, read_page, read_summary
from certus_admin.queries.reach import Query
from certus_admin.queries.scope import Scope
from certus_admin.queries.source import Source
from certus_admin.queries.versions import Stored, write

# Keys with a page of their own, which is the one to change them with.
VOICE = "ai_voice"
PREVIEW = 160

SETTING = text(
    """
select x.schema, s.id, s.location_id, s.location_name, s.version, s.updated_at, s.updated_by_name, s.timezone,
    case when s.location_id is null or s.location_id = :location_id then jsonb_pretty(s.value) end as text
from (select) here
left join public.setting_schemas x on x.key = :key
left join public.settings_v s on s.key = :key and s.account_id = :account_id
order by s.location_name
"""
)
INSERT = text(
    """
insert into public.settings (org_id, location_id, key, value)
values (:account_id, :location_id, :key, cast(:value as jsonb))
"""
)
UPDATE = text(
    """
update public.settings set value = cast(:value as jsonb), version = :version
where org_id = :account_id and id = :row_id
"""
)
# Names that nobody changed stay as they are written, whoever wrote them.
PATCH = text(
    """
update public.settings
set value = (value || cast(:changed as jsonb)) - cast(:removed as text[]), version = :version
where org_id = :account_id and id = :row_id
"""
)
DELETE = text("select public.delete_version('settings', :row_id, :version)")
SCHEMA = text("select schema from public.setting_schemas where key = :key")
# The database's own notation of each value, so that two of them are compared and nothing of a number is lost.
SPLIT = text(
    """
select v.place, jsonb_typeof(v.value) as kind, v.value::text as whole,
    case when jsonb_typeof(v.value) = 'object' then (
        select coalesce(jsonb_object_agg(e.key, e.value::text), '{}') from jsonb_each(v.value) e) end as parts
from (select t.place, cast(t.words as jsonb) as value
    from unnest(cast(:texts as text[])) with ordinality t (words, place)) v
order by v.place
"""
)


class SettingRow(NamedTuple):
    """A setting as the list shows it; `preview` is the beginning of its JSON. Times in UTC."""

    id: UUID
    account_id: UUID
    location_id: UUID | None
    account_name: str
    location_name: str | None
    timezone: str
    key: str
    preview: str
    location_rows: int
    updated_at: datetime
    updated_by_name: str | None


@dataclass(frozen=True)
class SettingFilters:
    """What of the settings is asked for; the voice, which has a page of its own, never is."""

    account_id: UUID | None = None
    location_id: UUID | None = None
    key: str | None = None

    def query(self, scope: Scope) -> Query:
        """These filters within a scope."""
        conditions: list[ColumnElement[bool]] = [SettingView.key != VOICE]
        if self.key:
            conditions.append(SettingView.key == self.key)
        return Query(scope, conditions, self.account_id, self.location_id, account_rows=True)


@dataclass(frozen=True)
class Setting:
    """A setting of an account or a location; over `account_text`, the account's value, a location's wins.

    `own_locations` names the locations that have a row of their own, which wins over an account's.
    """

    stored: Stored
    schema: Mapping[str, Any] | None
    account_text: str | None
    own_locations: tuple[tuple[UUID, str], ...]
    saved_at: datetime | None = None
    saved_by: str | None = None
    timezone: str = "UTC"


@dataclass(frozen=True)
class Split:
    """A JSON value in the database's notation: whole, and by name where it is an object."""

    whole: str
    parts: Mapping[str, str] | None


def _columns(setting: Any) -> list[Any]:
    preview = func.left(cast(setting.value, Text), PREVIEW).label("preview")
    return [preview if name == "preview" else getattr(setting, name) for name in SettingRow._fields]


SETTINGS = Source(model=SettingView, at="updated_at", columns=_columns)


def list_settings(
    scope: Scope, filters: SettingFilters | None = None, cursor: Cursor | None = None
) -> Page[SettingRow]:
    """A page of settings within `scope`, the last saved first; one statement."""
    page = read_page(SETTINGS, (filters or SettingFilters()).query(scope), cursor)
    return Page(tuple(SettingRow._make(row) for row in page.rows), page.newer, page.older)


def count_settings(scope: Scope, filters: SettingFilters | None = None) -> Summary:
    """How many settings match, capped; one statement."""
    return read_summary(SETTINGS, (filters or SettingFilters()).query(scope), QUICK_COUNT)


def get_setting(account_id: UUID, location_id: UUID | None, key: str) -> Setting:
    """A setting and what stands beside it, in one statement; without a row, `stored.row_id` is None."""
    rows = db.session.execute(
        SETTING, {"account_id": account_id, "location_id": location_id, "key": key}
    ).all()
    found = {row.location_id: row for row in rows if row.id}
    own, account = found.get(location_id), found.get(None)
    stored = Stored({"value": own.text}, own.id, own.version) if own else Stored({"value": ""})
    return Setting(
        stored,
        rows[0].schema,
        account.text if account and location_id else None,
        tuple((row.location_id, row.location_name) for row in rows if row.id and row.location_id),
        own.updated_at if own else None,
        own.updated_by_name if own else None,
        own.timezone if own else "UTC",
    )


def get_schema(key: str) -> Mapping[str, Any] | None:
    """The JSON schema of a key; None where nobody wrote one."""
    schema: Mapping[str, Any] | None = db.session.execute(SCHEMA, {"key": key}).scalar_one_or_none()
    return schema


def split_values(*texts: str) -> tuple[Split, ...]:
    """JSON texts in the database's notation, in one statement; each must be JSON."""
    rows = db.session.execute(SPLIT, {"texts": list(texts)})
    return tuple(Split(row.whole, row.parts) for row in rows)


def insert_setting(account_id: UUID, location_id: UUID | None, key: str, value: str) -> None:
    """Add a setting with this JSON text; StaleVersionError where there is one already. The caller commits."""
    values = {"account_id": account_id, "location_id": location_id, "key": key, "value": value}
    write(INSERT, values)


def update_setting(account_id: UUID, stored: Stored, value: str) -> None:
    """Replace the value over what was read; StaleVersionError where somebody saved in between."""
    write(UPDATE, _of_row(account_id, stored) | {"value": value})


def patch_setting(
    account_id: UUID, stored: Stored, changed: Mapping[str, str], removed: Sequence[str]
) -> None:
    """Change and remove single names of an object over what was read, as `update_setting` does."""
    write(PATCH, _of_row(account_id, stored) | {"changed": join_parts(changed), "removed": list(removed)})


def delete_setting(stored: Stored) -> None:
    """Take the setting away as it was read; StaleVersionError where somebody saved in between."""
    write(DELETE, {"row_id": stored.row_id, "version": stored.version})


def join_parts(parts: Mapping[str, str]) -> str:
    """The JSON text of an object whose values are JSON texts."""
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in parts.items()) + "}"


def _of_row(account_id: UUID, stored: Stored) -> dict[str, Any]:
    return {"account_id": account_id, "row_id": stored.row_id, "version": stored.version}
