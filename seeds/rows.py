"""Rows on their way into the database, and the COPY that takes them there."""

from collections import defaultdict

import psycopg
from psycopg import sql

# In the order of their foreign keys. Generated columns are the database's own.
COLUMNS = {
    "accounts": ("id", "name", "currency", "created_at"),
    "locations": (
        *("account_id", "id", "name", "timezone", "address", "city", "phone", "cuisine", "created_at"),
    ),
    "call_logs": (
        *("account_id", "id", "location_id", "provider", "provider_call_id", "provider_status", "end_reason"),
        *("intent", "direction", "from_number", "to_number", "started_at", "answered_at", "ended_at"),
        *("summary_md", "transcript_md", "recording_url", "created_at"),
    ),
    "order_logs": (
        *("account_id", "id", "location_id", "call_id", "status", "fulfillment_type", "subtotal_amount"),
        *("tax_amount", "service_charge_amount", "delivery_amount", "total_amount", "items", "created_at"),
    ),
    "order_updates": ("account_id", "id", "location_id", "order_id", "status", "message", "created_at"),
    "upsells": (
        *("account_id", "id", "location_id", "order_id", "item_name", "amount", "accepted", "created_at"),
    ),
    "reservations": (
        *("account_id", "id", "location_id", "call_id", "reservation_datetime", "reservation_date"),
        *("reservation_time", "guest_name", "guest_phone", "guest_count", "avg_spend_per_head_override"),
        *("special_requests", "status", "created_at"),
    ),
    "internal_notes": (
        *("account_id", "id", "location_id", "call_id", "author_user_id", "note_md", "mentions"),
        "created_at",
    ),
}


class Rows(defaultdict[str, list[tuple[object, ...]]]):
    """Rows by table, each a tuple in the order of COLUMNS."""

    def __init__(self) -> None:
        super().__init__(list)

    def add(self, table: str, **values: object) -> None:
        """Put one row aside; columns left out stay null. Raises KeyError for a column that is not copied."""
        row = tuple(values.pop(column, None) for column in COLUMNS[table])
        if values:
            raise KeyError(f"{table} has no {', '.join(values)}")
        self[table].append(row)


def copy_rows(connection: psycopg.Connection, rows: Rows) -> dict[str, int]:
    """COPY all of `rows` inside the connection's transaction; gives the number of rows by table."""
    for table, columns in COLUMNS.items():
        if rows[table]:
            with connection.cursor().copy(copy_statement(table, columns)) as copy:
                for row in rows[table]:
                    copy.write_row(row)
    return {table: len(rows[table]) for table in COLUMNS if rows[table]}


def copy_statement(table: str, columns: tuple[str, ...]) -> sql.Composed:
    """`copy public.<table> (...) from stdin`."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("copy public.{} ({}) from stdin").format(sql.Identifier(table), names)
