"""Every address of the application, and what each person is answered there.

An address that is not in the table fails the suite, so that whoever adds a page decides for whom it is.
"""

import re
from uuid import UUID

PEOPLE = ("stranger", "operator", "manager", "admin")

# A call that all three reach, of which the operator wrote the note.
CALL = UUID("ca110000-0000-7000-8000-000000000001")
NOTE = UUID("007e0000-0000-7000-8000-00000000f001")
# A location that all three reach, and its account.
ACCOUNT = UUID("a0000000-0000-7000-8000-00000000000a")
LOCATION = UUID("10c00000-0000-7000-8000-0000000000a1")
# An API key of that account.
KEY = UUID("a9140000-0000-7000-8000-000000000001")

SIGN_IN = "sign-in"
PAGE = (SIGN_IN, 200, 200, 200)
DONE = (SIGN_IN, 303, 303, 303)
NOWHERE = (SIGN_IN, 404, 404, 404)
OWN = (SIGN_IN, 200, 403, 403)
OWN_DONE = (SIGN_IN, 303, 403, 403)
OWN_SAVED = (SIGN_IN, 302, 403, 403)
OWN_OR_ADMIN = (SIGN_IN, 200, 403, 200)
OWN_OR_ADMIN_DONE = (SIGN_IN, 303, 403, 303)
OWN_OR_ADMIN_GONE = (SIGN_IN, 302, 403, 302)
KEEPERS_ONLY = (SIGN_IN, 403, 200, 200)
ADMINS_ONLY = (SIGN_IN, 403, 403, 200)
# A form in which every field is missing.
ADMINS_EMPTY = (SIGN_IN, 403, 403, 422)
ADMINS_DONE = (SIGN_IN, 403, 403, 303)
# A form in which every field is missing; a line of the history that is nowhere.
EMPTY_SETTING = (SIGN_IN, 403, 422, 422)
NO_SUCH_LINE = (SIGN_IN, 403, 404, 404)
# A form that does not say what it was made of.
UNSEEN = (SIGN_IN, 403, 409, 409)
ADMINS_NOWHERE = (SIGN_IN, 403, 403, 404)

# Method and rule: what a stranger, the operator, the account manager and the admin are answered.
ROUTES: dict[tuple[str, str], tuple[str | int, ...]] = {
    ("GET", "/"): PAGE,
    ("GET", "/admin/"): NOWHERE,
    ("GET", "/analytics/"): PAGE,
    ("GET", "/analytics/metrics.csv"): PAGE,
    ("GET", "/audit/"): KEEPERS_ONLY,
    ("GET", "/audit/export.csv"): KEEPERS_ONLY,
    ("GET", "/audit/<uuid:line_id>"): NO_SUCH_LINE,
    ("GET", "/api-keys/"): ADMINS_ONLY,
    ("GET", "/api-keys/export.csv"): ADMINS_ONLY,
    ("GET", "/api-keys/new"): ADMINS_ONLY,
    ("POST", "/api-keys/new"): ADMINS_EMPTY,
    ("GET", "/api-keys/<uuid:key_id>"): ADMINS_ONLY,
    ("GET", "/api-keys/<uuid:key_id>/rotate"): ADMINS_ONLY,
    ("POST", "/api-keys/<uuid:key_id>/rotate"): ADMINS_EMPTY,
    ("GET", "/api-keys/<uuid:key_id>/revoke"): ADMINS_ONLY,
    ("POST", "/api-keys/<uuid:key_id>/revoke"): ADMINS_EMPTY,
    ("GET", "/calls/"): PAGE,
    ("GET", "/calls/export.csv"): PAGE,
    ("GET", "/calls/<uuid:call_id>"): PAGE,
    ("GET", "/calls/<uuid:call_id>/people.json"): PAGE,
    ("GET", "/calls/<uuid:call_id>/recording"): (SIGN_IN, 302, 302, 302),
    ("POST", "/calls/<uuid:call_id>/reveal"): PAGE,
    ("POST", "/calls/<uuid:call_id>/notes"): DONE,
    ("GET", "/calls/<uuid:call_id>/notes/<uuid:note_id>"): DONE,
    ("GET", "/calls/<uuid:call_id>/notes/<uuid:note_id>/edit"): OWN,
    ("POST", "/calls/<uuid:call_id>/notes/<uuid:note_id>/edit"): OWN_DONE,
    ("GET", "/calls/<uuid:call_id>/notes/<uuid:note_id>/delete"): OWN_OR_ADMIN,
    ("POST", "/calls/<uuid:call_id>/notes/<uuid:note_id>/delete"): OWN_OR_ADMIN_DONE,
    ("GET", "/configuration/"): PAGE,
    ("GET", "/configuration/<uuid:account_id>/"): PAGE,
    ("GET", "/configuration/<uuid:account_id>/busy"): PAGE,
    ("POST", "/configuration/<uuid:account_id>/busy"): EMPTY_SETTING,
    ("GET", "/configuration/<uuid:account_id>/exceptions/new"): KEEPERS_ONLY,
    ("POST", "/configuration/<uuid:account_id>/exceptions/new"): EMPTY_SETTING,
    ("GET", "/configuration/<uuid:account_id>/exceptions/saved/<request_id>"): NO_SUCH_LINE,
    ("POST", "/configuration/<uuid:account_id>/exceptions/saved/<request_id>/undo"): NO_SUCH_LINE,
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/"): PAGE,
    ("POST", "/configuration/<uuid:account_id>/<uuid:location_id>/"): (SIGN_IN, 403, 400, 400),
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/at"): PAGE,
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/busy"): PAGE,
    ("POST", "/configuration/<uuid:account_id>/<uuid:location_id>/busy"): EMPTY_SETTING,
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/copy"): KEEPERS_ONLY,
    ("POST", "/configuration/<uuid:account_id>/<uuid:location_id>/copy"): KEEPERS_ONLY,
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/exceptions"): PAGE,
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/exceptions/<day>"): KEEPERS_ONLY,
    ("POST", "/configuration/<uuid:account_id>/<uuid:location_id>/exceptions/<day>"): UNSEEN,
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/exceptions/<day>/delete"): KEEPERS_ONLY,
    ("POST", "/configuration/<uuid:account_id>/<uuid:location_id>/exceptions/<day>/delete"): UNSEEN,
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/paste"): DONE,
    ("POST", "/configuration/<uuid:account_id>/<uuid:location_id>/paste"): EMPTY_SETTING,
    ("GET", "/configuration/<uuid:account_id>/averages"): PAGE,
    ("POST", "/configuration/<uuid:account_id>/averages"): EMPTY_SETTING,
    ("GET", "/configuration/<uuid:account_id>/voice"): PAGE,
    ("POST", "/configuration/<uuid:account_id>/voice"): EMPTY_SETTING,
    ("GET", "/configuration/<uuid:account_id>/history"): KEEPERS_ONLY,
    ("POST", "/configuration/<uuid:account_id>/history/<uuid:line_id>/put-back"): NO_SUCH_LINE,
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/averages"): PAGE,
    ("POST", "/configuration/<uuid:account_id>/<uuid:location_id>/averages"): EMPTY_SETTING,
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/voice"): PAGE,
    ("POST", "/configuration/<uuid:account_id>/<uuid:location_id>/voice"): EMPTY_SETTING,
    ("GET", "/configuration/<uuid:account_id>/<uuid:location_id>/history"): KEEPERS_ONLY,
    (
        "POST",
        "/configuration/<uuid:account_id>/<uuid:location_id>/history/<uuid:line_id>/put-back",
    ): NO_SUCH_LINE,
    ("GET", "/account/password"): PAGE,
    ("POST", "/account/password"): (SIGN_IN, 422, 422, 422),
    ("GET", "/health/"): ADMINS_ONLY,
    ("GET", "/healthz"): (200, 200, 200, 200),
    ("GET", "/knowledge/"): KEEPERS_ONLY,
    ("GET", "/knowledge/export.csv"): KEEPERS_ONLY,
    ("GET", "/knowledge/new"): KEEPERS_ONLY,
    ("POST", "/knowledge/new"): EMPTY_SETTING,
    ("GET", "/knowledge/<uuid:knowledge_id>"): KEEPERS_ONLY,
    ("POST", "/knowledge/<uuid:knowledge_id>/approve"): EMPTY_SETTING,
    ("POST", "/knowledge/<uuid:knowledge_id>/reject"): EMPTY_SETTING,
    ("POST", "/knowledge/<uuid:knowledge_id>/retry"): EMPTY_SETTING,
    ("POST", "/knowledge/<uuid:knowledge_id>/withdraw"): EMPTY_SETTING,
    ("GET", "/login"): (200, 303, 303, 303),
    ("POST", "/login"): (200, 303, 303, 303),
    ("POST", "/logout"): DONE,
    ("GET", "/notes/"): PAGE,
    ("GET", "/notes/details/"): PAGE,
    ("GET", "/notes/edit/"): OWN,
    ("POST", "/notes/edit/"): OWN_SAVED,
    ("GET", "/notes/delete/"): OWN_OR_ADMIN,
    ("POST", "/notes/delete/"): OWN_OR_ADMIN_GONE,
    ("GET", "/one-time-link"): (200, 200, 200, 200),
    ("POST", "/one-time-link"): (303, 303, 303, 303),
    ("GET", "/one-time-link/password"): (303, 303, 303, 303),
    ("POST", "/one-time-link/password"): (303, 303, 303, 303),
    ("GET", "/orders/"): PAGE,
    ("GET", "/orders/export.csv"): PAGE,
    ("GET", "/people/"): ADMINS_ONLY,
    ("GET", "/people/invite"): ADMINS_ONLY,
    ("POST", "/people/invite"): (SIGN_IN, 403, 403, 422),
    ("GET", "/people/<uuid:person_id>/"): ADMINS_ONLY,
    ("POST", "/people/<uuid:person_id>/"): (SIGN_IN, 403, 403, 422),
    ("POST", "/people/<uuid:person_id>/access"): (SIGN_IN, 403, 403, 422),
    ("POST", "/people/<uuid:person_id>/access/<uuid:access_id>/remove"): (SIGN_IN, 403, 403, 404),
    ("POST", "/people/<uuid:person_id>/deactivate"): (SIGN_IN, 403, 403, 422),
    ("POST", "/people/<uuid:person_id>/link"): (SIGN_IN, 403, 403, 404),
    ("POST", "/people/<uuid:person_id>/link/withdraw"): ADMINS_DONE,
    ("POST", "/people/<uuid:person_id>/reactivate"): ADMINS_DONE,
    ("GET", "/people/<uuid:person_id>/sees"): ADMINS_ONLY,
    ("POST", "/people/<uuid:person_id>/view-as"): (SIGN_IN, 403, 403, 404),
    # It is there for those who came by way of its call.
    ("GET", "/recordings/<name>"): NOWHERE,
    ("GET", "/reservations/"): PAGE,
    ("GET", "/reservations/export.csv"): PAGE,
    ("GET", "/settings/"): ADMINS_ONLY,
    ("GET", "/settings/new"): ADMINS_ONLY,
    ("POST", "/settings/new"): ADMINS_EMPTY,
    ("GET", "/settings/<key>/<uuid:account_id>"): ADMINS_ONLY,
    ("POST", "/settings/<key>/<uuid:account_id>"): ADMINS_EMPTY,
    ("GET", "/settings/<key>/<uuid:account_id>/delete"): ADMINS_ONLY,
    ("POST", "/settings/<key>/<uuid:account_id>/delete"): ADMINS_DONE,
    ("GET", "/settings/<key>/<uuid:account_id>/history"): ADMINS_ONLY,
    ("POST", "/settings/<key>/<uuid:account_id>/history/<uuid:line_id>/put-back"): ADMINS_NOWHERE,
    # The account of the seed has a setting of this key, and none of its locations.
    ("GET", "/settings/<key>/<uuid:account_id>/<uuid:location_id>"): ADMINS_NOWHERE,
    ("POST", "/settings/<key>/<uuid:account_id>/<uuid:location_id>"): ADMINS_EMPTY,
    ("GET", "/settings/<key>/<uuid:account_id>/<uuid:location_id>/delete"): ADMINS_NOWHERE,
    ("POST", "/settings/<key>/<uuid:account_id>/<uuid:location_id>/delete"): ADMINS_NOWHERE,
    ("GET", "/settings/<key>/<uuid:account_id>/<uuid:location_id>/history"): ADMINS_ONLY,
    (
        "POST",
        "/settings/<key>/<uuid:account_id>/<uuid:location_id>/history/<uuid:line_id>/put-back",
    ): ADMINS_NOWHERE,
    ("GET", "/static/<path:filename>"): (200, 200, 200, 200),
    ("POST", "/viewing/end"): DONE,
}

# The only admin of everything, who is signed in: nothing that is tried here takes anything from them.
PERSON = UUID("05e00000-0000-7000-8000-000000000001")

# What stands in a rule's placeholders, so that the address is one that exists.
VALUES = {
    "call_id": CALL,
    "note_id": NOTE,
    "account_id": ACCOUNT,
    "location_id": LOCATION,
    "line_id": NOTE,
    "key_id": KEY,
    "person_id": PERSON,
    "access_id": NOTE,
    "day": "2026-12-25",
    "key": "routing",
    "request_id": "unknown",
    # A request that manager and admin see.
    "knowledge_id": UUID("4e000000-0000-7000-8000-000000000001"),
    "name": "demo-1.wav",
    "filename": "img/mark.svg",
}

# Rules that take the row's id from the query string.
WITH_ID = {"/notes/details/": NOTE, "/notes/edit/": NOTE, "/notes/delete/": NOTE}

# What the forms send; the token aside.
FORMS: dict[str, dict[str, str]] = {
    "/account/password": {"current": "not the one", "password": "too short", "again": "too short"},
    "/one-time-link": {"link": "opens nothing"},
    "/calls/<uuid:call_id>/reveal": {"reason": "to call the guest back"},
    "/calls/<uuid:call_id>/notes": {"note_md": "Called back."},
    "/calls/<uuid:call_id>/notes/<uuid:note_id>/edit": {"note_md": "Called back twice.", "seen_at": ""},
    "/notes/edit/": {"note_md": "Called back twice.", "seen_at": ""},
    "/notes/delete/": {"id": str(NOTE)},
}

# Methods that a rule has no view for. HEAD is answered as GET is where there is a GET.
NOT_LIKE_THIS = (SIGN_IN, 405, 405, 405)
OTHER_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS")
# Flask answers OPTIONS itself, but in sections that are closed before it comes to that: their lists are not.
OPEN_TO_ALL = (200, 200, 200, 200)
CLOSED_SECTIONS = {"/api-keys/": ADMINS_ONLY, "/knowledge/": KEEPERS_ONLY, "/settings/": ADMINS_ONLY}

PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


def address_of(rule: str) -> str:
    """An address that the rule matches, and that exists."""
    query = f"?id={WITH_ID[rule]}" if rule in WITH_ID else ""
    return PLACEHOLDER.sub(lambda found: str(VALUES[found[1]]), rule) + query


def answers_otherwise(method: str, rule: str) -> tuple[str | int, ...]:
    """What each is answered to a method that the rule is not in ROUTES with, in the order of PEOPLE."""
    looked_at = ROUTES.get(("GET", rule))
    if method == "HEAD" and looked_at:
        # An export is written into the audit log, so nobody gets one without reading it.
        return tuple(405 if rule.endswith("/export.csv") and found == 200 else found for found in looked_at)
    if method != "OPTIONS":
        return NOT_LIKE_THIS
    if all(found[0] != SIGN_IN for (_, named), found in ROUTES.items() if named == rule):
        return OPEN_TO_ALL
    section = f"/{rule.split('/')[1]}/"
    return PAGE if rule in (section, f"{section}export.csv") else CLOSED_SECTIONS.get(section, PAGE)
