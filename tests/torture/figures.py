"""What a part of the torture finds."""

from collections.abc import Callable
from dataclasses import dataclass

Report = Callable[[str], None]


@dataclass(frozen=True)
class Figure:
    """One promise; `found` is this run's figure in words, `held` whether it keeps the promise."""

    what: str
    promised: str
    found: str
    held: bool


@dataclass(frozen=True)
class Part:
    """The figures of one theme; `note` says how they were found."""

    title: str
    figures: tuple[Figure, ...]
    note: str = ""


def at_most(what: str, found: float, limit: float, unit: str = "") -> Figure:
    """A figure that may not exceed `limit`, both shown with `unit` ("ms", "MB"; none for counts)."""
    promised = "none" if limit == 0 and not unit else f"at most {shown(limit, unit)}"
    return Figure(what, promised, shown(found, unit), found <= limit)


def shown(value: float, unit: str = "") -> str:
    """`1,234 ms`, `0.4 MB`, `12`: a decimal only where it tells something."""
    digits = 1 if unit and value < 100 and value != int(value) else 0
    return f"{value:,.{digits}f} {unit}".strip()


def counted(what: str, good: int, of: int) -> Figure:
    """A promise about all of something: `good` of `of` kept it. Nothing tried is not kept."""
    return Figure(what, f"all of {of:,}", f"{good:,} of {of:,}", good == of and of > 0)
