"""What belongs to a call: orders, reservations and notes, read from the JSON of one statement.

The platform writes an order's items and nobody checks their keys, so whatever is missing there is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from certus_admin.mentions import Mention


@dataclass(frozen=True)
class OrderItem:
    """A line of an order; `unit_amount` is in the order's currency."""

    name: str
    quantity: Decimal | None
    unit_amount: Decimal | None
    notes: str | None

    @property
    def amount(self) -> Decimal | None:
        """What the line costs, where quantity and price are known."""
        if self.quantity is None or self.unit_amount is None:
            return None
        return self.quantity * self.unit_amount


@dataclass(frozen=True)
class OrderUpdate:
    """What happened to an order, and when (UTC)."""

    status: str
    message: str | None
    created_at: datetime


@dataclass(frozen=True)
class Upsell:
    """What the AI offered on top."""

    item_name: str
    amount: Decimal
    accepted: bool


@dataclass(frozen=True)
class OrderDetail:
    """An order with all that is known of it; updates and upsells in order of time."""

    id: UUID
    status: str
    fulfillment_type: str
    currency: str
    subtotal: Decimal
    tax: Decimal
    service_charge: Decimal
    delivery: Decimal
    total: Decimal
    created_at: datetime
    items: tuple[OrderItem, ...]
    updates: tuple[OrderUpdate, ...]
    upsells: tuple[Upsell, ...]

    @property
    def items_total(self) -> Decimal:
        """What the items add up to; a line without a price counts for nothing, as in calls_v."""
        return sum((item.amount or Decimal(0) for item in self.items), Decimal(0))

    @property
    def parts_total(self) -> Decimal:
        """What subtotal, tax and charges add up to."""
        return self.subtotal + self.tax + self.service_charge + self.delivery


@dataclass(frozen=True)
class ReservationDetail:
    """A reservation. Without a time of day `reservation_at` is None; the date may still be known."""

    id: UUID
    status: str
    reservation_at: datetime | None
    reservation_date: date | None
    guest_name: str | None
    guest_count: int | None
    guest_phone_masked: str | None
    special_requests: str | None
    currency: str
    estimated_revenue: Decimal | None
    average: Decimal | None
    average_from: str | None
    created_at: datetime


@dataclass(frozen=True)
class NoteDetail:
    """A note of the staff; `updated_at` is None while it stands as written. `timezone` is the location's."""

    id: UUID
    author_user_id: UUID
    author_name: str
    note_md: str
    mentions: tuple[Mention, ...]
    created_at: datetime
    updated_at: datetime | None
    timezone: str


def read_order(row: Mapping[str, Any]) -> OrderDetail:
    """An order from its JSON."""
    return OrderDetail(
        id=UUID(row["id"]),
        status=row["status"],
        fulfillment_type=row["fulfillment_type"],
        currency=row["currency"],
        created_at=datetime.fromisoformat(row["created_at"]),
        items=tuple(map(_read_item, row["items"])),
        updates=tuple(
            OrderUpdate(update["status"], update["message"], datetime.fromisoformat(update["created_at"]))
            for update in row["updates"] or ()
        ),
        upsells=tuple(
            Upsell(upsell["item_name"], Decimal(upsell["amount"]), upsell["accepted"])
            for upsell in row["upsells"] or ()
        ),
        **{part: Decimal(row[part]) for part in ("subtotal", "tax", "service_charge", "delivery", "total")},
    )


def _read_item(item: Any) -> OrderItem:
    if not isinstance(item, dict):
        return OrderItem(str(item), None, None, None)
    return OrderItem(
        name=str(item.get("name") or "Unnamed item"),
        quantity=_number(item.get("quantity")),
        unit_amount=_number(item.get("unit_amount")),
        notes=str(item["notes"]) if item.get("notes") else None,
    )


def _number(value: Any) -> Decimal | None:
    # Words such as "2" are no number to calls_v either, which then says that the total differs.
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def read_reservation(row: Mapping[str, Any]) -> ReservationDetail:
    """A reservation from its JSON; `average_from` is `reservation`, `location`, `account` or None."""
    averages = {"reservation": "override", "location": "location_average", "account": "account_average"}
    source = next((name for name, key in averages.items() if row[key] is not None), None)
    at, day, estimate = row["reservation_at"], row["reservation_date"], row["estimated_revenue"]
    return ReservationDetail(
        id=UUID(row["id"]),
        reservation_at=datetime.fromisoformat(at) if at else None,
        reservation_date=date.fromisoformat(day) if day else None,
        estimated_revenue=Decimal(estimate) if estimate is not None else None,
        average=Decimal(row[averages[source]]) if source else None,
        average_from=source,
        created_at=datetime.fromisoformat(row["created_at"]),
        **{
            name: row[name]
            for name in (
                "status", "guest_name", "guest_count", "guest_phone_masked", "special_requests", "currency",
            )
        },
    )  # fmt: skip


def read_note(row: Mapping[str, Any]) -> NoteDetail:
    """A note from its JSON or its row of internal_notes_v."""
    names = row["mention_names"] or [None] * len(row["mentions"])
    return NoteDetail(
        id=UUID(str(row["id"])),
        author_user_id=UUID(str(row["author_user_id"])),
        author_name=row["author_name"] or "Somebody who has left",
        note_md=row["note_md"],
        mentions=tuple(
            Mention(UUID(str(user_id)), name)
            for user_id, name in zip(row["mentions"], names, strict=True)
            if name
        ),
        created_at=_moment(row["created_at"]),
        updated_at=_moment(row["updated_at"]) if row["updated_at"] else None,
        timezone=row["timezone"],
    )


def _moment(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
