"""has_order, has_reservation and total_differs of a call follow its orders and reservations."""

import threading

import psycopg
import pytest

from tests.fixtures.database import Cluster
from tests.sql.asking import Asking, call_id

ORDER_1 = "0dde0000-0000-7000-8000-000000000001"
ORDER_11 = "0dde0000-0000-7000-8000-000000000003"
WRONG = """select count(*) from public.call_logs c join private.call_marks m using (account_id, id)
    where (c.has_order, c.has_reservation, c.total_differs)
        is distinct from (m.has_order, m.has_reservation, m.total_differs)"""
MARKS = "select has_order, has_reservation, total_differs, needs_review from public.call_logs where id = %s"
ADD_ORDER = """insert into public.order_logs (account_id, location_id, call_id, total_amount)
    select account_id, location_id, id, %s from public.call_logs where id = %s"""


def marks(asking: Asking, number: int) -> tuple[bool, ...]:
    """The marks of one call of the seed."""
    return tuple(asking.rows(MARKS, [call_id(number)])[0])


def test_the_seeds_marks_are_right(asking: Asking) -> None:
    assert asking.scalar("select count(*) from public.call_logs where has_order") == 3
    assert asking.scalar(WRONG) == 0


@pytest.mark.parametrize(
    "change",
    [
        "delete from public.order_logs where status = 'canceled'",
        "delete from public.reservations",
        "update public.order_logs set call_id = null",
        "update public.order_logs set total_amount = total_amount + 1",
        "update public.order_logs set items = '[]'",
        "update public.reservations set call_id = null where guest_count = 2",
        f"update public.order_logs set call_id = '{call_id(12)}' where id = '{ORDER_11}'",
        f"""insert into public.reservations (account_id, location_id, call_id)
        select account_id, location_id, id from public.call_logs where id <> '{call_id(1)}'""",
        """insert into public.order_logs (account_id, location_id, call_id, total_amount)
        select account_id, location_id, id, extract(second from started_at) from public.call_logs""",
    ],
)
def test_marks_follow(asking: Asking, change: str) -> None:
    before = asking.rows(
        "select id, has_order, has_reservation, total_differs from public.call_logs order by id"
    )
    asking.execute(change)
    after = asking.rows(
        "select id, has_order, has_reservation, total_differs from public.call_logs order by id"
    )
    assert after != before
    assert asking.scalar(WRONG) == 0


def test_the_last_order_that_goes_takes_the_mark_along(asking: Asking) -> None:
    asking.execute(ADD_ORDER, [0, call_id(5)])
    assert marks(asking, 5) == (True, False, False, False)
    asking.execute(ADD_ORDER, [3, call_id(5)])
    assert marks(asking, 5) == (True, False, True, True)
    asking.execute("delete from public.order_logs where call_id = %s and total_amount = 3", [call_id(5)])
    assert marks(asking, 5) == (True, False, False, False)
    asking.execute("delete from public.order_logs where call_id = %s", [call_id(5)])
    assert marks(asking, 5) == (False, False, False, True)


def test_a_step_of_an_order_writes_no_call(asking: Asking) -> None:
    before = asking.scalar("select xmin::text from public.call_logs where id = %s", [call_id(1)])
    asking.execute("update public.order_logs set status = 'ready' where id = %s", [ORDER_1])
    assert asking.scalar("select xmin::text from public.call_logs where id = %s", [call_id(1)]) == before


def test_an_order_added_while_another_is_deleted_keeps_the_mark(cluster: Cluster) -> None:
    name, database = cluster.clone()
    with database.owner() as first, database.owner() as second:
        second.execute(ADD_ORDER, [0, call_id(11)])
        deleted = threading.Event()

        def delete() -> None:
            first.execute("delete from public.upsells where order_id = %s", [ORDER_11])
            first.execute("delete from public.order_updates where order_id = %s", [ORDER_11])
            first.execute("delete from public.order_logs where id = %s", [ORDER_11])
            first.commit()
            deleted.set()

        deleting = threading.Thread(target=delete)
        deleting.start()
        wait_for_a_lock(database.superuser_url, first.info.backend_pid)
        assert not deleted.is_set()
        second.commit()
        deleting.join()
        row = second.execute("select has_order from public.call_logs where id = %s", [call_id(11)]).fetchone()
        assert row == (True,)
    cluster.drop(name)


def wait_for_a_lock(url: str, pid: int) -> None:
    """Return as soon as the backend waits for somebody."""
    with psycopg.connect(url, autocommit=True) as watching:
        while True:
            row = watching.execute("select cardinality(pg_blocking_pids(%s))", [pid]).fetchone()
            if row is not None and row[0]:
                return
