"""`make bench`: the pages' time at the server on a database of its own, as a table.

CALLS says how many bulk calls stand beside the demo (default 100,000); RUNS how often each page is asked
(default 40, plus 12 that are not counted: PostgreSQL chooses generic plans from the eleventh execution on).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.pages import PEOPLE, Timing, time_pages
from certus_admin import embedded
from certus_admin.config import CHECKOUT, Config
from wsgi import create_app


def main() -> None:
    """Build the data in a temporary embedded database, measure, print, and leave nothing behind."""
    calls, runs = int(os.environ.get("CALLS", "100000")), int(os.environ.get("RUNS", "40"))
    with tempfile.TemporaryDirectory(prefix="certus-bench-") as folder:
        environ = os.environ | {"CERTUS_VAR": folder, "CERTUS_LOG_LEVEL": "WARNING"}
        for name in ("CERTUS_DATABASE_URL", "CERTUS_OWNER_DATABASE_URL"):
            environ.pop(name, None)
        server = embedded.start(Path(folder))
        try:
            for command in (
                ["db", "apply"],
                ["seed", "demo"],
                ["seed", "bulk", "--calls", str(calls), "--share"],
            ):
                subprocess.run(
                    [sys.executable, "-m", "flask", "--app", "wsgi", *command],
                    cwd=CHECKOUT,
                    env=environ,
                    check=True,
                )
            timings = time_pages(create_app(Config.from_environment(environ)), runs)
        finally:
            server.stop()
    Console(width=110).print(as_table(timings, calls, runs))


def as_table(timings: list[Timing], calls: int, runs: int) -> Table:
    """One row a page and person, milliseconds at the server."""
    table = Table(title=f"{calls:,} bulk calls beside the demo, {runs} runs each, milliseconds at the server")
    table.add_column("page")
    table.add_column("person")
    for column in ("minimum", "median", "p95", "statements", "kB"):
        table.add_column(column, justify="right")
    for timing in timings:
        table.add_row(
            timing.page,
            timing.person,
            f"{timing.minimum:.1f}",
            f"{timing.median:.1f}",
            f"{timing.p95:.1f}",
            str(timing.statements),
            f"{timing.size / 1024:.0f}",
            end_section=timing.person == PEOPLE[-1],
        )
    return table


if __name__ == "__main__":
    main()
