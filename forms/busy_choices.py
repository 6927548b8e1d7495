"""Busy mode as fields of text, location by location: two saves put together, and what was chosen then."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import BadRequest

from certus_admin.conflicts import Merge, merge
from certus_admin.queries.busy import BusyChange, BusySetting
from forms.busy import LONGEST_REASON, LONGEST_WAIT
from forms.hours import OUT_OF_DATE

OFF = "off"
NO_END = "open"
# `until` is OFF, NO_END or a moment in ISO 8601; `wait` is in seconds.
NAMES = ("until", "wait", "reason")
LABELS = {"busy": "Busy mode", "until": "Ends", "wait": "Extra wait", "reason": "Reason"}
Texts = dict[str, str]
NOT_BUSY: Texts = {"until": OFF, "wait": "0", "reason": ""}


def texts_of(setting: BusySetting, now: datetime) -> Texts:
    """What is in force at `now`; busy mode whose end is past is off."""
    if not setting.enabled or (setting.until and setting.until <= now):
        return dict(NOT_BUSY)
    until = setting.until.isoformat() if setting.until else NO_END
    return {"until": until, "wait": str(setting.extra_wait_seconds), "reason": setting.reason or ""}


def read_seen(written: str, setting: BusySetting) -> BusySetting:
    """What a page showed of this location, by its hidden field; BadRequest for what is not ours."""
    try:
        ((location_id, enabled, until, reason, wait),) = json.loads(written)
        if location_id != str(setting.location_id):
            raise ValueError("another location")
        moment = _moment(until) if until else None
        return replace(
            setting, enabled=bool(enabled), until=moment, reason=reason, extra_wait_seconds=int(wait)
        )
    except (ValueError, TypeError):
        raise BadRequest(OUT_OF_DATE) from None


@dataclass(frozen=True)
class Meeting:
    """Two saves of the same locations: what both began with, what is sent, and what came of it."""

    seen: Texts
    yours: Texts
    both: Merge[str]


def put_together(sides: Mapping[UUID, tuple[Texts, Texts, Texts]]) -> Meeting:
    """Merge before, yours and theirs of each location; fields are `until-<id>` .., or `busy-<id>` for all."""
    before: Texts = {}
    yours: Texts = {}
    theirs: Texts = {}
    for location_id, texts in sides.items():
        # Off has no wait and no reason: it is put against the other side whole.
        whole = OFF in (texts[1]["until"], texts[2]["until"])
        for fields, side in zip((before, yours, theirs), texts, strict=True):
            fields |= _fields(location_id, side, whole=whole)
    return Meeting(before, yours, merge(before, yours, theirs))


def _fields(location_id: UUID, texts: Texts, *, whole: bool) -> Texts:
    if whole:
        return {f"busy-{location_id}": json.dumps([texts[name] for name in NAMES])}
    return {f"{name}-{location_id}": texts[name] for name in NAMES}


def read_texts(fields: Mapping[str, str], location_id: UUID) -> Texts | None:
    """What was chosen for a location; None where a choice is missing, BadRequest where it is none of ours."""
    names = [f"{name}-{location_id}" for name in NAMES]
    try:
        if whole := fields.get(f"busy-{location_id}"):
            until, wait, reason = map(str, json.loads(whole))
        elif all(name in fields for name in names):
            until, wait, reason = (fields[name] for name in names)
        else:
            return None
        if until == OFF:
            return dict(NOT_BUSY)
        if until != NO_END:
            _moment(until)
        if not 0 <= int(wait) <= LONGEST_WAIT * 60 or len(reason) > LONGEST_REASON or "\0" in reason:
            raise ValueError("not a busy mode")
    except (ValueError, TypeError):
        raise BadRequest(OUT_OF_DATE) from None
    return {"until": until, "wait": str(int(wait)), "reason": reason}


def change_of(setting: BusySetting, texts: Texts) -> BusyChange:
    """What is written for these texts."""
    if texts["until"] == OFF:
        return BusyChange(setting, False, None, None, 0)
    until = None if texts["until"] == NO_END else _moment(texts["until"])
    return BusyChange(setting, True, until, texts["reason"] or None, int(texts["wait"]))


def _moment(written: str) -> datetime:
    """A moment in ISO 8601; ValueError for one without its zone."""
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment
