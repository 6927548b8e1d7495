"""Slow requests, a pool in use and stalled readers: what others notice of them."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import LiteralString

import psycopg

from benchmarks.served import Server
from certus_admin.database import POOL_OVERFLOW, POOL_SIZE
from certus_admin.readers import SECONDS_ASLEEP
from tests.torture.figures import Figure, Part, Report, at_most, counted
from tests.torture.ground import standing

SLOW, BESIDE_POOL, EACH = 24, 3, 2
EVERY = 0.005
HEALTH_MS, SECONDS, ASLEEP_SECONDS = 100, 3, SECONDS_ASLEEP + 5
EXPORT = "/calls/export.csv"
# Forty megabytes: what sockets hold on the way does not hide a reader who takes nothing.
LONG = """update public.call_logs set summary_md = repeat('word ', 20000)
where id in (select id from public.call_logs order by id limit 400)"""
STALLED_BUFFER = 4096
EXPORTS = """select count(*) from pg_stat_activity where usename = 'certus_app' and query like 'copy (%'
and state <> 'idle'"""
WAITING = """select count(*) from pg_stat_activity where usename = 'certus_app'
and wait_event_type = 'Lock'"""

Answer = tuple[int, str | None, float, str]


def ask(server: Server, path: str, headers: dict[str, str] | None = None) -> Answer:
    """Status, Retry-After, seconds and text of one answer."""
    connection = server.connect()
    began = time.perf_counter()
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return (
        answer.status,
        answer.getheader("Retry-After"),
        time.perf_counter() - began,
        body.decode(errors="replace"),
    )


def run(report: Report) -> Part:
    """Readers fall asleep and, while nobody hears of them, tables are locked and set free again."""
    with (
        standing() as ground,
        psycopg.connect(ground.database.superuser_database_url, autocommit=True) as owner,
    ):
        owner.execute(LONG)
        with ground.serving() as server:
            headers = server.sign_in("admin") | {"Accept-Encoding": "identity"}
            vanished = _vanished(server, headers, owner)
            report("readers vanished")
            with _stalled(server, headers, owner) as since:
                slow = _slow(server, headers, owner)
                report("slow requests done")
                with ground.serving(workers=1) as other:
                    pool = _pool(other, other.sign_in("admin"), owner)
                report("the pool was in use")
                asleep = _free_again(owner, since, ASLEEP_SECONDS)
            again = ask(server, EXPORT, headers)
    figures = (
        *slow,
        *pool,
        at_most(f"{EACH} readers vanished: until their connections were given back", vanished, SECONDS, "s"),
        at_most(f"{EACH} readers stalled: until theirs were", asleep, ASLEEP_SECONDS, "s"),
        Figure("an export afterwards", "200", str(again[0]), again[0] == 200),
    )
    return Part(
        "Held under load",
        figures,
        f"Two workers; {SLOW} readers of a list whose table is locked, while {EACH} exports of 40 MB are not "
        f"taken. The pool: {POOL_SIZE + POOL_OVERFLOW} times `/healthz` behind a lock, one worker.",
    )


def _slow(server: Server, headers: dict[str, str], owner: psycopg.Connection) -> tuple[Figure, ...]:
    with ThreadPoolExecutor(SLOW) as pool:
        for warm in [pool.submit(ask, server, "/reservations/", headers) for _ in range(SLOW)]:
            warm.result()
        health = [ask(server, "/healthz")]
        with locked(owner, "lock table public.reservations in access exclusive mode"):
            asked = [pool.submit(ask, server, "/reservations/", headers) for _ in range(SLOW)]
            while not all(one.done() for one in asked):
                time.sleep(EVERY)
                health.append(ask(server, "/healthz"))
            answers = [one.result() for one in asked]
    good = [one for one in answers if one[0] == 503 and one[1]]
    told = [one for one in answers if "try again" in one[3].lower()]
    busy = sum("Many people ask at once" in one[3] for one in answers)
    after = ask(server, "/reservations/", headers)
    return (
        counted(
            f"`/healthz` good while {SLOW} slow requests wait",
            sum(one[0] == 200 for one in health),
            len(health),
        ),
        at_most("`/healthz` meanwhile, the slowest", 1000 * max(one[2] for one in health), HEALTH_MS, "ms"),
        counted("slow requests answered 503 with Retry-After", len(good), SLOW),
        counted(f"of them told to try again ({busy} found no place, {SLOW - busy} no lock)", len(told), SLOW),
        at_most("the slowest of these answers", max(one[2] for one in answers), SECONDS, "s"),
        Figure("the list afterwards", "200", str(after[0]), after[0] == 200),
    )


def _pool(server: Server, headers: dict[str, str], owner: psycopg.Connection) -> tuple[Figure, ...]:
    """Every connection of one worker waits for a lock when pages are asked for."""
    everyone = POOL_SIZE + POOL_OVERFLOW
    with ThreadPoolExecutor(everyone + BESIDE_POOL) as pool:
        with locked(owner, "lock table private.metrics_refreshes in access exclusive mode"):
            held = [pool.submit(ask, server, "/healthz") for _ in range(everyone)]
            until = time.perf_counter() + SECONDS
            while (waiting := count(owner, WAITING)) < everyone and time.perf_counter() < until:
                time.sleep(0.01)
            asked = [pool.submit(ask, server, "/account/password", headers) for _ in range(BESIDE_POOL)]
            answers = [one.result() for one in asked]
        for one in held:
            one.result()
    good = [one for one in answers if one[0] == 503 and one[1]]
    after = ask(server, "/account/password", headers)
    return (
        counted("connections of a worker that were in use at once", waiting, everyone),
        counted("pages answered 503 with Retry-After for want of one", len(good), BESIDE_POOL),
        at_most("the slowest of them", max(one[2] for one in answers), SECONDS, "s"),
        Figure("a page afterwards", "200", str(after[0]), after[0] == 200),
    )


def _vanished(server: Server, headers: dict[str, str], owner: psycopg.Connection) -> float:
    """Seconds until nothing is held any more for readers who left in the middle of an export."""
    with _stalled(server, headers, owner):
        pass
    return _free_again(owner, time.perf_counter(), SECONDS * 2)


@contextmanager
def _stalled(server: Server, headers: dict[str, str], owner: psycopg.Connection) -> Iterator[float]:
    """Exports whose first bytes were taken and nothing more until the block ends; since when they stall."""
    with ExitStack() as readers:
        for _ in range(EACH):
            reader = readers.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STALLED_BUFFER)
            reader.connect(("127.0.0.1", server.port))
            lines = [f"{name}: {value}" for name, value in {"Host": "127.0.0.1", **headers}.items()]
            reader.sendall("\r\n".join([f"GET {EXPORT} HTTP/1.1", *lines, "", ""]).encode())
            if b" 200 " not in reader.recv(100):
                raise RuntimeError("an export was refused")
        if (held := count(owner, EXPORTS)) != EACH:
            raise RuntimeError(f"{held} of {EACH} exports wait for their readers")
        yield time.perf_counter()


def _free_again(owner: psycopg.Connection, since: float, limit: float) -> float:
    """Seconds from `since` until no export holds a connection, or just over `limit`."""
    while count(owner, EXPORTS) and time.perf_counter() - since <= limit:
        time.sleep(0.1)
    return time.perf_counter() - since


@contextmanager
def locked(owner: psycopg.Connection, statement: LiteralString) -> Iterator[None]:
    """A lock that is held until the block ends."""
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as holder:
        holder.execute(statement)
        yield
        holder.rollback()


def count(owner: psycopg.Connection, question: LiteralString) -> int:
    """What `question` counts."""
    row = owner.execute(question).fetchone()
    return int(row[0]) if row else 0
