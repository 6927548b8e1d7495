"""`python -m benchmarks.metrics`: what keeping the daily metrics costs, on a database of its own.

CALLS says how many bulk calls there are (default 100,000), RUNS how often each thing is measured (default 5).
"""

import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from certus_admin import embedded
from certus_admin.config import CHECKOUT

NEW_CALLS = 1000
WRITES = 500  # by each writer, in each round

# Busy places come more often, as their calls do.
PICKED = """select account_id, location_id, started_at from public.call_logs
tablesample bernoulli ({share}) repeatable ({seed}) limit 100000"""
INSERT = """insert into public.call_logs (account_id, location_id, provider, provider_call_id,
    provider_status, end_reason, direction, started_at, ended_at)
values (%s, %s, 'vapi', gen_random_uuid()::text, 'ended', 'customer-ended-call', 'inbound', %s, null)"""
UPDATE = "select metric_rows from private.update_metrics()"
REFRESH = "refresh materialized view concurrently public.mv_metrics_daily"
SWITCH = "alter table public.call_logs {} trigger call_logs_metrics_inserted"

Call = tuple[Any, ...]


@dataclass(frozen=True)
class MetricsCosts:
    """Medians in seconds, of calls that begin now and of calls of the whole year; days are those computed."""

    calls: int
    concurrently: float
    recent: float
    recent_days: int
    scattered: float
    scattered_days: int
    write: float
    write_without_marks: float
    write_beside_another: float
    write_beside_another_without_marks: float

    @property
    def times_cheaper(self) -> float:
        """The run over changes of the whole year, the dearer kind, against the full refresh."""
        return self.concurrently / self.scattered

    @property
    def marks_cost(self) -> float:
        """What marks add to a writer's time, as a share."""
        return self.write / self.write_without_marks - 1


def measure_metrics(owner_url: str, runs: int = 5) -> MetricsCosts:
    """Measure as the owner, on a database with bulk calls; adds some thousand calls to it."""
    with psycopg.connect(owner_url, autocommit=True, application_name="benchmark") as owner:
        owner.execute("select private.refresh_metrics()")
        count = _one(owner, "select count(*) from public.call_logs")
        concurrently = median(_seconds(owner, REFRESH) for _ in range(min(runs, 3)))
        recent, recent_days = _changes(owner, count, runs, recent=True)
        scattered, scattered_days = _changes(owner, count, runs, recent=False)
        alone = _writers(owner_url, owner, count, runs, writers=1)
        beside = _writers(owner_url, owner, count, runs, writers=2)
        owner.execute(UPDATE)
    return MetricsCosts(count, concurrently, recent, recent_days, scattered, scattered_days, *alone, *beside)


def _changes(owner: psycopg.Connection, count: int, runs: int, *, recent: bool) -> tuple[float, int]:
    found = []
    for seed in range(runs):
        calls = _sample(owner, count, seed, recent=recent)
        with owner.transaction():
            owner.cursor().executemany(INSERT, calls)
        began = perf_counter()
        days = _one(owner, UPDATE)
        found.append((perf_counter() - began, days))
    return median(seconds for seconds, _ in found), round(median(days for _, days in found))


def _writers(
    owner_url: str, owner: psycopg.Connection, count: int, runs: int, *, writers: int
) -> tuple[float, float]:
    """Median seconds of one committed insert with marks and without, in turns, all at one location."""
    calls = _sample(owner, count, 1, recent=True)[:1] * WRITES
    taken: dict[str, list[float]] = {"enable": [], "disable": []}
    for _ in range(runs):
        for state, seconds in taken.items():
            owner.execute(SWITCH.format(state).encode())
            threads = [
                threading.Thread(target=_write, args=(owner_url, calls, seconds)) for _ in range(writers)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    owner.execute(SWITCH.format("enable").encode())
    return median(taken["enable"]), median(taken["disable"])


def _write(owner_url: str, calls: list[Call], seconds: list[float]) -> None:
    with psycopg.connect(owner_url, autocommit=True, application_name="benchmark writer") as writer:
        for call in calls:
            began = perf_counter()
            writer.execute(INSERT, call)
            seconds.append(perf_counter() - began)


def _sample(owner: psycopg.Connection, count: int, seed: int, *, recent: bool) -> list[Call]:
    share = min(100.0, 1000.0 * NEW_CALLS / count)  # ten times as many as are chosen
    found = owner.execute(PICKED.format(share=share, seed=seed).encode()).fetchall()
    chosen = Random(seed).choices(found, k=NEW_CALLS)
    if recent:
        row = owner.execute("select now()").fetchone()
        return [(*call[:2], row and row[0]) for call in chosen]
    return chosen


def _seconds(owner: psycopg.Connection, statement: str) -> float:
    began = perf_counter()
    owner.execute(statement.encode())
    return perf_counter() - began


def _one(owner: psycopg.Connection, statement: str) -> int:
    row = owner.execute(statement.encode()).fetchone()
    return int(row[0]) if row else 0


def as_table(costs: MetricsCosts) -> Table:
    """The figures in milliseconds, each beside what it is compared with."""
    table = Table(title=f"Daily metrics with {costs.calls:,} calls, medians in milliseconds")
    for column, side in (
        ("what", "left"),
        ("ms", "right"),
        ("against", "left"),
        ("ms", "right"),
        ("", "right"),
    ):
        table.add_column(column, justify="right" if side == "right" else "left")
    full = "refresh materialized view concurrently"
    for what, seconds, against, other in (
        (
            f"{NEW_CALLS:,} new calls of now ({costs.recent_days} days)",
            costs.recent,
            full,
            costs.concurrently,
        ),
        (
            f"{NEW_CALLS:,} of the year ({costs.scattered_days} days)",
            costs.scattered,
            full,
            costs.concurrently,
        ),
        ("a writer", costs.write, "without marks", costs.write_without_marks),
        ("one of two", costs.write_beside_another, "without marks", costs.write_beside_another_without_marks),
    ):
        ratio = f"{other / seconds:,.0f} times cheaper" if against == full else f"{seconds / other - 1:+.1%}"
        table.add_row(what, f"{seconds * 1000:,.2f}", against, f"{other * 1000:,.2f}", ratio)
    return table


def main() -> None:
    """Build the data in a temporary embedded database, measure, print, and leave nothing behind."""
    calls, runs = int(os.environ.get("CALLS", "100000")), int(os.environ.get("RUNS", "5"))
    with tempfile.TemporaryDirectory(prefix="certus-bench-") as folder:
        environ = os.environ | {"CERTUS_VAR": folder, "CERTUS_LOG_LEVEL": "WARNING"}
        for name in ("CERTUS_DATABASE_URL", "CERTUS_OWNER_DATABASE_URL"):
            environ.pop(name, None)
        server = embedded.start(Path(folder))
        try:
            for command in (["db", "apply"], ["seed", "demo"], ["seed", "bulk", "--calls", str(calls)]):
                flask = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
                subprocess.run(flask, cwd=CHECKOUT, env=environ, check=True)
            costs = measure_metrics(server.owner_database_url, runs)
        finally:
            server.stop()
    Console(width=130).print(as_table(costs))


if __name__ == "__main__":
    main()
