"""Calls in bulk: as many as wanted, through COPY, in constant memory."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from seeds.bulk_people import add_people
from seeds.bulk_rebuild import rebuilt_afterwards
from seeds.bulk_text import CallText, Piece
from seeds.bulk_world import Spots, add_world, make_spots, share_with_demo
from seeds.demo_people import forbid_strangers
from seeds.rows import COLUMNS, copy_statement

ANALYZE = (
    "analyze public.accounts, public.locations, public.call_logs, public.order_logs, public.reservations"
)
BAR = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


@dataclass(frozen=True)
class Filled:
    """How long the calls took to load, and what follows: analyze and refresh; in seconds."""

    calls: int
    seconds: float
    seconds_after: float

    @property
    def calls_a_second(self) -> int:
        """Calls with their orders and reservations, indexes included, until they were committed."""
        return round(self.calls / self.seconds)


def load_bulk(
    owner_url: str, calls: int, accounts: int, seed: int, *, share: bool, people: bool = False
) -> Filled:
    """Add `calls` synthetic calls of the past year, with orders and reservations, to bulk accounts.

    The same seed gives the same mixture; a later run adds to it under new ids. All calls are one transaction;
    while it lasts nobody else reads them where rebuilt_afterwards rebuilds. `people` adds BULK_PEOPLE.
    Raises SeedError for `share` without the demo's people, for `people` beside accounts that no seed made.
    """
    if people:
        forbid_strangers(owner_url, force=False)
    spots = make_spots(accounts)
    with psycopg.connect(owner_url, application_name="flask seed bulk") as connection:
        add_world(connection, spots)
        if share:
            share_with_demo(connection)
        if people:
            add_people(connection, spots)
    began = perf_counter()
    with psycopg.connect(owner_url, application_name="flask seed bulk") as connection:
        text = CallText(Spots(spots), calls, str(seed), datetime.now(UTC))
        with (
            Progress(*BAR, console=Console(stderr=True)) as progress,
            rebuilt_afterwards(connection, calls) as dropped,
        ):
            task = progress.add_task("calls", total=calls)
            for piece in _prepared(text.pieces()):
                _copy(connection, piece)
                progress.advance(task, len(piece.calls))
            if dropped:
                progress.update(task, description="calls, building indexes")
    loaded = perf_counter()
    with psycopg.connect(owner_url, autocommit=True, application_name="flask seed bulk") as connection:
        connection.execute(ANALYZE)
        connection.execute("select refreshed from private.refresh_metrics()")
    return Filled(calls, loaded - began, perf_counter() - loaded)


def _prepared(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """`pieces`, each made while the server is busy with the one before."""
    interval = sys.getswitchinterval()
    # Whoever sends waits so long for its turn at each answer of the server, which is idle meanwhile.
    sys.setswitchinterval(0.0002)
    try:
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(next, pieces, None)
            while (piece := coming.result()) is not None:
                coming = pool.submit(next, pieces, None)
                yield piece
    finally:
        sys.setswitchinterval(interval)


# Calls bring the marks that their orders and reservations would set, so that triggers find nothing to write.
BULK_COLUMNS = {**COLUMNS, "call_logs": (*COLUMNS["call_logs"], "has_order", "has_reservation")}


def _copy(connection: psycopg.Connection, piece: Piece) -> None:
    tables = (("call_logs", piece.calls), ("order_logs", piece.orders), ("reservations", piece.reservations))
    for table, lines in tables:
        if lines:
            with connection.cursor().copy(copy_statement(table, BULK_COLUMNS[table])) as copy:
                copy.write("".join(lines))
