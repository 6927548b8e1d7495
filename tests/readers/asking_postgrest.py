"""The tables of tests/sql/ asked over HTTP: who holds which token, and statements as requests."""

import json
import re
from collections.abc import Iterator
from typing import Any, LiteralString

from psycopg import sql
from psycopg.rows import dict_row, tuple_row

from tests.fixtures.database import Database
from tests.fixtures.postgrest import Answer, Client, PostgREST
from tests.sql.access_table import OUR_SCHEMAS, REFUSED, STRANGERS
from tests.sql.asking import PEOPLE

ADMIN = PEOPLE["admin"]
# Those of the access table who can ask over HTTP: the back office's login has no token.
WITHOUT_TOKEN = "anon without a token"
ANONYMOUS = {WITHOUT_TOKEN: None, "anon": {}, "anon with an admin's claims": {"sub": str(ADMIN)}}
# A rule of the row refused it: the access table has the SQLSTATE.
BY_A_RULE = {"23514"}
# PostgREST's words for what SQL refuses: not granted (anon is asked to sign in), or not exposed.
REFUSALS = {(403, "42501"), (401, "42501"), (406, "PGRST106"), (405, "PGRST106")}
NOT_WRITABLE = {"55000", "42809", "0A000"}
INSERT = re.compile(r"insert into public\.(\w+) \(([^)]*)\)\s+values \((.*)\)\s*", re.DOTALL)


def client_of(server: PostgREST, who: str) -> Client:
    """The client of somebody of the access table."""
    if who in ANONYMOUS:
        claims = ANONYMOUS[who]
        return server.client(None if claims is None else server.sign({"role": "anon", **claims}))
    if who in STRANGERS:
        role, claims = STRANGERS[who]
        return server.client(server.sign({"role": role, **json.loads(claims or "{}")}))
    return server.client(
        server.token(who) if who == "service_role" else server.token("authenticated", PEOPLE[who])
    )


def reached(answer: Answer) -> Any:
    """Rows touched or given, REFUSED, or the SQLSTATE of a rule; any other failure is in no table."""
    if answer.status < 300:
        return answer.count
    if (answer.status, answer.code) in REFUSALS or answer.code in NOT_WRITABLE:
        return REFUSED
    return answer.code if answer.code in BY_A_RULE else (answer.status, answer.code)


def address(relation: str) -> tuple[str, dict[str, str]]:
    """Path and headers of a relation, named with its schema: a schema is asked for by name."""
    schema, name = relation.split(".")
    return f"/{name}", {"Accept-Profile": schema, "Content-Profile": schema}


class Catalogue:
    """What the database says of its relations and functions, and values that its rows hold."""

    def __init__(self, database: Database) -> None:
        self.connection = database.superuser(autocommit=True)
        self.connection.row_factory = tuple_row

    def relations(self) -> list[str]:
        """Every table and view of ours, by qualified name."""
        found = self.connection.execute(
            """select c.relnamespace::regnamespace || '.' || c.relname from pg_class c
            where c.relnamespace::regnamespace::text = any (%s) and c.relkind in ('r', 'v', 'm', 'p', 'f')
            order by 1""",
            [OUR_SCHEMAS],
        )
        return [row[0] for row in found]

    def updatable_column(self, relation: str) -> tuple[str, bool]:
        """A column that some client may update and read, else any; and whether one may."""
        row = self.connection.execute(
            """select name, people or platform from (
                select a.attname::text as name, a.attnum, a.attndims,
                    has_column_privilege('authenticated', a.attrelid, a.attnum, 'update')
                        and has_column_privilege('authenticated', a.attrelid, a.attnum, 'select') as people,
                    has_column_privilege('service_role', a.attrelid, a.attnum, 'update')
                        and has_column_privilege('service_role', a.attrelid, a.attnum, 'select') as platform
                from pg_attribute a
                where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
                    and a.attgenerated = '') c
            order by people desc, platform desc, attndims, attnum limit 1""",
            [relation],
        ).fetchone()
        assert row is not None
        return row[0], row[1]

    def values(self, relation: str, column: str) -> list[Any]:
        """The values of a column that its rows hold, each once, as JSON."""
        statement = sql.SQL("select distinct to_jsonb({column}) from {relation} order by 1").format(
            column=sql.Identifier(column), relation=sql.Identifier(*relation.split("."))
        )
        return [row[0] for row in self.connection.execute(statement)]

    def inserted(self, statement: LiteralString, parameters: tuple[Any, ...]) -> tuple[str, dict[str, Any]]:
        """The table and the row, as JSON, that an insert of the insert table makes."""
        found = INSERT.fullmatch(statement)
        assert found is not None, f"no plain insert: {statement}"
        table, columns, values = found.groups()
        given = self.connection.cursor(row_factory=dict_row).execute(
            f"select to_jsonb(v) as row from (values ({values})) v ({columns})".encode(), parameters
        )
        row = given.fetchall()[0]["row"]
        kinds = dict(
            self.connection.execute(
                """select attname::text, format_type(atttypid, null) from pg_attribute
                where attrelid = %s::regclass""",
                [f"public.{table}"],
            ).fetchall()
        )
        return table, {
            name: json.loads(value) if kinds[name] == "jsonb" and isinstance(value, str) else value
            for name, value in row.items()
        }

    def functions(self) -> Iterator[tuple[str, str, list[str]]]:
        """Signature, name and names of arguments of every function in public."""
        yield from self.connection.execute(
            """select p.pronamespace::regnamespace || '.' || p.proname || '(' ||
                coalesce((select string_agg(format_type(t, null), ',' order by n)
                    from unnest(p.proargtypes) with ordinality a (t, n)), '') || ')',
                p.proname::text, coalesce(p.proargnames[:p.pronargs], '{}')::text[]
            from pg_proc p where p.pronamespace = 'public'::regnamespace
                and p.prorettype <> 'trigger'::regtype order by 1"""
        ).fetchall()
