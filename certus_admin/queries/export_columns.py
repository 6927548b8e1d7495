"""The columns of each export, and how a value is written into a spreadsheet.

Columns carry the names of the canonical views. Times are ISO 8601 with the location's offset, and the zone
stands beside them. Numbers stay plain; phone numbers are masked. Orders give the number of their items.
"""

from typing import Any

from sqlalchemy import ColumnElement, Interval, Text, case, cast, func, literal, type_coerce

from certus_admin.models import Account, DailyMetrics
from certus_admin.queries.api_keys import API_KEYS, ZONE
from certus_admin.queries.audit import AUDIT
from certus_admin.queries.calls import CALLS
from certus_admin.queries.export_rows import Export
from certus_admin.queries.knowledge_list import KNOWLEDGE
from certus_admin.queries.orders import ORDERS
from certus_admin.queries.reservations import RESERVATIONS
from certus_admin.queries.source import Source

# What a spreadsheet would run as a formula, unless it is no more than a number or a phone number.
STARTS_A_FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
IS_A_NUMBER = r"^([+-]?\d+([.,]\d+)*|\+\d[\d ().-]*)$"


def safe(column: Any) -> ColumnElement[Any]:
    """Text that no spreadsheet takes for a formula: an apostrophe before what would be one."""
    looks = column.regexp_match(STARTS_A_FORMULA) & ~column.regexp_match(IS_A_NUMBER)
    return case((looks, literal("'") + column), else_=column).label(column.key)


def local_iso(moment: Any, zone: Any) -> ColumnElement[Any]:
    """ISO 8601 as read at the location, with its offset: 2026-01-14T12:05:10-05:00."""
    local, utc = func.timezone(zone, moment), func.timezone("UTC", moment)
    minutes = func.left(cast(type_coerce(local - utc, Interval), Text), -len(":00"))
    offset = func.lpad(minutes, len("-05:00"), "+", type_=Text())  # it has a minus, and no plus
    return (func.to_char(local, 'YYYY-MM-DD"T"HH24:MI:SS') + offset).label(moment.key)


def yes_or_no(column: Any) -> ColumnElement[Any]:
    """`yes` and `no` in place of t and f."""
    return case((column, "yes"), else_="no").label(column.key)


def joined(column: Any) -> ColumnElement[Any]:
    """An array as its values with semicolons between them."""
    return func.array_to_string(column, "; ").label(column.key)


def account_name() -> ColumnElement[Any]:
    """The account's name; every export is joined to its account."""
    return safe(Account.name).label("account_name")


def place_columns(row: Any) -> list[ColumnElement[Any]]:
    """Where it was, and the zone of every time in the line."""
    return [account_name(), safe(row.location_name), row.timezone]


def call_columns(call: Any) -> list[ColumnElement[Any]]:
    """The columns of calls.csv."""
    return [
        call.id,
        local_iso(call.started_at, call.timezone),
        local_iso(call.ended_at, call.timezone),
        call.local_date,
        *place_columns(call),
        call.direction,
        call.caller_masked,
        call.call_type,
        call.status,
        call.duration_seconds,
        yes_or_no(call.has_order),
        yes_or_no(call.has_reservation),
        joined(call.review_reasons),
        safe(call.summary_md),
    ]


def order_columns(order: Any) -> list[ColumnElement[Any]]:
    """The columns of orders.csv."""
    return [
        order.id,
        order.call_id,
        local_iso(order.created_at, order.timezone),
        order.local_date,
        *place_columns(order),
        order.status,
        order.fulfillment_type,
        order.subtotal_amount,
        order.tax_amount,
        order.service_charge_amount,
        order.delivery_amount,
        order.total_amount,
        order.currency,
        func.jsonb_array_length(order.items).label("items"),
    ]


def reservation_columns(reservation: Any) -> list[ColumnElement[Any]]:
    """The columns of reservations.csv."""
    return [
        reservation.id,
        reservation.call_id,
        local_iso(reservation.created_at, reservation.timezone),
        reservation.local_date,
        *place_columns(reservation),
        local_iso(reservation.reservation_at, reservation.timezone),
        reservation.reservation_date,
        safe(reservation.guest_name),
        reservation.guest_phone_masked,
        reservation.guest_count,
        reservation.status,
        reservation.avg_spend_per_head_override,
        reservation.estimated_revenue,
        reservation.currency,
        safe(reservation.special_requests),
    ]


def knowledge_columns(request: Any) -> list[ColumnElement[Any]]:
    """The columns of knowledge.csv; the location is empty where a request holds for the whole account."""
    return [
        request.id,
        local_iso(request.created_at, request.timezone),
        request.local_date,
        *place_columns(request),
        request.kind,
        safe(request.title),
        safe(request.payload["text"].astext.label("text")),
        safe(request.requested_by_name),
        request.status,
        safe(request.decided_by_name),
        local_iso(request.decided_at, request.timezone),
        safe(request.decision_reason),
        request.attempts,
        local_iso(request.finished_at, request.timezone),
        safe(request.message),
    ]


def api_key_columns(key: Any) -> list[ColumnElement[Any]]:
    """The columns of api_keys.csv; every time is in UTC."""
    return [
        key.id,
        account_name(),
        safe(key.label),
        safe(key.key_hint),
        joined(key.scopes),
        key.state,
        joined(key.warnings),
        local_iso(key.created_at, ZONE),
        safe(key.created_by_name),
        local_iso(key.last_used_at, ZONE),
        local_iso(key.expires_at, ZONE),
        key.succeeds_id,
        local_iso(key.replaced_at, ZONE),
        local_iso(key.revoked_at, ZONE),
        safe(key.revoked_by_name),
        safe(key.revoked_reason),
    ]


def metrics_columns(metrics: Any) -> list[ColumnElement[Any]]:
    """The columns of metrics.csv: those of metrics_daily_v in their order; nobody's text."""
    return list(metrics.__table__.columns)


def by_date_and_place(metrics: Any) -> list[ColumnElement[Any]]:
    """The order of metrics.csv."""
    return [metrics.date, metrics.account_id, metrics.location_id]


def audit_columns(line: Any) -> list[ColumnElement[Any]]:
    """The columns of audit.csv; before and after as JSON. A line may belong to no account."""
    return [
        line.id,
        local_iso(line.at, line.timezone),
        safe(line.account_name),
        safe(line.location_name),
        line.timezone,
        safe(line.actor_name),
        line.actor_user_id,
        line.actor_role,
        line.action,
        line.table_name,
        line.row_id,
        cast(line.before, Text).label("before"),
        cast(line.after, Text).label("after"),
        safe(line.application),
        func.host(line.address).label("address"),
        safe(line.request_id),
    ]


CALL_EXPORT = Export("calls", CALLS, call_columns)
ORDER_EXPORT = Export("orders", ORDERS, order_columns)
RESERVATION_EXPORT = Export("reservations", RESERVATIONS, reservation_columns)
API_KEY_EXPORT = Export("api_keys", API_KEYS, api_key_columns)
KNOWLEDGE_EXPORT = Export("knowledge", KNOWLEDGE, knowledge_columns)
METRICS_EXPORT = Export(
    "metrics", Source(DailyMetrics, "date", metrics_columns), metrics_columns, by_date_and_place
)
AUDIT_EXPORT = Export("audit", AUDIT, audit_columns, with_account=False)
