"""Ten minutes of mixed load on two workers: neither memory nor connections may grow (MINUTES: fewer)."""

import os
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urlencode

import psutil
import psycopg

from benchmarks.served import Server
from certus_admin.admission import PLACES
from tests.torture.figures import Figure, Part, Report, at_most
from tests.torture.ground import Ground, standing
from tests.torture.load import ask, locked

CALLS = 50_000
PEOPLE = ("admin", "manager", "operator", "admin")
# Caches, pools and compiled templates are full by then.
WARM_SHARE = 0.3
GROWTH_MB = 10
TURNS_SIGNED_IN = 150
FILLING, ROUNDS = 40, 5
NICE = 10
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
DRAWER = {"HX-Request": "true"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# {call} is one of the newest of the operator's; a form of None is a GET, one without its token is refused.
Turn = tuple[str, dict[str, str], dict[str, str] | None]
TURNS: tuple[Turn, ...] = (
    ("/", {}, None),
    ("/calls/", {}, None),
    ("/calls/{call}", DRAWER, None),
    ("/calls/{call}/notes", {}, {"note_md": "Called back.", "csrf_token": ""}),
    ("/orders/", {}, None),
    ("/analytics/", {}, None),
    ("/calls/{call}", {}, None),
    ("/no-such-page", {}, None),
    ("/reservations/", {}, None),
    ("/calls/export.csv", {}, None),
    ("/calls/{call}/notes", {}, {"note_md": "", "csrf_token": ""}),
    ("/calls/?sort=nonsense", {}, None),
    ("/calls/?words=table", {}, None),
    ("/calls/{call}/notes", {}, {"note_md": "Without a token."}),
    ("/analytics/?period=90d&compare=year", {}, None),
)
WANTED = {"200", "303", "400", "404", "422"}
EXPORTS_RUN, REFUSED_EXPORT = "Other exports are running", "503 (other exports run)"
CONNECTIONS = """select count(*) from pg_stat_activity
where datname = current_database() and usename = 'certus_app'"""
NEWEST = """select id::text from public.call_logs
where provider_call_id not like 'bulk%' order by started_at desc limit 40"""


@dataclass
class Visitor:
    """Somebody who takes one turn after the other, and signs in anew now and then."""

    server: Server
    person: str
    calls: list[str]
    answers: Counter[str] = field(default_factory=Counter)
    headers: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def stay(self, first: int, end: float) -> Counter[str]:
        """Take turns from the first on, until the clock says `end`."""
        number = first
        while time.monotonic() < end:
            try:
                if not self.token or number % TURNS_SIGNED_IN == first:
                    self.sign_in()
                path, headers, form = TURNS[number % len(TURNS)]
                self.look(path.format(call=self.calls[number % len(self.calls)]), headers, form)
            except (OSError, HTTPException) as fault:
                self.answers[type(fault).__name__] += 1
            number += 1
        return self.answers

    def sign_in(self) -> None:
        """Through the form; then fetch the token of the pages' forms."""
        self.headers = {"Cookie": self.server.sign_in(self.person)["Cookie"]}
        self.answers["303"] += 1
        self.token = ""
        found = TOKEN.search(self.look("/", {}, None))
        self.token = found[1] if found else ""

    def look(self, path: str, headers: dict[str, str], form: dict[str, str] | None) -> str:
        """One answer, counted and read to its end."""
        connection = self.server.connect()
        if form is None:
            connection.request("GET", path, headers=self.headers | headers)
        else:
            sent = {
                name: value or (self.token if name == "csrf_token" else "") for name, value in form.items()
            }
            connection.request("POST", path, urlencode(sent), self.headers | headers | FORM)
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        connection.close()
        said = str(answer.status)
        if EXPORTS_RUN in body:  # as many as a worker carries, and the answer says so
            said = REFUSED_EXPORT
        self.answers[said if said in (*WANTED, REFUSED_EXPORT) else f"{said} of {path}"] += 1
        if cookie := answer.getheader("Set-Cookie"):  # the token of forms is in the session
            self.headers["Cookie"] = cookie.partition(";")[0]
        return body


def run(report: Report) -> Part:
    """Memory and connections after the warm-up, beside those of the end."""
    with standing(bulk_calls=CALLS) as ground, ground.serving() as server:
        _give_way(ground, server)
        return _loaded(ground, server, 60 * float(os.environ.get("MINUTES") or 10), report)


def _loaded(ground: Ground, server: Server, seconds: float, report: Report) -> Part:
    with (
        psycopg.connect(ground.database.owner_database_url, autocommit=True) as owner,
        ThreadPoolExecutor(len(PEOPLE)) as pool,
    ):
        calls = [row[0] for row in owner.execute(NEWEST)]
        report(f"{_fill(server, owner)} connections")
        end = time.monotonic() + seconds
        visits = [
            pool.submit(Visitor(server, person, calls).stay, first, end)
            for first, person in enumerate(PEOPLE)
        ]
        warm = time.monotonic() + seconds * WARM_SHARE
        before = 0
        while time.monotonic() < warm:
            before = max(before, _connections(owner))
            time.sleep(0.5)
        memory = _megabytes(server)
        report(f"warm: {', '.join(f'{size:.0f} MB' for size in memory.values())}, {before} connections")
        answers = sum((visit.result() for visit in visits), Counter[str]())
        now, after = _megabytes(server), _connections(owner)
    said = ", ".join(f"{count:,} x {status}" for status, count in sorted(answers.items()))
    faults = sum(count for status, count in answers.items() if status not in (*WANTED, REFUSED_EXPORT))
    same = memory.keys() == now.keys()
    growth = max((now[pid] - memory[pid] for pid in memory.keys() & now.keys()), default=0)
    return Part(
        f"{seconds / 60:.0f} minutes of mixed load",
        (
            at_most("growth of a worker's memory after the warm-up", max(growth, 0), GROWTH_MB, "MB"),
            at_most("connections at the end, beside those of the warm-up", after, before),
            Figure(
                "kinds of answer",
                ", ".join(sorted(WANTED)),
                ", ".join(sorted(answers)),
                set(answers) >= WANTED,
            ),
            at_most("other answers, and answers cut off", faults, 0),
            Figure("the same workers to the end", "yes", "yes" if same else "no", same),
        ),
        f"{len(PEOPLE)} people in turn: lists, drawers, Overview, Analytics, exports, notes, sign-ins and "
        f"what is refused; {sum(answers.values()):,} answers: {said}. Workers had "
        f"{' and '.join(f'{size:.0f} MB' for size in memory.values())} after the warm-up.",
    )


def _give_way(ground: Ground, server: Server) -> None:
    """What runs beside it goes first: here nothing is timed, and the whole run has to end."""
    for process in (server.process, *server.workers(), psutil.Process(ground.database.pid)):
        process.nice(NICE)  # backends of connections made from now on have it from their postmaster


def _fill(server: Server, owner: psycopg.Connection) -> int:
    """Keep all places of both workers in use for a moment: their pools then hold all they ever need."""
    headers = server.sign_in("admin")
    for _ in range(ROUNDS):
        with (
            ThreadPoolExecutor(FILLING) as pool,
            locked(owner, "lock table public.call_logs in access exclusive mode"),
        ):
            for asked in [pool.submit(ask, server, "/calls/", headers) for _ in range(FILLING)]:
                asked.result()
        if _connections(owner) >= PLACES * len(server.workers()):
            break
    return _connections(owner)


def _megabytes(server: Server) -> dict[int, float]:
    return {worker.pid: worker.memory_info().rss / 1e6 for worker in server.workers()}


def _connections(owner: psycopg.Connection) -> int:
    row = owner.execute(CONNECTIONS).fetchone()
    return int(row[0]) if row else 0
