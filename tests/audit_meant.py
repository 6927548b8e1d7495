"""What the audit log is meant to say in words of people, and what of the canaries it says beyond that."""

from typing import Any

import psycopg

from tests.canaries import Canaries

# The log keeps what was before and after: words that people write into these are in its lines, and so are the
# reasons of reveals. Full numbers, recordings and what looks like a key are in no line.
WRITTEN = {
    "settings",
    "knowledge_update_requests",
    "api_keys",
    "internal_notes",
    "location_settings",
    "users",
}
LINES = "select action, table_name, to_jsonb(l)::text from public.audit_log l"


def audit_leaks(canaries: Canaries, owner: psycopg.Connection[Any]) -> list[str]:
    """Action and table of each line that holds what it may not, once for each canary in it."""
    found = []
    for action, table, line in owner.execute(LINES).fetchall():
        meant = set(canaries.notes) if table in WRITTEN or action == "reveal" else set()
        found += [f"{action} {table}"] * len(canaries.found(line) - meant)
    return found
