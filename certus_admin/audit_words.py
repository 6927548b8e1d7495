"""Lines of the audit log in words: what was done to what, and each changed value before and after."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TABLES = {
    "account_settings": "Account settings",
    "api_keys": "API key",
    "calls": "Calls",
    "call_logs": "Call",
    "internal_notes": "Note",
    "audit": "Audit log",
    "knowledge": "Knowledge requests",
    "knowledge_update_requests": "Knowledge request",
    "location_hours": "Hours",
    "location_hours_exceptions": "Exception",
    "location_settings": "Location settings",
    "metrics": "Daily numbers",
    "notes": "Notes",
    "orders": "Orders",
    "reservations": "Reservations",
    "settings": "Setting",
    "user_access": "Access",
    "users": "Person",
    "web_sessions": "Session",
}
ACTIONS = {
    "insert": "added",
    "update": "changed",
    "delete": "deleted",
    "reveal": "number revealed",
    "play": "recording played",
    "export": "exported",
    "sign_in": "opened by signing in",
    "invite": "invited",
    "renew_link": "invited anew",
    "reset_password": "given a link for a new password",
    "withdraw_link": "link withdrawn",
    "choose_password": "password chosen",
    "change_password": "password changed",
    "view_as": "viewed as",
    "view_as_end": "no longer viewed as",
}
# Where a value is folded: what is longer than this, or has several lines.
SHORT = 120
# Columns that say which row it is, not what became of it.
IDENTITY = frozenset({"id", "account_id", "org_id", "location_id"})


@dataclass(frozen=True)
class Difference:
    """A value that changed: its path (`value.greeting`), and both sides; None where there was none."""

    name: str
    before: str | None
    after: str | None

    @property
    def is_long(self) -> bool:
        """Whether it is to be folded."""
        return any(len(side) > SHORT or "\n" in side for side in (self.before, self.after) if side)


def spelt_out(word: str) -> str:
    """A name of the database that has no words here yet."""
    return word.replace("_", " ").strip().capitalize()


def table_words(table_name: str) -> str:
    """What a table's rows are called."""
    return TABLES.get(table_name) or spelt_out(table_name)


def action_words(action: str) -> str:
    """What was done, to follow a table's words."""
    return ACTIONS.get(action) or spelt_out(action).lower()


def title_of(table_name: str, action: str) -> str:
    """`Hours changed`; what no page knows yet is spelt out."""
    return f"{table_words(table_name)} {action_words(action)}"


def differences(before: Any, after: Any) -> tuple[Difference, ...]:
    """What differs between two sides of a line, nested objects key by key; what it is about comes last."""
    was, now = dict(leaves(before)), dict(leaves(after))
    names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    names.sort(key=lambda name: name in IDENTITY)
    return tuple(Difference(name, was.get(name), now.get(name)) for name in names)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of each value in nested objects; lists and empty objects stay whole."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else str(key))
    elif path:
        yield path, text_of(value)


def text_of(value: Any) -> str:
    """A JSON value to read: text as it is, everything else as JSON, on several lines where it is long."""
    if isinstance(value, str):
        return value
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= SHORT else json.dumps(value, ensure_ascii=False, indent=2)


def changed_names(before: Any, after: Any) -> str:
    """The names of what changed, for a list: `extra wait seconds, busy reason`."""
    columns = {**(before or {}), **(after or {})}
    names = [name for name in columns if name not in IDENTITY] or list(columns)
    return ", ".join(name.replace("_", " ") for name in names)


def who_of(name: str | None, application: str | None, role: str) -> str:
    """Who it was: the person, else the program, else the role that it signed in with."""
    return name or application or role
