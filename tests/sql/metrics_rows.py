"""Calls, orders and reservations to change, and whether the daily rows say what the tables do."""

from typing import Any

import psycopg

from tests.sql.asking import Asking

A1, A2 = "10c00000-0000-7000-8000-0000000000a1", "10c00000-0000-7000-8000-0000000000a2"
UPDATE = "select refreshed, metric_rows, seconds from private.update_metrics()"
REFRESH = "select refreshed, metric_rows, seconds from private.refresh_metrics()"
MARKS = "select count(*) from private.metrics_marks"
DIFFERENCES = "select differences from private.metrics_refreshes where kind = 'full' order by id desc limit 1"

# Rows that only one of the two has: none, where the numbers that clients read are those of the tables.
DIFFERENT = """select * from (
    (table private.metrics_daily_live except table private.metrics_daily)
    union all
    (table private.metrics_daily except table private.metrics_daily_live)) d"""

ADD_CALL = """insert into public.call_logs (account_id, location_id, provider, provider_call_id,
    provider_status, end_reason, intent, direction, started_at, ended_at)
select account_id, id, 'retell', gen_random_uuid()::text, 'ended', 'user_hangup', 'order', %(direction)s,
    t, t + interval '90 s'
from public.locations, cast(%(at)s as timestamptz) t where id = %(place)s returning id"""
ADD_ORDER = """insert into public.order_logs (account_id, location_id, created_at, total_amount)
select account_id, id, %(at)s, 12.5 from public.locations where id = %(place)s returning id"""
ADD_RESERVATION = """insert into public.reservations (account_id, location_id, created_at, guest_count)
select account_id, id, %(at)s, 4 from public.locations where id = %(place)s returning id"""


def add_call(
    connection: psycopg.Connection[Any] | Asking,
    place: str = A1,
    at: str = "2026-11-20 12:00Z",
    direction: str = "inbound",
) -> Any:
    """A completed call of ninety seconds; its id."""
    row = connection.execute(ADD_CALL, {"place": place, "at": at, "direction": direction}).fetchone()
    assert row is not None
    return row[0]


def different(connection: psycopg.Connection[Any] | Asking) -> list[Any]:
    """Daily rows that are not as the tables say."""
    return connection.execute(DIFFERENT).fetchall()
