"""Knowledge requests of the demo, in every state that one can be in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from seeds.demo_people import ACCOUNTS
from seeds.identifiers import timed_uuid
from seeds.staff_notes import PEOPLE

HARBOUR, SOLES, LUMEN = ACCOUNTS
ADMIN, MANAGER, LYON, ADMIN_HARBOUR = (PEOPLE[number] for number in (1, 2, 5, 6))
PLACES = "10c00000-0000-7000-8000-0000000000"

FILE = """
insert into public.knowledge_update_requests (org_id, id, requested_by_user_id, payload, status, created_at,
    changed_at, decided_by, decided_at, decision_reason, attempts, claim, claimed_at, claim_expires_at,
    finished_at, message)
values (%(account)s, %(id)s, %(author)s, %(payload)s, %(status)s, %(filed_at)s, %(changed_at)s, %(decider)s,
    %(decided_at)s, %(reason)s, %(attempts)s, %(claim)s, %(claimed_at)s, %(expires_at)s, %(finished_at)s,
    %(message)s)
on conflict do nothing
"""


@dataclass(frozen=True)
class Filed:
    """A request: filed `hours` ago; `place` ends a location's id, `words` are what was said last."""

    status: str
    hours: float
    account: UUID
    author: UUID
    kind: str
    title: str
    text: str
    place: str | None = None
    url: str | None = None
    words: str | None = None
    decider: UUID = ADMIN


FILED = (
    Filed("pending", 0.6, HARBOUR, MANAGER, "menu", "Oysters by the dozen only", place="a1",
          text="Oysters are sold by the dozen until Sunday; no half dozens. A dozen is forty-two dollars."),
    Filed("pending", 3.2, SOLES, MANAGER, "event", "Live music on Thursdays", place="b1",
          text="There is live music every Thursday from eight. The back room is quieter: offer it to parties "
          "with children."),
    Filed("pending", 20, LUMEN, LYON, "rules", "Chiens", place="c2",
          text="Les chiens sont les bienvenus en terrasse, pas en salle."),
    Filed("approved", 1.4, HARBOUR, MANAGER, "offer", "Gift cards", url="https://harbour.example/gift-cards",
          text="Gift cards are sold at the host stand and at the address below, from twenty-five dollars."),
    Filed("processing", 5, SOLES, MANAGER, "menu", "New salsa",
          text="The green salsa is hot now. Ask guests with children whether they would like the mild one."),
    Filed("done", 30, HARBOUR, MANAGER, "place", "Valet parking", place="a1", decider=ADMIN_HARBOUR,
          text="Valet parking is twelve dollars, from five in the evening, in front of the door.",
          words="Learnt; answered three test calls well."),
    Filed("done", 75, HARBOUR, MANAGER, "menu", "Gluten", words="Learnt.",
          text="Every pasta can be had without gluten. The fryer is shared: say so, whoever asks."),
    Filed("done", 160, SOLES, MANAGER, "rules", "Large parties", words="Learnt.",
          text="Parties of nine and more leave a deposit of ten dollars a guest."),
    Filed("failed", 26, SOLES, MANAGER, "menu", "Autumn menu", place="b2",
          text="The autumn menu is at the address below. Leave out the mole: it comes back in December.",
          url="https://soles.example/autumn.pdf", words="The address answered 404 Not Found."),
    Filed("rejected", 50, HARBOUR, MANAGER, "other", "Send callers to the app", decider=ADMIN_HARBOUR,
          text="Whoever calls to order should be asked to use the app.",
          words="The line exists for those who do not want to. Let us talk about it."),
)  # fmt: skip


def ask_for_knowledge(connection: psycopg.Connection, now: datetime) -> None:
    """File the demo's requests, the last shortly before `now`; the same moment gives the same rows."""
    chance = Random("certus demo knowledge")
    with connection.cursor() as cursor:
        for filed in FILED:
            cursor.execute(FILE, row_of(filed, now, chance))


def row_of(filed: Filed, now: datetime, chance: Random) -> dict[str, object]:
    """The columns of a request, with the times of its course between its filing and `now`."""
    filed_at = now - timedelta(hours=filed.hours)
    decided_at = filed_at + timedelta(hours=filed.hours * 0.5) if filed.status != "pending" else None
    claimed_at = finished_at = None
    if filed.status == "processing":
        claimed_at = now - timedelta(minutes=1)
    elif decided_at and filed.status in ("done", "failed"):
        claimed_at = decided_at + timedelta(minutes=2)
        finished_at = claimed_at + timedelta(minutes=3)
    payload = {"kind": filed.kind, "title": filed.title, "text": filed.text}
    payload |= {"url": filed.url} if filed.url else {}
    payload |= {"location_id": PLACES + filed.place} if filed.place else {}
    return {
        "account": filed.account,
        "id": timed_uuid(filed_at, chance),
        "author": filed.author,
        "payload": Jsonb(payload),
        "status": filed.status,
        "filed_at": filed_at,
        "changed_at": finished_at or claimed_at or decided_at or filed_at,
        "decider": filed.decider if decided_at else None,
        "decided_at": decided_at,
        "reason": filed.words if filed.status == "rejected" else None,
        "attempts": 1 if claimed_at else 0,
        "claim": timed_uuid(claimed_at, chance) if claimed_at else None,
        "claimed_at": claimed_at,
        "expires_at": now + timedelta(minutes=14) if filed.status == "processing" else None,
        "finished_at": finished_at,
        "message": filed.words if finished_at else None,
    }
