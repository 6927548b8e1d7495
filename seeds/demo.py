"""The demo: ninety days of calls of the restaurants in seed.sql, up to now.

Everything is drawn from random numbers whose seed is the location and the number of days ago, so the same day
gives the same calls, whatever the other places do. Days are local dates at the location, counted back from
its today; calls that would begin after now are left out.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import psycopg

from certus_admin.apply import apply_files
from seeds import outcomes
from seeds.calls import add_confirmation, add_inbound, add_running
from seeds.demo_keys import add_keys
from seeds.demo_knowledge import ask_for_knowledge
from seeds.demo_people import forbid_strangers, give_passwords
from seeds.demo_settings import close_and_busy
from seeds.places import Place, read_places
from seeds.rhythm import DAYS, bad_evening, starts_of_day
from seeds.ring import Ring
from seeds.rows import Rows, copy_rows
from seeds.staff_notes import add_note

SEED = "certus demo"
CONFIRMED_BY_PHONE = 0.16
EXPECTED = ("confirmed", "seated", "completed", "no_show")
RUNNING_AT = ("a1", "a2", "b1", "c1")
LOCK_KEY = 6_237_190_543

IS_THERE = "select exists (select from public.call_logs where provider_call_id like 'demo-%')"
REFRESH = "select metric_rows, seconds from private.refresh_metrics()"
ANALYZE = "analyze public.call_logs, public.order_logs, public.reservations"


def load_demo(
    owner_url: str, report: Callable[[str], None], *, force: bool = False, now: datetime | None = None
) -> dict[str, int]:
    """Load seed.sql, the demo's passwords and its calls up to `now` (aware; default this moment).

    Gives the number of rows by table; empty where the demo is there already, which is then left as it is.
    `report` gets sentences. Raises SeedError for a database that holds other accounts, unless `force`.
    """
    forbid_strangers(owner_url, force)
    apply_files(owner_url, lambda _: None, seed=True)
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    with psycopg.connect(owner_url, application_name="flask seed demo") as connection:
        # Two demos at once would both find none.
        connection.execute("select pg_advisory_xact_lock(%s)", [LOCK_KEY])
        give_passwords(connection)
        row = connection.execute(IS_THERE).fetchone()
        if row and row[0]:
            report("The demo is there already; nothing was added.")
            return {}
        close_and_busy(connection, moment)
        add_keys(connection, moment)
        ask_for_knowledge(connection, moment)
        counts = copy_rows(connection, make_rows(read_places(connection), moment))
    with psycopg.connect(owner_url, autocommit=True, application_name="flask seed demo") as connection:
        connection.execute(ANALYZE)
        connection.execute(REFRESH)
    return counts


def make_rows(places: list[Place], now: datetime) -> Rows:
    """All rows of the demo for `places` up to `now`, in UTC."""
    rows = Rows()
    for place in places:
        for days_ago in range(DAYS - 1, -1, -1):
            _add_day(place, days_ago, now, rows)
        if str(place.location_id)[-2:] in RUNNING_AT:
            chance = Random(f"{SEED} {place.location_id} running")
            started_at = now - timedelta(seconds=chance.randint(20, 200))
            add_running(Ring(place, started_at, now, chance, rows))
    return rows


def _add_day(place: Place, days_ago: int, now: datetime, rows: Rows) -> None:
    day = place.today(now) - timedelta(days=days_ago)
    chance = Random(f"{SEED} {place.location_id} {days_ago}")
    in_trouble = day == bad_evening(place.today(now)) and "retell" in place.profile.providers
    for started_at in starts_of_day(place, day, days_ago, chance):
        if started_at > now - timedelta(minutes=2):
            continue
        ring = Ring(place, started_at, now, chance, rows)
        outcome = _outcome(ring, in_trouble)
        booked = add_inbound(ring, outcome)
        add_note(ring, outcome)
        if booked and booked[1] in EXPECTED and chance.random() < CONFIRMED_BY_PHONE:
            add_confirmation(ring, booked[0])


def _outcome(ring: Ring, in_trouble: bool) -> str:
    local = ring.local
    if in_trouble and ring.provider == "retell" and 18 <= local.hour < 21 and ring.chance.random() < 0.7:
        return "failed"
    weights = outcomes.RUSH if local.hour in (12, 18, 19) else outcomes.INBOUND
    return outcomes.choose(weights, ring.provider, ring.chance)
