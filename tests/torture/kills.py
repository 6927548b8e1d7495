"""Nothing lost: PostgreSQL is killed ten times under eight writers, gunicorn's workers are killed too."""

import http.client
import os
import re
import secrets
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

import psutil
import psycopg

from benchmarks.served import Server
from certus_admin import embedded
from certus_admin.embedded import EmbeddedServer
from tests.torture.figures import Figure, Part, Report, at_most, counted
from tests.torture.ground import standing

KILLS = 10
WRITERS = 8
WORKER_KILLS = 4
# As long as PostgreSQL stays away, and how long writers write in between.
AWAY, BETWEEN = 1.0, 2.0
LONGEST_ANSWER, LONGEST_RETURN = 3.0, 2.0
# How a request ends that gets no answer: nobody listened, nothing came back, or half of it.
REFUSED, BROKEN, CUT_OFF = "connection refused", "connection broken", "answer cut off"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
CALLS = "select id::text from public.call_logs order by started_at desc limit 40"
WRITTEN = "select note_md, count(*) from public.internal_notes where note_md like 'kill-%%' group by 1"


@dataclass
class Ledger:
    """What writers sent and were told, kept outside of the database."""

    acknowledged: set[str] = field(default_factory=set)
    # Sent, and no answer came.
    untold: set[str] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    without_retry: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, token: str, status: str, seconds: float, retry_after: str | None) -> None:
        """One answer; a 303 is the promise that the note is written."""
        with self.lock:
            self.statuses[status] += 1
            self.slowest = max(self.slowest, seconds)
            if status == "303":
                self.acknowledged.add(token)
            if status in (BROKEN, CUT_OFF):
                self.untold.add(token)
            if status == "503" and not retry_after:
                self.without_retry += 1

    def told(self) -> str:
        """The answers, counted: `303: 1,200, 503: 40`."""
        return ", ".join(f"{status}: {count:,}" for status, count in sorted(self.statuses.items()))


def run(report: Report) -> Part:
    """Kill the database, then the workers, under load; then compare what was promised with what is there."""
    with standing() as ground, ExitStack() as servers:
        with psycopg.connect(ground.database.owner_database_url) as owner:
            calls = [row[0] for row in owner.execute(CALLS)]
        with ground.serving() as server:
            reader, ledger, workers = server.sign_in("operator"), Ledger(), Ledger()
            running, returns = ground.database, []
            with writing(server, calls, ledger):
                for number in range(KILLS):
                    time.sleep(BETWEEN)
                    kill_database(running)
                    time.sleep(AWAY)
                    running = embedded.start(ground.var)
                    servers.callback(running.stop)
                    returns.append(seconds_to_good_page(server, reader))
                    report(f"killed {number + 1} times, {len(ledger.acknowledged):,} notes acknowledged")
                time.sleep(BETWEEN)
            with writing(server, calls, workers):
                starts = [kill_worker(server) for _ in range(WORKER_KILLS)]
                time.sleep(BETWEEN)
            report(f"workers killed, {len(workers.acknowledged):,} notes acknowledged")
        with psycopg.connect(ground.database.owner_database_url) as again:
            written: dict[str, int] = dict(again.execute(WRITTEN).fetchall())
    promised = ledger.acknowledged | workers.acknowledged
    return Part(
        "Nothing lost",
        (
            counted("acknowledged notes that are there", len(promised & written.keys()), len(promised)),
            at_most("notes that are there twice", sum(count > 1 for count in written.values()), 0),
            Figure(
                f"answers while PostgreSQL was killed {KILLS} times under {WRITERS} writers",
                "303 and 503",
                ledger.told(),
                set(ledger.statuses) == {"303", "503"},
            ),
            at_most("answers of 503 without Retry-After", ledger.without_retry, 0),
            at_most("slowest answer meanwhile", ledger.slowest, LONGEST_ANSWER, "s"),
            at_most("slowest good answer after its return", max(returns), LONGEST_RETURN, "s"),
            at_most(f"slowest new worker after {WORKER_KILLS} were killed", max(starts), 5.0, "s"),
            Figure(
                "answers while workers were killed",
                "303, and what the dead leave unanswered",
                workers.told(),
                {"303"} <= set(workers.statuses) <= {"303", BROKEN, CUT_OFF},
            ),
        ),
        "Each writer adds notes to calls through the form, each with words of its own, one after the other, "
        "and sends none twice. Processes are killed, the machine stays: what a power cut would do depends on "
        "fsync, which is on.",
    )


@contextmanager
def writing(server: Server, calls: list[str], ledger: Ledger) -> Iterator[None]:
    """Writers in the background until the block ends."""
    headers = {"Cookie": server.sign_in("admin")["Cookie"]}  # nothing compressed: the token is read
    connection = server.connect()
    connection.request("GET", f"/calls/{calls[0]}", headers=headers)
    answer = connection.getresponse()
    found = TOKEN.search(answer.read().decode())
    headers = {"Cookie": (answer.getheader("Set-Cookie") or headers["Cookie"]).partition(";")[0]}
    if found is None:
        raise RuntimeError("the call's page has no token for its forms")
    ended = threading.Event()
    threads = [
        threading.Thread(target=write, args=(server, headers, found[1], calls[n::WRITERS], ledger, ended))
        for n in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def write(
    server: Server,
    headers: dict[str, str],
    csrf: str,
    calls: list[str],
    ledger: Ledger,
    ended: threading.Event,
) -> None:
    """One writer: note after note; a connection that broke is opened anew, its note stays unacknowledged."""
    sent = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    connection, number = server.connect(), 0
    while not ended.is_set():
        token, number = f"kill-{secrets.token_hex(8)}", number + 1
        form = urlencode({"note_md": token, "csrf_token": csrf})
        began, without = time.perf_counter(), BROKEN
        try:
            connection.request("POST", f"/calls/{calls[number % len(calls)]}/notes", form, sent)
            answer = connection.getresponse()
            without = CUT_OFF
            answer.read()
        except (OSError, http.client.HTTPException) as fault:
            connection.close()
            connection = server.connect()
            without = REFUSED if isinstance(fault, ConnectionRefusedError) else without
            ledger.note(token, without, time.perf_counter() - began, None)
            time.sleep(0.05 if without == REFUSED else 0)
            continue
        taken = time.perf_counter() - began
        ledger.note(token, str(answer.status), taken, answer.getheader("Retry-After"))
        if answer.status == 503:
            time.sleep(0.05)  # eight who ask without a pause would only measure the error page
    connection.close()


def kill_database(server: EmbeddedServer) -> None:
    """Kill -9 the postmaster and all its processes."""
    postmaster = psutil.Process(server.pid)
    for process in [postmaster, *postmaster.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def seconds_to_good_page(server: Server, headers: dict[str, str]) -> float:
    """From now until the call list is there again; RuntimeError after half a minute."""
    began = time.perf_counter()
    while time.perf_counter() - began < 30:
        connection = server.connect()
        connection.request("GET", "/calls/", headers=headers)
        status = connection.getresponse().status
        connection.close()
        if status == 200:
            return time.perf_counter() - began
    raise RuntimeError("no good page half a minute after PostgreSQL's return")


def living(server: Server) -> list[int]:
    """The process ids of gunicorn's workers, without one that is dead and not yet seen to be."""
    children = server.process.children()
    return [child.pid for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def kill_worker(server: Server) -> float:
    """Kill -9 one of the workers; seconds until there are as many again and one of them answers."""
    before = living(server)
    os.kill(before[0], signal.SIGKILL)
    began = time.perf_counter()
    while before[0] in (alive := living(server)) or len(alive) < len(before):
        time.sleep(0.02)
    # The dead one may have taken a connection or two with it.
    while time.perf_counter() - began < 30:
        with suppress(OSError, http.client.HTTPException):
            connection = server.connect()
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return time.perf_counter() - began
    raise RuntimeError("no worker answers half a minute after one was killed")
