"""Exports: exactly the filtered rows, masked, harmless in a spreadsheet, and in the audit log first."""

import csv
import io
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certus_admin.database import db
from certus_admin.queries import exports
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser
from tests.made_calls import HARBOUR, SEAPORT, make_calls, read_list

LISTS = {"calls": "started_at", "orders": "created_at", "reservations": "created_at"}
NASTY = {
    '=HYPERLINK("http://evil.test")': '\'=HYPERLINK("http://evil.test")',
    "+1+cmd|' /C calc'!A0": "'+1+cmd|' /C calc'!A0",
    "-2+3+cmd": "'-2+3+cmd",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t=1",
    "\r=1": "'\r=1",
    "＝1": "'＝1",
    "-12.50": "-12.50",
    "+1 617-555-0142": "+1 617-555-0142",
    'Ana said "hi",\nthen = left': 'Ana said "hi",\nthen = left',
    "Café – 5 × crêpe": "Café – 5 × crêpe",
    "a=b": "a=b",
}


@pytest.fixture(scope="module", autouse=True)
def many_calls(database: Database) -> None:
    """Calls, orders and reservations at every location; some summaries want to be formulas."""
    make_calls(database, "exports ", 24)
    with database.owner() as owner:
        ids = owner.execute(
            "select id from public.call_logs where location_id = %s order by id limit 12", [SEAPORT]
        )
        for (identity,), words in zip(ids.fetchall(), NASTY, strict=True):
            owner.execute("update public.call_logs set summary_md = %s where id = %s", [words, identity])


def read_export(client: FlaskClient, url: str) -> list[dict[str, str]]:
    """The lines of an export by column; the header promises as many as there are."""
    response = client.get(url)
    assert response.status_code == 200
    assert response.mimetype == "text/csv"
    assert response.data.startswith(exports.BYTE_ORDER_MARK)
    lines = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))
    assert response.headers["X-Row-Count"] == str(len(lines))
    response.close()
    return lines


@pytest.mark.parametrize("relation", LISTS)
@pytest.mark.parametrize("who", ["admin", "manager", "operator", "operator.west", "newcomer"])
def test_an_export_holds_exactly_the_rows_of_the_list(relation: str, who: str, client_of: ClientOf) -> None:
    client = client_of(who)
    for query in (
        "",
        "?status=completed&status=confirmed" if relation != "calls" else "?status=completed&review=no",
    ):
        exported = [line["id"] for line in read_export(client, f"/{relation}/export.csv{query}")]
        assert exported == read_list(client, f"/{relation}/{query}")
        assert bool(exported) == (who != "newcomer") or query


@pytest.mark.parametrize("relation", LISTS)
def test_an_export_is_in_the_audit_log_with_its_filters_and_rows(
    relation: str, client_of: ClientOf, as_user: AsUser
) -> None:
    response = client_of("operator").get(f"/{relation}/export.csv?from=2026-01-01&location={SEAPORT}")
    # Nothing of the body has been read yet.
    line = as_user("admin").rows("select * from audit_log where action = 'export' order by at desc limit 1")[
        0
    ]
    assert line.table_name == relation
    assert str(line.account_id) == HARBOUR
    assert line.after["rows"] == int(response.headers["X-Row-Count"]) > 0
    assert line.after["filters"] == {"from": "2026-01-01", "location": SEAPORT, "account": HARBOUR}
    assert response.headers["Content-Disposition"].startswith(
        f'attachment; filename="{relation}-2026-01-01-to-'
    )
    response.close()


def test_the_audit_log_keeps_neither_digits_nor_words(client_of: ClientOf, as_user: AsUser) -> None:
    read_export(client_of("operator"), "/calls/export.csv?digits=0148&words=lobster")
    filters = as_user("admin").scalar(
        "select after -> 'filters' from audit_log where action = 'export' order by at desc limit 1"
    )
    assert filters == {"digits": "(given)", "words": "(given)", "account": HARBOUR}


def test_text_that_would_be_a_formula_is_disarmed_and_nothing_else_changes(client_of: ClientOf) -> None:
    lines = read_export(client_of("operator"), f"/calls/export.csv?location={SEAPORT}")
    summaries = [line["summary_md"] for line in lines]
    for written in NASTY.values():
        assert written in summaries


@pytest.mark.parametrize("relation", LISTS)
def test_no_full_number_is_in_an_export(relation: str, client_of: ClientOf, database: Database) -> None:
    with database.owner() as owner:
        owner_rows = owner.execute(
            """select from_number from public.call_logs union select to_number from public.call_logs
            union select guest_phone from public.reservations"""
        )
        numbers = [row[0] for row in owner_rows if row[0]]
    client = client_of("admin")
    body = client.get(f"/{relation}/export.csv?from=2026-02-01").text
    assert body.count("\n") > 20
    # The one that a guest left in a summary is words, not a column.
    assert not [number for number in numbers if number in body.replace("+1 617-555-0142", "")]


def test_times_carry_the_offset_of_their_zone(client_of: ClientOf, as_user: AsUser) -> None:
    known = {
        str(row.id): row for row in as_user("admin").rows("select id, started_at, timezone from calls_v")
    }
    lines = read_export(client_of("admin"), "/calls/export.csv")
    assert len({line["timezone"] for line in lines}) > 3
    for line in lines:
        row = known[line["id"]]
        local = row.started_at.astimezone(ZoneInfo(row.timezone)).replace(microsecond=0)
        assert line["started_at"] == local.isoformat()
        assert line["local_date"] == str(local.date())
        assert datetime.fromisoformat(line["started_at"]).utcoffset() is not None


def test_exports_at_once_are_limited_and_give_everything_back(client_of: ClientOf, app: Flask) -> None:
    client = client_of("admin")
    with app.app_context():
        before = db.engine.pool.checkedout()  # type: ignore[attr-defined]
    waiting = [client.get("/calls/export.csv") for _ in range(exports.AT_ONCE)]
    refused = client.get("/calls/export.csv")
    assert refused.status_code == 503
    assert "Other exports are running" in refused.text
    for response in waiting:
        response.close()
    assert len(read_export(client, "/calls/export.csv")) > 100
    with app.app_context():
        assert db.engine.pool.checkedout() == before  # type: ignore[attr-defined]


def test_an_export_is_read_not_only_asked_about(client_of: ClientOf, as_user: AsUser) -> None:
    before = as_user("admin").scalar("select count(*) from audit_log where action = 'export'")
    assert client_of("admin").head("/calls/export.csv").status_code == 405
    assert as_user("admin").scalar("select count(*) from audit_log where action = 'export'") == before


def test_a_calls_row_that_arrives_while_an_export_runs_is_not_in_it(
    client_of: ClientOf, database: Database
) -> None:
    response = client_of("admin").get("/calls/export.csv")
    make_calls(database, "late ", 1)
    body = response.data.decode()
    assert len(re.findall(r"^[0-9a-f]{8}-", body, re.MULTILINE)) == int(response.headers["X-Row-Count"])
    response.close()
