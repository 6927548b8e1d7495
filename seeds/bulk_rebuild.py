"""Indexes, foreign keys and marks out of the way of a large load: they cost more than all the rest."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

TABLES = ["call_logs", "order_logs", "reservations"]

# The indexes of keys stay: they keep rows apart. A foreign key that is added again is checked for all rows.
REBUILT = """
select format('alter table %%I.%%I drop constraint %%I', n.nspname, t.relname, c.conname),
    format('alter table %%I.%%I add constraint %%I %%s', n.nspname, t.relname, c.conname,
        pg_get_constraintdef(c.oid))
from pg_catalog.pg_constraint c
join pg_catalog.pg_class t on t.oid = c.conrelid
join pg_catalog.pg_namespace n on n.oid = t.relnamespace
where n.nspname = 'public' and t.relname = any (%(tables)s) and c.contype = 'f'
union all
select format('drop index %%I.%%I', n.nspname, i.relname), pg_get_indexdef(x.indexrelid)
from pg_catalog.pg_index x
join pg_catalog.pg_class i on i.oid = x.indexrelid
join pg_catalog.pg_class t on t.oid = x.indrelid
join pg_catalog.pg_namespace n on n.oid = t.relnamespace
where n.nspname = 'public' and t.relname = any (%(tables)s) and not x.indisunique
union all
select format('alter table %%I.%%I disable trigger %%I', n.nspname, t.relname, g.tgname),
    format('alter table %%I.%%I enable trigger %%I', n.nspname, t.relname, g.tgname)
from pg_catalog.pg_trigger g
join pg_catalog.pg_class t on t.oid = g.tgrelid
join pg_catalog.pg_namespace n on n.oid = t.relnamespace
where n.nspname = 'public' and t.relname = any (%(tables)s) and g.tgname like '%%\\_metrics\\_%%'
    and g.tgenabled = 'O'
"""
# Of a load this large all daily numbers are computed anew, in one pass, by whichever run comes first.
MARK_ALL = "insert into private.metrics_marks default values"
ROWS_THERE = "select count(*) from (select from public.call_logs limit %s) found"


@contextmanager
def rebuilt_afterwards(connection: psycopg.Connection, calls: int) -> Iterator[bool]:
    """Drop plain indexes and foreign keys of calls, orders and reservations; make them anew at the end.

    The triggers that mark days for the metrics rest meanwhile; one mark for everything stands in for theirs.

    All of it in the connection's transaction, which holds the tables until its end: a fault brings everything
    back. Where more calls are there than will be added, making them anew would cost more than it spares, and
    nothing is dropped. Gives whether anything was.
    """
    row = connection.execute(ROWS_THERE, [calls + 1]).fetchone()
    if row is None or row[0] > calls:
        yield False
        return
    found = connection.execute(REBUILT, {"tables": TABLES}).fetchall()
    for drop, _ in found:
        connection.execute(drop.encode())
    yield True
    connection.execute("set local maintenance_work_mem = '256MB'")
    for _, make in found:
        connection.execute(make.encode())
    connection.execute(MARK_ALL)
