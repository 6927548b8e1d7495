"""Slow requests, a pool in use and stalled readers: what others notice of them."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg

from benchmarks.served import Server
from tests.torture.figures import Figure, Part, Report, at_most, counted
from tests.torture.ground import standing

SLOW = 24
STALLED = 4
CALLS = 20_000
HEALTH_MS, POOL_SECONDS, FREE_SECONDS = 100, 3, 70
BLOCKED = "lock table public.call_logs in access exclusive mode"
IN_USE = """select count(*) from pg_stat_activity
where datname = current_database() and usename = 'certus_app' and state <> 'idle'"""

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
    """One server of two workers, on a database whose calls are locked and set free again."""
    with standing(bulk_calls=CALLS) as ground, ground.serving() as server:
        headers = server.sign_in("admin") | {"Accept-Encoding": "identity"}
        with psycopg.connect(ground.database.owner_database_url) as owner:
            figures = _slow(server, headers, owner)
            report("slow requests done")
            figures += _stalled(server, headers, owner)
    return Part("Held under load", tuple(figures), f"Two workers; {SLOW} readers of a list behind a lock.")


def _slow(server: Server, headers: dict[str, str], owner: psycopg.Connection) -> list[Figure]:
    owner.execute(BLOCKED)
    with ThreadPoolExecutor(SLOW) as pool:
        asked = [pool.submit(ask, server, "/calls/", headers) for _ in range(SLOW)]
        health = []
        while not all(one.done() for one in asked):
            health.append(ask(server, "/healthz"))
        answers = [one.result() for one in asked]
    owner.rollback()
    refused = [one for one in answers if one[1] == "5"]
    locked = [one for one in answers if one not in refused]
    good = [one for one in answers if one[0] == 503 and one[1]]
    told = [one for one in locked if "try again" in one[3].lower()]
    after = ask(server, "/calls/", headers)
    return [
        counted(f"`/healthz` good while {SLOW} slow requests wait", _good(health), len(health)),
        at_most("`/healthz` meanwhile, the slowest", 1000 * max(one[2] for one in health), HEALTH_MS, "ms"),
        counted("slow requests answered 503 with Retry-After", len(good), SLOW),
        counted("waiting for a lock says to try again", len(told), len(locked)),
        at_most(
            "no free place: the slowest 503", max((one[2] for one in refused), default=99), POOL_SECONDS, "s"
        ),
        Figure("the list afterwards", "200", str(after[0]), after[0] == 200),
    ]


def _good(answers: list[Answer]) -> int:
    return sum(status == 200 for status, *_ in answers)


def _stalled(server: Server, headers: dict[str, str], owner: psycopg.Connection) -> list[Figure]:
    """Half of the readers vanish after the first bytes; the others take nothing more."""
    owner.autocommit = True
    opened = [server.connect() for _ in range(STALLED)]
    for connection in opened:
        connection.request("GET", "/calls/export.csv", headers=headers)
        connection.getresponse().read(1000)
    for connection in opened[: STALLED // 2]:
        connection.close()
    began = time.perf_counter()
    while (busy := _in_use(owner)) and time.perf_counter() - began < FREE_SECONDS:
        time.sleep(0.2)
    for connection in opened:
        with suppress(OSError):
            connection.close()
    again = ask(server, "/calls/export.csv", headers)
    return [
        at_most("connections still held for readers who vanished or stalled", busy, 0),
        at_most("until they were given back", time.perf_counter() - began, FREE_SECONDS, "s"),
        Figure("an export afterwards", "200", str(again[0]), again[0] == 200),
    ]


def _in_use(owner: psycopg.Connection) -> int:
    row = owner.execute(IN_USE).fetchone()
    return int(row[0]) if row else 0
