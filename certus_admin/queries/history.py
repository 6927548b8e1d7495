"""The history of a location's or account's configuration, and putting a change back.

`put_back` undoes one line of the audit log, `put_back_request` everything that one request did. Both leave
the commit to the caller, write through the caller's own policies, and are audited like any other save.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from certus_admin.database import db
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.listing import Page
from certus_admin.queries.versions import write

PAGE_SIZE = 30
# The setting that is part of a configuration; every other one has a history of its own.
VOICE = "ai_voice"

# What may be written back, as the grants have it; and where a row may go and come.
COLUMNS = {
    "account_settings": ("avg_spend_per_head", "baseline_handle_seconds"),
    "location_settings": (
        "busy_mode_enabled", "extra_wait_seconds", "busy_until", "busy_reason", "avg_spend_per_head",
        "baseline_handle_seconds",
    ),
    "location_hours": ("weekday", "opens_at", "closes_at"),
    "location_hours_exceptions": ("exception_date", "is_closed", "opens_at", "closes_at", "reason"),
    "settings": ("value",),
}  # fmt: skip
KEYS = {"settings": ("org_id", "location_id", "key")}
COMING_AND_GOING = ("location_hours", "location_hours_exceptions", "settings")

ROWS = " union all ".join(
    f"select to_jsonb(t) as data from public.{table} t where t.id = a.row_id" for table in COLUMNS
)

# A line holds changed keys alone; the row, or the line of its removal, says what it was about.
LINES = f"""
select a.id, a.at, a.actor_name, a.actor_role, a.application, a.action, a.table_name, a.row_id,
    a.before, a.after, a.location_id, present.data as present,
    coalesce(present.data, gone.before, a.after, jsonb_build_object()) as about
from public.audit_log_v a
left join lateral (select r.data from ({ROWS}) r limit 1) present on true
left join lateral (
    select d.before from public.audit_log d where d.row_id = a.row_id and d.action = 'delete' limit 1
) gone on present.data is null
where a.account_id = :account_id and a.table_name = any (cast(:tables as text[]))
    and a.action in ('insert', 'update', 'delete')
    and (a.table_name <> 'settings' or coalesce(present.data, gone.before, a.after) ->> 'key' = :key)
    and {{condition}}
order by a.at {{order}}, a.id {{order}} limit :number
"""

JSON_ROW = bindparam("row", type_=JSONB)
HERE = "a.location_id is not distinct from cast(:location_id as uuid)"


@dataclass(frozen=True)
class Line:
    """One change of one row. `before` and `after` hold changed columns; `present` is the row now, or None.

    `about` is the whole row as far as it is known (weekday, date, key); `name` is None for a program.
    """

    id: UUID
    at: datetime
    name: str | None
    application: str | None
    action: str
    table_name: str
    row_id: UUID
    location_id: UUID | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    about: Mapping[str, Any]
    present: Mapping[str, Any] | None

    @property
    def is_voice(self) -> bool:
        """Whether it is about the voice, whose fields have words of their own."""
        return self.table_name == "settings" and self.about.get("key") == VOICE

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that changed, in the table's order; all of them where the row came or went."""
        changed = {*self.before, *self.after}
        return tuple(column for column in COLUMNS[self.table_name] if column in changed)

    @property
    def can_go_back(self) -> bool:
        """Whether there is a way back: a settings row of a location or account is never removed."""
        return bool(self.columns) and (self.action == "update" or self.table_name in COMING_AND_GOING)

    @property
    def version(self) -> int:
        """The version of the row now; 0 without one."""
        return int((self.present or {}).get("version", 0))


class ChangedSinceError(Exception):
    """The row is not as the change left it; `line` says how it is."""

    def __init__(self, line: Line) -> None:
        super().__init__("changed since")
        self.line = line


def list_changes(
    account_id: UUID, location_id: UUID | None, cursor: Cursor | None = None, key: str | None = None
) -> Page[Line]:
    """The changes of a location, or of the account as a whole; newest first, in one statement.

    `key` names one of the other settings, whose changes alone are meant then.
    """
    newer = cursor is not None and cursor.newer
    condition = HERE
    values: dict[str, Any] = {"location_id": location_id, "number": PAGE_SIZE + 1}
    if cursor is not None:
        condition += f" and (a.at, a.id) {'>' if newer else '<'} (:cursor_at, :cursor_id)"
        values |= {"cursor_at": cursor.at, "cursor_id": cursor.id}
    found = _lines(account_id, condition, values | _about(key), "asc" if newer else "desc")
    rows, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    if newer:
        rows = rows[::-1]
    if not rows:
        return Page(())
    return Page(
        tuple(rows),
        Cursor(rows[0].at, rows[0].id, newer=True) if (more if newer else cursor is not None) else None,
        Cursor(rows[-1].at, rows[-1].id) if newer or more else None,
    )


def get_change(
    account_id: UUID, location_id: UUID | None, line_id: UUID, key: str | None = None
) -> Line | None:
    """One change of a location (or account); None where it is missing or out of reach."""
    condition = f"a.id = :line_id and {HERE}"
    values = {"line_id": line_id, "location_id": location_id, "number": 1}
    found = _lines(account_id, condition, values | _about(key))
    return found[0] if found else None


def list_request_changes(account_id: UUID, request_id: str) -> Sequence[Line]:
    """Everything that one request changed in an account's configuration, the last change first."""
    return _lines(account_id, "a.request_id = :request_id", {"request_id": request_id, "number": 5000})


def put_back_request(account_id: UUID, request_id: str) -> int:
    """Undo all that one request did; how many changes went back. The caller commits, or rolls back.

    ChangedSinceError where a row is not as the request left it; nothing is to be committed then.
    """
    lines = list_request_changes(account_id, request_id)
    db.session.execute(text("set constraints all deferred"))
    touched: set[UUID] = set()
    for line in lines:
        # A row that this loop has written already has another version now.
        fresh = get_change(account_id, line.location_id, line.id) if line.row_id in touched else line
        put_back(account_id, fresh or line)
        touched.add(line.row_id)
    return len(lines)


def put_back(account_id: UUID, line: Line) -> None:
    """Undo one change; the caller commits. ChangedSinceError where the row is not as the change left it."""
    if not is_as_left(line):
        raise ChangedSinceError(line)
    if line.action == "update":
        save_columns(account_id, line, {column: line.before.get(column) for column in line.columns})
    elif line.action == "insert":
        remove(line)
    else:
        _insert(account_id, line)


def is_as_left(line: Line) -> bool:
    """Whether the row still is as the change left it, in the columns that it changed."""
    if line.action == "delete":
        return line.present is None
    present = line.present
    return present is not None and all(present.get(name) == line.after.get(name) for name in line.columns)


def save_columns(account_id: UUID, line: Line, values: Mapping[str, Any]) -> None:
    """Give the row's columns these JSON values over the version in `line`, or raise StaleVersionError."""
    names = [name for name in COLUMNS[line.table_name] if name in values]
    owner = "org_id" if line.table_name == "settings" else "account_id"
    statement = text(
        f"""update public.{line.table_name} t
        set {", ".join(f"{name} = x.{name}" for name in names)}, version = :version
        from jsonb_populate_record(null::public.{line.table_name}, :row) x
        where t.{owner} = :account_id and t.id = :row_id"""
    )
    bound = {"row": dict(values), "version": line.version, "account_id": account_id, "row_id": line.row_id}
    write(statement.bindparams(JSON_ROW), bound)


def remove(line: Line) -> None:
    """Take the row away as it is in `line`; StaleVersionError where somebody saved in between."""
    statement = text("select public.delete_version(:table_name, :row_id, :version)")
    write(statement, {"table_name": line.table_name, "row_id": line.row_id, "version": line.version})


def _insert(account_id: UUID, line: Line) -> None:
    names = KEYS.get(line.table_name, ("account_id", "location_id")) + COLUMNS[line.table_name]
    columns = ", ".join(names)
    statement = text(
        f"""insert into public.{line.table_name} ({columns})
        select {columns} from jsonb_populate_record(null::public.{line.table_name}, :row)"""
    )
    owner = "org_id" if line.table_name == "settings" else "account_id"
    write(statement.bindparams(JSON_ROW), {"row": dict(line.before) | {owner: str(account_id)}})


def _about(key: str | None) -> dict[str, Any]:
    return {"tables": list(COLUMNS), "key": VOICE} if key is None else {"tables": ["settings"], "key": key}


def _lines(
    account_id: UUID, condition: str, values: Mapping[str, Any], order: str = "desc"
) -> Sequence[Line]:
    statement = text(LINES.format(condition=condition, order=order))
    bound = {"account_id": account_id, **_about(None), **values}
    return [
        Line(
            row.id, row.at, row.actor_name, row.application or row.actor_role, row.action, row.table_name,
            row.row_id, row.location_id, row.before or {}, row.after or {}, row.about, row.present,
        )
        for row in db.session.execute(statement, bound)
    ]  # fmt: skip
