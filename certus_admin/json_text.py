"""JSON as people type it: read strictly, and what is wrong said with its line and column."""

import json
import re
from collections.abc import Iterator
from typing import Any

# What a setting may be, as private.check_setting has it.
LONGEST = 65_536
DEEPEST = 32
LONGEST_NUMBER = 100
LARGEST_EXPONENT = 300

REASONS = {
    "Expecting property name enclosed in double quotes": "a name in double quotes is expected",
    "Expecting value": "a value is expected",
    "Expecting ',' delimiter": "a comma is expected",
    "Expecting ':' delimiter": "a colon is expected",
    "Extra data": "nothing more is expected behind the value",
    "Unterminated string starting at": "this text has no closing quote",
    "Invalid control character at": "a line break inside a text is written \\n",
    "Invalid \\escape": "this is no escape that JSON knows",
    "Invalid \\uXXXX escape": "\\u needs four digits behind it",
    "Illegal trailing comma before end of object": "there is a comma too many",
    "Illegal trailing comma before end of array": "there is a comma too many",
}
TOO_LONG = f"A setting holds up to {LONGEST:,} characters."
TOO_DEEP = f"A setting is nested up to {DEEPEST} levels deep."
NUMBER = f"Numbers are up to {LONGEST_NUMBER:,} digits long and below 1e{LARGEST_EXPONENT}."


class JsonFaultError(ValueError):
    """The text is no JSON that can be stored; the message is for whoever typed it."""


def read_json(text: str) -> Any:
    """The value that a text stands for; JsonFaultError for what JSON, or the database, would not take."""
    if len(text) > 2 * LONGEST:
        raise JsonFaultError(TOO_LONG)

    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            raise JsonFaultError(_twice(text, next(name for name in names if names.count(name) > 1)))
        return found

    try:
        value = json.loads(
            text, object_pairs_hook=object_of, parse_constant=_no_constant, parse_float=_float, parse_int=_int
        )
    except json.JSONDecodeError as fault:
        reason = REASONS.get(fault.msg, fault.msg)
        raise JsonFaultError(f"Line {fault.lineno}, column {fault.colno}: {reason}.") from None
    except RecursionError:
        raise JsonFaultError(TOO_DEEP) from None
    if any(level > DEEPEST for _, level in _walk(value)):
        raise JsonFaultError(TOO_DEEP)
    if any(_is_unstorable(part) for part, _ in _walk(value) if isinstance(part, str)):
        raise JsonFaultError("A text holds a character that cannot be stored (\\u0000, or half of a pair).")
    return value


def _twice(text: str, name: str) -> str:
    written = re.compile(re.escape(json.dumps(name, ensure_ascii=False)) + r"\s*:")
    lines = sorted({text.count("\n", 0, found.start()) + 1 for found in written.finditer(text)})
    where = f" (lines {', '.join(map(str, lines))})" if len(lines) > 1 else ""
    return f"The name “{name[:60]}” stands twice in one object{where}: only one of them would be kept."


def _no_constant(word: str) -> Any:
    raise JsonFaultError(f"{word} is no value that JSON knows.")


def _int(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise JsonFaultError(NUMBER)
    return int(digits)


def _float(digits: str) -> float:
    exponent = re.search(r"[eE]([+-]?\d+)", digits)
    if len(digits) > LONGEST_NUMBER or (exponent and abs(int(exponent[1])) > LARGEST_EXPONENT):
        raise JsonFaultError(NUMBER)
    return float(digits)


def _is_unstorable(text: str) -> bool:
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


def _walk(value: Any) -> Iterator[tuple[Any, int]]:
    """Every value and name inside, with how deep it lies; without recursion."""
    waiting = [(value, 0)]
    while waiting:
        part, level = waiting.pop()
        yield part, level
        if isinstance(part, dict):
            waiting += [(name, level + 1) for name in part]
            waiting += [(inner, level + 1) for inner in part.values()]
        elif isinstance(part, list):
            waiting += [(inner, level + 1) for inner in part]
