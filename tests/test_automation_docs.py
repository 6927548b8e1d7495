"""docs/automation.md says what the database does: names, arguments, columns, statuses, examples."""

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from certus_admin.config import CHECKOUT
from tests.fixtures.database import Database

DOCUMENT = (CHECKOUT / "docs" / "automation.md").read_text()
# Of each call in a code block: the function, and its JSON body.
CALLS = [
    (name, json.loads(body))
    for name, body in re.findall(r"/rest/v1/rpc/(\w+)\".*?--data '(\{.*?\})'", DOCUMENT, re.DOTALL)
]
ANSWERS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)]


@pytest.fixture
def service(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The automation's transaction, undone afterwards, with one approved request to take."""
    with database.superuser() as connection:
        connection.execute("set local session_replication_role = replica")
        connection.execute(
            """update public.knowledge_update_requests set status = 'approved'
            where payload ->> 'title' = 'Winter menu'"""
        )
        connection.execute("set local session_replication_role = origin")
        connection.execute("set local role service_role")
        yield connection
        connection.rollback()


def call(connection: psycopg.Connection[Any], name: str, body: dict[str, Any]) -> list[Any]:
    """A function as PostgREST calls it: every argument by its name."""
    arguments = sql.SQL(", ").join(
        sql.SQL("{} => {}").format(sql.Identifier(key), sql.Placeholder(key)) for key in body
    )
    statement = sql.SQL("select to_jsonb(r) as answer from public.{}({}) r")
    return [row.answer for row in connection.execute(statement.format(sql.Identifier(name), arguments), body)]


def test_the_document_shows_both_calls() -> None:
    assert [name for name, _ in CALLS] == ["claim_knowledge_requests", "finish_knowledge_request"]


def test_the_documented_calls_work_as_they_are_written(service: psycopg.Connection[Any]) -> None:
    (claim, claiming), (finish, finishing) = CALLS
    (row,) = call(service, claim, claiming)
    assert row["payload"]["title"] == "Winter menu"
    body = finishing | {"id": row["id"], "claim": row["claim"]}
    assert call(service, finish, body) == ["done"]
    assert call(service, finish, body) == ["done"]


def test_three_arguments_work_as_documented(service: psycopg.Connection[Any]) -> None:
    (claim, claiming), (finish, finishing) = CALLS
    (row,) = call(service, claim, claiming)
    without = {name: value for name, value in finishing.items() if name != "claim"}
    assert set(without) == {"id", "ok", "message"}
    assert call(service, finish, without | {"id": row["id"]}) == ["done"]


def test_the_documented_answer_has_the_columns_that_are_given(service: psycopg.Connection[Any]) -> None:
    ((shown,),) = ANSWERS
    (row,) = call(service, "claim_knowledge_requests", {"n": 1})
    assert list(shown) == [
        column.name
        for column in service.execute("select * from public.claim_knowledge_requests(1)").description or ()
    ]
    assert set(shown) == set(row)


def test_the_documented_payload_fits_the_schema(service: psycopg.Connection[Any]) -> None:
    ((shown,),) = ANSWERS
    (schema,) = call(service, "knowledge_request_schema", {})
    assert set(shown["payload"]) <= set(schema["properties"])
    assert shown["payload"]["kind"] in schema["properties"]["kind"]["enum"]


def test_the_documented_statuses_are_those_of_the_table(database: Database) -> None:
    table = DOCUMENT.split("| Status |")[1].split("\n\n")[0]
    documented = {
        word for row in table.splitlines()[2:] for word in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    with database.owner() as owner:
        check = owner.execute(
            """select pg_get_constraintdef(oid) as text from pg_constraint
            where conname = 'knowledge_update_requests_status_check'"""
        ).fetchone()
    assert check is not None
    assert documented == set(re.findall(r"'(\w+)'::text", check.text))


def test_every_function_that_the_document_names_exists(database: Database) -> None:
    named = set(re.findall(r"\b(?:claim|finish)_knowledge_request\w*|\bknowledge_request_schema\b", DOCUMENT))
    with database.owner() as owner:
        found = owner.execute(
            """select proname::text from pg_proc
            where pronamespace = 'public'::regnamespace and proname = any (%s)""",
            [list(named)],
        ).fetchall()
    assert {row.proname for row in found} == named
