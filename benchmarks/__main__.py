"""`make bench`: everything of the package's docstring, printed and written to docs/benchmarks.md.

CALLS is the larger size (default 1,000,000), RUNS how often each page is asked (default 40), RIVAL_SECONDS
how long one page of a rival may be asked (default 45). OUT names another file for the report.
"""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table as Drawn

from benchmarks import markdown
from benchmarks import parts as further
from benchmarks.building import Building, built
from benchmarks.machine import describe
from benchmarks.pages import time_pages
from benchmarks.report import Table, growth
from benchmarks.results import Measured, Run, tables
from benchmarks.rivals.asking import time_rivals
from benchmarks.targets import targets
from certus_admin.config import CHECKOUT, Config
from certus_admin.memory import settle
from wsgi import create_app

Part = Callable[[Mapping[str, str], int], list[Table]]

# Further parts, by name; the package's docstring says what a part may do.
PARTS: dict[str, Part] = {
    "exports": further.exports,
    "pages a second": further.pages_a_second,
    "daily metrics": further.daily_metrics,
}


def main() -> None:
    """Measure at both sizes, print, and write the report."""
    console = Console(width=170)
    calls, runs = int(os.environ.get("CALLS", "1000000")), int(os.environ.get("RUNS", "40"))
    seconds = float(os.environ.get("RIVAL_SECONDS", "45"))
    began = perf_counter()

    def report(words: str) -> None:
        print(f"[{perf_counter() - began:5.0f} s] {words}", file=sys.stderr, flush=True)

    facts, run = measure(calls, runs, seconds, report)
    facts["Took"] = f"{(perf_counter() - began) / 60:.0f} minutes"
    shown = all_tables(run)
    for table in shown:
        console.print(drawn(table))
    promises = list(targets(run))
    for target in promises:
        console.print(
            f"{markdown.REACHED[target.reached]:>15}  {target.what}: {target.found} ({target.promised})"
        )
    out = Path(os.environ.get("OUT") or CHECKOUT / "docs" / "benchmarks.md")
    out.write_text(markdown.page(facts, promises, shown), encoding="utf-8")
    console.print(f"Written to {out}.")


def measure(
    calls: int,
    runs: int,
    seconds: float,
    report: Callable[[str], None],
    parts: Mapping[str, Part] | None = None,
) -> tuple[dict[str, str], Run]:
    """Build a database, measure at CALLS / 10 and CALLS; facts about the run, and its figures."""
    with built() as building:
        facts = {
            "Date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            "Command": f"make bench CALLS={calls} RUNS={runs} RIVAL_SECONDS={seconds:.0f}",
            **describe(building.server.owner_database_url),
        }
        chosen = PARTS if parts is None else parts
        small, large = (
            measure_size(building, size, runs, seconds, report, chosen) for size in (calls // 10, calls)
        )
    return facts, Run(small, large)


def measure_size(
    building: Building,
    calls: int,
    runs: int,
    seconds: float,
    report: Callable[[str], None],
    parts: Mapping[str, Part],
) -> Measured:
    """Grow the data to `calls` and measure pages, rivals and parts."""
    report(f"building {calls:,} calls")
    grown, owner, postmaster = building.grow(calls), building.server.owner_database_url, building.server.pid
    report(grown.said)
    app = create_app(Config.from_environment(building.environ))
    settle()  # as each of gunicorn's workers does
    timings, depths = time_pages(app, owner, runs, postmaster, report)
    report("rivals")
    rivals = time_rivals(owner, calls, runs, seconds, postmaster)
    found: list[Table] = []
    for name, part in parts.items():
        report(name)
        found += part(building.environ, calls)
    return Measured(calls, grown, tuple(timings), depths, rivals, tuple(found))


def all_tables(run: Run) -> list[Table]:
    """Ours, the rivals', those of the parts at the larger size, and what grew."""
    grew = growth(list(run.small.parts), list(run.large.parts), (run.small.calls, run.large.calls))
    return [*tables(run), *run.large.parts, *([grew] if grew else [])]


def drawn(table: Table) -> Drawn:
    """For the terminal."""
    grid = Drawn(title=table.title, caption=table.note or None)
    for index, column in enumerate(table.columns):
        grid.add_column(column, justify="left" if index == 0 else "right")
    for row in table.rows:
        grid.add_row(*row)
    return grid


if __name__ == "__main__":
    main()
