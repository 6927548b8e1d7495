"""What measuring gives: tables, numbers to be compared between two sizes, and promises kept or not."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """A promise of the issue; `found` is what this run found, None where it could not be measured."""

    what: str
    promised: str
    found: str
    reached: bool | None


@dataclass(frozen=True)
class Table:
    """Rows of text under `columns`. `figures` and `targets` are explained in the package's docstring."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()


def exponent(small: float, large: float, factor: float) -> float:
    """How a figure grows with the table: 0 not at all, 1 in step; `factor` is the ratio of the sizes."""
    return math.log(large / small) / math.log(factor)


def growth(small: list[Table], large: list[Table], calls: tuple[int, int]) -> Table | None:
    """The figures that tables of both sizes name, with their exponents; None where there are none."""
    first = {name: value for table in small for name, value in table.figures.items()}
    rows = [
        (
            name,
            f"{first[name]:,.1f}",
            f"{value:,.1f}",
            f"{exponent(first[name], value, calls[1] / calls[0]):.2f}",
        )
        for table in large
        for name, value in table.figures.items()
        if first.get(name, 0) > 0 and value > 0
    ]
    columns = ("figure", f"{calls[0]:,} calls", f"{calls[1]:,} calls", "exponent")
    return Table("Growth", columns, tuple(rows)) if rows else None
