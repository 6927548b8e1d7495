"""A voice as a form shows it: one text a field, and where each stands in the JSON of the setting."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]

PATHS: dict[str, Path] = {
    "voice": ("voice",),
    "language": ("language",),
    "speed": ("speed",),
    "greeting": ("greeting",),
    "fallback_number": ("fallback_number",),
    "after_failures": ("escalation", "after_failures"),
    "to_number": ("escalation", "to_number"),
    "always_for": ("escalation", "always_for"),
}
NUMBERS = frozenset({"speed", "after_failures"})
PHONES = frozenset({"fallback_number", "to_number"})

NUMBER = re.compile(r"[+-]?\d{1,9}([.,]\d{1,9})?\Z", re.ASCII)
PHONE_AIR = re.compile(r"[ \u00a0().\-/]")


def find(document: Any, path: Path) -> Any:
    """What stands at `path`, or None."""
    for step in path:
        if not isinstance(document, Mapping):
            return None
        document = document.get(step)
    return document


def texts_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Every field as text; empty where the setting does not say."""
    return {name: text_of(find(document, path)) for name, path in PATHS.items()}


def text_of(value: Any) -> str:
    """A JSON value as a field holds it: lists one item a line, 1.0 as 1."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def value_of(name: str, text: str) -> Any:
    """What a field's text means; None for an empty one. What is no number stays text, to be refused."""
    text = text.strip()
    if not text:
        return None
    if name == "always_for":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if name in PHONES:
        return PHONE_AIR.sub("", text)
    if name in NUMBERS and NUMBER.match(text):
        number = float(text.replace(",", "."))
        return int(number) if number.is_integer() else number
    return text


def document_of(texts: Mapping[str, str]) -> dict[str, Any]:
    """The JSON that these texts make, with nothing where a text is empty."""
    document: dict[str, Any] = {}
    for name, value in values_of(texts):
        if value is None:
            continue
        *parents, last = PATHS[name]
        inner = document
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = value
    return document


def values_of(texts: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Each field with what its text means."""
    return ((name, value_of(name, text)) for name, text in texts.items())


def field_at(path: Path) -> str | None:
    """The field whose value is at or around `path` (an item of a list is its list's)."""
    return next((name for name, its in PATHS.items() if path[: len(its)] == its), None)
