"""Which addresses `make screenshots` draws: everybody's, and what some roles have beside them."""

HARBOUR = "/configuration/a0000000-0000-7000-8000-00000000000a/"
SEAPORT = f"{HARBOUR}10c00000-0000-7000-8000-0000000000a1/"
SETTING = "/settings/routing/a0000000-0000-7000-8000-00000000000a"
KEY = "/api-keys/a9140000-0000-7000-8000-000000000001"
OPERATOR = "/people/05e00000-0000-7000-8000-000000000003/"
PAGES = {
    "overview": "/",
    "overview-90-days": "/?period=90d",
    "overview-nothing": "/?from=2010-01-01&to=2010-01-02",
    "calls": "/calls/",
    "calls-filtered": "/calls/?status=completed&status=transferred&review=yes&duration=2m_to_5m",
    "calls-nothing-matches": "/calls/?words=zebra",
    "orders": "/orders/",
    "reservations": "/reservations/",
    "notes": "/notes/",
    "analytics": "/analytics/",
    "analytics-year": "/analytics/?period=90d&compare=year",
    "configuration": "/configuration/",
    "configuration-hours": SEAPORT,
    "configuration-exceptions": f"{SEAPORT}exceptions",
    "configuration-new-exceptions": f"{HARBOUR}exceptions/new",
    "configuration-busy": f"{SEAPORT}busy",
    "configuration-voice": f"{SEAPORT}voice",
    "configuration-averages": f"{SEAPORT}averages",
    "configuration-history": f"{SEAPORT}history",
    "own-password": "/account/password",
    "error-400": "/calls/?status=nonsense",
    "error-404": "/nowhere",
}
OF_KEEPERS = {
    "audit": "/audit/",
    "audit-filtered": "/audit/?table=settings",
    "knowledge": "/knowledge/",
    "knowledge-failed": "/knowledge/?status=failed",
    "knowledge-new": "/knowledge/new",
    "knowledge-request": "/knowledge/4e000000-0000-7000-8000-000000000001",
}
OF_ADMINS = {
    "settings": "/settings/",
    "setting-new": "/settings/new",
    "setting": SETTING,
    "setting-delete": f"{SETTING}/delete",
    "api-keys": "/api-keys/",
    "api-key-new": "/api-keys/new",
    "api-key": KEY,
    "api-key-rotate": f"{KEY}/rotate",
    "api-key-revoke": f"{KEY}/revoke",
    "people": "/people/",
    "person": OPERATOR,
    "what-a-person-sees": f"{OPERATOR}sees",
    "invite": "/people/invite",
    "health": "/health/",
}
PAGES_OF = {"operator": {"error-403": "/people/"}, "manager": OF_KEEPERS, "admin": OF_KEEPERS | OF_ADMINS}
