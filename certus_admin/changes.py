"""Changes of configuration in words: what a line of the audit log says, label by label."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from certus_admin import formats
from certus_admin.audit_words import differences
from certus_admin.hours import WEEKDAYS
from certus_admin.voice import PATHS, find, text_of

VOICE_LABELS = {
    "voice": "Voice",
    "language": "Language",
    "speed": "Speed",
    "greeting": "Greeting",
    "fallback_number": "Fallback number",
    "after_failures": "Hand over after",
    "to_number": "Hand over to",
    "always_for": "Always hand over",
}
LABELS = {
    "weekday": "Day",
    "opens_at": "Opens",
    "closes_at": "Closes",
    "exception_date": "Date",
    "is_closed": "Closed",
    "reason": "Reason",
    "busy_mode_enabled": "Busy mode",
    "extra_wait_seconds": "Extra wait",
    "busy_until": "Busy until",
    "busy_reason": "Reason for busy mode",
    "avg_spend_per_head": "Average spend a guest",
    "baseline_handle_seconds": "Time a call would take staff",
    "value": "Value",
}
BUSY = {"busy_mode_enabled", "extra_wait_seconds", "busy_until", "busy_reason"}
VERBS = {"insert": "added", "update": "changed", "delete": "removed"}

Words = str | Markup


@dataclass(frozen=True)
class Row:
    """One value before and after; empty text for none."""

    label: str
    before: Words
    after: Words


@dataclass(frozen=True)
class Region:
    """How values are written where a change was made."""

    timezone: str
    currency: str


def title_of(table_name: str, action: str, columns: tuple[str, ...], about: Mapping[str, Any]) -> str:
    """What a change was about: `Hours of Monday changed`."""
    if table_name == "location_hours":
        subject = f"Hours of {WEEKDAYS[int(about['weekday']) - 1]}" if about.get("weekday") else "Hours"
    elif table_name == "location_hours_exceptions":
        day = about.get("exception_date")
        subject = f"Exception on {formats.local_date(date.fromisoformat(day))}" if day else "Exception"
    elif table_name == "settings":
        subject = "Voice" if about.get("key") == "ai_voice" else f"Setting {about.get('key', '')}".strip()
    elif set(columns) <= BUSY:
        subject = "Busy mode"
    else:
        subject = "Averages" if not BUSY & set(columns) else "Busy mode and averages"
    return f"{subject} {VERBS[action]}"


def rows_of(
    table_name: str,
    columns: tuple[str, ...],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    region: Region,
    *,
    voice: bool = True,
) -> tuple[Row, ...]:
    """Every changed value in words; of a setting that is no voice, each name of its value that differs."""
    if table_name == "settings" and voice:
        return voice_rows(before.get("value") or {}, after.get("value") or {})
    if table_name == "settings":
        sides = [{name: side[name] for name in ("value",) if name in side} for side in (before, after)]
        return tuple(Row(each.name, each.before or "", each.after or "") for each in differences(*sides))
    return tuple(
        Row(
            LABELS[name],
            words_of(name, before.get(name), region) if name in before else "",
            words_of(name, after.get(name), region) if name in after else "",
        )
        for name in columns
    )


def voice_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Row, ...]:
    """The fields of a voice that differ; keys of other clients under their own names."""
    was, now = flat(before), flat(after)
    names = [name for name in {**dict.fromkeys(PATHS), **was, **now} if was.get(name) != now.get(name)]
    return tuple(Row(VOICE_LABELS.get(name, name), was.get(name, ""), now.get(name, "")) for name in names)


def flat(value: Mapping[str, Any]) -> dict[str, str]:
    """A voice as texts by field; unknown keys as JSON under their own names."""
    known = {path[0] for path in PATHS.values()}
    texts = {name: text_of(find(value, path)) for name, path in PATHS.items()}
    texts |= {key: json.dumps(item) for key, item in value.items() if key not in known}
    return {name: text for name, text in texts.items() if text}


def words_of(name: str, value: Any, region: Region) -> Words:
    """One stored JSON value as people write it; empty for null."""
    if value is None:
        return ""
    if name == "weekday":
        return WEEKDAYS[int(value) - 1]
    if name in ("opens_at", "closes_at"):
        return formats.clock(time.fromisoformat(value))
    if name == "exception_date":
        return formats.local_date(date.fromisoformat(value))
    if name == "busy_until":
        return formats.local_time(datetime.fromisoformat(value), region.timezone, "day")
    if name == "avg_spend_per_head":
        return formats.money(Decimal(str(value)), region.currency)
    if name == "value":
        return json.dumps(value, ensure_ascii=False, indent=4)
    if name in ("extra_wait_seconds", "baseline_handle_seconds"):
        return formats.duration(value)
    if isinstance(value, bool):
        return ("On" if value else "Off") if name == "busy_mode_enabled" else ("Yes" if value else "No")
    return str(value)
