"""Asking the same thing again and again on one connection. Rivals use this too, so it needs psutil alone."""

import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil

# PostgreSQL chooses generic plans from the eleventh execution of a prepared statement on.
WARM_UP = 12
FEWEST = 3


@dataclass(frozen=True)
class Timing:
    """One page for one person: milliseconds from the WSGI call to the last byte, body size in bytes.

    `cpu` is that of Python and of PostgreSQL's processes together, milliseconds a page.
    """

    page: str
    person: str
    runs: int
    minimum: float
    median: float
    p95: float
    cpu: float
    statements: int
    size: int


@dataclass(frozen=True)
class Answer:
    """What one page cost besides time."""

    statements: int
    size: int


def time_page(
    page: str, person: str, ask: Callable[[], Answer], runs: int, seconds: float, postmaster: int
) -> Timing:
    """`runs` questions after WARM_UP others; fewer, but at least FEWEST, once `seconds` have passed."""
    deadline = time.perf_counter() + seconds / 4
    for warmed in range(WARM_UP):
        if warmed and time.perf_counter() > deadline:
            break
        ask()
    deadline = time.perf_counter() + seconds
    taken: list[float] = []
    before = time.process_time() + server_seconds(postmaster)
    while len(taken) < runs and (len(taken) < FEWEST or time.perf_counter() < deadline):
        began = time.perf_counter()
        answer = ask()
        taken.append((time.perf_counter() - began) * 1000)
    cpu = (time.process_time() + server_seconds(postmaster) - before) * 1000 / len(taken)
    taken.sort()
    p95 = taken[min(len(taken) - 1, round(0.95 * len(taken)))]
    median = statistics.median(taken)
    return Timing(page, person, len(taken), taken[0], median, p95, cpu, answer.statements, answer.size)


def server_seconds(postmaster: int) -> float:
    """Processor seconds that the server's processes have used until now, those that ended included."""
    server = psutil.Process(postmaster)
    while True:
        children = server.children()
        used = 0.0
        with suppress(psutil.NoSuchProcess):
            for process in children:
                used += sum(process.cpu_times()[:2])
            # Of a child that was waited for the system adds all to its parent: the sum never falls.
            used += sum(server.cpu_times()[:4])
            if server.children() == children:
                return used
