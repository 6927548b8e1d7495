"""Tables of the demo: booked, moved, seated, missed; and the large parties that catering asks for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from seeds.rhythm import is_holiday
from seeds.ring import Ring

LEAD_DAYS = (0, 1, 2, 3, 4, 5, 6, 7, 10, 14, 21)
LEAD_WEIGHTS = (38, 17, 12, 9, 7, 5, 4, 3, 2, 2, 1)
PARTY_SIZES = (1, 2, 3, 4, 5, 6, 7, 8)
PARTY_WEIGHTS = (3, 46, 12, 21, 6, 7, 2, 3)
STAY = timedelta(hours=2)


@dataclass(frozen=True)
class Booking:
    """A table for `guests` at a local day and time; `wish` is None for most."""

    day: date
    clock: time
    guests: int
    wish: str | None

    def moment(self, ring: Ring) -> datetime:
        """The instant of the booking."""
        return datetime.combine(self.day, self.clock, ring.place.timezone)


def choose_booking(ring: Ring) -> Booking:
    """When and for how many the guest of `ring` wants a table; never on a Monday, never in the past."""
    chance = ring.chance
    day = ring.local.date() + timedelta(days=chance.choices(LEAD_DAYS, LEAD_WEIGHTS)[0])
    clock = _clock(ring)
    if datetime.combine(day, clock, ring.place.timezone) < ring.local + timedelta(minutes=40):
        day += timedelta(days=1)
    wish = chance.choice(ring.language.wishes) if chance.random() < 0.22 else None
    return Booking(_open_day(day), clock, chance.choices(PARTY_SIZES, PARTY_WEIGHTS)[0], wish)


def choose_party(ring: Ring) -> Booking:
    """A catering enquiry: many people, some weeks ahead."""
    day = ring.local.date() + timedelta(days=ring.chance.randrange(5, 45))
    return Booking(_open_day(day), _clock(ring), ring.chance.choice((15, 20, 24, 30, 35, 40, 50, 60)), None)


def booking_facts(booking: Booking, ring: Ring) -> dict[str, object]:
    """What the conversation says about `booking`."""
    words = ring.language
    facts: dict[str, object] = {
        "count": booking.guests,
        "day": words.day(booking.day),
        "time": words.hour(booking.clock),
        "name": ring.name,
    }
    if booking.wish:
        facts["wish"] = words.parts["wish"].format(wish_words=booking.wish)
    return facts


def add_booking(booking: Booking, made_at: datetime, ring: Ring, status: str | None = None) -> str:
    """Put the reservation aside in the state it has by now, unless `status` says; gives the state."""
    chance = ring.chance
    state = status or _state(booking.moment(ring), ring)
    # The platform stores an instant or a local date and time: both occur.
    as_instant = chance.random() < 0.5
    ring.add(
        "reservations",
        made_at,
        call_id=ring.call_id,
        reservation_datetime=booking.moment(ring) if as_instant else None,
        reservation_date=None if as_instant else booking.day,
        reservation_time=None if as_instant else booking.clock,
        guest_name=ring.name,
        guest_phone=ring.number,
        guest_count=booking.guests,
        avg_spend_per_head_override=_set_menu(booking, ring),
        special_requests=booking.wish,
        status=state,
    )
    return state


def _state(moment: datetime, ring: Ring) -> str:
    chance = ring.chance
    if chance.random() < 0.08:
        return "canceled"
    if moment + STAY < ring.now:
        return "no_show" if chance.random() < 0.06 else "completed"
    if moment <= ring.now:
        return "seated"
    return "requested" if chance.random() < 0.08 else "confirmed"


def _set_menu(booking: Booking, ring: Ring) -> Decimal | None:
    """A price a head of its own: large parties and holidays eat a set menu."""
    if booking.guests >= 15 or is_holiday(booking.day):
        return Decimal(ring.chance.choice(("39.00", "48.00", "65.00", "85.00")))
    return Decimal("55.00") if ring.chance.random() < 0.03 else None


def _clock(ring: Ring) -> time:
    if ring.chance.random() < 0.27:
        quarters = ring.chance.randrange(46, 55)
    else:
        middle = round(ring.place.profile.dinner_hour * 4) + 2
        quarters = min(86, max(68, round(ring.chance.gauss(middle, 4))))
    return time(quarters // 4, quarters % 4 * 15)


def _open_day(day: date) -> date:
    return day + timedelta(days=1) if day.isoweekday() == 1 else day
