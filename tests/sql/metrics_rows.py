"""Calls, orders and reservations to change, and whether the daily rows say what the tables do."""

from typing import Any

import psycopg

from tests.sql.asking import Asking

A1, A2 = "10c00000-0000-7000-8000-0000000000a1", "10c00000-0000-7000-8000-0000000000a2"
UPDATE = "select refreshed, metric_rows, seconds from private.update_metrics()"
REFRESH = "select refreshed, metric_rows, seconds from private.refresh_metrics()"
MARKS = "select count(*) from private.metrics_marks"
DIFFERENCES = "select differences from private.metrics_refreshes where kind = 'full' order by id desc limit 1"

# Calls by the hour, as the tables say.
HOURS = """select account_id, location_id, date,
    array(select coalesce(sum(k.calls), 0)::integer
        from generate_series(0, 23) h
        left join unnest(array_agg(hour), array_agg(calls)) k (hour, calls) on k.hour = h
        group by h order by h),
    array(select coalesce(sum(k.missed), 0)::integer
        from generate_series(0, 23) h
        left join unnest(array_agg(hour), array_agg(missed)) k (hour, missed) on k.hour = h
        group by h order by h)
from (select c.account_id, c.location_id, (c.started_at at time zone l.timezone)::date as date,
        extract(hour from c.started_at at time zone l.timezone)::smallint as hour, count(*)::integer as calls,
        sum((c.status in ('missed', 'failed', 'canceled'))::integer)::integer as missed
    from public.call_logs c join public.locations l on l.id = c.location_id
    where c.direction = 'inbound' group by 1, 2, 3, 4) counted
group by 1, 2, 3"""
# Days that the two have differently: none, where the numbers that clients read are those of the tables.
DIFFERENT = f"""select account_id, location_id, date from (
    (table private.metrics_daily_live except table private.metrics_daily)
    union all
    (table private.metrics_daily except table private.metrics_daily_live)) d
union
select account_id, location_id, date from (
    ({HOURS} except table private.metrics_hours) union all (table private.metrics_hours except {HOURS})) h"""
# Sums of accounts that are not those of their days.
ADDED_UP = """select account_id, null, date from (
    (table private.metrics_accounts_live except table private.metrics_accounts)
    union all
    (table private.metrics_accounts except table private.metrics_accounts_live)) a"""

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
    """Account, location and date of daily rows, and of their hours, that are not as the tables say.

    Where all of them are, account and date of the sums that are not those of the days.
    """
    return connection.execute(DIFFERENT).fetchall() or connection.execute(ADDED_UP).fetchall()
