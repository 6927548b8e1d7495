"""Who may see and reach what, as a table, and the people whom the access tests ask as."""

from typing import Any

from psycopg import sql

from tests.sql.asking import Asking

OUR_SCHEMAS = ["public", "private", "back_office"]
REFUSED = "refused"
# 42501 insufficient_privilege; the others say that a view takes no such statement at all.
REFUSALS = {"42501", "55000", "42809", "0A000"}

COLUMNS = ("operator", "manager", "manager_lyon", "admin_harbour", "admin", "service_role")

# Rows of seed.sql that each sees. operator: locations a1 and a2; manager: accounts a and b;
# manager_lyon: location c2; admin_harbour: account a; admin: everything.
VISIBLE: dict[str, tuple[Any, ...]] = {
    "public.accounts": (1, 2, 1, 1, 3, 3),
    "public.users": (1, 1, 1, 5, 9, 9),
    "public.locations": (2, 9, 1, 5, 12, 12),
    "public.call_logs": (5, 11, 2, 8, 14, 14),
    "public.order_logs": (1, 3, 0, 2, 3, 3),
    "public.order_updates": (2, 3, 0, 2, 3, 3),
    "public.upsells": (1, 2, 0, 1, 2, 2),
    "public.reservations": (1, 2, 1, 1, 4, 4),
    "public.account_settings": (1, 2, 1, 1, 3, 3),
    "public.location_settings": (2, 9, 1, 5, 12, 12),
    "public.location_hours": (24, 96, 12, 48, 132, 132),
    "public.location_hours_exceptions": (2, 3, 1, 2, 4, 4),
    "public.settings": (2, 3, 1, 3, 5, 5),
    "public.setting_schemas": (1,) * 6,
    "public.knowledge_update_requests": (0, 2, 1, 1, 3, 3),
    "public.knowledge_requests_v": (0, 2, 1, 1, 3, 3),
    "public.internal_notes": (2, 4, 1, 3, 5, 5),
    "public.api_keys": (0, 0, 0, 1, 3, 3),
    "public.api_keys_v": (0, 0, 0, 1, 3, 3),
    "public.user_access": (2, 2, 1, 6, 10, 10),
    "public.people_v": (1, 1, 1, 5, 9, 9),
    "public.audit_log": (0, 130, 17, 70, 186, 186),
    "public.audit_log_v": (0, 130, 17, 70, 186, 186),
    "public.settings_v": (2, 3, 1, 3, 5, 5),
    "public.calls_v": (5, 11, 2, 8, 14, 14),
    "public.orders_v": (1, 3, 0, 2, 3, 3),
    "public.reservations_v": (1, 2, 1, 1, 4, 4),
    "public.internal_notes_v": (2, 4, 1, 3, 5, 5),
    "public.metrics_daily_v": (2, 6, 1, 4, 8, 8),
    "public.metrics_hours_v": (2, 6, 1, 4, 8, 8),
    "public.mv_metrics_daily": (REFUSED,) * 6,
    "private.user_passwords": (REFUSED,) * 6,
    "private.hours_locks": (REFUSED,) * 6,
    "private.web_sessions": (REFUSED,) * 6,
    "private.last_sign_ins": (REFUSED,) * 6,
    "private.one_time_links": (REFUSED,) * 6,
    "private.sent_forms": (REFUSED,) * 6,
    "private.admin_locks": (REFUSED,) * 6,
    "private.sign_in_attempts": (REFUSED,) * 6,
    "private.metrics_refreshes": (REFUSED,) * 6,
    "private.derivations": (REFUSED,) * 6,
    "private.applied_files": (REFUSED,) * 6,
    "private.metrics_daily_live": (REFUSED,) * 6,
    "private.metrics_daily": (REFUSED,) * 6,
    "private.metrics_hours": (REFUSED,) * 6,
    "private.metrics_accounts": (REFUSED,) * 6,
    "private.metrics_accounts_live": (REFUSED,) * 6,
    "private.metrics_marks": (REFUSED,) * 6,
    "private.metrics_places": (REFUSED,) * 6,
    "private.call_marks": (REFUSED,) * 6,
}

# Rows of seed.sql that an update of one column reaches; all other relations refuse updates to everybody.
UPDATED: dict[str, tuple[Any, ...]] = {
    "public.accounts": (REFUSED,) * 5 + (3,),
    "public.locations": (REFUSED,) * 5 + (12,),
    "public.call_logs": (REFUSED,) * 5 + (14,),
    "public.order_logs": (REFUSED,) * 5 + (3,),
    "public.order_updates": (REFUSED,) * 5 + (3,),
    "public.upsells": (REFUSED,) * 5 + (2,),
    "public.reservations": (REFUSED,) * 5 + (4,),
    "public.account_settings": (0, 2, 0, 1, 3, REFUSED),
    "public.location_settings": (0, 9, 1, 5, 12, REFUSED),
    "public.location_hours": (0, 96, 12, 48, 132, REFUSED),
    "public.location_hours_exceptions": (0, 3, 1, 2, 4, REFUSED),
    "public.settings": (0, 3, 1, 3, 5, REFUSED),
    "public.knowledge_update_requests": (0, 0, 0, 1, 3, REFUSED),
    "public.internal_notes": (1, 2, 1, 0, 0, REFUSED),
    "public.api_keys": (0, 0, 0, 1, 2, REFUSED),
    "public.users": (0, 0, 0, 4, 9, REFUSED),
}
DELETED: dict[str, tuple[Any, ...]] = {
    "public.location_hours": (0, 96, 12, 48, 132, REFUSED),
    "public.location_hours_exceptions": (0, 3, 1, 2, 4, REFUSED),
    "public.settings": (0, 3, 1, 3, 5, REFUSED),
    "public.knowledge_update_requests": (0, 1, 1, 0, 0, REFUSED),
    "public.internal_notes": (1, 2, 1, 3, 5, REFUSED),
    # An admin of everything cannot take everybody's access: nobody would be left.
    "public.user_access": (0, 0, 0, 6, "23514", REFUSED),
}

VERSIONED = {
    "public.account_settings", "public.location_settings", "public.location_hours",
    "public.location_hours_exceptions", "public.settings", "public.users",
}  # fmt: skip
"""Whose rows count their versions: an update by a person names the one that was read."""

PLATFORM_TABLES = (
    "accounts", "locations", "call_logs", "order_logs", "order_updates", "upsells", "reservations",
)  # fmt: skip

UNKNOWN = '{"sub": "05e00000-0000-7000-8000-0000000000ff"}'
DEACTIVATED = '{"sub": "05e00000-0000-7000-8000-000000000009"}'
ADMIN = '{"sub": "05e00000-0000-7000-8000-000000000001"}'
STRANGERS = {
    "authenticated without claims": ("authenticated", None),
    "authenticated with empty claims": ("authenticated", "{}"),
    "authenticated with an unknown person": ("authenticated", UNKNOWN),
    "someone deactivated": ("authenticated", DEACTIVATED),
}
CLOSED = {
    "anon": ("anon", None),
    "anon with an admin's claims": ("anon", ADMIN),
    "bare certus_app": ("certus_app", None),
    "bare certus_app with an admin's claims": ("certus_app", ADMIN),
}
EVERYBODY = [*COLUMNS, *STRANGERS, *CLOSED]


def become(asking: Asking, who: str) -> Asking:
    if who in STRANGERS:
        return asking.as_role(*STRANGERS[who])
    if who in CLOSED:
        return asking.as_role(*CLOSED[who])
    return asking.as_role(who) if who == "service_role" else asking.as_person(who)


def expected(table: dict[str, tuple[Any, ...]], relation: str, who: str) -> Any:
    """The cell of one table of this module; strangers reach nothing, and are refused where everybody is."""
    cells = table.get(relation, (REFUSED,) * len(COLUMNS))
    if who in CLOSED:
        return REFUSED
    if who in STRANGERS:
        return REFUSED if cells[COLUMNS.index("admin")] == REFUSED else 0
    return cells[COLUMNS.index(who)]


def tried(asking: Asking, statement: str, relation: str, **parts: str) -> Any:
    """Rows reached, or REFUSED; any other failure is given as its SQLSTATE."""
    query = sql.SQL(statement).format(  # type: ignore[arg-type]
        relation=sql.Identifier(*relation.split(".")),
        **{name: sql.Identifier(part) for name, part in parts.items()},
    )
    reached = asking.reach(query)
    return REFUSED if reached in REFUSALS else reached


def readable_columns(relation: str) -> str:
    """`*`, or what is readable of the tables that hold full numbers."""
    return {"public.call_logs": "id", "public.reservations": "id"}.get(relation, "*")
