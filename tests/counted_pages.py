"""The pages whose statements are counted, for whom they are, and how many each may send."""

PEOPLE = ("operator", "manager", "admin")
# Those who may see what was changed.
KEEPERS = ("manager", "admin")
ACCOUNT = "/configuration/a0000000-0000-7000-8000-00000000000a"
LOCATION = f"{ACCOUNT}/10c00000-0000-7000-8000-0000000000a1"
SETTING = "/settings/routing/a0000000-0000-7000-8000-00000000000a"
LINE = "a0d17000-0000-7000-8000-000000000001"
CALL = "ca110000-0000-7000-8000-000000000001"
KEY = "/api-keys/a9140000-0000-7000-8000-000000000001"
OPERATOR = "05e00000-0000-7000-8000-000000000003"
HTMX = {"HX-Request": "true"}

# Path, headers, and the most statements it may send; who is asking is one of them, and so is saying so to the
# database.
PAGES: dict[str, tuple[str, dict[str, str], int]] = {
    "overview": ("/", {}, 6),
    "overview's numbers": ("/?period=90d", HTMX, 6),
    "analytics": ("/analytics/", {}, 7),
    "analytics' numbers": ("/analytics/?period=90d&compare=year", HTMX, 7),
    "calls": ("/calls/", {}, 5),
    "calls, filtered": ("/calls/?status=completed&status=missed&review=no&words=guest&period=90d", HTMX, 5),
    "calls with an order": ("/calls/?has_order=yes&digits=0142", {}, 5),
    "call": (f"/calls/{CALL}", {}, 4),
    "drawer": (f"/calls/{CALL}", HTMX, 4),
    "orders": ("/orders/", {}, 5),
    "reservations": ("/reservations/", {}, 5),
    "notes": ("/notes/", {}, 5),
    "API keys": ("/api-keys/", {}, 6),
    "API key": (KEY, {}, 4),
    "API key to issue": ("/api-keys/new", {}, 4),
    "API key to rotate": (f"{KEY}/rotate", {}, 3),
    "API key to revoke": (f"{KEY}/revoke", {}, 3),
    "knowledge": ("/knowledge/", {}, 7),
    "knowledge, filtered": ("/knowledge/?status=pending&status=failed&period=90d", HTMX, 6),
    "knowledge request": ("/knowledge/4e000000-0000-7000-8000-000000000001", {}, 4),
    "new knowledge request": ("/knowledge/new", {}, 3),
    "configuration": ("/configuration/", {}, 3),
    "account": (f"{ACCOUNT}/", {}, 3),
    "account's voice": (f"{ACCOUNT}/voice", {}, 4),
    "account's averages": (f"{ACCOUNT}/averages", {}, 5),
    "account's history": (f"{ACCOUNT}/history", {}, 4),
    "several locations' busy mode": (f"{ACCOUNT}/busy", {}, 4),
    "several locations' exception": (f"{ACCOUNT}/exceptions/new", {}, 3),
    "hours": (f"{LOCATION}/", {}, 4),
    "hours at a moment": (f"{LOCATION}/at", {}, 3),
    "exceptions": (f"{LOCATION}/exceptions", {}, 4),
    "busy mode": (f"{LOCATION}/busy", {}, 4),
    "voice": (f"{LOCATION}/voice", {}, 4),
    "averages": (f"{LOCATION}/averages", {}, 5),
    "history": (f"{LOCATION}/history", {}, 4),
    "audit": ("/audit/", {}, 6),
    "audit, filtered": ("/audit/?action=update&period=90d", HTMX, 6),
    "line of the audit log": (f"/audit/{LINE}", {}, 3),
    "settings": ("/settings/", {}, 5),
    "new setting": ("/settings/new", {}, 3),
    "setting": (SETTING, {}, 4),
    "setting's end": (f"{SETTING}/delete", {}, 4),
    "setting's history": (f"{SETTING}/history", {}, 4),
    "own password": ("/account/password", {}, 1),
    "people": ("/people/", {}, 5),
    "people, filtered": (f"/people/?role=operator&state=active&location={LOCATION[-36:]}&words=o", {}, 5),
    "invite": ("/people/invite", {}, 3),
    "person": (f"/people/{OPERATOR}/", {}, 4),
    "what a person sees": (f"/people/{OPERATOR}/sees", {}, 5),
    "health": ("/health/", {}, 3),
}
KEEPERS_PAGES = (
    "account's history", "several locations' exception", "history", "audit", "audit, filtered",
    "line of the audit log", "knowledge", "knowledge, filtered", "knowledge request", "new knowledge request",
)  # fmt: skip
ADMINS_PAGES = (
    "API keys", "API key", "API key to issue", "API key to rotate", "API key to revoke", "settings",
    "new setting", "setting", "setting's end", "setting's history", "people", "people, filtered", "invite",
    "person", "what a person sees", "health",
)  # fmt: skip
# What was changed meanwhile is one question more, for whoever may see it.
WITH_CHANGES = ("analytics", "analytics' numbers")


def pages_of(person: str) -> dict[str, tuple[str, dict[str, str], int]]:
    """The pages that a person may open."""
    closed = (KEEPERS_PAGES if person not in KEEPERS else ()) + (ADMINS_PAGES if person != "admin" else ())
    return {page: rest for page, rest in PAGES.items() if page not in closed}
