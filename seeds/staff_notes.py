"""Notes that the demo's people left on calls."""

from datetime import timedelta
from uuid import UUID

from seeds.ring import Ring

PEOPLE = {
    number: UUID(f"05e00000-0000-7000-8000-00000000000{number}")  # the people of seed.sql
    for number in (1, 2, 3, 4, 5, 6)
}
NAMES = {1: "Admin", 2: "Account Manager", 3: "Operator", 4: "Operator West", 5: "Manager Lyon"}

# Who works where, by the last two characters of a location's id: authors first, all of them may be mentioned.
STAFF = {
    **dict.fromkeys(("a1", "a2"), (3, 3, 2, 1)),
    **dict.fromkeys(("a3", "a4"), (2, 2, 1)),
    **dict.fromkeys(("b1", "b2", "b3", "b4"), (4, 4, 2, 1)),
    "c2": (5, 5, 1),
    **dict.fromkeys(("c1", "c3"), (1,)),
}
NOTES = {
    "completed": (
        "Listened to the recording: handled **well**.",
        "Regular guest, likes a quiet table.",
        "The agent repeated the total twice, otherwise fine.",
        "Asked about the terrace again. Worth adding to the greeting?",
    ),
    "transferred": ("Spoke to the guest: *settled*.", "Bill corrected, guest is happy."),
    "transfer_unanswered": (
        "Nobody at the host stand took this. Called back at once.",
        "Second time this week that the transfer rang out.",
    ),
    "missed": ("Called back, left a message.", "Called back: table booked by hand."),
    "failed": ("Provider trouble. Called everybody back who left a number.",),
    "unknown": ("A reason we have not seen before; reported to the platform team.",),
}
ASKS = ("please have a look.", "can you call the guest?", "is this the new menu?", "for the meeting.")
CHANCES = {
    "completed": 0.018,
    "transfer_unanswered": 0.4,
    "transferred": 0.06,
    "unknown": 0.3,
    "failed": 0.05,
}


def add_note(ring: Ring, outcome: str) -> None:
    """Perhaps put a note on the call of `ring` aside, some minutes or hours later and never after now."""
    chance = ring.chance
    moment = ring.started_at + timedelta(minutes=chance.randint(12, 400))
    if outcome not in NOTES or chance.random() > CHANCES.get(outcome, 0.02) or moment > ring.now:
        return
    staff = STAFF[str(ring.place.location_id)[-2:]]
    author = chance.choice(staff)
    words, mentions = chance.choice(NOTES[outcome]), []
    colleagues = sorted(set(staff) - {author})
    if colleagues and chance.random() < 0.35:
        colleague = chance.choice(colleagues)
        words = f"{words} @{NAMES[colleague]} {chance.choice(ASKS)}"
        mentions = [PEOPLE[colleague]]
    ring.add(
        "internal_notes",
        moment,
        call_id=ring.call_id,
        author_user_id=PEOPLE[author],
        note_md=words,
        mentions=mentions,
    )
