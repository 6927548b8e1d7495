"""A change of each audited table, and what its line must hold."""

from typing import Any, LiteralString

from tests.sql.asking import ACCOUNT_A, PEOPLE

NEWCOMER = PEOPLE["newcomer"]

# Each with who does it, the table, what was done, the keys before and after (None: any value).
Change = tuple[LiteralString, str, str, str, dict[str, Any] | None, dict[str, Any] | None]
CHANGES: dict[str, Change] = {
    "account_settings": (
        "update public.account_settings set avg_spend_per_head = 50, version = version where account_id = '"
        + str(ACCOUNT_A)
        + "'",
        "manager",
        "account_settings",
        "update",
        {"avg_spend_per_head": 48.00},
        {"avg_spend_per_head": 50},
    ),
    "location_settings": (
        "update public.location_settings"
        " set busy_mode_enabled = true, extra_wait_seconds = 600, busy_reason = 'rain', version = version"
        " where location_id = '10c00000-0000-7000-8000-0000000000a1'",
        "manager",
        "location_settings",
        "update",
        {"busy_mode_enabled": False, "extra_wait_seconds": 0},
        {"busy_mode_enabled": True, "extra_wait_seconds": 600, "busy_reason": "rain"},
    ),
    "a value taken away": (
        "update public.account_settings set avg_spend_per_head = null, version = version where account_id = '"
        + str(ACCOUNT_A)
        + "'",
        "manager",
        "account_settings",
        "update",
        {"avg_spend_per_head": 48.00},
        {"avg_spend_per_head": None},
    ),
    "location_hours": (
        "delete from public.location_hours where location_id = '10c00000-0000-7000-8000-0000000000a1'"
        " and weekday = 2 and opens_at = '11:30'",
        "manager",
        "location_hours",
        "delete",
        {
            "id": ...,
            "account_id": ...,
            "location_id": ...,
            "weekday": 2,
            "opens_at": "11:30:00",
            "closes_at": "14:30:00",
        },
        None,
    ),
    "location_hours_exceptions": (
        "insert into public.location_hours_exceptions (account_id, location_id, exception_date, reason)"
        " values ('a0000000-0000-7000-8000-00000000000a', '10c00000-0000-7000-8000-0000000000a1',"
        " '2027-01-01', 'New Year')",
        "manager",
        "location_hours_exceptions",
        "insert",
        None,
        {
            "id": ...,
            "account_id": ...,
            "location_id": ...,
            "exception_date": "2027-01-01",
            "is_closed": True,
            "reason": "New Year",
        },
    ),
    "settings": (
        """update public.settings set value = '{"voice": "tide"}', version = version
        where key = 'ai_voice' and location_id is null and org_id = 'a0000000-0000-7000-8000-00000000000a'""",
        "manager",
        "settings",
        "update",
        {"value": ...},
        {"value": {"voice": "tide"}},
    ),
    "knowledge_update_requests": (
        "update public.knowledge_update_requests set status = 'approved'"
        " where org_id = 'a0000000-0000-7000-8000-00000000000a'",
        "admin",
        "knowledge_update_requests",
        "update",
        {"status": "pending", "changed_at": ...},
        {"status": "approved", "decided_by": str(PEOPLE["admin"]), "decided_at": ..., "changed_at": ...},
    ),
    "api_keys": (
        "update public.api_keys set label = 'Till' where label = 'Point of sale'",
        "admin",
        "api_keys",
        "update",
        {"label": "Point of sale"},
        {"label": "Till"},
    ),
    "a revoked key": (
        "update public.api_keys set revoked_at = now(), revoked_reason = 'The till was sold'"
        " where label = 'Point of sale'",
        "admin_harbour",
        "api_keys",
        "update",
        None,
        {
            "revoked_at": ...,
            "revoked_reason": "The till was sold",
            "revoked_by": str(PEOPLE["admin_harbour"]),
        },
    ),
    "users": (
        "update public.users set role = 'account_manager', version = version"
        " where email = 'newcomer@certus.example'",
        "admin",
        "users",
        "update",
        {"role": "operator"},
        {"role": "account_manager"},
    ),
    "user_access": (
        "insert into public.user_access (user_id, account_id) values"
        " ('05e00000-0000-7000-8000-000000000008', 'a0000000-0000-7000-8000-00000000000a')",
        "admin",
        "user_access",
        "insert",
        None,
        {
            "id": ...,
            "user_id": str(NEWCOMER),
            "account_id": str(ACCOUNT_A),
            "created_by": str(PEOPLE["admin"]),
            "created_at": ...,
        },
    ),
    "internal_notes": (
        "update public.internal_notes set note_md = 'Secret words' where author_user_id = auth.uid()",
        "operator",
        "internal_notes",
        "update",
        {"note_md": "(not recorded)"},
        {"note_md": "(not recorded)"},
    ),
}
