"""Two hundred things that nobody may find again where they do not belong: planted, sent, and looked for."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import unquote_plus

import psycopg

from tests.secret_samples import SHAPES

CALLS, NUMBERS, NOTES, SECRETS = 40, 60, 60, 40
ACCOUNT = "a0000000-0000-7000-8000-00000000000a"
SEAPORT = "10c00000-0000-7000-8000-0000000000a1"
BETWEEN = re.compile(r"[\s().+-]")
# Without fixed lines, and without what every address of ours has in it.
DRAWN = sorted(set(SHAPES) - {"private key", "address with a password", "uuid"})

PLANT_CALL = """insert into public.call_logs (account_id, location_id, provider, provider_call_id,
    provider_status, end_reason, intent, from_number, to_number, started_at, answered_at, ended_at,
    summary_md, transcript_md, recording_url)
values (%s, %s, 'retell', %s, 'ended', 'user_hangup', 'order', %s, %s, now() - interval '1 hour',
    now() - interval '1 hour', now() - interval '55 minutes', %s, %s, %s) returning id"""
PLANT_RESERVATION = """insert into public.reservations (account_id, location_id, call_id,
    reservation_datetime, guest_name, guest_phone, guest_count, special_requests)
values (%s, %s, %s, now(), %s, %s, 2, %s)"""
PLANT_ORDER = """insert into public.order_logs (account_id, location_id, call_id, items, total_amount,
    subtotal_amount)
values (%s, %s, %s, jsonb_build_array(jsonb_build_object('name', 'Soup', 'quantity', 1, 'unit_amount', 5,
    'notes', %s::text)), 5, 5)"""
PLANT_NOTE = """insert into public.internal_notes (account_id, location_id, call_id, author_user_id, note_md)
select %s, %s, %s, id, %s from public.users where email = 'operator@certus.example'"""
PLANT_REQUEST = """insert into public.knowledge_update_requests (org_id, requested_by_user_id, payload)
select %s, id, jsonb_build_object('title', 'Menu', 'text', %s::text) from public.users
where email = 'manager@certus.example' returning id"""
PLANT_SETTING = """insert into public.settings (org_id, key, value)
values (%s, 'canary', jsonb_build_object('greeting', %s::text))"""
PLANT_LABEL = """update public.api_keys set label = left(%s, 80)
where id = 'a9140000-0000-7000-8000-000000000001'"""


@dataclass(frozen=True)
class Canaries:
    """All kinds; `calls` are the ids of the calls that carry them, once they are planted."""

    numbers: tuple[str, ...]
    recordings: tuple[str, ...]
    notes: tuple[str, ...]
    secrets: tuple[str, ...]

    @classmethod
    def drawn(cls, chance: Random) -> "Canaries":
        """Two hundred new ones."""
        letters = "bcdfghjklmnpqrstvwxz"

        def word(size: int) -> str:
            return "".join(chance.choices(letters, k=size))

        numbers = {f"+1 617-{chance.randint(200, 999)}-{chance.randint(0, 9999):04}" for _ in range(400)}
        return cls(
            tuple(sorted(numbers)[:NUMBERS]),
            tuple(f"https://r.provider.example/{word(14)}.wav?signature={word(20)}" for _ in range(CALLS)),
            tuple(f"{word(9)} {word(11)} asked for {word(8)}" for _ in range(NOTES)),
            tuple(SHAPES[DRAWN[n % len(DRAWN)]](chance) for n in range(SECRETS)),
        )

    def all(self) -> tuple[str, ...]:
        """Each of them once."""
        return tuple(dict.fromkeys((*self.numbers, *self.recordings, *self.notes, *self.secrets)))

    def found(self, text: str) -> set[str]:
        """Those that `text` holds as they are, quoted for HTML, JSON or URLs; numbers however spelt."""
        spellings = [text, html.unescape(text), unquote_plus(text), text.replace("\\/", "/")]
        plain = "\n".join(dict.fromkeys(spellings))
        digits = BETWEEN.sub("", plain)
        found = {word for word in (*self.recordings, *self.notes, *self.secrets) if word in plain}
        # A number in any spelling; without the country's 1 it is as much a number.
        return found | {number for number in self.numbers if BETWEEN.sub("", number)[1:] in digits}

    def plant(self, owner: psycopg.Connection[Any]) -> list[str]:
        """Put numbers, recordings and notes where the platform and people write them; gives the calls' ids.

        What looks like a secret is planted nowhere: the database refuses it as a label. It is sent instead.
        """
        numbers, notes = iter(self.numbers), iter(self.notes)
        calls = []
        for recording in self.recordings:
            summary, transcript = (
                (next(notes), next(notes)) if len(calls) < 10 else ("Short.", "caller: Hello.")
            )
            values = [ACCOUNT, SEAPORT, recording[-20:], next(numbers), "+1 617-555-0101"]
            row = owner.execute(PLANT_CALL, [*values, summary, f"caller: {transcript}", recording]).fetchone()
            calls.append(str(row[0]) if row else "")
        for call in calls[:10]:
            owner.execute(PLANT_RESERVATION, [ACCOUNT, SEAPORT, call, "Guest", next(numbers), next(notes)])
            owner.execute(PLANT_ORDER, [ACCOUNT, SEAPORT, call, next(notes)])
            owner.execute(PLANT_NOTE, [ACCOUNT, SEAPORT, call, next(notes)])
        owner.execute(PLANT_REQUEST, [ACCOUNT, next(notes)])
        owner.execute(PLANT_SETTING, [ACCOUNT, next(notes)])
        owner.execute(PLANT_LABEL, [next(notes)])
        return calls


def addresses_in(page: str) -> Iterable[str]:
    """What a page's attributes lead to."""
    for name, value in re.findall(r'\s([a-z-]+)="([^"]*)"', page):
        leads = name in ("href", "src", "action", "formaction", "srcset", "cite") or name.startswith("hx-")
        if leads or (name.startswith("data-") and value.startswith(("/", "http"))):
            yield html.unescape(value)
