"""What a call has and a dialogue lacks: made up, the same each time, from the dialogue's id."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from seeds.dialogue_lines import Dialogue, Restaurant, Table
from seeds.identifiers import seeded_uuid, timed_uuid
from seeds.rows import Rows
from seeds.talk import WORDS_A_SECOND

PROVIDER = "retell"
PAUSE_SECONDS = 0.9
# The day the people of the data set speak of as today; enquiries happened in the weeks before it.
LAST_DAY = date(2019, 3, 1)
ANSWERED_AFTER = timedelta(seconds=3)
NOTICE_HOURS = 0.75
EARLIEST, LATEST = 9.0, 21.5
AREA_CODE = "415"
TODAY = re.compile(r"\b(today|tonight|this (morning|afternoon|evening))\b", re.IGNORECASE)
TOMORROW = re.compile(r"\btomorrow\b", re.IGNORECASE)


@dataclass(frozen=True)
class Home:
    """Where a dialogue's call belongs: its city as account, its restaurant as location."""

    account_id: UUID
    location_id: UUID
    timezone: ZoneInfo


def home_of(restaurant: Restaurant, zone: ZoneInfo) -> Home:
    """The fixed ids of a restaurant: the same name in the same city is the same location."""
    city = " ".join(restaurant.city.split()).casefold()
    name = " ".join(restaurant.name.split()).casefold()
    return Home(seeded_uuid("city", city), seeded_uuid("restaurant", city, name), zone)


def add_call(rows: Rows, dialogue: Dialogue, zone: ZoneInfo) -> None:
    """Put the call of `dialogue` aside, with its reservation where there is one; instants in UTC."""
    chance = Random(dialogue.dialogue_id)
    home = home_of(dialogue.restaurant, zone)
    started_at = _start(dialogue, zone, chance)
    ended_at = started_at + ANSWERED_AFTER + timedelta(seconds=round(_talk_seconds(dialogue)))
    call_id = timed_uuid(started_at, chance)
    number = _guest_number(dialogue.restaurant, chance)
    rows.add(
        "call_logs",
        account_id=home.account_id,
        id=call_id,
        location_id=home.location_id,
        provider=PROVIDER,
        provider_call_id=dialogue.dialogue_id,
        provider_status="ended",
        end_reason="user_hangup" if dialogue.turns[-1][0] == "caller" else "agent_hangup",
        intent="general" if dialogue.table is None else "reservation",
        direction="inbound",
        from_number=number,
        to_number=dialogue.restaurant.phone,
        started_at=started_at,
        answered_at=started_at + ANSWERED_AFTER,
        ended_at=ended_at,
        summary_md=summary(dialogue.table),
        transcript_md="\n".join(f"{speaker}: {text}" for speaker, text in dialogue.turns),
        created_at=started_at,
    )
    if dialogue.table is not None:
        rows.add(
            "reservations",
            account_id=home.account_id,
            id=timed_uuid(ended_at, chance),
            location_id=home.location_id,
            call_id=call_id,
            reservation_date=dialogue.table.day,
            reservation_time=dialogue.table.clock,
            guest_phone=number,
            guest_count=dialogue.table.guests,
            status=dialogue.table.status,
            created_at=ended_at,
        )


def summary(table: Table | None) -> str:
    """What came of the call, in one sentence."""
    if table is None:
        return "Asked about the restaurant; no table was booked."
    day = "" if table.day is None else f" on {format_date(table.day, 'EEEE, MMMM d, y', locale='en_US')}"
    clock = "" if table.clock is None else f" at {format_time(table.clock, 'h:mm a', locale='en_US')}"
    words = f"table for **{table.guests}**{day}{clock}"
    return {
        "confirmed": f"Booked a {words}.",
        "failed": f"Wanted a {words}: it could not be booked.",
        "requested": f"Asked for a {words}; not confirmed yet.",
    }[table.status]


def _talk_seconds(dialogue: Dialogue) -> float:
    words = sum(len(text.split()) for _, text in dialogue.turns)
    return words / WORDS_A_SECOND + PAUSE_SECONDS * len(dialogue.turns)


def _start(dialogue: Dialogue, zone: ZoneInfo, chance: Random) -> datetime:
    """Before the booked table, in hours in which restaurants are called; in UTC."""
    table, hour = dialogue.table, _hour(chance)
    if table is None or table.day is None:
        return _moment(LAST_DAY - timedelta(days=chance.randrange(21)), hour, zone)
    days_before = _days_before(dialogue, chance)
    if days_before == 0 and table.clock is not None:
        latest = table.clock.hour + table.clock.minute / 60 - NOTICE_HOURS
        if latest < EARLIEST:
            days_before = 1
        elif hour > latest:
            hour = chance.uniform(EARLIEST, latest)
    return _moment(table.day - timedelta(days=days_before), hour, zone)


def _days_before(dialogue: Dialogue, chance: Random) -> int:
    """How long before the day of the table: what the guest says, where the guest says it."""
    spread = chance.choices(range(8), (30, 18, 14, 11, 9, 7, 6, 5))[0]
    words = " ".join(text for speaker, text in dialogue.turns if speaker == "caller")
    if TODAY.search(words):
        return 0
    return 1 if TOMORROW.search(words) else spread


def _hour(chance: Random) -> float:
    peak = chance.gauss(12, 1) if chance.random() < 0.4 else chance.gauss(17.8, 1.4)
    return min(LATEST, max(EARLIEST, peak))


def _moment(day: date, hour: float, zone: ZoneInfo) -> datetime:
    return (datetime.combine(day, time(), zone) + timedelta(seconds=int(hour * 3600))).astimezone(UTC)


def _guest_number(restaurant: Restaurant, chance: Random) -> str:
    """A number that belongs to nobody (555-01xx), in the area of the restaurant's own."""
    digits = re.sub(r"\D", "", restaurant.phone or "").removeprefix("1")
    area = digits[:3] if len(digits) == 10 else AREA_CODE
    return f"+1 {area}-555-01{chance.randrange(100):02d}"
