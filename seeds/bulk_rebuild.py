"""Indexes, constraints and marks out of the way of a large load: they cost more than all the rest."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

TABLES = ["call_logs", "order_logs", "reservations"]

# Primary keys stay, because triggers find calls by them. A foreign key or a unique rule that is added again
# is checked for all rows.
REBUILT = """
select format('alter table %%I.%%I drop constraint %%I', n.nspname, t.relname, c.conname),
    format('alter table %%I.%%I add constraint %%I %%s', n.nspname, t.relname, c.conname,
        pg_get_constraintdef(c.oid))
from pg_catalog.pg_constraint c
join pg_catalog.pg_class t on t.oid = c.conrelid
join pg_catalog.pg_namespace n on n.oid = t.relnamespace
where n.nspname = 'public' and t.relname = any (%(tables)s)
    and (c.contype = 'f' or (c.contype = 'u' and not exists (
        select from pg_catalog.pg_constraint f where f.contype = 'f' and f.conindid = c.conindid)))
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
# Bulk calls bring has_order, has_reservation and totals that add up: what keeps these has nothing to do.
# Every other trigger runs as always.
IDLE_TRIGGERS = """
select format('alter table %%I.%%I disable trigger %%I', n.nspname, t.relname, g.tgname),
    format('alter table %%I.%%I enable trigger %%I', n.nspname, t.relname, g.tgname)
from pg_catalog.pg_trigger g
join pg_catalog.pg_class t on t.oid = g.tgrelid
join pg_catalog.pg_namespace n on n.oid = t.relnamespace
join pg_catalog.pg_proc f on f.oid = g.tgfoid
where n.nspname = 'public' and t.relname = any (%(tables)s) and g.tgenabled = 'O'
    and f.pronamespace = 'private'::regnamespace
    and f.proname in ('mark_calls_of_orders', 'mark_calls_of_reservations')
"""
# A call whose indexes are kept up costs 220 us of one core. Making them anew costs 28 us of two for each call
# that is there or was added: about even at eight times as many.
WORTHWHILE = 8
ROWS_THERE = "select count(*) from (select from public.call_logs limit %s) found"
# A plan that a trigger made for a table of a few thousand rows reads all of it when it holds millions. Sorts
# of whole tables want memory. Both end with the transaction.
LOADING = """
select set_config('plan_cache_mode', 'force_custom_plan', true),
    set_config('maintenance_work_mem', '512MB', true)
"""


@contextmanager
def rebuilt_afterwards(connection: psycopg.Connection, calls: int) -> Iterator[bool]:
    """Drop plain indexes, unique rules and foreign keys of the three tables; make them anew at the end.

    The triggers that mark days for the metrics rest meanwhile; one mark for everything stands in for theirs.

    All of it in the connection's transaction, which holds the tables until its end: a fault brings everything
    back. Where WORTHWHILE times as many calls are there as will be added, making them anew would cost more
    than it spares, and nothing is dropped. Gives whether anything was.
    """
    connection.execute(LOADING)
    row = connection.execute(ROWS_THERE, [WORTHWHILE * calls + 1]).fetchone()
    if row is None or row[0] > WORTHWHILE * calls:
        yield False
        return
    found = connection.execute(REBUILT, {"tables": TABLES}).fetchall()
    found += connection.execute(IDLE_TRIGGERS, {"tables": TABLES}).fetchall()
    for aside, _ in found:
        connection.execute(aside.encode())
    yield True
    for _, back in found:
        connection.execute(back.encode())
    connection.execute(MARK_ALL)
