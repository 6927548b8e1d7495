"""The access table of tests/sql/ over HTTP: through PostgREST everybody sees and reaches the same rows."""

import json
from typing import Any

import pytest

from tests.fixtures.postgrest import Client, PostgREST
from tests.readers.asking_postgrest import ANONYMOUS, Catalogue, address, client_of, reached
from tests.sql.access_table import (
    COLUMNS,
    DELETED,
    REFUSED,
    STRANGERS,
    UPDATED,
    VERSIONED,
    VISIBLE,
    expected,
    readable_columns,
)
from tests.sql.insert_table import INSERTS

PEOPLE_AND_ROLES = [*COLUMNS, *STRANGERS]
EVERYBODY = [*PEOPLE_AND_ROLES, *ANONYMOUS]


def cell(table: dict[str, tuple[Any, ...]], relation: str, who: str) -> Any:
    return REFUSED if who in ANONYMOUS else expected(table, relation, who)


@pytest.mark.parametrize("who", EVERYBODY)
def test_rows_that_are_seen_by(postgrest: PostgREST, catalogue: Catalogue, who: str) -> None:
    client = client_of(postgrest, who)
    relations = catalogue.relations()
    seen = {}
    for name in relations:
        path, headers = address(name)
        seen[name] = reached(client.send("GET", path, {"select": readable_columns(name)}, **headers))
    assert seen == {name: cell(VISIBLE, name, who) for name in relations}


@pytest.mark.parametrize("who", EVERYBODY)
def test_rows_that_are_updated_by(postgrest: PostgREST, catalogue: Catalogue, who: str) -> None:
    client = client_of(postgrest, who)
    relations = catalogue.relations()
    updated = {name: update_to_the_same(client, catalogue, name) for name in relations}
    assert updated == {name: cell(UPDATED, name, who) for name in relations}


def update_to_the_same(client: Client, catalogue: Catalogue, relation: str) -> Any:
    """How many rows take the value that they have, asked for value by value."""
    column, is_open = catalogue.updatable_column(relation)
    path, headers = address(relation)
    said = {"version": 1} if relation in VERSIONED else {}
    if not is_open:
        return reached(client.send("PATCH", path, body={column: None}, **headers))
    counts = []
    for value in catalogue.values(relation, column):
        word = value if isinstance(value, str) else json.dumps(value)
        query = {column: "is.null" if value is None else f"eq.{word}"} | dict.fromkeys(said, "eq.1")
        counts.append(reached(client.send("PATCH", path, query, {column: value, **said}, **headers)))
    refused = [count for count in counts if not isinstance(count, int)]
    return refused[0] if refused else sum(counts)


@pytest.mark.parametrize("who", EVERYBODY)
def test_rows_that_are_deleted_by(postgrest: PostgREST, catalogue: Catalogue, who: str) -> None:
    client = client_of(postgrest, who)
    relations = catalogue.relations()
    deleted = {}
    for name in relations:
        path, headers = address(name)
        deleted[name] = reached(client.send("DELETE", path, **headers))
    assert deleted == {name: cell(DELETED, name, who) for name in relations}


@pytest.mark.parametrize("who", EVERYBODY)
def test_rows_that_are_inserted_by(postgrest: PostgREST, catalogue: Catalogue, who: str) -> None:
    client = client_of(postgrest, who)
    for statement, parameters, welcome in INSERTS:
        table, row = catalogue.inserted(statement, parameters)
        answer = client.send("POST", f"/{table}", body=row)
        if who in welcome.split():
            assert (answer.status, answer.count) == (201, 1), (table, row, answer)
        else:
            # P0002: a call out of reach is told as no call at all.
            assert answer.code in ("42501", "P0002"), (table, row, answer)


@pytest.mark.parametrize("who", ["operator", "manager", "admin", "service_role"])
@pytest.mark.parametrize(
    ("relation", "column"),
    [
        ("call_logs", "from_number"),
        ("call_logs", "to_number"),
        ("call_logs", "recording_url"),
        ("reservations", "guest_phone"),
        ("calls_v", "from_number"),
        ("reservations_v", "guest_phone"),
    ],
)
def test_a_raw_column_is_refused_however_it_is_asked_for(
    postgrest: PostgREST, who: str, relation: str, column: str
) -> None:
    client = client_of(postgrest, who)
    assert client.get(relation, select="id").count > 0
    for query in (
        {"select": column},
        {"select": f"id,word:{column}"},
        {"select": "id", column: "like.*"},
        {"select": "id", "order": column},
        {"select": "id", "or": f"({column}.is.null,id.not.is.null)"},
    ):
        answer = client.get(relation, **query)
        assert (answer.status, answer.code) in {(403, "42501"), (400, "42703")}, query
        assert "555" not in answer.words
    # Nor does all of a row, or a row that refers to it.
    if not relation.endswith("_v"):
        assert client.get(relation, select="*").code == "42501"
        assert client.get("locations", select=f"id,{relation}({column})").code == "42501"


def test_what_was_asked_to_be_rolled_back_is_gone(postgrest: PostgREST, catalogue: Catalogue) -> None:
    admin = client_of(postgrest, "admin")
    before = admin.get("settings").count
    assert before > 0
    assert admin.send("DELETE", "/settings").count == before
    assert admin.get("settings").count == before
