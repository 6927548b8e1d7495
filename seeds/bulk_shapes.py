"""The kinds of calls that bulk data is made of, written out beforehand as far as they can be."""

import json
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from seeds import outcomes
from seeds.menus import MENUS

TALK = {
    "order": (
        "Ordered {dish} for **pick-up**.",
        "caller: I would like {dish}, please.\nagent: Gladly, it will be ready in half an hour.",
    ),
    "reservation": (
        "Booked a table for {guests}.",
        "caller: A table for {guests}, please.\nagent: It is booked. We look forward to seeing you.",
    ),
    "catering": (
        "Asked for catering; a quote is on its way.",
        "caller: Do you cater for forty people?\nagent: We do. The events desk will call you.",
    ),
    "general": (
        "Asked about opening hours.",
        "caller: When do you close tonight?\nagent: At ten thirty. Shall I book?\ncaller: No, thanks.",
    ),
    "other": ("Wrong number.", "caller: Is this the pharmacy?\nagent: No, this is a restaurant."),
}
WANTS = {"order": 36, "reservation": 30, "general": 26, "catering": 3, "other": 5}
PROVIDERS = ("retell", "vapi", "twilio")
ANSWERED = ("completed", "transferred", "transfer_unanswered", "unknown")
# Shapes are drawn once and used again and again: enough of them that rare states appear.
COUNT = 4096
NULL = r"\N"


@dataclass(frozen=True)
class Shape:
    """A call without its place and time; text fields are escaped for COPY already."""

    provider: str
    words: str
    direction: str
    is_answered: bool
    seconds: int
    said: str
    dish: str | None
    guests: int | None

    @property
    def marks(self) -> str:
        """has_order and has_reservation as text for COPY."""
        return f"{self.dish is not None:d}\t{self.dish is None and self.guests is not None:d}"


def make_shapes(chance: Random) -> list[Shape]:
    """The shapes that calls are drawn from, each as likely as its share of the list."""
    return [_shape(chance) for _ in range(COUNT)]


def make_baskets(chance: Random) -> list[str]:
    """Orders of three kitchens, from status to items as text for COPY; their money adds up."""
    baskets = []
    for _ in range(300):
        menu = MENUS[chance.choice(("Seafood", "Mexican", "Wine bar"))]
        lines = [
            (dish, chance.randint(1, 3))
            for dish in chance.sample(menu.dishes, chance.choice((1, 2, 2, 3, 4)))
        ]
        items = [
            {"name": dish[0], "quantity": quantity, "unit_amount": float(dish[1])} for dish, quantity in lines
        ]
        subtotal = sum((dish[1] * quantity for dish, quantity in lines), Decimal(0))
        tax = (subtotal * Decimal("0.08")).quantize(Decimal("0.01"))
        kind = chance.choices(("pickup", "delivery", "dine_in"), (62, 30, 8))[0]
        delivery = Decimal("4.50") if kind == "delivery" else Decimal("0.00")
        status = chance.choices(("completed", "canceled", "rejected", "failed"), (93, 4, 2, 1))[0]
        money = (subtotal, tax, Decimal("0.00"), delivery, subtotal + tax + delivery)
        fields = (status, kind, *map(str, money), json.dumps(items))
        baskets.append("\t".join(map(escaped, fields)))
    return baskets


def escaped(words: str | None) -> str:
    """A value of COPY's text format."""
    if words is None:
        return NULL
    return words.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def _shape(chance: Random) -> Shape:
    provider = chance.choices(PROVIDERS, (55, 35, 10))[0]
    is_outbound = chance.random() < 0.03
    outcome = outcomes.choose(outcomes.OUTBOUND if is_outbound else outcomes.INBOUND, provider, chance)
    status, reason = outcomes.provider_words(provider, outcome, chance)
    is_answered = outcome in ANSWERED
    want = "general" if is_outbound else chance.choices(list(WANTS), list(WANTS.values()))[0]
    intent = want if outcome == "completed" else None
    summary, transcript = TALK[want] if outcome == "completed" else (None, None)
    dish = chance.choice(MENUS["Seafood"].dishes)[0].lower() if intent == "order" else None
    guests = chance.choices((1, 2, 3, 4, 5, 6, 8), (4, 46, 13, 21, 6, 7, 3))[0]
    # A few orders and bookings never came to be: that is what review is for.
    if chance.random() < 0.02:
        intent, dish = (intent, None)
    facts = {"dish": f"two {dish}", "guests": guests}
    texts = [None if text is None else text.format_map(facts) for text in (summary, transcript)]
    return Shape(
        provider=provider,
        words="\t".join(map(escaped, (status, reason, intent))),
        direction="outbound" if is_outbound else "inbound",
        is_answered=is_answered,
        seconds=int(chance.lognormvariate(4.3, 0.75)) if is_answered else chance.randint(2, 28),
        said="\t".join(map(escaped, texts)),
        dish=dish,
        guests=guests if intent == "reservation" and chance.random() > 0.02 else None,
    )
