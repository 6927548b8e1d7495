"""docs/benchmarks.md: written by the run itself, so that nobody types a number."""

from collections.abc import Iterable, Mapping

from benchmarks.report import Table, Target

HEAD = """# Benchmarks

Written by `make bench`; change nothing here by hand. What is measured, and how, stands in `benchmarks/`.
"""
REACHED = {True: "reached", False: "**not reached**", None: "not measured"}


def page(facts: Mapping[str, str], targets: Iterable[Target], tables: Iterable[Table]) -> str:
    """The whole page."""
    parts = [
        HEAD,
        "| | |\n|---|---|\n" + "\n".join(f"| {cell(a)} | {cell(b)} |" for a, b in facts.items()) + "\n",
    ]
    promises = [(target.what, target.promised, target.found, REACHED[target.reached]) for target in targets]
    promised = Table("What was promised", ("what", "promised", "found", ""), tuple(promises))
    return "\n".join([*parts, *map(section, (promised, *tables))])


def section(table: Table) -> str:
    """A heading, the note and the rows."""
    lines = [f"## {table.title}", ""]
    if table.note:
        lines += [table.note, ""]
    lines += [_line(table.columns), "|" + "---|" * len(table.columns), *map(_line, table.rows), ""]
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(cell, cells)) + " |"


def cell(text: str) -> str:
    """Text that cannot end a cell."""
    return text.replace("|", "\\|").replace("\n", " ")
