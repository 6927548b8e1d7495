"""`flask seed bulk`: as many calls as wanted, skewed, adding up, and no index lost on the way."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from seeds.bulk import load_bulk
from seeds.bulk_people import EMPTY
from seeds.bulk_text import CallText
from seeds.bulk_world import Spots, account_id, make_spots, shares
from seeds.errors import SeedError
from tests.fixtures.database import Cluster, Database

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCHEMA = """
select pg_get_indexdef(indexrelid), indisvalid from pg_index
where indrelid = any (array['public.call_logs', 'public.order_logs', 'public.reservations']::regclass[])
union all
select conrelid::regclass || conname || pg_get_constraintdef(oid), convalidated from pg_constraint
where connamespace = 'public'::regnamespace order by 1
"""


def rows(database: Database, statement: str) -> list[Any]:
    """All rows of a statement."""
    with database.owner() as connection:
        return connection.execute(statement).fetchall()


def test_bulk_adds_exactly_the_calls_asked_for_each_time(database: Database) -> None:
    count = "select count(*) from call_logs where provider_call_id like 'bulk-%'"
    load_bulk(database.owner_url, 6_000, 20, 1, share=False)
    assert rows(database, count)[0][0] == 6_000
    load_bulk(database.owner_url, 1_000, 20, 1, share=False)
    assert rows(database, count)[0][0] == 7_000


def test_bulk_leaves_indexes_and_constraints_as_they_were(database: Database) -> None:
    before = rows(database, SCHEMA)
    assert len(before) > 40
    load_bulk(database.owner_url, 12_000, 5, 2, share=False)
    assert rows(database, SCHEMA) == before


TRIGGERS = """
select tgrelid::regclass || tgname, tgenabled from pg_trigger
where not tgisinternal
    and tgrelid = any (array['public.call_logs', 'public.order_logs', 'public.reservations']::regclass[])
order by 1
"""


def test_bulk_leaves_every_trigger_awake(database: Database) -> None:
    before = rows(database, TRIGGERS)
    assert before
    load_bulk(database.owner_url, 50_000, 2, 6, share=False)
    assert rows(database, TRIGGERS) == before


def test_a_fault_leaves_no_call_and_the_schema_as_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(database, SCHEMA), rows(database, "select count(*) from call_logs")

    def broken(self: CallText) -> Any:
        raise RuntimeError("power cut")

    monkeypatch.setattr(CallText, "pieces", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        load_bulk(database.owner_url, 100_000, 5, 3, share=False)
    assert (rows(database, SCHEMA), rows(database, "select count(*) from call_logs")) == before


def test_bulk_orders_add_up_and_hang_on_calls_of_their_kind(database: Database) -> None:
    load_bulk(database.owner_url, 3_000, 3, 4, share=False)
    wrong = rows(
        database,
        """select count(*) as orders,
            count(*) filter (where c.call_type <> 'order' or c.needs_review) as wrong
        from order_logs o join calls_v c on c.id = o.call_id join call_logs l on l.id = c.id
        where l.provider_call_id like 'bulk-%'""",
    )[0]
    assert wrong.orders > 500
    assert wrong.wrong == 0
    tables = rows(database, "select count(*) from reservations where guest_name like 'Guest of _'")
    assert tables[0][0] > 300


def test_bulk_fills_the_metrics(database: Database) -> None:
    load_bulk(database.owner_url, 1_000, 3, 5, share=False)
    found = rows(
        database,
        """select (select sum(total_calls) from mv_metrics_daily) as counted,
            (select count(*) from call_logs where direction = 'inbound') as stored""",
    )[0]
    assert found.counted == found.stored


def test_shares_fall_off_from_fourteen_percent() -> None:
    fifty = shares(50)
    assert fifty[0] == 0.14
    assert sum(fifty) == pytest.approx(1)
    assert fifty == sorted(fifty, reverse=True)
    assert shares(1) == [1.0]


def test_the_same_moment_and_seed_give_the_same_text() -> None:
    def text(seed: str, now: datetime = NOW) -> list[str]:
        pieces = CallText(Spots(make_spots(4)), 500, seed, now).pieces()
        return [line for piece in pieces for line in piece.calls + piece.orders + piece.reservations]

    assert text("1") == text("1")
    assert not set(text("1")) & set(text("2"))
    later = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
    assert not set(text("1")) & set(text("1", later))


def test_calls_come_in_pieces_and_never_from_the_future() -> None:
    pieces = list(CallText(Spots(make_spots(4)), 20_000, "1", NOW).pieces())
    assert [len(piece.calls) for piece in pieces] == [5_000] * 4
    starts = [line.split("\t")[11] for piece in pieces for line in piece.calls]
    assert max(starts) < "2026-11-20"
    assert min(starts) > "2025-11-18"


def test_the_demo_s_people_see_some_of_it_when_shared(database: Database, app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["seed", "bulk", "--calls", "10", "--share"])
    assert result.exit_code == 0, result.output
    assert "Loaded 10 calls" in result.output
    granted = rows(
        database,
        f"""select u.email, count(a.location_id) from user_access a join users u on u.id = a.user_id
        where a.account_id = '{account_id(0)}' group by 1 order by 1""",
    )
    assert granted == [("manager@certus.example", 0), ("operator@certus.example", 3)]


def test_sharing_needs_the_demo_s_people(cluster: Cluster) -> None:
    name, database = cluster.clone()
    try:
        with database.owner() as connection:
            connection.execute("update users set email = 'x' || email")
        with pytest.raises(SeedError, match="flask seed demo first"):
            load_bulk(database.owner_url, 10, 2, 1, share=True)
        assert rows(database, "select count(*) from accounts")[0][0] == 3
    finally:
        cluster.drop(name)


@pytest.mark.parametrize(
    "arguments", [["--calls", "0"], ["--calls", "x"], [], ["--calls", "1", "--accounts", "0"]]
)
def test_the_command_refuses_what_makes_no_sense(app: Flask, arguments: list[str]) -> None:
    assert app.test_cli_runner().invoke(args=["seed", "bulk", *arguments]).exit_code == 2


def test_people_of_every_reach_can_be_added(cluster: Cluster) -> None:
    name, database = cluster.clone()
    try:
        load_bulk(database.owner_url, 2_000, 20, 1, share=False, people=True)
        reach = rows(
            database,
            """select u.email, count(a.*) as grants, count(a.location_id) as locations from users u
            join user_access a on a.user_id = u.id join private.user_passwords p on p.user_id = u.id
            where u.email like 'bulk-%' group by 1 order by 1""",
        )
        assert reach == [
            ("bulk-admin@certus.example", 1, 0),
            ("bulk-empty@certus.example", 1, 1),
            ("bulk-manager@certus.example", 1, 0),
            ("bulk-portfolio@certus.example", 200, 200),
            ("bulk-three@certus.example", 3, 3),
        ]
        assert rows(database, f"select count(*) from call_logs where location_id = '{EMPTY}'")[0][0] == 0
    finally:
        cluster.drop(name)


def test_no_known_password_comes_to_somebody_s_own_accounts(cluster: Cluster) -> None:
    name, database = cluster.clone()
    try:
        with database.owner() as connection:
            connection.execute("insert into accounts (name) values ('Somebody''s own')")
        with pytest.raises(SeedError, match="no seed made"):
            load_bulk(database.owner_url, 10, 20, 1, share=False, people=True)
        assert rows(database, "select count(*) from users where email like 'bulk-%'")[0][0] == 0
    finally:
        cluster.drop(name)
