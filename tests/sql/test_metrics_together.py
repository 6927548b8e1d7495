"""Writers and runs side by side: nobody waits, nothing is lost, nothing is counted twice."""

from collections.abc import Iterator
from random import Random
from typing import Any

import psycopg
import pytest

from tests.fixtures.database import Cluster, Database
from tests.sql.metrics_rows import (
    A1,
    A2,
    ADD_ORDER,
    ADD_RESERVATION,
    DIFFERENCES,
    MARKS,
    REFRESH,
    UPDATE,
    add_call,
    different,
)

RUNS = [UPDATE, REFRESH]
B1 = "10c00000-0000-7000-8000-0000000000b1"
PLACES = (A1, A2, B1)
ZONES = ("America/New_York", "America/Havana", "Asia/Kathmandu", "Pacific/Auckland")
DAYS = ("2026-03-08", "2026-10-25", "2026-11-01", "2026-11-20")
ADD = {"order_logs": ADD_ORDER, "reservations": ADD_RESERVATION}


@pytest.fixture
def shared(cluster: Cluster) -> Iterator[Database]:
    """A copy of the seeded database to commit in."""
    name, database = cluster.clone()
    yield database
    cluster.drop(name)


def writer(database: Database) -> psycopg.Connection[Any]:
    """The owner, whom any wait for a lock makes fail."""
    return database.owner(options="-c lock_timeout=2s")


def test_two_writers_of_one_day_do_not_wait_for_each_other(shared: Database) -> None:
    with writer(shared) as one, writer(shared) as other, writer(shared) as run:
        for _ in range(2):
            add_call(one)
            add_call(other)
        one.commit()
        other.commit()
        run.execute(UPDATE)
        assert different(run) == []


@pytest.mark.parametrize("statement", RUNS)
def test_a_writer_does_not_wait_for_a_run_and_its_mark_stays(shared: Database, statement: str) -> None:
    with writer(shared) as run, writer(shared) as other:
        add_call(other)
        other.commit()
        run.execute(statement.encode())
        late = add_call(other)
        other.execute("update public.call_logs set provider_status = 'error' where id = %s", [late])
        other.commit()
        run.commit()
        assert len(different(run)) == 1
        assert run.execute(UPDATE).fetchone()[1] == 1  # type: ignore[index]
        assert different(run) == []


def test_a_transaction_that_commits_late_is_counted_once_it_does(shared: Database) -> None:
    with writer(shared) as long, writer(shared) as run:
        add_call(long)
        for _ in range(3):
            assert run.execute(UPDATE).fetchone()[1] == 0  # type: ignore[index]
            run.commit()
        long.commit()
        assert run.execute(UPDATE).fetchone()[1] == 1  # type: ignore[index]
        run.commit()
        assert different(run) == []


def test_a_call_under_the_old_time_zone_is_found_after_it_changed(shared: Database) -> None:
    with writer(shared) as long, writer(shared) as other:
        add_call(long, at="2026-11-20 23:30Z")
        other.execute("update public.locations set timezone = 'Asia/Tokyo' where id = %s", [A1])
        other.commit()
        other.execute(UPDATE)
        other.commit()
        long.commit()
        other.execute(UPDATE)
        assert different(other) == []


@pytest.mark.parametrize("statement", RUNS)
def test_a_run_that_crashes_gives_its_marks_back(shared: Database, statement: str) -> None:
    with writer(shared) as owner, shared.superuser(autocommit=True) as superuser:
        add_call(owner)
        owner.commit()
        crashing = shared.owner()
        crashing.execute(statement.encode())
        assert crashing.execute(MARKS).fetchone() == (0,)
        superuser.execute("select pg_terminate_backend(%s, 5000)", [crashing.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            crashing.commit()
        assert owner.execute(MARKS).fetchone() == (1,)
        owner.execute(UPDATE)
        assert different(owner) == []


def test_of_two_runs_at_once_one_goes_home(shared: Database) -> None:
    with writer(shared) as one, writer(shared) as other:
        add_call(other)
        other.commit()
        assert one.execute(UPDATE).fetchone()[0] is True  # type: ignore[index]
        assert other.execute(UPDATE).fetchone() == (False, None, None)
        other.commit()
        one.rollback()
        assert other.execute(UPDATE).fetchone()[:2] == (True, 1)  # type: ignore[index]
        other.commit()


def test_a_run_of_many_days_computes_everything_at_once(shared: Database) -> None:
    with writer(shared) as owner:
        owner.execute(
            """insert into public.call_logs (account_id, location_id, provider, provider_call_id, started_at)
            select account_id, id, 'vapi', gen_random_uuid()::text,
                timestamptz '2026-01-01' - n * interval '1 day'
            from public.locations, generate_series(1, 2000) n"""
        )
        assert owner.execute(UPDATE).fetchone()[1] > 20_000  # type: ignore[index]
        assert different(owner) == []


class Hand:
    """One connection that changes rows of its own, in transactions that stay open for a while."""

    def __init__(self, connection: psycopg.Connection[Any], place: str, chance: Random) -> None:
        self.connection, self.place, self.chance = connection, place, chance
        self.rows: dict[str, list[Any]] = {"call_logs": [], "order_logs": [], "reservations": []}

    def moment(self) -> str:
        minutes = self.chance.choice((self.chance.randrange(1440), self.chance.randrange(180, 420)))
        return f"{self.chance.choice(DAYS)} {minutes // 60:02d}:{minutes % 60:02d}Z"

    def insert(self) -> None:
        table = self.chance.choice(list(self.rows))
        place, at = self.chance.choice(PLACES), self.moment()
        if table == "call_logs":
            self.rows[table].append(add_call(self.connection, place, at))
        else:
            added = self.connection.execute(ADD[table].encode(), {"place": place, "at": at}).fetchone()
            assert added is not None
            self.rows[table].append(added[0])

    def change(self) -> None:
        table = self.chance.choice([table for table, rows in self.rows.items() if rows] or [""])
        if not table:
            return
        row = self.chance.choice(self.rows[table])
        at = "started_at" if table == "call_logs" else "created_at"
        ended = ", ended_at = null" if table == "call_logs" else ""
        move = f"update public.{table} set {at} = %(at)s{ended} where id = %(id)s"
        # A row stays in its account: the other places of it are where it can go.
        relocate = f"""update public.{table} t set location_id = l.id from public.locations l
            where t.id = %(id)s and l.account_id = t.account_id and l.name < %(at)s || 'zzz'"""
        status = "provider_status" if table == "call_logs" else "status"
        cancel = f"update public.{table} set {status} = 'canceled' where id = %(id)s"
        statement = self.chance.choice(
            (move, relocate, cancel, f"delete from public.{table} where id = %(id)s")
        )
        self.connection.execute(statement.encode(), {"id": row, "at": self.moment()})
        if statement.startswith("delete"):
            self.rows[table].remove(row)

    def settle(self) -> None:
        zone, seconds = self.chance.choice(ZONES), self.chance.choice((None, 30, 120))
        self.connection.execute("update public.locations set timezone = %s where id = %s", [zone, self.place])
        self.connection.execute(
            """update public.location_settings set baseline_handle_seconds = %s, avg_spend_per_head = %s
            where location_id = %s""",
            [seconds, seconds, self.place],
        )


@pytest.mark.parametrize("seed", range(8))
def test_whatever_three_writers_do_the_numbers_are_those_of_the_tables(shared: Database, seed: int) -> None:
    chance = Random(seed)
    with writer(shared) as one, writer(shared) as two, writer(shared) as three, writer(shared) as run:
        hands = [
            Hand(connection, place, chance)
            for connection, place in zip((one, two, three), PLACES, strict=True)
        ]
        for _ in range(150):
            hand = chance.choice(hands)
            chance.choices((hand.insert, hand.change, hand.settle, hand.connection.commit), (8, 6, 1, 4))[0]()
            if chance.random() < 0.1:
                run.execute(UPDATE)
                chance.choices((run.commit, run.rollback), (3, 1))[0]()
        for hand in hands:
            hand.connection.commit()
        run.execute(UPDATE)
        assert different(run) == []
        run.execute(REFRESH)
        assert run.execute(DIFFERENCES).fetchone() == (0,)
        run.commit()
