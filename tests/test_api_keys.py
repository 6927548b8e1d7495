"""The pages of API keys: what the list says, and how a key is issued, rotated and revoked."""

import csv
import io
import re
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fixtures.database import Database
from tests.key_pages import HARBOUR, SOLES, TILL, change, key, keys, listed, send
from tests.secret_samples import SHAPES

NOBODYS = "0bad0000-0000-7000-8000-000000000bad"
NEXT_YEAR = f"{datetime.now(UTC).date() + timedelta(days=365)}"


pytestmark = pytest.mark.usefixtures("keys_as_seeded")


def issue(client: FlaskClient, **typed: Any) -> TestResponse:
    """Send the form of a new key, filled in well but for what is typed otherwise."""
    form = {
        "account": HARBOUR,
        "label": "Booking widget",
        "key_hint": "Ab3dE",
        "scopes": ["reservations:write"],
    }
    return send(client, "/api-keys/new", **form | typed)


# The list ------------------------------------------------------------------------------------------


def test_the_list_holds_the_keys_in_reach_the_newest_first(
    admin: FlaskClient, admin_harbour: FlaskClient
) -> None:
    assert listed(admin) == ["Website", "Point of sale", "Old website"]
    assert listed(admin_harbour) == ["Point of sale"]


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        (f"?account={SOLES}", ["Website"]),
        ("?state=revoked", ["Old website"]),
        ("?state=active", ["Website", "Point of sale"]),
        ("?state=idle", ["Website", "Point of sale"]),
        ("?state=double", []),
        ("?state=expiring", ["Point of sale"]),
        ("?state=expiring&state=revoked", ["Point of sale", "Old website"]),
        (f"?state=never_used&account={SOLES}", ["Website"]),
    ],
)
def test_the_list_is_narrowed_by(
    admin: FlaskClient, database: Database, query: str, labels: list[str]
) -> None:
    change(database, "expires_at = now() + interval '3 days'")
    assert listed(admin, query) == labels


@pytest.mark.parametrize(
    "query",
    ["?state=everything", "?account=x", f"?location={HARBOUR}", "?from=2026-01-01", "?period=7d", "?label=x"],
)
def test_a_filter_that_cannot_be_read_is_refused(admin: FlaskClient, query: str) -> None:
    assert admin.get(f"/api-keys/{query}").status_code == 400


def test_the_list_says_what_needs_a_look_and_leads_there(admin: FlaskClient, database: Database) -> None:
    change(database, "last_used_at = now(), expires_at = now() + interval '3 days'")
    text = admin.get("/api-keys/").text
    told = dict(re.findall(r'href="/api-keys/\?state=(\w+)"><strong>(\d+)</strong>', text))
    assert told == {"active": "2", "never_used": "1", "idle": "1", "expiring": "1"}
    for state, count in told.items():
        assert len(listed(admin, f"?state={state}")) == int(count), state
    for words in ("Never used", "Idle for 90 days", "Expires soon", "Revoked"):
        assert words in text


def test_the_file_holds_what_the_list_does_and_is_audited(
    admin_harbour: FlaskClient, database: Database
) -> None:
    change(database, "label = '=SUM(A1)'")
    answer = admin_harbour.get("/api-keys/export.csv")
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    answer.close()
    assert [(line["label"], line["state"], line["warnings"]) for line in lines] == [
        ("'=SUM(A1)", "active", "never_used; idle")
    ]
    assert lines[0]["created_at"] == "2025-11-03T10:00:00+00:00"
    with database.owner() as owner:
        line = owner.execute(
            """select account_id, after from public.audit_log where action = 'export'
            and table_name = 'api_keys' order by at desc limit 1"""
        ).fetchone()
    assert (str(line.account_id), line.after["rows"]) == (HARBOUR, 1)


# Issuing -------------------------------------------------------------------------------------------


def test_a_key_is_issued(admin_harbour: FlaskClient, database: Database) -> None:
    answer = issue(admin_harbour, expires_on=NEXT_YEAR)
    new = keys(database)[-1]
    assert (answer.status_code, answer.location) == (303, f"/api-keys/{new.id}")
    assert (new.label, new.key_hint, new.scopes) == ("Booking widget", "Ab3dE", ["reservations:write"])
    assert new.expires_at == datetime.combine(date.fromisoformat(NEXT_YEAR), time(23, 59, 59), UTC)
    page = admin_harbour.get(answer.location).text
    for words in ("Key issued.", "Booking widget", "Write reservations", "by Admin Harbour", "Never used"):
        assert words in page, words


def test_a_label_that_a_live_key_has_is_refused_beside_the_field(
    admin: FlaskClient, database: Database
) -> None:
    answer = issue(admin, label="Point of sale")
    assert answer.status_code == 422
    assert 'id="label-error"' in answer.text
    assert "A live key of this account has this label." in answer.text
    assert len(keys(database)) == 3
    assert issue(admin, label="Point of sale", account=SOLES).status_code == 303


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("label", " ", "Say what the key is for."),
        ("label", "Long " * 17, "Use up to 80 characters."),
        ("key_hint", "abc", "Give the last 4 to 8 characters"),
        ("key_hint", "ab cd", "Give the last 4 to 8 characters"),
        ("scopes", [], "Choose at least one."),
        ("scopes", ["everything:write"], "Choose from the list."),
        ("account", "", "Not a valid choice"),
        ("account", NOBODYS, "Not a valid choice"),
        ("expires_on", "soon", "Not a valid date"),
        ("expires_on", "2020-01-01", "still to come"),
        ("expires_on", "2099-01-01", "within 5 years"),
    ],
)
def test_a_field_that_is_wrong_says_so(
    admin: FlaskClient, database: Database, field: str, typed: Any, words: str
) -> None:
    answer = issue(admin, **{field: typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert len(keys(database)) == 3


@pytest.mark.parametrize("field", ["label", "key_hint", "scopes", "expires_on", "account"])
@pytest.mark.parametrize("shape", ["payments", "hex of 32", "signed token", "uuid"])
def test_a_key_that_is_typed_in_is_neither_kept_nor_shown_again(
    admin: FlaskClient, database: Database, caplog: pytest.LogCaptureFixture, field: str, shape: str
) -> None:
    secret = SHAPES[shape](Random(f"pages {field}"))
    answer = issue(admin, **{field: secret})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text or field == "scopes"
    for told in (answer.text, caplog.text, str(answer.headers)):
        assert secret not in told
    with database.owner() as owner:
        kept = owner.execute(
            "select a::text from public.audit_log a union all select k::text from public.api_keys k"
        )
        assert not [row for (row,) in kept if secret in row]


def test_what_only_the_database_would_refuse_is_said_beside_its_field_too(
    admin: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("forms.api_key.looks_like_secret", lambda _words: False)
    secret = SHAPES["hex of 32"](Random("the database"))
    for path, field in (("/api-keys/new", "label"), (f"/api-keys/{TILL}/revoke", "reason")):
        answer = issue(admin, label=secret) if field == "label" else send(admin, path, reason=secret)
        assert answer.status_code == 422
        assert "This looks like a key or a password" in answer.text
        assert f'id="{field}-error"' in answer.text
        assert secret not in answer.text + caplog.text
    assert key(database, TILL).revoked_at is None


def test_the_admin_of_one_account_issues_in_no_other(admin_harbour: FlaskClient, database: Database) -> None:
    page = admin_harbour.get("/api-keys/new").text
    assert HARBOUR in page
    assert SOLES not in page
    assert issue(admin_harbour, account=SOLES).status_code == 422
    assert len(keys(database)) == 3
