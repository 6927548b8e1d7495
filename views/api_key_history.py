"""The history of an API key in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from certus_admin.formats import local_time
from certus_admin.queries.api_key import KeyChange
from certus_admin.queries.api_keys import ZONE

LABELS = {
    "label": "Label",
    "key_hint": "Ends in",
    "scopes": "What it is for",
    "expires_at": "Expires",
    "revoked_reason": "Reason",
}


@dataclass(frozen=True)
class KeyEvent:
    """What happened, when (UTC) and by whom; `rows` are (label, before, after), None for nothing."""

    title: str
    who: str
    at: datetime
    rows: Sequence[tuple[str, Markup | str | None, Markup | str | None]]


def history_of(changes: Iterable[KeyChange]) -> list[KeyEvent]:
    """The lines of the log as a page tells them."""
    return [
        KeyEvent(
            title_of(change),
            change.name or change.application or "A program",
            change.at,
            [
                (label, in_words(name, change.before.get(name)), in_words(name, change.after.get(name)))
                for name, label in LABELS.items()
                if name in change.before or name in change.after
            ],
        )
        for change in changes
    ]


def title_of(change: KeyChange) -> str:
    """What was done."""
    if change.action == "insert":
        return "Issued in the place of another" if change.after.get("succeeds_id") else "Issued"
    if change.after.get("replaced_at"):
        return "Replaced at once" if change.after.get("revoked_at") else "Replaced"
    return "Revoked" if change.after.get("revoked_at") else "Changed"


def in_words(name: str, value: Any) -> Markup | str | None:
    """A column's value as people read it."""
    if value is None or value == []:
        return None
    if name == "expires_at":
        return local_time(datetime.fromisoformat(value), ZONE, "full")
    return ", ".join(value) if isinstance(value, list) else str(value)
