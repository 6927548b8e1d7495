"""A change whose row was saved again since: field by field, and what was chosen."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from werkzeug.exceptions import BadRequest

from certus_admin.changes import LABELS, VOICE_LABELS, Region, words_of
from certus_admin.conflicts import merge
from certus_admin.queries.history import Line
from certus_admin.voice import PATHS, find, text_of

REMOVE = json.dumps("removed")
KEEP = json.dumps("kept")


def fields_of(line: Line, columns: Mapping[str, Any]) -> dict[str, str]:
    """The columns (of a voice, its fields and other keys) as JSON texts."""
    if not line.is_voice:
        return {name: json.dumps(columns.get(name)) for name in line.columns}
    value = columns.get("value") or {}
    known = {path[0] for path in PATHS.values()}
    fields = {name: find(value, path) for name, path in PATHS.items()}
    fields |= {key: item for key, item in value.items() if key not in known}
    return {name: json.dumps(item, sort_keys=True) for name, item in fields.items() if item is not None}


def choices_of(line: Line, region: Region, title: str) -> dict[str, Any]:
    """What the page of choices draws."""
    if line.action == "update":
        seen, yours = fields_of(line, line.after), fields_of(line, line.before)
        theirs = fields_of(line, line.present or {})
        labels = LABELS | VOICE_LABELS
    else:
        seen, yours, theirs = {"row": json.dumps("added")}, {"row": REMOVE}, {"row": KEEP}
        labels = {"row": "The whole entry"}
    both = merge(seen, yours, theirs)
    open_names = {conflict.name for conflict in both.conflicts}
    settled = {name: both.merged[name] or "null" for name in both.merged if name not in open_names}

    def in_words(name: str, text: str | None) -> Any:
        value = json.loads(text) if text else None
        if line.is_voice or name == "row":
            return text_of(value)
        return words_of(name, value, region)

    return {
        "title": title,
        "both": both,
        "seen": seen,
        "yours": yours,
        "labels": labels,
        "in_words": in_words,
        "line": line,
        "hidden": {"version": str(line.version), **settled},
    }


def read_json(form: Mapping[str, str], name: str) -> Any:
    """One chosen value; BadRequest for what no page of ours sends."""
    try:
        return json.loads(form[name])
    except ValueError:
        raise BadRequest("This page is out of date: reload it.") from None


def wants_removal(form: Mapping[str, str]) -> bool:
    """Whether the entry is to go."""
    return form.get("row") == REMOVE


def chosen_columns(line: Line, form: Mapping[str, str]) -> dict[str, Any]:
    """The columns as they were chosen; fields that were not sent stay as they are."""
    present = line.present or {}
    if not line.is_voice:
        chosen = {name: read_json(form, name) for name in line.columns if name in form}
        return {name: value for name, value in chosen.items() if value != present.get(name)}
    known = {**fields_of(line, line.before), **fields_of(line, line.after), **fields_of(line, present)}
    value = deepcopy(present.get("value") or {})
    for name in known:
        if name in form:
            _place(value, PATHS.get(name, (name,)), read_json(form, name))
    return {"value": value} if value != present.get("value") else {}


def _place(value: dict[str, Any], path: tuple[str, ...], item: Any) -> None:
    """Set or (None) take away what stands at `path`."""
    *parents, last = path
    for parent in parents:
        value = value.setdefault(parent, {})
    if item is None:
        value.pop(last, None)
    else:
        value[last] = item
