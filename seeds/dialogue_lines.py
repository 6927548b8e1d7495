"""Reading a file of dialogues, line by line, and saying what is wrong with which line."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from seeds.errors import SeedError

SPEAKERS = ("caller", "agent")
STATUSES = ("confirmed", "failed", "requested")
LONGEST_ID, LONGEST_NAME, LARGEST_PARTY = 200, 200, 10_000
FAULTS_SHOWN = 10


class LineError(ValueError):
    """What is wrong with one line, as the end of a sentence that begins with its number."""


@dataclass(frozen=True)
class Restaurant:
    """`name` and `city` are always known; `phone` is the number the restaurant publishes itself."""

    name: str
    city: str
    address: str | None
    phone: str | None
    cuisine: str | None


@dataclass(frozen=True)
class Table:
    """A booking: local `day` and `clock` at the restaurant, either may be unknown."""

    day: date | None
    clock: time | None
    guests: int
    status: str


@dataclass(frozen=True)
class Dialogue:
    """One call; `turns` are (speaker, text) in order; no table means an enquiry."""

    dialogue_id: str
    restaurant: Restaurant
    table: Table | None
    turns: tuple[tuple[str, str], ...]


def read_dialogues(lines: Iterable[bytes]) -> list[Dialogue]:
    """Every dialogue of a JSON-lines file; a repeated line counts once, an empty one not at all.

    Raises SeedError that names each bad line (the first ten) by its number and says why.
    """
    found: dict[str, Dialogue] = {}
    faults: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            dialogue = parse_line(line)
            if found.setdefault(dialogue.dialogue_id, dialogue) != dialogue:
                raise LineError(f"dialogue_id {dialogue.dialogue_id!r} stands on an earlier line, otherwise")
        except LineError as error:
            faults.append(f"line {number}: {error}")
    if faults:
        more = len(faults) - FAULTS_SHOWN
        shown = faults[:FAULTS_SHOWN] + ([f"and {more} more"] if more > 0 else [])
        raise SeedError("Nothing was loaded.\n" + "\n".join(f"  - {fault}" for fault in shown))
    return list(found.values())


def parse_line(line: bytes) -> Dialogue:
    """One line as a Dialogue. Raises LineError."""
    try:
        content = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise LineError(f"invalid UTF-8 at byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        raise LineError(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    except (ValueError, RecursionError) as error:
        raise LineError("not JSON that can be read: a number too long, or too many levels") from error
    whole = _object(content, "the line")
    return Dialogue(
        dialogue_id=_text(whole, "dialogue_id", longest=LONGEST_ID),
        restaurant=_restaurant(_object(_field(whole, "restaurant"), "restaurant")),
        table=_table(_field(whole, "reservation")),
        turns=_turns(_field(whole, "turns")),
    )


def _restaurant(value: dict[str, Any]) -> Restaurant:
    return Restaurant(
        name=_text(value, "name", "restaurant.", LONGEST_NAME),
        city=_text(value, "city", "restaurant.", LONGEST_NAME),
        **{
            field: None if value.get(field) is None else _text(value, field, "restaurant.")
            for field in ("address", "phone", "cuisine")
        },
    )


def _table(value: object) -> Table | None:
    if value is None:
        return None
    booking = _object(value, "reservation")
    guests = _field(booking, "party_size", "reservation.")
    if type(guests) is not int or not 1 <= guests <= LARGEST_PARTY:
        raise LineError(f"reservation.party_size is not a whole number from 1 to {LARGEST_PARTY}")
    status = _field(booking, "status", "reservation.")
    if status not in STATUSES:
        raise LineError(f"reservation.status is not one of {', '.join(STATUSES)}")
    day, clock = _field(booking, "date", "reservation."), _field(booking, "time", "reservation.")
    return Table(
        day=None if day is None else _day(day),
        clock=None if clock is None else _clock(clock),
        guests=guests,
        status=status,
    )


def _day(value: object) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise LineError("reservation.date is not written as YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise LineError(f"reservation.date {value} does not exist") from error


def _clock(value: object) -> time:
    if not isinstance(value, str) or not re.fullmatch(r"\d{2}:\d{2}", value, re.ASCII):
        raise LineError("reservation.time is not written as HH:MM")
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise LineError(f"reservation.time {value} does not exist") from error


def _turns(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or not value:
        raise LineError("turns is not a list with at least one turn")
    turns = []
    for place, item in enumerate(value, start=1):
        turn = _object(item, f"turn {place}")
        speaker = _field(turn, "speaker", f"turn {place}: ")
        if speaker not in SPEAKERS:
            raise LineError(f"turn {place}: speaker is not one of {', '.join(SPEAKERS)}")
        turns.append((str(speaker), _text(turn, "text", f"turn {place}: ")))
    return tuple(turns)


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise LineError(f"{name} is not an object")
    return value


def _field(value: dict[str, Any], name: str, path: str = "") -> Any:
    if name not in value:
        raise LineError(f"{path}{name} is missing")
    return value[name]


def _text(value: dict[str, Any], name: str, path: str = "", longest: int | None = None) -> str:
    """Words without line breaks at their ends, that PostgreSQL can store."""
    words = _field(value, name, path)
    if not isinstance(words, str) or not words.strip():
        raise LineError(f"{path}{name} is not a text with words in it")
    if "\0" in words:
        raise LineError(f"{path}{name} holds a NUL character")
    if any("\ud800" <= letter <= "\udfff" for letter in words):
        raise LineError(f"{path}{name} holds half a character (a lone surrogate)")
    if longest is not None and len(words) > longest:
        raise LineError(f"{path}{name} is longer than {longest} characters")
    return " ".join(words.splitlines()).strip()
