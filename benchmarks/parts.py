"""Exports, pages a second and daily metrics, as parts of `make bench`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import rich.table

from benchmarks import export, metrics, throughput
from benchmarks.report import Table, Target
from benchmarks.served import addresses
from certus_admin import embedded

SECONDS = 6.0
LIST = "call list, "
OTHERS = ("bulk-three", "bulk-manager")


def exports(environ: Mapping[str, str], _calls: int) -> list[Table]:
    """Rows a second and memory, against a cursor and Python's csv."""
    with _named(environ) as own:
        few, every, cursor = measured = export.measure(own)
    grown = every.megabytes - few.megabytes
    return [
        _table(
            export.as_table(measured),
            {"export, rows a second": every.rows_a_second},
            Target(
                "export",
                "120,000 rows a second",
                f"{every.rows_a_second:,.0f}",
                every.rows_a_second >= 120_000,
            ),
            Target(
                f"memory of an export of {every.rows:,} rows against one of {few.rows:,}",
                "less than 10 MB more",
                f"{grown:.1f} MB more",
                grown < 10,
            ),
            note=f"{every.rows_a_second / cursor.rows_a_second:.1f} times the cursor",
        )
    ]


def pages_a_second(environ: Mapping[str, str], _calls: int) -> list[Table]:
    """Two workers of gunicorn under load from other processes on the same machine."""
    with _named(environ) as own:
        loads = throughput.measure(own, SECONDS, ("bulk-three", "bulk-manager"))
    lists = [
        load
        for load in loads
        if load.name in {f"{LIST}{who}" for who in ("bulk-three", "bulk-manager", "admin")}
    ]
    slowest = min(lists, key=lambda load: load.pages_a_second)
    return [
        _table(
            throughput.as_table(loads),
            {f"{load.name}, pages a second": load.pages_a_second for load in loads},
            Target(
                "pages a second, two workers, call list",
                "250",
                f"{slowest.pages_a_second:,.0f} ({slowest.name.removeprefix(LIST)})",
                slowest.pages_a_second >= 250,
            ),
            note="the readers that ask run on the same cores: the last columns say who was busy, in cores",
        )
    ]


def daily_metrics(environ: Mapping[str, str], _calls: int) -> list[Table]:
    """What changed against everything, and what marks cost writers."""
    with _named(environ) as own:
        costs = metrics.measure_metrics(own["BENCH_OWNER_URL"], 5)
    cheaper = costs.concurrently / costs.recent
    return [
        _table(
            metrics.as_table(costs),
            {
                "run after 1,000 new calls of now, ms": costs.recent * 1000,
                "of the year, ms": costs.scattered * 1000,
            },
            Target(
                "run after 1,000 new calls against refresh concurrently",
                "300 times cheaper",
                f"{cheaper:,.0f} times; {costs.times_cheaper:,.0f} for calls of the whole year",
                cheaper >= 300,
            ),
            Target(
                "what marks add to a writer",
                "at most 5%",
                f"{costs.marks_cost:+.1%}",
                costs.marks_cost <= 0.05,
            ),
        )
    ]


@contextmanager
def _named(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The environment that the parts read: the running server by its addresses."""
    server = embedded.start(Path(environ["CERTUS_VAR"]))
    try:
        yield {**environ, "CERTUS_LOG_LEVEL": "ERROR", "CERTUS_METRICS_PORT": "0", **addresses(server)}
    finally:
        server.stop()


def _table(drawn: rich.table.Table, figures: Mapping[str, float], *targets: Target, note: str = "") -> Table:
    columns = tuple(str(column.header) for column in drawn.columns)
    rows = tuple(zip(*(map(str, column.cells) for column in drawn.columns), strict=True))
    return Table(str(drawn.title), columns, rows, note, figures, targets)
