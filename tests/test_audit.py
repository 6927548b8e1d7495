"""The audit log's pages: what a line says, whose lines they are, and the ways to find one."""

import csv
import html
import io
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.audit_log_lines import HARBOUR, LUMEN, SOLES
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser
from tests.made_calls import ids_on, read_list, texts

HTMX = {"HX-Request": "true"}
SEAPORT = "10c00000-0000-7000-8000-0000000000a1"
LYON = "10c00000-0000-7000-8000-0000000000c2"
MANAGER = "05e00000-0000-7000-8000-000000000002"
KEEPERS = ["admin", "manager", "manager.lyon", "admin.harbour"]
ADD = """insert into public.audit_log (account_id, location_id, actor_user_id, actor_role, action, table_name,
    row_id, before, after, application, request_id)
    values (%s, %s, %s, 'authenticated', %s, %s, %s, %s, %s, %s, %s)
    returning id"""


def read_file(answer: TestResponse) -> list[dict[str, str]]:
    """The lines of a file, by column."""
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def words(page: str) -> str:
    """A page's text without its tags, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture(scope="module")
def clients(client_of: ClientOf) -> dict[str, FlaskClient]:
    """The people of this module, signed in once."""
    return {name: client_of(name) for name in [*KEEPERS, "operator"]}


@pytest.fixture(scope="module")
def lines(database: Database) -> dict[str, str]:
    """A line of each sort, by a name of its own."""
    row = str(uuid4())
    wanted: dict[str, tuple[Any, ...]] = {
        "busy mode": (
            HARBOUR, SEAPORT, MANAGER, "update", "location_settings", row,
            '{"busy_reason": "rain", "extra_wait_seconds": 0}',
            '{"busy_reason": "snow", "extra_wait_seconds": 600}', "back office", "req-one",
        ),
        "setting": (
            HARBOUR, None, MANAGER, "update", "settings", "5e770000-0000-7000-8000-000000000003",
            '{"value": {"overflow": "voicemail", "kept": 1}}',
            '{"value": {"overflow": "%s", "kept": 1}}' % ("long " * 60), None, None,
        ),
        "program": (
            SOLES, None, None, "update", "knowledge_update_requests", None, "{}", '{"status": "done"}',
            "n8n", None,
        ),
        "of Lyon": (LUMEN, LYON, None, "insert", "location_hours", None, None, '{"weekday": 2}', None, None),
        "of nobody": (
            None, None, MANAGER, "update", "users", MANAGER, '{"role": "operator"}', '{"role": "admin"}',
            None, None,
        ),
        "formula": (
            HARBOUR, None, MANAGER, "update", "api_keys", None, '{"label": "a"}',
            '{"label": "=HYPERLINK(1)"}', "=cmd()", "@SUM(1)",
        ),
    }  # fmt: skip
    with database.owner() as owner:
        found = {name: owner.execute(ADD, values).fetchone() for name, values in wanted.items()}
    return {name: str(line.id) for name, line in found.items() if line}


@pytest.mark.parametrize("who", KEEPERS)
def test_pages_together_are_exactly_what_the_policies_show_newest_first(
    who: str, clients: dict[str, FlaskClient], as_user: AsUser
) -> None:
    # Signing in writes a line: everybody of this module has done it by now.
    wanted = texts(as_user(who).rows("select id from audit_log order by at desc, id desc"))
    assert len(wanted) > 15
    assert read_list(clients[who], "/audit/") == wanted


def test_operators_and_strangers_have_no_part_in_it(
    clients: dict[str, FlaskClient], client: FlaskClient, lines: dict[str, str]
) -> None:
    for path in ("/audit/", "/audit/export.csv", f"/audit/{lines['busy mode']}"):
        assert clients["operator"].get(path).status_code == 403
        assert client.get(path).status_code == 302
    assert "/audit/" not in clients["operator"].get("/calls/").text
    assert 'href="/audit/"' in clients["manager"].get("/calls/").text
    assert 'href="/settings/"' not in clients["manager"].get("/calls/").text


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        (f"person={MANAGER}", f"actor_user_id = '{MANAGER}'"),
        ("person=00000000-0000-0000-0000-000000000000", "actor_user_id is null"),
        ("table=location_hours", "table_name = 'location_hours'"),
        ("action=update", "action = 'update'"),
        ("table=settings&action=update", "table_name = 'settings' and action = 'update'"),
        (f"person={MANAGER}&table=settings", f"actor_user_id = '{MANAGER}' and table_name = 'settings'"),
        (f"account={HARBOUR}&action=insert", f"account_id = '{HARBOUR}' and action = 'insert'"),
        (f"location={SEAPORT}", f"location_id = '{SEAPORT}'"),
        (f"location={SEAPORT}&action=insert", f"location_id = '{SEAPORT}' and action = 'insert'"),
        (
            "row=5e770000-0000-7000-8000-000000000003&action=update",
            "row_id = '5e770000-0000-7000-8000-000000000003' and action = 'update'",
        ),
    ],
)
@pytest.mark.parametrize("who", ["admin", "manager"])
def test_each_filter_leaves_exactly_its_lines(
    who: str,
    query: str,
    condition: str,
    clients: dict[str, FlaskClient],
    as_user: AsUser,
    lines: dict[str, str],
) -> None:
    assert lines
    statement = f"select id from audit_log where {condition} order by at desc, id desc"
    wanted = texts(as_user(who).rows(statement))
    assert wanted
    assert read_list(clients[who], f"/audit/?{query}") == wanted
    exported = read_file(clients[who].get(f"/audit/export.csv?{query}"))
    assert [line["id"] for line in exported] == wanted


def test_dates_are_those_of_the_lines_place(clients: dict[str, FlaskClient], lines: dict[str, str]) -> None:
    assert lines["busy mode"] in clients["admin"].get("/audit/?period=7d&table=location_settings").text
    empty = clients["admin"].get("/audit/?to=2020-01-01")
    assert ids_on(empty.text) == []
    assert "No lines match these filters." in empty.text


@pytest.mark.parametrize(
    "query",
    [
        "person=somebody", "row=1", "row=%00", "table=nothing_of_ours", "action=nothing", "from=yesterday",
        "nothing=1", "table=settings&table=users",
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused(clients: dict[str, FlaskClient], query: str) -> None:
    assert clients["admin"].get(f"/audit/?{query}").status_code == 400


def test_what_has_no_lines_yet_may_be_asked_for_and_is_empty(clients: dict[str, FlaskClient]) -> None:
    assert ">Session</option>" not in clients["manager.lyon"].get("/audit/").text
    page = clients["manager.lyon"].get("/audit/?table=web_sessions&action=sign_in")
    assert page.status_code == 200
    assert ids_on(page.text) == []
    assert 'aria-label="Remove filter What: Session"' in page.text


def test_somebody_out_of_reach_is_like_nobody(clients: dict[str, FlaskClient], as_user: AsUser) -> None:
    """An id that does not exist, and that of someone who works for others, find nothing in the same words."""
    stranger = as_user("manager.lyon").user_id
    answers = [clients["manager"].get(f"/audit/?person={each}") for each in (stranger, uuid4())]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Somebody without lines here" in answer.text for answer in answers)
    assert [ids_on(answer.text) for answer in answers] == [[], []]


def test_people_to_choose_from_are_those_of_lines_in_reach(clients: dict[str, FlaskClient]) -> None:
    def offered(who: str) -> list[str]:
        select = clients[who].get("/audit/").text.split('id="filter-person"', 1)[1].split("</select>", 1)[0]
        return re.findall(r"<option[^>]*>([^<]+)", select)

    assert {"Account Manager", "Programs"} <= set(offered("admin"))
    assert {"Account Manager", "Programs"} <= set(offered("manager"))
    assert "Account Manager" not in offered("manager.lyon")


def test_a_line_says_who_changed_what_from_what_to_what(
    clients: dict[str, FlaskClient], lines: dict[str, str]
) -> None:
    for headers in ({}, HTMX):
        page = clients["manager"].get(f"/audit/{lines['busy mode']}", headers=headers).text
        assert ("<html" in page) == (not headers)
        text = words(page)
        assert "Location settings changed Account Manager, " in text
        assert "busy reason rain became snow" in text
        assert "extra wait seconds 0 became 600" in text
        assert "req-one" in text
        assert f'href="/configuration/{HARBOUR}/{SEAPORT}/history"' in page


def test_only_what_differs_is_shown_and_long_values_are_folded(
    clients: dict[str, FlaskClient], lines: dict[str, str]
) -> None:
    page = clients["admin"].get(f"/audit/{lines['setting']}").text
    assert "value.overflow" in page
    assert "value.kept" not in page
    assert re.search(
        r'<details class="audit-long"><summary>.*?</summary>.*?voicemail.*?long long', page, re.DOTALL
    )
    assert f'href="/settings/routing/{HARBOUR}"' in page
    assert "/settings/routing/" not in clients["manager"].get(f"/audit/{lines['setting']}").text


def test_a_program_is_named_as_one(clients: dict[str, FlaskClient], lines: dict[str, str]) -> None:
    assert "n8n (a program)" in words(clients["manager"].get(f"/audit/{lines['program']}").text)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_line_out_of_reach_is_like_none(
    clients: dict[str, FlaskClient], lines: dict[str, str], headers: dict[str, str]
) -> None:
    def told(line: str) -> tuple[int, str]:
        answer = clients["manager"].get(f"/audit/{line}", headers=headers)
        return answer.status_code, answer.text.replace(answer.headers["X-Request-Id"], "")

    def same(text: tuple[int, str]) -> tuple[int, str]:
        return text[0], re.sub(r'(nonce|content)="[^"]*"', "", text[1])

    nothing = same(told(str(uuid4())))
    assert nothing[0] == 404
    for name in ("of Lyon", "of nobody"):
        assert clients["admin"].get(f"/audit/{lines[name]}").status_code == 200
        assert same(told(lines[name])) == nothing


def test_a_line_of_another_account_is_not_found_by_any_filter(
    clients: dict[str, FlaskClient], lines: dict[str, str]
) -> None:
    manager = clients["manager"]
    for query in (
        "",
        "table=location_hours",
        f"row={MANAGER}",
        "person=00000000-0000-0000-0000-000000000000",
    ):
        page = manager.get(f"/audit/?{query}").text + manager.get(f"/audit/export.csv?{query}").text
        assert lines["of Lyon"] not in page
        assert lines["of nobody"] not in page
    for place in (f"account={LUMEN}", f"location={LYON}"):
        assert manager.get(f"/audit/?{place}").status_code == 404


def test_the_file_is_safe_audited_and_holds_what_belongs_to_no_account(
    clients: dict[str, FlaskClient], lines: dict[str, str], as_user: AsUser
) -> None:
    response = clients["admin"].get("/audit/export.csv")
    found = {line["id"]: line for line in read_file(response)}
    assert len(found) == int(response.headers["X-Row-Count"])
    assert found[lines["of nobody"]]["account_name"] == ""
    formula = found[lines["formula"]]
    assert (formula["application"], formula["request_id"]) == ("'=cmd()", "'@SUM(1)")
    assert formula["after"] == '{"label": "=HYPERLINK(1)"}'
    newest = as_user("admin").rows(
        "select table_name, after from audit_log where action = 'export' order by at desc limit 1"
    )[0]
    assert newest.table_name == "audit"
    assert newest.after == {"filters": {}, "rows": len(found)}


def test_a_long_log_is_counted_no_further_than_somebody_reads(
    clients: dict[str, FlaskClient], database: Database
) -> None:
    with database.owner() as owner:
        owner.execute(
            """insert into public.audit_log (account_id, actor_role, action, table_name)
            select %s, 'owner', 'update', 'account_settings' from generate_series(1, 1100)""",
            [SOLES],
        )
    page = clients["manager"].get("/audit/?table=account_settings").text
    assert "<strong>1,000+</strong> lines" in page
    assert "older=" in page


@pytest.fixture
def nobody_given(database: Database, client_of: ClientOf) -> Iterator[FlaskClient]:
    """A manager who has been given nothing yet."""
    with database.owner() as owner:
        owner.execute("update public.users set role = 'account_manager' where email like 'newcomer@%'")
    yield client_of("newcomer")
    with database.owner() as owner:
        owner.execute("update public.users set role = 'operator' where email like 'newcomer@%'")


def test_whoever_was_given_nothing_is_told_whom_to_ask(nobody_given: FlaskClient) -> None:
    page = nobody_given.get("/audit/")
    assert page.status_code == 200
    assert "Ask an admin for access." in page.text
