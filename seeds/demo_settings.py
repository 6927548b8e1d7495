"""Places of the demo that are closed or busy around now."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from seeds.identifiers import timed_uuid
from seeds.places import BUSY_NOW, CLOSED_FOR_RENOVATION

DAYS_CLOSED_BEFORE, DAYS_CLOSED_AFTER = 120, 14
BUSY_HOURS, EXTRA_WAIT_SECONDS = 3, 1500

CLOSE = """
insert into public.location_hours_exceptions (account_id, id, location_id, exception_date, is_closed, reason)
select l.account_id, %(id)s, l.id, %(day)s, true, 'Closed for renovation'
from public.locations l where l.id = %(location)s
on conflict do nothing
"""
BUSY = """
update public.location_settings
set busy_mode_enabled = true, extra_wait_seconds = %(wait)s, busy_until = %(until)s,
    busy_reason = 'Street fair outside'
where location_id = %(location)s
"""


def close_and_busy(connection: psycopg.Connection, now: datetime) -> None:
    """Close the Pier for the local days around `now` (four months back, two weeks on); make Oakland busy."""
    today = now.astimezone(ZoneInfo("America/New_York")).date()
    chance = Random("certus demo renovation")
    with connection.cursor() as cursor:
        for offset in range(-DAYS_CLOSED_BEFORE, DAYS_CLOSED_AFTER + 1):
            day = today + timedelta(days=offset)
            row_id = timed_uuid(now, chance)
            cursor.execute(CLOSE, {"id": row_id, "day": day, "location": UUID(CLOSED_FOR_RENOVATION)})
        until = now + timedelta(hours=BUSY_HOURS)
        cursor.execute(BUSY, {"wait": EXTRA_WAIT_SECONDS, "until": until, "location": UUID(BUSY_NOW)})
