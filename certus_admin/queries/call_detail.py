"""One call with everything that belongs to it, in one round trip: what the drawer shows."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.queries.call_parts import (
    NoteDetail,
    OrderDetail,
    ReservationDetail,
    read_note,
    read_order,
    read_reservation,
)
from certus_admin.transcripts import Turn, parse_transcript


@dataclass(frozen=True)
class CallDetail:
    """A call as calls_v has it, with its transcript in turns, its orders, reservations and notes.

    `provider_status` and `provider_call_id` are the provider's own words, for a question to its support.
    """

    id: UUID
    account_id: UUID
    account_name: str
    currency: str
    location_id: UUID
    location_name: str
    timezone: str
    status: str
    call_type: str
    direction: str
    duration_seconds: int | None
    caller_masked: str | None
    caller_digits: str | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    local_date: date
    summary_md: str | None
    recording_url: str | None
    review_reasons: tuple[str, ...]
    provider: str
    provider_status: str | None
    provider_call_id: str
    end_reason: str | None
    intent: str | None
    turns: tuple[Turn, ...]
    orders: tuple[OrderDetail, ...]
    reservations: tuple[ReservationDetail, ...]
    notes: tuple[NoteDetail, ...]


# Money travels as text inside the JSON: a JSON number would come back as a float. The sub-selects carry
# account_id, so that each leans on its (account_id, call_id) index. The averages tell where an estimate comes
# from.
CALL_DETAIL = text(
    """
select
    c.id, c.account_id, a.name as account_name, a.currency, c.location_id, c.location_name, c.timezone,
    c.status, c.call_type, c.direction, c.duration_seconds, c.caller_masked, c.caller_digits,
    c.started_at, c.answered_at, c.ended_at, c.local_date, c.summary_md, c.transcript_md, c.recording_url,
    c.review_reasons, c.provider, c.provider_status, c.provider_call_id, c.end_reason, c.intent,
    (select jsonb_agg(jsonb_build_object(
            'id', o.id, 'status', o.status, 'fulfillment_type', o.fulfillment_type, 'currency', o.currency,
            'subtotal', o.subtotal_amount::text, 'tax', o.tax_amount::text,
            'service_charge', o.service_charge_amount::text, 'delivery', o.delivery_amount::text,
            'total', o.total_amount::text, 'items', o.items, 'created_at', o.created_at,
            'updates', (select jsonb_agg(jsonb_build_object(
                    'status', u.status, 'message', u.message, 'created_at', u.created_at)
                    order by u.created_at, u.id)
                from public.order_updates u where u.account_id = o.account_id and u.order_id = o.id),
            'upsells', (select jsonb_agg(jsonb_build_object(
                    'item_name', s.item_name, 'amount', s.amount::text, 'accepted', s.accepted)
                    order by s.created_at, s.id)
                from public.upsells s where s.account_id = o.account_id and s.order_id = o.id))
            order by o.created_at, o.id)
        from public.orders_v o where o.account_id = c.account_id and o.call_id = c.id) as orders,
    (select jsonb_agg(jsonb_build_object(
            'id', r.id, 'status', r.status, 'reservation_at', r.reservation_at,
            'reservation_date', r.reservation_date, 'guest_name', r.guest_name, 'guest_count', r.guest_count,
            'guest_phone_masked', r.guest_phone_masked, 'special_requests', r.special_requests,
            'currency', r.currency, 'estimated_revenue', r.estimated_revenue::text,
            'override', r.avg_spend_per_head_override::text, 'location_average', ls.avg_spend_per_head::text,
            'account_average', acs.avg_spend_per_head::text, 'created_at', r.created_at)
            order by r.created_at, r.id)
        from public.reservations_v r where r.account_id = c.account_id and r.call_id = c.id) as reservations,
    (select jsonb_agg(jsonb_build_object(
            'id', n.id, 'author_user_id', n.author_user_id, 'author_name', n.author_name,
            'note_md', n.note_md, 'mentions', n.mentions, 'mention_names', n.mention_names,
            'created_at', n.created_at, 'updated_at', n.updated_at, 'timezone', n.timezone)
            order by n.created_at, n.id)
        from public.internal_notes_v n where n.account_id = c.account_id and n.call_id = c.id) as notes
from public.calls_v c
left join public.accounts a on a.id = c.account_id
left join public.location_settings ls on ls.account_id = c.account_id and ls.location_id = c.location_id
left join public.account_settings acs on acs.account_id = c.account_id
where c.id = :call_id
"""
)


def get_call_detail(call_id: UUID) -> CallDetail | None:
    """One call with its orders, reservations and notes, in one round trip; each in order of time.

    Times are aware (UTC; `timezone` says where they are read), money is Decimal in `currency`. None when the
    call does not exist or the caller may not see it: the two look the same on purpose.
    """
    row = db.session.execute(CALL_DETAIL, {"call_id": call_id}).mappings().one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = {
        **row,
        "review_reasons": tuple(row["review_reasons"]),
        "turns": parse_transcript(row["transcript_md"]),
        "orders": tuple(map(read_order, row["orders"] or ())),
        "reservations": tuple(map(read_reservation, row["reservations"] or ())),
        "notes": tuple(map(read_note, row["notes"] or ())),
    }
    return CallDetail(**{field.name: values[field.name] for field in fields(CallDetail)})
