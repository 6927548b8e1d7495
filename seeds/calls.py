"""The demo's calls: what each guest wanted, how it went, and what came of it."""

from datetime import datetime, timedelta

from seeds import outcomes
from seeds.orders import add_order, bill_of, choose_order, order_facts
from seeds.rhythm import local_moment
from seeds.ring import Ring
from seeds.tables import Booking, add_booking, booking_facts, choose_booking, choose_party
from seeds.talk import Facts, converse

RECORDINGS = 8
ORDER_INTENTS = {"pickup": "pickup_order", "delivery": "delivery_order", "dine_in": "order"}
INTENTS = {
    "reservation": ("reservation", "reservation", "book_table"),
    "catering": ("catering", "private_event"),
    "general": ("hours", "directions", "faq", "general"),
    "other": ("wrong_number", "lost_property", "supplier", "job_application"),
}
SILENT = ("missed", "canceled", "failed", "voicemail")


def add_inbound(ring: Ring, outcome: str) -> tuple[Booking, str] | None:
    """Put an inbound call aside with all that came of it; gives the booking and its state, if any."""
    if outcome in SILENT:
        _add_silent(ring, outcome)
    elif outcome != "completed":
        intent = ring.chance.choice(("general", "general", "feedback")) if outcome != "unknown" else None
        _add_talk(ring, outcome, outcome, {}, intent)
    else:
        wants = ring.place.profile.wants
        want = ring.chance.choices(list(wants), list(wants.values()))[0]
        if want == "order":
            _add_order_call(ring)
        elif want == "reservation":
            return _add_reservation_call(ring)
        elif want == "catering":
            _add_catering_call(ring)
        else:
            soon = ring.local + timedelta(days=ring.chance.randint(1, 4))
            facts = {"day": ring.language.day(soon.date()), "dish": ring.place.menu.dishes[-1][0]}
            _add_talk(ring, outcome, want, facts, ring.chance.choice(INTENTS[want]))
    return None


def add_running(ring: Ring) -> None:
    """Put a call aside that has not ended yet."""
    ring.log((outcomes.RUNNING[ring.provider], None), answered_after=3)


def add_confirmation(booked: Ring, booking: Booking) -> None:
    """The AI calls the guest of `booked` on the day itself, unless that is still to come."""
    hour = 10.5 if booking.clock.hour < 15 else 15.0
    started_at = local_moment(booked.place, booking.day, hour + booked.chance.random())
    if not booked.started_at + timedelta(hours=3) < started_at < booked.now - timedelta(minutes=5):
        return
    ring = Ring(booked.place, started_at, booked.now, booked.chance, booked.rows)
    ring.name, ring.number, ring.language = booked.name, booked.number, booked.language
    outcome = outcomes.choose(outcomes.OUTBOUND, ring.provider, ring.chance)
    if outcome == "completed":
        _add_talk(ring, outcome, "confirmation", booking_facts(booking, ring), "general", outbound=True)
    else:
        words = outcomes.provider_words(ring.provider, outcome, ring.chance)
        ring.log(words, seconds=ring.chance.uniform(8, 35), outbound=True, intent="general")


def _add_silent(ring: Ring, outcome: str) -> None:
    """Nobody and nothing answered, or the voicemail did."""
    chance = ring.chance
    words = outcomes.provider_words(ring.provider, outcome, chance)
    if outcome == "voicemail":
        summary, transcript, seconds = converse(ring.language, outcome, ring.place, ring.local, {}, chance)
        ring.log(words, seconds=seconds + 12, summary_md=summary, transcript_md=transcript)
    else:
        ring.log(words, seconds=chance.uniform(2, 7 if outcome == "failed" else 28))


def _add_talk(
    ring: Ring, outcome: str, topic: str, facts: Facts, intent: str | None, *, outbound: bool = False
) -> datetime:
    """Put an answered call aside; gives the moment shortly before its end at which things were settled."""
    chance = ring.chance
    summary, transcript, seconds = converse(ring.language, topic, ring.place, ring.local, facts, chance)
    if topic in ("order", "reservation", "catering"):
        # Somebody asks around the table, or spells an address: some calls take much longer than their words.
        seconds *= chance.choices((1, 1.6, 2.7, 5), (60, 25, 12, 3))[0]
    # A call of a moment ago has ended by now.
    answered_after = chance.randint(2, 6)
    room = (ring.now - ring.started_at).total_seconds() - answered_after - 5
    seconds = min(seconds, room)
    has_recording = chance.random() < 0.7
    ring.log(
        outcomes.provider_words(ring.provider, outcome, chance),
        answered_after=answered_after,
        seconds=seconds,
        outbound=outbound,
        intent=intent,
        summary_md=summary,
        transcript_md=transcript,
        recording_url=f"/recordings/demo-{chance.randint(1, RECORDINGS)}.wav" if has_recording else None,
    )
    return ring.started_at + timedelta(seconds=round(answered_after + seconds * 0.9))


def _add_order_call(ring: Ring) -> None:
    if ring.chance.random() < 0.022:
        wait = {"fulfillment": ring.language.fulfillment["pickup"], "wait": ring.chance.choice((40, 50, 60))}
        _add_talk(ring, "completed", "order_abandoned", wait, "pickup_order")
        return
    order = choose_order(ring)
    bill = bill_of(order, ring)
    ready = ring.local + timedelta(minutes=ring.chance.choice((25, 30, 35, 45)))
    ready -= timedelta(minutes=ready.minute % 5)
    facts = order_facts(order, bill, ready, ring)
    intent = ORDER_INTENTS[order.fulfillment]
    add_order(order, bill, _add_talk(ring, "completed", "order", facts, intent), ring)


def _add_reservation_call(ring: Ring) -> tuple[Booking, str] | None:
    booking, luck = choose_booking(ring), ring.chance.random()
    topic = "reservation_abandoned" if luck < 0.02 else "reservation_failed" if luck < 0.07 else "reservation"
    intent = ring.chance.choice(INTENTS["reservation"])
    settled_at = _add_talk(ring, "completed", topic, booking_facts(booking, ring), intent)
    if topic == "reservation_abandoned":
        return None
    state = "failed" if topic == "reservation_failed" else None
    return booking, add_booking(booking, settled_at, ring, state)


def _add_catering_call(ring: Ring) -> None:
    party = choose_party(ring)
    intent = ring.chance.choice(INTENTS["catering"])
    settled_at = _add_talk(ring, "completed", "catering", booking_facts(party, ring), intent)
    if ring.chance.random() < 0.6:
        add_booking(party, settled_at, ring, "requested" if party.moment(ring) > ring.now else None)
