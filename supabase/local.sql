-- local.sql: only what a Supabase project already has and a plain PostgreSQL lacks.
-- On Supabase every statement here finds its object and leaves it alone. Runs any number of times.

do $$
begin
    if not exists (select from pg_roles where rolname = 'anon') then
        create role anon nologin noinherit;
    end if;
    if not exists (select from pg_roles where rolname = 'authenticated') then
        create role authenticated nologin noinherit;
    end if;
    -- On Supabase service_role bypasses row-level security. Giving BYPASSRLS needs a superuser before PostgreSQL 16,
    -- so here it does not: policies.sql names service_role in policies of its own, which hold in both worlds.
    if not exists (select from pg_roles where rolname = 'service_role') then
        create role service_role nologin noinherit;
    end if;
end
$$;

do $$
begin
    if not exists (select from pg_namespace where nspname = 'auth') then
        create schema auth;
        comment on schema auth is 'Who asks: the two functions of Supabase''s auth schema that policies lean on.';
        grant usage on schema auth to anon, authenticated, service_role;
    end if;

    if to_regprocedure('auth.jwt()') is null then
        create function auth.jwt() returns jsonb
        language sql stable
        -- A setting made by set_config(..., true) reads back as '' after its transaction, not as null.
        return nullif(current_setting('request.jwt.claims', true), '')::jsonb;
        comment on function auth.jwt() is 'The claims of the caller''s token, as PostgREST and the back office set them for one transaction.';
    end if;

    if to_regprocedure('auth.uid()') is null then
        create function auth.uid() returns uuid
        language sql stable
        return (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid;
        comment on function auth.uid() is 'The caller''s users.id, or null for a stranger.';
    end if;
end
$$;
