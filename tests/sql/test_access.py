"""Role x relation x verb: which rows everybody sees and reaches, and what is refused."""

from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.sql.access_table import (
    DELETED,
    EVERYBODY,
    REFUSED,
    UPDATED,
    VERSIONED,
    VISIBLE,
    become,
    expected,
    readable_columns,
    tried,
)
from tests.sql.asking import Asking, call_id


def test_every_relation_has_its_row_in_the_table(relations: dict[str, str]) -> None:
    assert set(relations) == set(VISIBLE)


@pytest.mark.parametrize("who", EVERYBODY)
def test_rows_that_are_seen_by(asking: Asking, relations: dict[str, str], who: str) -> None:
    become(asking, who)
    seen = {
        name: tried(asking, f"select {readable_columns(name)} from {{relation}}", name) for name in relations
    }
    assert seen == {name: expected(VISIBLE, name, who) for name in relations}


@pytest.mark.parametrize("who", EVERYBODY)
def test_rows_that_can_be_copied_out_by(asking: Asking, relations: dict[str, str], who: str) -> None:
    become(asking, who)
    copied = {}
    for name in relations:
        target = sql.Identifier(*name.split("."))
        columns = sql.SQL("(id)" if readable_columns(name) == "id" else "")
        statement = sql.SQL("copy {} {} to stdout").format(target, columns)
        if relations[name] != "r":
            statement = sql.SQL("copy (select * from {}) to stdout").format(target)
        copied[name] = copied_rows(asking, statement)
    assert copied == {name: expected(VISIBLE, name, who) for name in relations}


def copied_rows(asking: Asking, statement: sql.Composed) -> Any:
    try:
        with asking.undone(), asking.connection.cursor() as cursor, cursor.copy(statement) as copy:
            return sum(bytes(chunk).count(b"\n") for chunk in copy)
    except psycopg.errors.InsufficientPrivilege:
        return REFUSED


@pytest.mark.parametrize("who", EVERYBODY)
def test_rows_that_are_updated_by(asking: Asking, relations: dict[str, str], who: str) -> None:
    columns = {name: an_updatable_column(asking, name) for name in relations}
    become(asking, who)
    reached = {name: tried(asking, updating(name), name, column=columns[name]) for name in relations}
    assert reached == {name: expected(UPDATED, name, who) for name in relations}


def updating(relation: str) -> str:
    """An update of one column; of a row with a version its writer also says which."""
    said = ", version = version" if relation in VERSIONED else ""
    return f"update {{relation}} set {{column}} = {{column}}{said}"


def an_updatable_column(asking: Asking, relation: str) -> str:
    """One that some client may update and read, else any."""
    column = asking.scalar(
        """select a.attname from pg_attribute a
        where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by has_column_privilege('authenticated', a.attrelid, a.attnum, 'update') desc,
            has_column_privilege('service_role', a.attrelid, a.attnum, 'update') desc, a.attnum limit 1""",
        [relation],
    )
    return str(column)


@pytest.mark.parametrize("who", EVERYBODY)
def test_rows_that_are_deleted_by(asking: Asking, relations: dict[str, str], who: str) -> None:
    become(asking, who)
    reached = {name: tried(asking, "delete from {relation}", name) for name in relations}
    assert reached == {name: expected(DELETED, name, who) for name in relations}


@pytest.mark.parametrize("who", EVERYBODY)
def test_nothing_can_be_truncated_by(asking: Asking, relations: dict[str, str], who: str) -> None:
    become(asking, who)
    assert {tried(asking, "truncate {relation} cascade", name) for name in relations} == {REFUSED}


@pytest.mark.parametrize("who", EVERYBODY)
def test_nothing_is_copied_in_or_to_the_server_by(asking: Asking, who: str) -> None:
    become(asking, who)
    for statement in (
        "copy public.audit_log from stdin",
        "copy public.accounts to program 'true'",
        "copy public.accounts to '/accounts'",
        "copy (select 1) to program 'true'",
    ):
        assert asking.reach(statement) == "42501", statement


@pytest.mark.parametrize(
    ("who", "calls"),
    [
        ("operator", {1, 2, 3, 4, 5}),
        ("operator_west", {11, 12, 13}),
        ("operator_pier", set()),
        ("newcomer", set()),
        ("manager_lyon", {22, 23}),
        ("admin_harbour", {1, 2, 3, 4, 5, 6, 7, 8}),
    ],
)
def test_exactly_these_calls_are_seen_by(asking: Asking, who: str, calls: set[int]) -> None:
    ids = {call_id(number) for number in calls}
    assert asking.scalar("select count(*) from public.calls_v") == 14
    asking.as_person(who)
    assert set(asking.column("select id from public.calls_v")) == ids
    assert set(asking.column("select id from public.call_logs")) == ids


def test_whoever_has_no_access_row_sees_their_own_name_and_nothing_else(
    asking: Asking, relations: dict[str, str]
) -> None:
    asking.as_person("newcomer")
    seen = {
        name: tried(asking, f"select {readable_columns(name)} from {{relation}}", name) for name in relations
    }
    assert {name for name, rows in seen.items() if rows not in (0, REFUSED)} == {
        "public.users",
        "public.people_v",
    }
