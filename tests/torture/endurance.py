"""Ten minutes of mixed load on two workers: neither memory nor connections may grow (MINUTES: fewer)."""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException

import psycopg

from benchmarks.served import Server
from tests.torture.figures import Figure, Part, Report, at_most
from tests.torture.ground import standing
from tests.torture.load import ask

CALLS = 50_000
READERS = 4
# Caches, pools and compiled templates are full by then.
WARM_SHARE = 0.3
GROWTH_MB = 10
PATHS = (
    "/",
    "/calls/",
    "/orders/",
    "/reservations/",
    "/analytics/",
    "/calls/export.csv",
    "/calls/?sort=nonsense",
    "/no-such-page",
    "/login",
)
CONNECTIONS = """select count(*) from pg_stat_activity
where datname = current_database() and usename = 'certus_app'"""


def run(report: Report) -> Part:
    """Memory and connections after the warm-up, beside those of the end."""
    seconds = 60 * float(os.environ.get("MINUTES") or 10)
    with (
        standing(bulk_calls=CALLS) as ground,
        ground.serving() as server,
        psycopg.connect(ground.database.owner_database_url, autocommit=True) as owner,
        ThreadPoolExecutor(READERS) as pool,
    ):
        end = time.monotonic() + seconds
        readers = [pool.submit(_read, server, number, end) for number in range(READERS)]
        time.sleep(seconds * WARM_SHARE)
        pids = {worker.pid for worker in server.workers()}
        warm, connections = _megabytes(server), _connections(owner)
        report(f"warm: {warm:.0f} MB, {connections} connections")
        answers = sum((reader.result() for reader in readers), Counter[str]())
        grown, more = _megabytes(server) - warm, _connections(owner) - connections
        same = {worker.pid for worker in server.workers()} == pids
    said = ", ".join(f"{count:,} x {status}" for status, count in sorted(answers.items()))
    faults = sum(count for status, count in answers.items() if status == "500" or status == "cut")
    return Part(
        f"{seconds / 60:.0f} minutes of mixed load",
        (
            at_most("growth of both workers' memory after the warm-up", grown, GROWTH_MB, "MB"),
            at_most("growth in connections after the warm-up", more, 0),
            at_most("answers 500, and answers cut off", faults, 0),
            Figure("the same workers to the end", "yes", "yes" if same else "no", same),
        ),
        f"{READERS} readers; {sum(answers.values()):,} answers: {said}.",
    )


def _read(server: Server, number: int, end: float) -> Counter[str]:
    """Pages in turn, signing in anew now and then."""
    answers: Counter[str] = Counter()
    headers: dict[str, str] = {}
    turn = number
    while time.monotonic() < end:
        if not headers or turn % 500 == number:
            with suppress(RuntimeError):
                headers = server.sign_in(("admin", "manager", "operator")[number % 3])
        try:
            answers[str(ask(server, PATHS[turn % len(PATHS)], headers)[0])] += 1
        except (OSError, HTTPException):
            answers["cut"] += 1
        turn += 1
    return answers


def _megabytes(server: Server) -> float:
    return float(sum(worker.memory_info().rss for worker in server.workers())) / 1e6


def _connections(owner: psycopg.Connection) -> int:
    row = owner.execute(CONNECTIONS).fetchone()
    return int(row[0]) if row else 0
