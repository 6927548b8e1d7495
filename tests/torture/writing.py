"""docs/reliability.md: written by the run itself."""

from collections.abc import Iterable, Mapping

from benchmarks.markdown import section
from benchmarks.report import Table
from tests.torture.figures import Part

HEAD = """# Reliability

Written by `make torture`; change nothing here by hand. How each figure is found stands in `tests/torture/`.
What is quick and deterministic is tested by `make test` instead, and not repeated here.
"""
COLUMNS = ("what", "promised", "found", "")


def page(facts: Mapping[str, str], parts: Iterable[Part]) -> str:
    """The whole page, in Markdown."""
    about = section(Table("This run", ("", ""), tuple(facts.items())))
    return "\n".join([HEAD, about, *map(_section, parts)])


def _section(part: Part) -> str:
    rows = tuple(
        (figure.what, figure.promised, figure.found, "held" if figure.held else "**broken**")
        for figure in part.figures
    )
    return section(Table(part.title, COLUMNS, rows, part.note))
