-- partitions.sql: call_logs in monthly partitions. docs/operations.md says when, and what else changes.
-- Run by the owner in one transaction, in a quiet hour, after a backup: it copies every row and holds the table until its
-- end. Then `flask db apply`, which makes views, functions, policies and grants anew. Tried by tests/sql/test_partitions.py.

-- Months go by id, not by started_at: ids are uuid version 7, made when the row is, so that the key (account_id, id) and the
-- foreign keys of order_logs, reservations and internal_notes hold as they are. Other ids lie in the default partition.
create or replace function private.first_id_from(moment timestamptz) returns uuid
language sql immutable strict parallel safe
return (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
comment on function private.first_id_from(timestamptz) is 'The smallest uuid of version 7 that is made at that moment or later.';

alter table public.call_logs rename to call_logs_before;
create table public.call_logs (
    like public.call_logs_before including defaults including constraints including generated including comments
) partition by range (id);
comment on table public.call_logs is 'Every call, as its provider sent it; status, call_type, duration and masked numbers are derived and stored.';

-- Partitions lie in private, where no client has usage: whoever reads does so through public.call_logs and its policies.
create or replace function private.add_month(month date) returns void
language plpgsql
set search_path = ''
as $$
begin
    execute format('create table if not exists private.%I partition of public.call_logs for values from (%L) to (%L)
        with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.01)',
        'call_logs_' || to_char(month, 'YYYY_MM'),
        private.first_id_from(month::timestamp at time zone 'UTC'),
        private.first_id_from((month + interval '1 month') at time zone 'UTC'));
end
$$;
comment on function private.add_month(date) is 'Makes the partition of the month that begins on this date (UTC). Fails where the default partition has rows of it.';

create table private.call_logs_other partition of public.call_logs default;
do $$
declare
    month date;
    columns text;
begin
    for month in
        select generate_series(date_trunc('month', coalesce(min(created_at), now())), now() + interval '3 months', '1 month')
        from public.call_logs_before
    loop
        perform private.add_month(month);
    end loop;
    select string_agg(quote_ident(attname), ', ' order by attnum) into columns from pg_catalog.pg_attribute
    where attrelid = 'public.call_logs_before'::regclass and attnum > 0 and attgenerated = '' and not attisdropped;
    execute format('insert into public.call_logs (%1$s) select %1$s from public.call_logs_before', columns);
end
$$;

-- A rule over rows of all months cannot be an index of a partitioned table: one provider's call is one call, by a table beside.
create table private.provider_calls (
    account_id uuid not null,
    provider text not null,
    provider_call_id text not null,
    call_id uuid not null,
    constraint call_logs_account_id_provider_provider_call_id_key primary key (account_id, provider, provider_call_id)
);
comment on table private.provider_calls is 'Which call a provider''s id is; kept by the trigger of call_logs.';
insert into private.provider_calls select account_id, provider, provider_call_id, id from public.call_logs_before;

create or replace function private.keep_provider_call() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    if tg_op <> 'INSERT' then
        delete from private.provider_calls p where p.account_id = old.account_id and p.provider = old.provider
            and p.provider_call_id = old.provider_call_id;
    end if;
    if tg_op <> 'DELETE' then
        insert into private.provider_calls values (new.account_id, new.provider, new.provider_call_id, new.id);
    end if;
    return null;
end
$$;
comment on function private.keep_provider_call() is 'Trigger: a second call of the same provider''s id is refused, in whichever month it is.';
create trigger call_logs_provider_inserted after insert or delete on public.call_logs
    for each row execute function private.keep_provider_call();
create trigger call_logs_provider_updated after update of account_id, provider, provider_call_id on public.call_logs
    for each row execute function private.keep_provider_call();

-- Foreign keys and indexes of the table before, by their names; whatever another version of schema.sql has is carried over.
do $$
declare
    f record;
    definition text;
begin
    for f in
        select c.conname, c.conrelid::regclass as at, pg_catalog.pg_get_constraintdef(c.oid) as rule
        from pg_catalog.pg_constraint c
        where c.contype = 'f' and c.confrelid = 'public.call_logs_before'::regclass and c.conparentid = 0
    loop
        execute format('alter table %s drop constraint %I', f.at, f.conname);
    end loop;
    for definition in
        select pg_catalog.pg_get_indexdef(x.indexrelid) from pg_catalog.pg_index x
        where x.indrelid = 'public.call_logs_before'::regclass and not x.indisunique
    loop
        execute format('drop index public.%I', (regexp_match(definition, 'INDEX (\S+) ON'))[1]);
        execute replace(definition, ' ON public.call_logs_before ', ' ON public.call_logs ');
    end loop;
end
$$;
alter table public.call_logs_before drop constraint call_logs_pkey;
alter table public.call_logs
    add primary key (account_id, id),
    add foreign key (account_id, location_id) references public.locations (account_id, id);
alter table public.order_logs add foreign key (account_id, call_id) references public.call_logs (account_id, id);
alter table public.reservations add foreign key (account_id, call_id) references public.call_logs (account_id, id);
alter table public.internal_notes add foreign key (account_id, call_id) references public.call_logs (account_id, id);
alter table public.call_logs enable row level security;

-- Retention. Orders, reservations and notes go with their calls: a foreign key would stop the partition from going alone.
create or replace function private.drop_month(month date) returns void
language plpgsql
set search_path = ''
as $$
declare
    name text := 'call_logs_' || to_char(month, 'YYYY_MM');
    child text;
begin
    foreach child in array array['order_updates', 'upsells'] loop
        execute format('delete from public.%I x using public.order_logs o, private.%I c
            where o.account_id = c.account_id and o.call_id = c.id and x.account_id = o.account_id and x.order_id = o.id', child, name);
    end loop;
    foreach child in array array['order_logs', 'reservations', 'internal_notes'] loop
        execute format('delete from public.%I x using private.%I c where x.account_id = c.account_id and x.call_id = c.id', child, name);
    end loop;
    execute format('delete from private.provider_calls p using private.%I c where p.account_id = c.account_id
        and p.provider = c.provider and p.provider_call_id = c.provider_call_id', name);
    execute format('alter table public.call_logs detach partition private.%I', name);
    execute format('drop table private.%I', name);
end
$$;
comment on function private.drop_month(date) is 'Drops a month of calls with all that hangs on them. For good: the daily numbers lose it at the next refresh.';

-- Its type is the table's row, and a type cannot be replaced; flask db apply makes it again.
drop function private.call_in_reach(uuid);
