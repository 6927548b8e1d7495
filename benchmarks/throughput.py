"""`python -m benchmarks.throughput`: pages of the call list a second, two workers, over loopback.

CALLS says how many bulk calls stand beside the demo (default 100,000); BENCH_VAR names a folder with a
database that is there already; SECONDS how long each row of the table is measured (default 10). The readers
are processes of their own on the same machine: their share of its cores is in the figures.
"""

import http.client
import multiprocessing
import os
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.pool import Pool

from rich.console import Console
from rich.table import Table

from benchmarks.served import Server, database, serving

WORKERS = 2
READERS = 8
PROCESSES = 2
CALL_LIST = "/calls/"


@dataclass(frozen=True)
class Load:
    """What was asked how often; `times` in milliseconds, of every answer."""

    name: str
    seconds: float
    times: list[float]

    @property
    def pages_a_second(self) -> float:
        return len(self.times) / self.seconds


def measure(
    environ: dict[str, str], seconds: float, others: Sequence[str] = ("operator", "manager")
) -> list[Load]:
    """The list for the demo's admin and `others`, as a fragment, and while exports run."""
    with serving(environ, WORKERS) as server, multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        people = {person: server.sign_in(person) for person in (*others, "admin")}
        for headers in people.values():  # imports, mappers, templates, pools
            ask(server.port, CALL_LIST, headers, 2.0, READERS)

        def load(name: str, headers: dict[str, str], path: str = CALL_LIST) -> Load:
            return _shared(pool, server, name, headers, path, seconds)

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


def _shared(
    pool: Pool, server: Server, name: str, headers: dict[str, str], path: str, seconds: float
) -> Load:
    share = (server.port, path, headers, seconds, READERS // PROCESSES)
    taken = [each for part in pool.starmap(ask, [share] * PROCESSES) for each in part]
    return Load(name, seconds, taken)


def ask(port: int, path: str, headers: dict[str, str], seconds: float, readers: int) -> list[float]:
    """`readers` at once ask again and again, each on a connection that stays open; milliseconds an answer."""
    taken: list[float] = []
    faults: list[str] = []
    until = time.perf_counter() + seconds

    def read() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (began := time.perf_counter()) < until:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                faults.append(f"{path} answers {answer.status}")
                break
            taken.append((time.perf_counter() - began) * 1000)
        connection.close()

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    return taken


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
    table = Table(title=f"{WORKERS} workers, {READERS} readers at once in {PROCESSES} processes beside them")
    table.add_column("what")
    for column in ("pages a second", "median ms", "p95 ms", "slowest ms"):
        table.add_column(column, justify="right")
    for load in loads:
        times = sorted(load.times)
        table.add_row(
            load.name, f"{load.pages_a_second:,.0f}", f"{statistics.median(times):.1f}",
            f"{times[round(0.95 * (len(times) - 1))]:.1f}", f"{times[-1]:.0f}",
        )  # fmt: skip
    return table


def main() -> None:
    """Measure and print."""
    with database(int(os.environ.get("CALLS", "100000"))) as environ:
        loads = measure(environ, float(os.environ.get("SECONDS", "10")))
    Console(width=110).print(as_table(loads))


if __name__ == "__main__":
    main()
