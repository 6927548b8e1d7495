"""What clients may insert: the columns, and samples with who may put them where."""

from typing import Any, LiteralString

from tests.sql.asking import ACCOUNT_A, ACCOUNT_B, ACCOUNT_C, call_id, location_id

# What a client may write, column by column; ids, authors, versions made and times are the database's.
CLIENT_INSERTS = {
    "location_settings": "account_id location_id busy_mode_enabled extra_wait_seconds busy_until busy_reason"
    " avg_spend_per_head baseline_handle_seconds",
    "account_settings": "account_id avg_spend_per_head baseline_handle_seconds",
    "location_hours": "account_id location_id weekday opens_at closes_at",
    "location_hours_exceptions": "account_id location_id exception_date is_closed opens_at closes_at reason",
    "settings": "org_id location_id key value",
    "knowledge_update_requests": "org_id payload",
    "internal_notes": "account_id call_id note_md mentions",
    "api_keys": "account_id label key_hint scopes expires_at",
    "users": "email full_name role",
    "user_access": "user_id account_id location_id",
}

A1, A3, B1, C1, C2 = (location_id(name) for name in ("a1", "a3", "b1", "c1", "c2"))
NEWCOMER = "05e00000-0000-7000-8000-000000000008"

HOURS = """insert into public.location_hours (account_id, location_id, weekday, opens_at, closes_at)
    values (%s, %s, 1, '09:00', '10:00')"""
EXCEPTION = """insert into public.location_hours_exceptions (account_id, location_id, exception_date)
    values (%s, %s, '2027-01-01')"""
VOICE = "insert into public.settings (org_id, location_id, key, value) values (%s, %s, 'ai_voice', '{}')"
OTHER = "insert into public.settings (org_id, location_id, key, value) values (%s, %s, 'other', '{}')"
KNOWLEDGE = """insert into public.knowledge_update_requests (org_id, payload) values (%s, jsonb_strip_nulls(
    jsonb_build_object('title', 'Terrace', 'text', 'It is heated.', 'location_id', %s::text)))"""
NOTE = "insert into public.internal_notes (account_id, call_id, note_md) values (%s, %s, 'word')"
KEY = "insert into public.api_keys (account_id, label) values (%s, 'Till')"
PERSON = """insert into public.users (email, full_name, role)
    values ('new@certus.example', 'New', 'operator')"""
ACCESS = "insert into public.user_access (user_id, account_id, location_id) values (%s, %s, %s)"

# Each with where it would land, and who may do it there.
INSERTS: list[tuple[LiteralString, tuple[Any, ...], str]] = [
    (HOURS, (ACCOUNT_A, A1), "manager admin_harbour admin"),
    (HOURS, (ACCOUNT_C, C2), "manager_lyon admin"),
    (HOURS, (ACCOUNT_C, C1), "admin"),
    (EXCEPTION, (ACCOUNT_A, A3), "manager admin_harbour admin"),
    (EXCEPTION, (ACCOUNT_B, B1), "manager admin"),
    (VOICE, (ACCOUNT_A, A3), "manager admin_harbour admin"),
    (VOICE, (ACCOUNT_C, None), "admin"),
    (OTHER, (ACCOUNT_A, A3), "admin_harbour admin"),
    (OTHER, (ACCOUNT_A, None), "admin_harbour admin"),
    (KNOWLEDGE, (ACCOUNT_A, None), "manager admin_harbour admin"),
    (KNOWLEDGE, (ACCOUNT_A, A3), "manager admin_harbour admin"),
    (KNOWLEDGE, (ACCOUNT_C, None), "manager_lyon admin"),
    (KNOWLEDGE, (ACCOUNT_C, C2), "manager_lyon admin"),
    (KNOWLEDGE, (ACCOUNT_C, C1), "admin"),
    (NOTE, (ACCOUNT_A, call_id(1)), "operator manager admin_harbour admin"),
    (NOTE, (ACCOUNT_A, call_id(8)), "manager admin_harbour admin"),
    (NOTE, (ACCOUNT_C, call_id(22)), "manager_lyon admin"),
    (KEY, (ACCOUNT_A,), "admin_harbour admin"),
    (KEY, (ACCOUNT_B,), "admin"),
    (PERSON, (), "admin_harbour admin"),
    (ACCESS, (NEWCOMER, ACCOUNT_A, None), "admin_harbour admin"),
    (ACCESS, (NEWCOMER, ACCOUNT_A, A3), "admin_harbour admin"),
    (ACCESS, (NEWCOMER, ACCOUNT_C, C1), "admin"),
    (ACCESS, (NEWCOMER, None, None), "admin"),
]
