"""Personal data: two hundred canaries walk through every page, and then no log has them."""

import http.client
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import psycopg

from benchmarks.served import Server
from certus_admin.embedded_identity import free_port
from tests.audit_meant import audit_leaks
from tests.canaries import Canaries
from tests.canary_walk import Ask, Request, Seen, Walk, encoded
from tests.torture.figures import Figure, Part, Report, at_most, counted
from tests.torture.ground import Ground, standing

PEOPLE = ("operator", "manager", "admin")
NOTE = (
    "Numbers, recordings, notes and what looks like a key: planted in calls, orders, reservations, notes, "
    "knowledge requests, settings and labels, searched for, typed into addresses, headers and every form, "
    "while all is well, and while a function is gone, a table locked or the database away. What an "
    "address or an audit line is meant to hold: `tests/canary_walk.py`, `tests/audit_meant.py`."
)


def run(report: Report) -> Part:
    """Walk as each person, then in four kinds of trouble, then read everything that was written meanwhile."""
    canaries = Canaries.drawn(Random(secrets.randbits(64)))
    port = free_port()
    with standing() as ground, psycopg.connect(ground.database.owner_database_url, autocommit=True) as owner:
        walk = Walk(canaries, canaries.plant(owner))
        with ground.serving(environ={"CERTUS_METRICS_PORT": str(port)}) as server:
            for person in PEOPLE:
                report(f"{person} walks")
                walk.go(person, asker(server, person))
            report("in trouble")
            in_trouble(walk, server, ground, owner)
            metrics = scraped(port)
        served, database = ground.log.read_text(errors="replace"), server_log(ground)
        audit = audit_leaks(canaries, owner)
    asked = sum(walk.answers.values())
    faults = sum(walk.answers.get(code, 0) for code in (400, 403, 404, 405, 413, 422, 500, 503))
    return Part(
        "Personal data",
        (
            Figure("canaries", "200", str(len(canaries.all())), len(canaries.all()) == 200),
            Figure("answers read", "at least 2,000", f"{asked:,}, {faults:,} of them faults", asked >= 2000),
            Figure(
                "kinds of answer provoked",
                "400, 403, 404, 405, 413, 422, 500, 503",
                ", ".join(str(code) for code in sorted(walk.answers) if code >= 400),
                {400, 403, 404, 405, 413, 422, 500, 503} <= set(walk.answers),
            ),
            at_most("canaries in addresses of ours, on error pages, or unmasked", len(walk.leaks), 0),
            counted("answers to people signed in that are no-store", asked - len(walk.stored), asked),
            counted("request lines in gunicorn's log", min(served.count('"event": "request"'), asked), asked),
            at_most("canaries in gunicorn's log", len(canaries.found(served)), 0),
            at_most("canaries in PostgreSQL's log", len(canaries.found(database)), 0),
            Figure("PostgreSQL's log is kept", "yes", f"{len(database):,} characters", bool(database)),
            at_most("canaries in Prometheus' metrics", len(canaries.found(metrics)), 0),
            at_most("canaries in audit lines that are not meant to hold them", len(audit), 0),
        ),
        NOTE,
    )


def in_trouble(walk: Walk, server: Server, ground: Ground, owner: psycopg.Connection[Any]) -> None:
    """Pages that search for canaries while a view is gone, a table is locked, and the app is shut out."""
    asks = {person: asker(server, person) for person in PEOPLE}
    note = walk.canaries.notes[2].replace(" ", "+")
    paths = ("/calls/", "/reservations/", "/calls/export.csv")
    search = [Request("GET", f"{path}?words={note}") for path in paths]

    def look() -> None:
        for person, ask in asks.items():
            for request in search:
                walk.judge(person, request, ask(request))

    owner.execute("alter function public.find_rows rename to find_no_rows")
    owner.execute("alter table public.call_logs rename column summary_md to summary")
    look()
    owner.execute("alter table public.call_logs rename column summary to summary_md")
    owner.execute("alter function public.find_no_rows rename to find_rows")
    with owner.transaction():
        owner.execute("lock table public.call_logs, public.reservations in access exclusive mode")
        walk.judge("operator", search[0], asks["operator"](search[0]))
    with shut_out(ground):
        look()
    look()


@contextmanager
def shut_out(ground: Ground) -> Iterator[None]:
    """The app's login refused, and its connections ended."""
    with psycopg.connect(ground.database.superuser_database_url, autocommit=True) as superuser:
        superuser.execute("alter role certus_app nologin")
        superuser.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'certus_app'"
        )
        try:
            yield
        finally:
            superuser.execute("alter role certus_app login")


def asker(server: Server, person: str) -> Ask:
    """Ask as one person, on a connection for each request."""
    signed_in = server.sign_in(person) | {"Accept-Encoding": "identity"}

    def ask(request: Request) -> Seen:
        connection = server.connect()
        headers = signed_in | dict(request.headers)
        if request.form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(request.method, request.path, encoded(request), headers)
            answer = connection.getresponse()
            body = answer.read().decode(errors="replace")
            if cookie := answer.getheader("Set-Cookie"):  # the token of forms is in the session
                signed_in["Cookie"] = cookie.partition(";")[0]
        except BrokenPipeError:
            # A body that is too large may be refused while it is still being sent.
            return Seen(413, {"cache-control": "no-store"}, "")
        finally:
            connection.close()
        return Seen(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)

    return ask


def scraped(port: int) -> str:
    """What Prometheus reads."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/metrics")
    words = connection.getresponse().read().decode()
    connection.close()
    return words


def server_log(ground: Ground) -> str:
    """All of PostgreSQL's log."""
    time.sleep(0.2)  # its collector writes behind
    folder = ground.database.place.data / "log"
    return "\n".join(path.read_text(errors="replace") for path in sorted(folder.glob("*.log")))
