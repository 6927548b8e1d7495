"""`make torture`: run every part, print the table, write docs/reliability.md; exit 1 when a promise broke.

PARTS names some of the parts, by commas (the report is written of whole runs only); OUT names another file.
"""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from benchmarks.machine import processor_and_system
from certus_admin.config import CHECKOUT
from tests.torture.figures import Figure, Part, Report
from tests.torture.parts import ALONE, BESIDE, PARTS
from tests.torture.writing import page


def main() -> int:
    """0 when every promise held, 1 otherwise."""
    console, said = Console(width=150), Console(stderr=True)
    chosen = [name.strip() for name in os.environ.get("PARTS", "").split(",") if name.strip()] or list(PARTS)
    if unknown := [name for name in chosen if name not in PARTS]:
        console.print(f"No part is called {', '.join(unknown)}; there are {', '.join(PARTS)}.")
        return 2
    began = perf_counter()

    def report(words: str) -> None:
        said.print(f"[{perf_counter() - began:5.0f} s] {words}", markup=False)

    parts = _run_all(chosen, report)
    figures = [figure for part in parts for figure in part.figures]
    for part in parts:
        console.print(drawn(part))
    broken = [figure for figure in figures if not figure.held]
    minutes = (perf_counter() - began) / 60
    console.print(f"{len(figures) - len(broken)} of {len(figures)} promises held, in {minutes:.0f} minutes.")
    if chosen == list(PARTS) or os.environ.get("OUT"):
        out = Path(os.environ.get("OUT") or CHECKOUT / "docs" / "reliability.md")
        only = "" if chosen == list(PARTS) else f'PARTS="{",".join(chosen)}" '
        facts = {
            "Date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            "Command": f"{only}make torture",
            **processor_and_system(),
            "Took": f"{minutes:.0f} minutes",
            "Held": f"{len(figures) - len(broken)} of {len(figures)}",
        }
        out.write_text(page(facts, parts), encoding="utf-8")
        console.print(f"Written to {out}.")
    return 1 if broken else 0


def _run_all(chosen: Sequence[str], report: Report) -> list[Part]:
    """What measures time runs first and by itself; then the rest, one after the other beside what may."""
    found = {name: _run(name, report) for name in chosen if name in ALONE}
    beside = [name for name in chosen if name in BESIDE]
    with ThreadPoolExecutor(max(1, len(beside))) as pool:
        running = {name: pool.submit(_run, name, report) for name in beside}
        found |= {name: _run(name, report) for name in chosen if name not in (*ALONE, *BESIDE)}
        found |= {name: future.result() for name, future in running.items()}
    return [found[name] for name in chosen]


def _run(name: str, report: Report) -> Part:
    """A part that cannot be tried is a broken promise, and the others are tried all the same."""
    report(f"{name} ...")
    try:
        return PARTS[name](report)
    except Exception as fault:  # whatever it is, it belongs into the report
        report(f"{name} ended early: {fault!r:.300}")
        return Part(name, (Figure("the part runs to its end", "yes", f"{fault!r:.300}", False),))


def drawn(part: Part) -> Table:
    """A part for the terminal."""
    table = Table(
        "what", "promised", "found", "", title=part.title, title_justify="left", caption_justify="left"
    )
    for figure in part.figures:
        table.add_row(figure.what, figure.promised, figure.found, "held" if figure.held else "BROKEN")
    return table


if __name__ == "__main__":
    sys.exit(main())
