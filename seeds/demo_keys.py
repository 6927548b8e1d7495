"""Labels of API keys for the demo, one of each kind that the list tells apart. There is no key to any."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from seeds.identifiers import seeded_uuid

ADMIN = UUID("05e00000-0000-7000-8000-000000000001")
HARBOUR, SOLES, LUMEN = (UUID(f"a0000000-0000-7000-8000-00000000000{letter}") for letter in "abc")


@dataclass(frozen=True)
class DemoKey:
    """A label; days are counted from now, before it unless they are said to be to come."""

    account_id: UUID
    label: str
    hint: str
    scopes: tuple[str, ...]
    issued: float
    used: float | None = None
    expires_in: float | None = None
    revoked: float | None = None
    reason: str | None = None
    succeeds: str | None = None
    replaced: float | None = None

    @property
    def id(self) -> UUID:
        """The same on every run."""
        return seeded_uuid("api key", self.label, self.hint)


# A key stands after the one that it took the place of, which is named by its hint.
KEYS = (
    DemoKey(HARBOUR, "Booking widget", "Ab3d", ("reservations:read", "reservations:write"), 400, 2.1, 0.9,
            replaced=0.1),
    DemoKey(HARBOUR, "Booking widget", "Fk8w", ("reservations:read", "reservations:write"), 0.1, 0.01, 365,
            succeeds="Ab3d"),
    DemoKey(HARBOUR, "Kitchen display, Seaport", "m4Tz", ("orders:read",), 140, 0.02),
    DemoKey(HARBOUR, "kitchen display, seaport", "u7Hn", ("orders:read", "orders:write"), 3),
    DemoKey(HARBOUR, "Weekly report", "q2Vb", ("calls:read", "metrics:read"), 200, 6, 9),
    DemoKey(SOLES, "Point of sale", "c5Jx", ("orders:read", "orders:write"), 330, 0.05),
    DemoKey(SOLES, "Delivery partner", "e9Gs", ("orders:read",), 210, 120),
    DemoKey(SOLES, "Summer campaign", "w6Pk", ("metrics:read",), 190, 80, -60),
    DemoKey(LUMEN, "Caisse enregistreuse", "t3Ry", ("orders:read", "orders:write"), 260, 0.03),
    DemoKey(LUMEN, "Réservations en ligne", "h8Nd", ("reservations:write",), 300, 45, revoked=44,
            reason="The agency that ran the website has left."),
)  # fmt: skip

ADD = """
insert into public.api_keys (account_id, id, label, key_hint, scopes, created_by, created_at, last_used_at,
    expires_at, replaced_at, succeeds_id, revoked_at, revoked_by, revoked_reason)
values (%(account_id)s, %(id)s, %(label)s, %(hint)s, %(scopes)s, %(admin)s, %(issued)s, %(used)s, %(expires)s,
    %(replaced)s, %(succeeds)s, %(revoked)s, %(revoked_by)s, %(reason)s)
on conflict do nothing
"""


def add_keys(connection: psycopg.Connection, now: datetime) -> None:
    """Record the demo's keys as seen from `now` (aware)."""

    def before(days: float | None) -> datetime | None:
        return None if days is None else now - timedelta(days=days)

    by_hint = {key.hint: key.id for key in KEYS}
    for key in KEYS:
        values = {
            "account_id": key.account_id,
            "id": key.id,
            "label": key.label,
            "hint": key.hint,
            "scopes": list(key.scopes),
            "admin": ADMIN,
            "issued": before(key.issued),
            "used": before(key.used),
            "expires": None if key.expires_in is None else now + timedelta(days=key.expires_in),
            "replaced": before(key.replaced),
            "succeeds": by_hint.get(key.succeeds or ""),
            "revoked": before(key.revoked),
            "revoked_by": ADMIN if key.revoked else None,
            "reason": key.reason,
        }
        connection.execute(ADD, values)
