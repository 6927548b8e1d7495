"""PostgreSQL restarted, or bereft of its backends, and gunicorn ended, each under eight writers."""

import csv
import io
import runpy
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException

import psutil
import psycopg

from benchmarks.served import Server
from certus_admin.config import CHECKOUT
from tests.torture.figures import Figure, Report, at_most, counted
from tests.torture.ground import Ground
from tests.torture.kills import (
    BETWEEN,
    BROKEN,
    CUT_OFF,
    LONGEST_ANSWER,
    LONGEST_RETURN,
    REFUSED,
    WRITERS,
    WRITTEN,
    Ledger,
    seconds_to_good_page,
    writing,
)
from tests.torture.load import EXPORT, LONG

APP_BACKENDS = "select pid from pg_stat_activity where usename = 'certus_app'"
END_BACKENDS = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'certus_app'"
HALF = """select count(*) from public.internal_notes n where n.note_md like 'kill-%' and not exists (
    select from public.audit_log a where a.row_id = n.id and a.account_id = n.account_id)"""
# Forty megabytes in steps: the export's reader is in the middle when gunicorn is told to end.
STEP, PAUSE = 1_000_000, 0.05
GRACE = float(runpy.run_path(str(CHECKOUT / "gunicorn.conf.py"))["graceful_timeout"])


def restart(ground: Ground) -> None:
    """As somebody who runs the server would, until it takes connections again."""
    place = ground.database.place
    log = f"--log={place.home / 'start.log'}"
    result = place.run("pg_ctl", "restart", f"--pgdata={place.data}", log, "--mode=fast", "--wait")
    if result.returncode:
        raise RuntimeError(f"pg_ctl restart: {result.stderr}")


def kill_a_backend(ground: Ground) -> None:
    """Kill -9 one process that serves the app; PostgreSQL then ends all others, and recovers."""
    url = ground.database.superuser_database_url
    with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as superuser:
        (pid, *_) = [row[0] for row in superuser.execute(APP_BACKENDS)]
        psutil.Process(pid).kill()
        while True:  # until this connection is ended as well
            superuser.execute("select 1")
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=3):
            return
    raise RuntimeError("PostgreSQL did not return after one of its backends was killed")


def end_backends(ground: Ground) -> None:
    """End every connection of the app from the server's side."""
    with psycopg.connect(ground.database.superuser_database_url) as superuser:
        superuser.execute(END_BACKENDS)


KINDS: dict[str, Callable[[Ground], None]] = {
    "`pg_ctl restart -m fast`": restart,
    "kill -9 of one backend": kill_a_backend,
    "`pg_terminate_backend` of all": end_backends,
}


def restart_under_load(ground: Ground, server: Server, calls: list[str], report: Report) -> list[Figure]:
    """Each kind of restart once, then what was promised meanwhile beside what is there."""
    reader, figures, promised = server.sign_in("operator"), [], set()
    for name, act in KINDS.items():
        ledger = Ledger()
        with writing(server, calls, ledger):
            time.sleep(BETWEEN)
            act(ground)
            taken = seconds_to_good_page(server, reader)
            time.sleep(BETWEEN)
        promised |= ledger.acknowledged
        figures += [
            Figure(
                f"{name} under {WRITERS} writers: answers",
                "303 and 503",
                ledger.told(),
                {"303"} <= set(ledger.statuses) <= {"303", "503"},
            ),
            at_most(f"{name}: answers of 503 without Retry-After", ledger.without_retry, 0),
            at_most(f"{name}: slowest good answer after its return", taken, LONGEST_RETURN, "s"),
            at_most(f"{name}: slowest answer", ledger.slowest, LONGEST_ANSWER, "s"),
        ]
        report(f"{name}: {ledger.told()}")
    return [*figures, *kept(ground, promised, "of these restarts")]


def kept(ground: Ground, promised: set[str], where: str) -> list[Figure]:
    """Notes that were acknowledged, beside those that are there, each once and with its audit line."""
    with psycopg.connect(ground.database.owner_database_url) as owner:
        written: dict[str, int] = dict(owner.execute(WRITTEN).fetchall())
        half = owner.execute(HALF).fetchone()
    return [
        counted(f"acknowledged notes {where} that are there", len(promised & written.keys()), len(promised)),
        at_most(f"notes {where} that are there twice", sum(count > 1 for count in written.values()), 0),
        at_most(f"notes {where} without their line of the audit log", half[0] if half else -1, 0),
    ]


def drain(ground: Ground, server: Server, calls: list[str], stop: Callable[[], None]) -> list[Figure]:
    """SIGTERM to gunicorn's master (`stop`) while notes are written and an export is on its way."""
    with psycopg.connect(ground.database.superuser_database_url) as owner:
        owner.execute(LONG)
    ledger, begun = Ledger(), threading.Event()
    headers = server.sign_in("admin") | {"Accept-Encoding": "identity"}
    with ThreadPoolExecutor(1) as pool:
        with writing(server, calls, ledger):
            time.sleep(BETWEEN)
            export = pool.submit(_export, server, headers, begun)
            if not begun.wait(30):
                raise RuntimeError("the export does not begin")
            before, began = sum(ledger.statuses.values()), time.perf_counter()
            stop()
            taken = time.perf_counter() - began
        lines, promised = export.result()
    with psycopg.connect(ground.database.owner_database_url) as owner:
        written: dict[str, int] = dict(owner.execute(WRITTEN).fetchall())
    allowed = {"303", REFUSED, BROKEN}
    code = server.process.returncode
    return [
        Figure(
            f"SIGTERM under {WRITERS} writers: answers",
            "303; afterwards nobody listens",
            f"{ledger.told()} ({before:,} before it)",
            {"303", REFUSED} <= set(ledger.statuses) <= allowed,
        ),
        at_most("answers that were cut off", ledger.statuses[CUT_OFF], 0),
        at_most("notes written whose writer got no answer", len(ledger.untold & written.keys()), 0),
        Figure("the export that was on its way: rows", f"{promised:,}", f"{lines:,}", lines == promised > 0),
        at_most("gunicorn's end after SIGTERM", taken, GRACE, "s"),
        Figure("its exit code", "0", str(code), code == 0),
        *kept(ground, ledger.acknowledged, "before SIGTERM"),
    ]


def _export(server: Server, headers: dict[str, str], begun: threading.Event) -> tuple[int, int]:
    """Rows of an export whose reader takes its time, and rows that it promised; 0 of one that broke off."""
    connection = server.connect()
    connection.request("GET", EXPORT, headers=headers)
    answer = connection.getresponse()
    body = answer.read(STEP)
    begun.set()
    try:
        while more := answer.read(STEP):
            body += more
            time.sleep(PAUSE)
    except (OSError, HTTPException):
        return 0, int(answer.getheader("X-Row-Count") or 0)
    rows = sum(1 for _ in csv.reader(io.StringIO(body.decode("utf-8-sig")))) - 1
    return rows, int(answer.getheader("X-Row-Count") or 0)
