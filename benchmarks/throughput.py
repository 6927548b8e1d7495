"""`python -m benchmarks.throughput`: pages of the call list a second, two workers, over loopback.

CALLS says how many bulk calls stand beside the demo (default 100,000); BENCH_VAR names a folder with a
database that is there already; SECONDS how long each row of the table is measured (default 10). The readers
are a process of their own on the same machine: what they take of its cores stands beside the figures.
"""

import multiprocessing
import os
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.pool import Pool

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.reading import ask
from benchmarks.served import Server, database, serving
from benchmarks.timing import server_seconds

WORKERS = 2
READERS = 8
CALL_LIST = "/calls/"


@dataclass(frozen=True)
class Cores:
    """How many cores were busy for whom: 1.0 is one of them all the time."""

    readers: float
    workers: float
    database: float
    others: float


@dataclass(frozen=True)
class Load:
    """What was asked how often; `times` in milliseconds, of every answer."""

    name: str
    seconds: float
    times: list[float]
    cores: Cores

    @property
    def pages_a_second(self) -> float:
        return len(self.times) / self.seconds


def measure(
    environ: dict[str, str], seconds: float, others: Sequence[str] = ("operator", "manager")
) -> list[Load]:
    """The list for the demo's admin and `others`, as a fragment, and while exports run."""
    with serving(environ, WORKERS) as server, multiprocessing.get_context("spawn").Pool(1) as pool:
        people = {person: server.sign_in(person) for person in (*others, "admin")}
        for headers in people.values():  # imports, mappers, templates, pools
            pool.apply(ask, (server.port, CALL_LIST, headers, 2.0, READERS))
        clock = Clock(server, int(environ["BENCH_POSTMASTER"]), pool.apply(os.getpid))

        def load(name: str, headers: dict[str, str], path: str = CALL_LIST) -> Load:
            return _load(pool, server.port, clock, name, headers, path, seconds)

        found = [load(f"call list, {person}", headers) for person, headers in people.items()]
        htmx = people["admin"] | {"HX-Request": "true"}
        found += [
            load("call list, admin, the part that filters change", htmx),
            load("call list, admin, one status", people["admin"], f"{CALL_LIST}?status=missed"),
            load("health check", {}, "/healthz"),
        ]
        with_exports = exporting(server, people["admin"])
        found.append(load("call list, admin, while two exports run", people["admin"]))
        with_exports()
        return found


class Clock:
    """Processor seconds of everybody until now."""

    def __init__(self, server: Server, postmaster: int, reader: int) -> None:
        self.workers = server.workers()
        self.readers = [psutil.Process(reader), psutil.Process()]
        self.postmaster = postmaster

    def read(self) -> tuple[float, float, float, float]:
        """Of readers (this process is one while exports run), workers, PostgreSQL, and the whole machine."""
        machine = psutil.cpu_times()
        return (
            sum(sum(process.cpu_times()[:2]) for process in self.readers),
            sum(sum(process.cpu_times()[:2]) for process in self.workers),
            server_seconds(self.postmaster),
            sum(machine) - machine.idle - getattr(machine, "iowait", 0.0),
        )


def _load(
    pool: Pool, port: int, clock: Clock, name: str, headers: dict[str, str], path: str, seconds: float
) -> Load:
    began, before = time.perf_counter(), clock.read()
    taken = pool.apply(ask, (port, path, headers, seconds, READERS))
    after, passed = clock.read(), time.perf_counter() - began
    readers, workers, database, machine = (
        (now - then) / passed for now, then in zip(after, before, strict=True)
    )
    others = max(0.0, machine - readers - workers - database)
    return Load(name, seconds, taken, Cores(readers, workers, database, others))


def exporting(server: Server, headers: dict[str, str]) -> Callable[[], None]:
    """Two readers of calls.csv, again and again, until the function that is given back is called."""
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            connection = server.connect()
            connection.request("GET", "/calls/export.csv", headers=headers)
            answer = connection.getresponse()
            while not ended.is_set() and answer.read(1024 * 1024):
                pass
            connection.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()

    def end() -> None:
        ended.set()
        for thread in threads:
            thread.join()

    return end


def as_table(loads: list[Load]) -> Table:
    """One row a question."""
    table = Table(title=f"{WORKERS} workers, {READERS} readers at once in a process beside them")
    table.add_column("what")
    for column in (
        *("pages a second", "median ms", "p95 ms", "slowest ms"),
        *("cores: readers", "workers", "PostgreSQL", "others"),
    ):
        table.add_column(column, justify="right")
    for load in loads:
        times = sorted(load.times)
        table.add_row(
            load.name, f"{load.pages_a_second:,.0f}", f"{statistics.median(times):.1f}",
            f"{times[round(0.95 * (len(times) - 1))]:.1f}", f"{times[-1]:.0f}",
            *(f"{cores:.2f}" for cores in vars(load.cores).values()),
        )  # fmt: skip
    return table


def main() -> None:
    """Measure and print."""
    with database(int(os.environ.get("CALLS", "100000"))) as environ:
        loads = measure(environ, float(os.environ.get("SECONDS", "10")))
    Console(width=150).print(as_table(loads))


if __name__ == "__main__":
    main()
