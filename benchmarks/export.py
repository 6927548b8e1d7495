"""`python -m benchmarks.export`: calls.csv through gunicorn, beside a server-side cursor with csv.writer.

CALLS says how many bulk calls stand beside the demo (default 100,000); BENCH_VAR names a folder with a
database that is there already. The reader runs on the same machine, and its work is in the time.
"""

import csv
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace

import psutil
import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from benchmarks.served import Server, database, serving
from benchmarks.timing import server_seconds
from certus_admin.config import CHECKOUT, Config
from certus_admin.database import Caller, acting_as, own_session
from certus_admin.queries.export_columns import CALL_EXPORT
from certus_admin.queries.export_rows import export_statements
from certus_admin.queries.reach import Query
from certus_admin.queries.scope import Scope
from seeds.bulk_world import account_id, location_id
from wsgi import create_app

RUNS = 3
FEW = 10_000
MOST_BY_CURSOR = 1_000_000
SECONDS_BETWEEN_LOOKS = 0.02
NO_LIMIT = text("select set_config('statement_timeout', '0', true)")
# The day after the oldest of the newest rows, and how many of them lie from it on.
NEWEST = """
with newest as (
    select local_date from public.calls_v where {} order by started_at desc, id desc limit %s
), begins as (
    select min(local_date) + 1 as day from newest
)
select b.day::text, count(n.local_date)
from begins b left join newest n on n.local_date >= b.day
group by b.day
"""
# One day of all calls may be more than a few rows.
NARROWED = {
    "": "true",
    f"&account={account_id(0)}": f"account_id = '{account_id(0)}'",
    f"&location={location_id(0, 0)}": f"location_id = '{location_id(0, 0)}'",
}


@dataclass(frozen=True)
class Measured:
    """`megabytes` is the largest memory of the process that writes, `first` the seconds to its first byte.

    `database` and `writer` are the seconds of a core that PostgreSQL and it used: on an idle machine
    the larger one is about the time that the export takes.
    """

    name: str
    rows: int
    seconds: float
    first: float
    megabytes: float
    database: float
    writer: float

    @property
    def rows_a_second(self) -> float:
        return self.rows / self.seconds


class Peak:
    """The largest resident memory of a process while the block runs, and the time of cores that it takes."""

    def __init__(self, process: psutil.Process, postmaster: int) -> None:
        self.process = process
        self.postmaster = postmaster
        self.bytes = 0
        self.before = self._cores()
        self.database = self.writer = 0.0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Peak":
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.ended.set()
        self.thread.join()
        database, writer = self._cores()
        self.database, self.writer = database - self.before[0], writer - self.before[1]

    def _cores(self) -> tuple[float, float]:
        return server_seconds(self.postmaster), sum(self.process.cpu_times()[:2])

    def _look(self) -> None:
        while not self.ended.wait(SECONDS_BETWEEN_LOOKS):
            self.bytes = max(self.bytes, self.process.memory_info().rss)


def measure(environ: dict[str, str]) -> list[Measured]:
    """Few rows, then all, each several times; the best of each, and then the cursor once."""
    with serving(environ, workers=1) as server:
        headers = server.sign_in("admin")
        few = f"/calls/export.csv?{_few(environ)}"
        # The first warms what stays: imports, mappers, the pool.
        _download(server, headers, few, "", environ)
        found = [
            _best(server, headers, few, "COPY through the app, few rows", environ),
            _best(server, headers, "/calls/export.csv", "COPY through the app, all rows", environ),
        ]
    rival = subprocess.run(
        [sys.executable, "-m", "benchmarks.export", "cursor"],
        cwd=CHECKOUT,
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    )
    return [*found, Measured(**json.loads(rival.stdout))]


def _best(server: Server, headers: dict[str, str], path: str, name: str, environ: dict[str, str]) -> Measured:
    runs = [_download(server, headers, path, name, environ) for _ in range(RUNS)]
    fastest = min(runs, key=lambda run: run.seconds)
    largest = max(run.megabytes for run in runs)
    return replace(fastest, megabytes=largest)


def _download(
    server: Server, headers: dict[str, str], path: str, name: str, environ: dict[str, str]
) -> Measured:
    connection = server.connect()
    buffer = bytearray(1024 * 1024)
    lines = 0
    with Peak(server.workers()[0], int(environ["BENCH_POSTMASTER"])) as peak:
        began = time.perf_counter()
        # As it is: lines can be counted, and what compressing costs is the pages' affair.
        connection.request("GET", path, headers=headers | {"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
        first = 0.0
        while size := answer.readinto(buffer):
            first = first or time.perf_counter() - began
            lines += buffer.count(b"\n", 0, size)
        seconds = time.perf_counter() - began
    connection.close()
    rows = int(answer.getheader("X-Row-Count") or -1)
    if lines != rows + 1:
        raise RuntimeError(f"{rows} rows were promised, {lines - 1} lines came")
    return Measured(name, rows, seconds, first, peak.bytes / 1024**2, peak.database, peak.writer)


def by_cursor(environ: dict[str, str]) -> Measured:
    """The same rows under the same policies, fetched 5,000 at a time and written by csv.writer."""
    app = create_app(Config.from_environment(environ))
    with psycopg.connect(environ["BENCH_OWNER_URL"]) as owner:
        found = owner.execute("select id from public.users where email = 'admin@certus.example'").fetchone()
    if found is None:
        raise RuntimeError("the demo's people are not there")
    written = Sink()
    writer = csv.writer(written)
    rows = export_statements(CALL_EXPORT, Query(Scope(everything=True))).rows.limit(MOST_BY_CURSOR)
    with app.app_context(), acting_as(Caller(found[0])), own_session() as session:
        session.execute(NO_LIMIT)
        first, count = 0.0, 0
        with Peak(psutil.Process(), int(environ["BENCH_POSTMASTER"])) as peak:
            began = time.perf_counter()
            for row in session.execute(rows, execution_options={"stream_results": True, "yield_per": 5000}):
                first = first or time.perf_counter() - began
                writer.writerow(row)
                count += 1
            seconds = time.perf_counter() - began
    name = "server-side cursor and csv.writer, no web server"
    return Measured(name, count, seconds, first, peak.bytes / 1024**2, peak.database, peak.writer)


class Sink:
    """Takes lines and keeps none."""

    size = 0

    def write(self, line: str) -> int:
        self.size += len(line)
        return len(line)


def _few(environ: dict[str, str]) -> str:
    """The filters of the newest whole days: as many rows as FEW allows."""
    found: list[tuple[int, str]] = []
    with psycopg.connect(environ["BENCH_OWNER_URL"]) as owner:
        for query, condition in NARROWED.items():
            row = owner.execute(NEWEST.format(condition).encode(), [FEW]).fetchone()
            if row and row[0]:
                found.append((row[1], f"from={row[0]}{query}"))
    return max(found)[1]


def as_table(measured: list[Measured]) -> Table:
    """One row a way."""
    table = Table(title="Export of calls.csv as an admin of everything")
    table.add_column("way")
    for column in ("rows", "seconds", "first byte", "rows a second", "database s", "writer s", "memory, MB"):
        table.add_column(column, justify="right")
    for one in measured:
        table.add_row(
            one.name, f"{one.rows:,}", f"{one.seconds:.2f}", f"{one.first:.3f}", f"{one.rows_a_second:,.0f}",
            f"{one.database:.2f}", f"{one.writer:.2f}", f"{one.megabytes:.1f}",
        )  # fmt: skip
    few, every, cursor = measured
    table.caption = (
        f"memory grows by {every.megabytes - few.megabytes:.1f} MB from {few.rows:,} to {every.rows:,} rows; "
        f"{every.rows_a_second / cursor.rows_a_second:.1f} times the cursor"
    )
    return table


def main() -> None:
    """Measure and print; with the argument `cursor`, the rival alone as JSON."""
    if sys.argv[1:] == ["cursor"]:
        print(json.dumps(vars(by_cursor(dict(os.environ)))))
        return
    with database(int(os.environ.get("CALLS", "100000"))) as environ:
        Console(width=130).print(as_table(measure(environ)))


if __name__ == "__main__":
    main()
