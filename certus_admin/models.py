"""The canonical views and the tables that pages read, mapped column for column.

Views have no key of their own; `id` is unique in each, so the mapper takes it. Rows are the caller's:
row-level security has filtered them before they arrive. Times are aware datetimes in UTC; money is Decimal in
`currency`.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, FetchedValue, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from certus_admin.database import Base


class Account(Base):
    """A customer; `currency` (ISO 4217) is the currency of all its money."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    currency: Mapped[str]
    created_at: Mapped[datetime]

    def __str__(self) -> str:
        return self.name


class Location(Base):
    """A restaurant; `timezone` is the IANA zone of every local date and time of its rows."""

    __tablename__ = "locations"

    account_id: Mapped[UUID]
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str]
    city: Mapped[str | None]

    def __str__(self) -> str:
        return self.name


class Call(Base):
    """calls_v: a call, normalised and masked. `local_date` is the date of `started_at` at the location."""

    __tablename__ = "calls_v"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    location_id: Mapped[UUID]
    location_name: Mapped[str]
    status: Mapped[str]
    call_type: Mapped[str]
    duration_seconds: Mapped[int | None]
    direction: Mapped[str]
    caller_masked: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    local_date: Mapped[date] = mapped_column(Date)
    summary_md: Mapped[str | None]
    transcript_md: Mapped[str | None]
    recording_url: Mapped[str | None]
    has_order: Mapped[bool]
    has_reservation: Mapped[bool]
    needs_review: Mapped[bool]
    review_reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    timezone: Mapped[str]
    duration_bucket: Mapped[str | None]
    caller_digits: Mapped[str | None]
    transfer_unanswered: Mapped[bool]
    has_recording: Mapped[bool]
    provider: Mapped[str]
    end_reason: Mapped[str | None]
    intent: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    saved_seconds: Mapped[int | None]


class Order(Base):
    """orders_v: an order; `items` is [{"name", "quantity", "unit_amount", "notes"?}]."""

    __tablename__ = "orders_v"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID | None]
    account_id: Mapped[UUID]
    location_id: Mapped[UUID]
    status: Mapped[str]
    fulfillment_type: Mapped[str]
    subtotal_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    service_charge_amount: Mapped[Decimal]
    delivery_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    currency: Mapped[str]
    items: Mapped[list[Any]]
    created_at: Mapped[datetime]
    location_name: Mapped[str]
    timezone: Mapped[str]
    local_date: Mapped[date] = mapped_column(Date)


class Reservation(Base):
    """reservations_v: a booked table. `estimated_revenue` is None where guests or average are unknown."""

    __tablename__ = "reservations_v"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID | None]
    account_id: Mapped[UUID]
    location_id: Mapped[UUID]
    reservation_at: Mapped[datetime | None]
    guest_name: Mapped[str | None]
    guest_count: Mapped[int | None]
    avg_spend_per_head_override: Mapped[Decimal | None]
    estimated_revenue: Mapped[Decimal | None]
    status: Mapped[str]
    created_at: Mapped[datetime]
    reservation_date: Mapped[date | None] = mapped_column(Date)
    guest_phone_masked: Mapped[str | None]
    special_requests: Mapped[str | None]
    currency: Mapped[str]
    location_name: Mapped[str]
    timezone: Mapped[str]
    local_date: Mapped[date] = mapped_column(Date)


class DailyMetrics(Base):
    """metrics_daily_v: one row per location and local date; see docs/prd.md for what each number means."""

    __tablename__ = "metrics_daily_v"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(primary_key=True)
    date: Mapped[date] = mapped_column(Date, primary_key=True)
    total_calls: Mapped[int]
    orders_count: Mapped[int]
    reservations_count: Mapped[int]
    total_revenue_orders: Mapped[Decimal]
    total_revenue_res_estimate: Mapped[Decimal | None]
    minutes_saved: Mapped[Decimal]
    answered_calls: Mapped[int]
    missed_calls: Mapped[int]
    transferred_calls: Mapped[int]
    talk_seconds: Mapped[int]
    reservations_valued: Mapped[int]
    order_calls: Mapped[int]
    reservation_calls: Mapped[int]
    catering_calls: Mapped[int]
    general_calls: Mapped[int]
    other_calls: Mapped[int]
    currency: Mapped[str]


class NoteView(Base):
    """internal_notes_v: a note with its author's name; `mention_names` stand in the order of `mentions`."""

    __tablename__ = "internal_notes_v"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID]
    account_id: Mapped[UUID]
    location_id: Mapped[UUID]
    author_user_id: Mapped[UUID]
    author_name: Mapped[str]
    note_md: Mapped[str]
    mentions: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    location_name: Mapped[str]
    timezone: Mapped[str]
    mention_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    local_date: Mapped[date] = mapped_column(Date)


class Note(Base):
    """internal_notes: what a person writes on a call; location, author and times are the database's."""

    __tablename__ = "internal_notes"

    account_id: Mapped[UUID]
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=FetchedValue())
    location_id: Mapped[UUID] = mapped_column(server_default=FetchedValue())
    call_id: Mapped[UUID]
    author_user_id: Mapped[UUID] = mapped_column(server_default=FetchedValue())
    note_md: Mapped[str]
    mentions: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    updated_at: Mapped[datetime | None] = mapped_column(
        server_default=FetchedValue(), server_onupdate=FetchedValue()
    )
