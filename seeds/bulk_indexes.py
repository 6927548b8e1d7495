"""Indexes out of the way of a large load: row by row they cost more than everything else together."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

TABLES = ["call_logs", "order_logs", "reservations"]

# Those that hold a constraint stay: they keep the rows apart.
INDEXES = """
select n.nspname, i.relname, pg_get_indexdef(x.indexrelid)
from pg_catalog.pg_index x
join pg_catalog.pg_class i on i.oid = x.indexrelid
join pg_catalog.pg_class t on t.oid = x.indrelid
join pg_catalog.pg_namespace n on n.oid = t.relnamespace
where n.nspname = 'public' and t.relname = any (%s) and not x.indisunique and not x.indisprimary
order by t.relname, i.relname
"""
ROWS_THERE = "select count(*) from (select from public.call_logs limit %s) found"


@contextmanager
def indexes_afterwards(connection: psycopg.Connection, calls: int) -> Iterator[bool]:
    """Drop the plain indexes of calls, orders and reservations for this block, and build them at its end.

    All of it in the connection's transaction, which holds the tables until its end: a fault brings everything
    back. Where more calls are there than will be added, building anew would cost more than it spares, and the
    indexes stay. Gives whether they were dropped.
    """
    row = connection.execute(ROWS_THERE, [calls + 1]).fetchone()
    if row is None or row[0] > calls:
        yield False
        return
    found = connection.execute(INDEXES, [TABLES]).fetchall()
    for schema, name, _ in found:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(schema, name)))
    yield True
    connection.execute("set local maintenance_work_mem = '256MB'")
    for _, _, definition in found:
        connection.execute(definition.encode())
