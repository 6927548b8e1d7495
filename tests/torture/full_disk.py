"""The disk runs full, for the data and then for the log: nothing half, and all of it again with some room."""

import time
from collections import Counter
from contextlib import ExitStack, suppress

import psycopg

from benchmarks.served import Server
from certus_admin import embedded
from tests.torture.figures import Figure, Report, at_most, counted
from tests.torture.ground import Ground
from tests.torture.kills import LONGEST_RETURN, WRITERS, Ledger, seconds_to_good_page, writing
from tests.torture.load import ask
from tests.torture.restarts import kept
from tests.torture.small_disk import SMALL_LOG, filled
from tests.torture.windows import Window

# As long as the disk is full; until then every write finds the last free place of its table.
FULL, FILLING = 3.0, 30.0
PAGES = ("/", "/calls/", "/notes/", "/analytics/", "/account/password")
SLEPT = "update private.web_sessions set last_seen_at = last_seen_at - interval '5 minutes'"
SENT = "select count(*) from public.internal_notes where note_md = 'sent-when-full'"
# Each takes another file of the log; when none is left to be used again, the next one finds no room.
SWITCHES = 60
NEXT_FILE = "select pg_switch_wal()"
SAYS_WHAT_IS_SAVED = ("Nothing is lost", "Nothing was saved")


def fill_disk(ground: Ground, server: Server, calls: list[str], report: Report) -> list[Figure]:
    """Both faults, one after the other; what was acknowledged is compared at the end of each."""
    figures = _no_room(ground, server, calls)
    report("the disk was full")
    figures += _no_log(ground, server, calls)
    report("the log was full")
    return figures


def _no_room(ground: Ground, server: Server, calls: list[str]) -> list[Figure]:
    """The file system is filled by others: tables cannot grow."""
    headers, ledger, read = server.sign_in("admin"), Ledger(), Counter[int]()
    window, path = Window(server, headers["Cookie"]), f"/calls/{calls[0]}"
    fields = window.form(path, "call-note-add") | {"note_md": "sent-when-full"}
    with writing(server, calls, ledger):
        with psycopg.connect(ground.database.superuser_database_url) as superuser:
            superuser.execute(SLEPT)  # so that a page has something to write down itself
        with filled(ground.var):
            until = time.monotonic() + FILLING
            while ledger.statuses["503"] < WRITERS and time.monotonic() < until:
                time.sleep(0.05)
            said = window.send(f"{path}/notes", fields)
            until = time.monotonic() + FULL
            while time.monotonic() < until:
                read.update(ask(server, page, headers)[0] for page in PAGES)
            refused = ledger.statuses["503"]
        began, count = time.perf_counter(), len(ledger.acknowledged)
        while len(ledger.acknowledged) == count and time.perf_counter() - began < 30:
            time.sleep(0.005)
        taken = time.perf_counter() - began
    again = window.send(f"{path}/notes", fields)
    with psycopg.connect(ground.database.superuser_database_url) as superuser:
        written = superuser.execute(SENT).fetchone()
    words = [words for words in SAYS_WHAT_IS_SAVED if words in said.text]
    return [
        Figure(
            f"the disk is full under {WRITERS} writers: answers",
            "303 and 503",
            ledger.told(),
            refused >= WRITERS and set(ledger.statuses) == {"303", "503"},
        ),
        at_most("answers of 503 without Retry-After", ledger.without_retry, 0),
        Figure("a note that was sent meanwhile", "503", f"{said.status}, {words}", bool(words)),
        counted("pages that are read meanwhile", read[200], read.total()),
        at_most("the first note after there is room", taken, LONGEST_RETURN, "s"),
        Figure(
            "the same note sent again",
            "303, there once",
            f"{again.status}, there {'once' if written == (1,) else written}",
            again.status == 303 and written == (1,),
        ),
        *kept(ground, ledger.acknowledged, "around the full disk"),
    ]


def _no_log(ground: Ground, server: Server, calls: list[str]) -> list[Figure]:
    """The write-ahead log finds no room: PostgreSQL stops by itself, and stays away until there is some."""
    ledger, reader = Ledger(), server.sign_in("operator")
    with ExitStack() as servers, writing(server, calls, ledger):
        time.sleep(1)
        with filled(ground.var):
            switched = _switch_until_it_ends(ground)
            before = ledger.statuses["503"]
            time.sleep(FULL)
            found = _how_it_is(ground)
            refused = ledger.statuses["503"] - before
        running = embedded.start(ground.var, settings=SMALL_LOG)
        servers.callback(running.stop)
        taken = seconds_to_good_page(server, reader)
        time.sleep(1)
    return [
        Figure(
            "the log is full: answers",
            "303 and 503",
            ledger.told(),
            refused > 0 and set(ledger.statuses) == {"303", "503"},
        ),
        Figure(
            "PostgreSQL meanwhile",
            "stops by itself",
            f"stopped after {switched} files, then {found}",
            switched < SWITCHES,
        ),
        at_most("answers of 503 without Retry-After when the log was full", ledger.without_retry, 0),
        at_most("slowest good answer after room and a start", taken, LONGEST_RETURN, "s"),
        *kept(ground, ledger.acknowledged, "around the full log"),
    ]


def _switch_until_it_ends(ground: Ground) -> int:
    """Use up the log's files, one after the other; how many were there before the server ended."""
    with psycopg.connect(ground.database.superuser_database_url, autocommit=True) as superuser:
        for number in range(SWITCHES):
            try:
                superuser.execute("select pg_logical_emit_message(true, 'certus', 'x')")
                superuser.execute(NEXT_FILE)
            except psycopg.OperationalError:
                return number
    return SWITCHES


def _how_it_is(ground: Ground) -> str:
    """Whether it is away, in words."""
    url = ground.database.superuser_database_url
    with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
        return "answered again"
    return "stayed away"
