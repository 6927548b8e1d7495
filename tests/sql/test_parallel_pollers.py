"""Twenty pollers at once, some of them killed: each request is handled once, and none is lost."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.fixtures.database import Cluster, Database
from tests.sql.asking import ACCOUNT_A, ACCOUNT_B, ACCOUNT_C, PEOPLE

POLLERS, REQUESTS, AT_ONCE = 20, 1000, 7
CLAIM: LiteralString = "select id, claim from public.claim_knowledge_requests(%s)"
FINISH: LiteralString = "select public.finish_knowledge_request(%s, true, %s, %s)"
Claimed = list[tuple[UUID, UUID]]


@dataclass
class Poller:
    """One connection as service_role; it keeps what the database took from it, and what it died with."""

    number: int
    superuser_url: str
    taken: list[UUID] = field(default_factory=list)
    left_with: Claimed = field(default_factory=list)
    backend: int = 0

    def __post_init__(self) -> None:
        self.connection = psycopg.connect(self.superuser_url, autocommit=True)
        self.backend = self.connection.info.backend_pid
        self.connection.execute("set role service_role")

    def claim(self) -> Claimed:
        return [(row[0], row[1]) for row in self.connection.execute(CLAIM, [AT_ONCE]).fetchall()]

    def finish(self, claimed: Claimed) -> None:
        for request, claim in claimed:
            answer = self.connection.execute(FINISH, [request, f"By {self.number}.", claim]).fetchone()
            assert answer == ("done",)
            self.taken.append(request)

    def work(self, dying: Callable[["Poller"], None] | None = None, rounds: int = 3) -> None:
        """Claim and finish until nothing is left; one that is to die does it after some rounds."""
        while claimed := self.claim():
            self.finish(claimed)
            rounds -= 1
            if dying is not None and rounds == 0:
                dying(self)
                return
        self.connection.close()


def hang_up_in_the_middle_of_a_claim(poller: Poller) -> None:
    """The connection is gone before the claim is committed."""
    poller.connection.execute("begin")
    poller.claim()
    poller.connection.close()


def be_killed_in_the_middle_of_a_claim(poller: Poller, killer_url: str) -> None:
    """The server ends the connection before the claim is committed."""
    poller.connection.execute("begin")
    poller.claim()
    terminate(killer_url, poller.backend)
    with pytest.raises(psycopg.OperationalError):
        poller.connection.execute("commit")


def die_with_claims(poller: Poller) -> None:
    """The claim is committed, and nobody reports about half of it."""
    claimed = poller.claim()
    half = len(claimed) // 2
    poller.finish(claimed[:half])
    poller.left_with = claimed[half:]
    poller.connection.close()


def be_killed_in_the_middle_of_a_report(poller: Poller, killer_url: str) -> None:
    """The claim is committed, a report is sent and not committed."""
    poller.left_with = poller.claim()
    poller.connection.execute("begin")
    for request, claim in poller.left_with[:1]:
        poller.connection.execute(FINISH, [request, "Never heard of.", claim])
    terminate(killer_url, poller.backend)
    with pytest.raises(psycopg.OperationalError):
        poller.connection.execute("commit")


def terminate(superuser_url: str, backend: int) -> None:
    """End a connection from outside, and wait until it has gone."""
    with psycopg.connect(superuser_url, autocommit=True) as killer:
        killer.execute("select pg_terminate_backend(%s, 10000)", [backend])


@pytest.fixture
def backlog(cluster: Cluster) -> Iterator[Database]:
    """A database of its own with REQUESTS approved requests of three accounts."""
    name, database = cluster.clone()
    with database.owner() as owner:
        owner.execute("delete from public.knowledge_update_requests")
        owner.execute(
            """insert into public.knowledge_update_requests
                (org_id, requested_by_user_id, payload, status, created_at)
            select (%s::uuid[])[1 + mod(n, 3)], %s,
                jsonb_build_object('title', 'No. ' || n, 'text', 'Words.'), 'approved',
                now() - make_interval(mins => n)
            from generate_series(1, %s) n""",
            [[ACCOUNT_A, ACCOUNT_B, ACCOUNT_C], PEOPLE["manager"], REQUESTS],
        )
    yield database
    cluster.drop(name)


def run(pollers: list[Poller], dying: list[Callable[[Poller], None]]) -> None:
    """Let them all loose at once; what fails in one of them fails the test."""
    faults: list[BaseException] = []
    start = threading.Barrier(len(pollers))

    def poll(poller: Poller, death: Callable[[Poller], None] | None) -> None:
        try:
            start.wait()
            poller.work(death)
        except BaseException as error:
            faults.append(error)

    deaths: list[Callable[[Poller], None] | None] = [*dying, *[None] * (len(pollers) - len(dying))]
    threads = [
        threading.Thread(target=poll, args=each, daemon=True) for each in zip(pollers, deaths, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def count_by_status(database: Database) -> dict[str, int]:
    with database.owner() as owner:
        found = owner.execute("select status, count(*) from public.knowledge_update_requests group by 1")
        return {row[0]: row[1] for row in found}


def test_twenty_pollers_handle_a_thousand_requests_exactly_once(backlog: Database) -> None:
    url = backlog.superuser_url
    kill_claim = partial(be_killed_in_the_middle_of_a_claim, killer_url=url)
    kill_report = partial(be_killed_in_the_middle_of_a_report, killer_url=url)
    deaths = [hang_up_in_the_middle_of_a_claim, die_with_claims, kill_claim, kill_report] * 2
    first = [Poller(number, url) for number in range(POLLERS)]
    run(first, deaths)
    for poller in first:
        terminate(url, poller.backend)

    # What the dead had claimed is kept from the living until it expires; what was not committed is free.
    lost = {request for poller in first for request, _ in poller.left_with}
    assert len(lost) > 10
    assert count_by_status(backlog).get("processing") == len(lost)
    with backlog.superuser() as superuser:
        superuser.execute(
            """update public.knowledge_update_requests set claim_expires_at = now() - interval '1 second'
            where status = 'processing'"""
        )
    second = [Poller(POLLERS + number, url) for number in range(POLLERS)]
    run(second, [])

    taken = Counter(request for poller in (*first, *second) for request in poller.taken)
    assert len(taken) == REQUESTS
    assert set(taken.values()) == {1}
    assert count_by_status(backlog) == {"done": REQUESTS}
    assert_the_dead_are_refused(first, backlog)
    assert_the_log_agrees(backlog, lost)


def assert_the_dead_are_refused(pollers: list[Poller], database: Database) -> None:
    """A poller that comes back with a claim that somebody else has taken over changes nothing."""
    with psycopg.connect(database.superuser_url, autocommit=True) as late:
        late.execute("set role service_role")
        for request, claim in (each for poller in pollers for each in poller.left_with):
            with pytest.raises(psycopg.Error) as refused:
                late.execute(FINISH, [request, "Late.", claim])
            assert refused.value.sqlstate == "PT409"


def assert_the_log_agrees(database: Database, lost: set[UUID]) -> None:
    """Each request was done by one report, of the poller whose claim was the last."""
    with database.owner() as owner:
        reports: list[Any] = owner.execute(
            """select row_id, count(*) as reports from public.audit_log
            where table_name = 'knowledge_update_requests' and after ->> 'status' = 'done' group by 1"""
        ).fetchall()
        twice = owner.execute(
            "select id from public.knowledge_update_requests where attempts = 2 and lost_claims = 1"
        ).fetchall()
    # The seed holds one that was done from the beginning.
    assert Counter(row.reports for row in reports)[1] in (REQUESTS, REQUESTS + 1)
    assert {row.reports for row in reports} == {1}
    assert {row.id for row in twice} == lost
