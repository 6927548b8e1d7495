"""How busy mode is written where two saves of it met: the names of its fields, and their texts."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from certus_admin.formats import local_time, minutes
from certus_admin.queries.configuration import ConfiguredLocation
from forms.busy_choices import LABELS, NO_END, OFF


def labels_of(chosen: Sequence[ConfiguredLocation]) -> dict[str, str]:
    """What each field is called; with the location where there are several."""
    return {
        f"{name}-{each.place.location_id}": f"{each.place.location_name}: {label}"
        if len(chosen) > 1
        else label
        for each in chosen
        for name, label in LABELS.items()
    }


def words_at(zones: Mapping[str, str]) -> Callable[[str, str | None], Markup | str]:
    """How a field's text is written, in the time of its location."""

    def in_words(field: str, text: str | None) -> Markup | str:
        name, _, location_id = field.partition("-")
        if name == "reason" or not text:
            return text or ""
        if name == "wait":
            return minutes(int(text) / 60)
        until, wait, reason = json.loads(text) if name == "busy" else (text, "0", "")
        if until == OFF:
            return "Off"
        moment = None if until == NO_END else datetime.fromisoformat(until)
        parts: list[Markup | str] = [
            Markup("Until {}").format(local_time(moment, zones[location_id], "day"))
            if moment
            else "Until somebody ends it"
        ]
        if wait != "0":
            parts.append(Markup("{} extra wait").format(minutes(int(wait) / 60)))
        return Markup(" · ").join([*parts, reason] if reason else parts)

    return in_words
