"""Asking our pages as people of every reach, in one process, without a network in between."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.timing import Answer, Timing, time_page
from certus_admin.database import statement_count
from certus_admin.queries.cursors import Cursor
from seeds.bulk_people import BULK_PEOPLE, BulkPerson
from seeds.demo_people import PASSWORD

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
CALL = re.compile(r'href="(/calls/[0-9a-f-]{36})"')
FIRST, DEEP, WORDS = "Calls, first page", "Calls, deep", "Calls, words=table"
DEPTH = 100_000
# One page that is slower than this many seconds allow is asked less often.
SECONDS = 20.0

# Each filter of the call list alone, then pairs that people ask for, and some that match nothing.
FILTERS = (
    "status=missed", "status=unknown", "call_type=order", "call_type=catering", "review=yes", "review=no",
    "words=table", "words=zeppelin", "duration=under_30s", "duration=over_5m", "direction=outbound",
    "has_order=yes", "has_order=no", "has_reservation=yes", "weekday=sunday", "hour=19", "hour=3",
    "digits=0176", "digits=76", "digits=9999", "from={month}", "from={year}&to={year}",
    "account={account}", "location={location}",
    "status=completed&call_type=order", "status=missed&call_type=catering", "status=missed&status=failed",
    "call_type=reservation&has_reservation=no", "review=yes&call_type=order", "review=yes&from={month}",
    "words=table&status=completed", "words=pharmacy&call_type=order", "duration=over_5m&status=transferred",
    "hour=19&weekday=sunday", "digits=0176&direction=outbound", "location={location}&status=unknown",
    "account={account}&review=yes",
)  # fmt: skip
REACH = """
reach as (
    select l.account_id, l.id, l.name from public.locations l
    where exists (select from public.user_access a join public.users u on u.id = a.user_id
        where u.email = %(email)s and (a.account_id is null or a.account_id = l.account_id)
            and (a.location_id is null or a.location_id = l.id))
)"""
PLACE = f"with {REACH} select account_id, id from reach order by name limit 1"
POSITION = f"""
with {REACH}, seen as (
    select c.started_at, c.id from public.call_logs c
    join reach r on r.account_id = c.account_id and r.id = c.location_id
), deep as (select least(%(depth)s, count(*) * 7 / 10) as depth from seen)
select started_at, id, (select depth from deep) from seen
order by started_at desc, id desc offset (select depth from deep) limit 1
"""
NEWEST = "select max(started_at) from public.call_logs"


@dataclass(frozen=True)
class Deep:
    """Where a person's deep page begins."""

    cursor: str
    depth: int


def time_pages(
    app: Flask, owner_url: str, runs: int, postmaster: int, report: Callable[[str], None]
) -> tuple[list[Timing], Mapping[str, int]]:
    """Every page for each of BULK_PEOPLE, and how deep each person's deep page lay.

    Raises RuntimeError for an answer that is not 200.
    """
    counts: list[int] = []

    @app.teardown_request
    def count(_error: BaseException | None) -> None:
        counts.append(statement_count())

    timings, depths = [], {}
    for person in BULK_PEOPLE:
        report(f"pages of {person.key}")
        client = signed_in(app, person.email)
        deep = find_deep(owner_url, person)
        if deep:
            depths[person.key] = deep.depth
        for page, url, headers in pages_of(client, owner_url, person, deep):
            ask = partial(_ask, client, url, {"Accept-Encoding": "gzip", **headers}, counts)
            timings.append(time_page(page, person.key, ask, runs, SECONDS, postmaster))
    return timings, depths


def _ask(client: FlaskClient, url: str, headers: Mapping[str, str], counts: list[int]) -> Answer:
    answer = client.get(url, headers=headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{url} answers {answer.status_code}")
    return Answer(counts[-1], len(answer.data))


def pages_of(
    client: FlaskClient, owner_url: str, person: BulkPerson, deep: Deep | None
) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Name, address and headers of what a person opens."""
    with psycopg.connect(owner_url) as connection:
        place = connection.execute(PLACE, {"email": person.email}).fetchone()
        newest = connection.execute(NEWEST).fetchone()
    if place is None or newest is None or newest[0] is None:
        raise RuntimeError(f"{person.key} has no place, or there are no calls")
    last = newest[0].date()
    words = {
        "account": place[0],
        "location": place[1],
        "month": last - timedelta(days=30),
        "year": last - timedelta(days=200),
    }
    yield FIRST, "/calls/", {}
    if deep:
        yield DEEP, f"/calls/?older={deep.cursor}", {}
    for pattern in FILTERS:
        yield f"Calls, {pattern}", f"/calls/?{pattern.format(**words)}", {}
    yield "Orders", "/orders/", {}
    yield "Orders, status=canceled", "/orders/?status=canceled", {}
    yield "Reservations", "/reservations/", {}
    yield "Reservations, words=guest of 8", "/reservations/?words=guest+of+8", {}
    if person.role != "operator":
        yield "Audit log", "/audit/", {}
    if (call := CALL.search(client.get("/calls/").text)) is not None:
        yield "Drawer", call[1], {"HX-Request": "true"}
    yield "Overview", "/", {}
    year = f"from={last - timedelta(days=364)}&to={last}"
    yield "Analytics, one year, one account", f"/analytics/?account={place[0]}&{year}", {}


def signed_in(app: Flask, email: str) -> FlaskClient:
    """A client with the session of somebody whose password is the demo's."""
    client = app.test_client()
    found = CSRF.search(client.get("/login").text)
    form = {"email": email, "password": PASSWORD, "csrf_token": found[1] if found else ""}
    answer = client.post("/login", data=form)
    if answer.status_code not in (302, 303):
        raise RuntimeError(f"{email} cannot sign in: {answer.status_code}")
    return client


def find_deep(owner_url: str, person: BulkPerson) -> Deep | None:
    """DEPTH calls down the person's list, or 70% of it where it is shorter; None for an empty list."""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(POSITION, {"email": person.email, "depth": DEPTH}).fetchone()
    return Deep(str(Cursor(row[0], row[1])), row[2]) if row else None
