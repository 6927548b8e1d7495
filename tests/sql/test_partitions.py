"""docs/partitions.sql on a database with rows: keys, refusals and policies hold, months come and go."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from certus_admin.apply import apply_files
from certus_admin.config import CHECKOUT
from tests.fixtures.database import Cluster, Database
from tests.sql.asking import PEOPLE

SCRIPT = CHECKOUT / "docs" / "partitions.sql"
ROWS = "select to_jsonb(c) from public.call_logs c order by c.account_id, c.id"
VIEW = "select to_jsonb(c) from public.calls_v c order by c.id"
CALL = """insert into public.call_logs (account_id, id, location_id, provider, provider_call_id, started_at)
select account_id, coalesce(%(id)s, private.uuid_v7()), id, 'retell', %(name)s, now()
from public.locations order by id limit 1 returning tableoid::regclass::text, account_id, id"""
CLAIMS = """select set_config('role', 'authenticated', true) as role,
    set_config('request.jwt.claims', %s, true) as claims"""
OF_MARCH = UUID("0195639a-2000-7000-8000-000000000001")  # made on 5 March 2025


@pytest.fixture(scope="module")
def before(cluster: Cluster) -> Iterator[tuple[Database, list[Any], list[Any]]]:
    """A database whose calls have been moved into partitions, and its rows before that."""
    name, database = cluster.clone()
    with database.owner() as owner:
        owner.execute("update public.call_logs set created_at = '2025-02-10 12:00+00'")
        owner.execute(CALL.encode(), {"id": OF_MARCH, "name": "of March 2025"})
        rows, shown = (owner.execute(question.encode()).fetchall() for question in (ROWS, VIEW))
    with database.owner() as owner:
        owner.execute(SCRIPT.read_bytes())
    apply_files(database.owner_url, lambda _line: None)
    yield database, rows, shown
    cluster.drop(name)


@pytest.fixture
def owner(before: tuple[Database, list[Any], list[Any]]) -> Iterator[psycopg.Connection[Any]]:
    """The owner's transaction, taken back at the end."""
    with before[0].owner() as connection:
        yield connection
        connection.rollback()


def test_every_row_is_there_and_the_views_show_the_same(
    before: tuple[Database, list[Any], list[Any]], owner: psycopg.Connection[Any]
) -> None:
    _, rows, shown = before
    assert len(rows) > 10
    assert owner.execute(ROWS.encode()).fetchall() == rows
    assert owner.execute(VIEW.encode()).fetchall() == shown
    owner.execute("drop table public.call_logs_before")  # nothing hangs on it any more
    old = owner.execute(
        "select tableoid::regclass::text from public.call_logs where provider_call_id = 'of March 2025'"
    )
    assert old.fetchone() == ("private.call_logs_2025_03",)


def test_a_new_call_lies_in_its_month_and_a_providers_call_is_one_call(
    owner: psycopg.Connection[Any],
) -> None:
    made = owner.execute(CALL.encode(), {"id": None, "name": "twice"}).fetchone()
    month = owner.execute(
        "select 'private.call_logs_' || to_char(now() at time zone 'UTC', 'YYYY_MM')"
    ).fetchone()
    assert made[:1] == month
    with pytest.raises(psycopg.errors.UniqueViolation) as refusal:
        owner.execute(CALL.encode(), {"id": None, "name": "twice"})
    assert refusal.value.diag.constraint_name == "call_logs_account_id_provider_provider_call_id_key"


def test_an_order_of_a_call_that_is_not_there_is_refused(owner: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        owner.execute(
            """insert into public.order_logs (account_id, location_id, call_id)
            select account_id, id, private.uuid_v7() from public.locations limit 1"""
        )


def test_a_month_goes_with_what_hangs_on_its_calls_and_with_nothing_else(
    owner: psycopg.Connection[Any],
) -> None:
    count = "select count(*) from public.call_logs"
    calls = owner.execute(count).fetchone()[0]
    owner.execute(
        """insert into public.order_logs (account_id, location_id, call_id) select account_id, location_id, id
        from public.call_logs where provider_call_id = 'of March 2025'"""
    )
    orders = owner.execute("select count(*) from public.order_logs").fetchone()[0]
    owner.execute("select private.drop_month('2025-03-01')")
    assert owner.execute(count).fetchone()[0] == calls - 1
    assert owner.execute("select count(*) from public.order_logs").fetchone()[0] == orders - 1
    assert owner.execute("select to_regclass('private.call_logs_2025_03')").fetchone()[0] is None
    owner.execute(CALL.encode(), {"id": None, "name": "of March 2025"})


def test_policies_hold_and_no_partition_is_a_way_round_them(
    before: tuple[Database, list[Any], list[Any]],
) -> None:
    database, _, shown = before
    seen = []
    for person in ("admin", "operator", "newcomer"):
        with database.app() as connection:
            claims = f'{{"sub": "{PEOPLE[person]}", "role": "authenticated"}}'
            connection.execute(CLAIMS.encode(), [claims])
            seen.append(connection.execute("select count(*) from public.calls_v").fetchone()[0])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select id from private.call_logs_other")
            connection.rollback()
    assert seen[0] == len(shown) > seen[1] > seen[2] == 0


def test_the_newest_calls_are_merged_from_the_months_and_not_sorted(owner: psycopg.Connection[Any]) -> None:
    owner.execute("set local enable_sort = off")
    plan = owner.execute(
        "explain select id, started_at from public.call_logs order by started_at desc, id desc limit 51"
    ).fetchall()
    text = "\n".join(row[0] for row in plan)
    assert "Merge Append" in text
    assert "Sort  (" not in text
