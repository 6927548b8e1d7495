-- policies.sql: who may do what, and where. The page that forgets a check must still leak nothing.
-- Runs any number of times. Grants come last: Supabase's default privileges give clients everything on each new object.

-- The back office signs in as certus_app: a member of authenticated that inherits nothing, so that a statement outside
-- a transaction with a role and claims reads nothing. flask db apply gives it LOGIN and its password.
do $$
begin
    if not exists (select from pg_roles where rolname = 'certus_app') then
        create role certus_app nologin noinherit;
    end if;
    if not pg_has_role('certus_app', 'authenticated', 'member') then
        grant authenticated to certus_app;
    end if;
end
$$;

-- Every table, ours or the platform's: no policy, no row.
do $$
declare
    target text;
begin
    foreach target in array array['accounts', 'users', 'locations', 'call_logs', 'order_logs', 'order_updates', 'upsells',
        'reservations', 'account_settings', 'location_settings', 'location_hours', 'location_hours_exceptions', 'settings',
        'knowledge_update_requests', 'internal_notes', 'api_keys', 'user_access', 'audit_log'] loop
        execute format('alter table public.%I enable row level security', target);
        -- The platform and the automation: on Supabase service_role bypasses policies, elsewhere this one lets it pass.
        execute format('drop policy if exists %1$s_service on public.%1$s', target);
        execute format('create policy %1$s_service on public.%1$s to service_role using (true) with check (true)', target);
    end loop;
end
$$;

-- Rows of a location -------------------------------------------------------------------------------------------------
-- The or-form is deliberate: a bare location_id = any (...) makes the planner multiply selectivities and sort an account.

-- People see the locations they work for, and everything that happened there.
do $$
declare
    target text;
begin
    foreach target in array array['call_logs', 'order_logs', 'order_updates', 'upsells', 'reservations', 'internal_notes',
        'location_settings', 'location_hours', 'location_hours_exceptions'] loop
        execute format('drop policy if exists %1$s_select on public.%1$s', target);
        execute format('create policy %1$s_select on public.%1$s for select to authenticated
            using ((select private.sees_everything()) or location_id = any ((select private.location_ids())::uuid[]))', target);
    end loop;
end
$$;

drop policy if exists locations_select on public.locations;
create policy locations_select on public.locations
    for select to authenticated
    using ((select private.sees_everything()) or id = any ((select private.location_ids())::uuid[]));

-- People see the accounts in which they have any access.
drop policy if exists accounts_select on public.accounts;
create policy accounts_select on public.accounts
    for select to authenticated
    using ((select private.sees_everything()) or id = any ((select private.account_ids())::uuid[]));

-- Account managers and admins configure the locations they work for.
do $$
declare
    target text;
    rule constant text := '(select private.manages())
        and ((select private.sees_everything()) or location_id = any ((select private.location_ids())::uuid[]))';
begin
    foreach target in array array['location_settings', 'location_hours', 'location_hours_exceptions'] loop
        execute format('drop policy if exists %1$s_insert on public.%1$s', target);
        execute format('create policy %1$s_insert on public.%1$s for insert to authenticated with check (%2$s)', target, rule);
        execute format('drop policy if exists %1$s_update on public.%1$s', target);
        execute format('create policy %1$s_update on public.%1$s for update to authenticated using (%2$s) with check (%2$s)',
            target, rule);
        execute format('drop policy if exists %1$s_delete on public.%1$s', target);
        execute format('create policy %1$s_delete on public.%1$s for delete to authenticated using (%2$s)', target, rule);
    end loop;
end
$$;
-- delete is granted on hours and exceptions alone: a location always keeps its settings row.

-- Rows of an account ---------------------------------------------------------------------------------------------------

-- What an account sets holds for each of its locations, so whoever works for one of them may read it.
drop policy if exists account_settings_select on public.account_settings;
create policy account_settings_select on public.account_settings
    for select to authenticated
    using ((select private.sees_everything()) or account_id = any ((select private.account_ids())::uuid[]));

-- Managers and admins of the whole account change it: it reaches locations that a manager of one does not see.
drop policy if exists account_settings_insert on public.account_settings;
create policy account_settings_insert on public.account_settings
    for insert to authenticated
    with check ((select private.manages())
        and ((select private.sees_everything()) or account_id = any ((select private.whole_account_ids())::uuid[])));
drop policy if exists account_settings_update on public.account_settings;
create policy account_settings_update on public.account_settings
    for update to authenticated
    using ((select private.manages())
        and ((select private.sees_everything()) or account_id = any ((select private.whole_account_ids())::uuid[])))
    with check ((select private.manages())
        and ((select private.sees_everything()) or account_id = any ((select private.whole_account_ids())::uuid[])));

-- Everybody who works for a location reads its voice; other settings are the admins'.
drop policy if exists settings_select on public.settings;
create policy settings_select on public.settings
    for select to authenticated
    using ((key = 'ai_voice' or (select private.administers()))
        and ((select private.sees_everything())
            or (location_id is null and org_id = any ((select private.account_ids())::uuid[]))
            or location_id = any ((select private.location_ids())::uuid[])));

-- Managers change the voice, admins every setting; an account's row belongs to those who work for the whole account.
do $$
declare
    rule constant text := '((key = ''ai_voice'' and (select private.manages())) or (select private.administers()))
        and ((select private.sees_everything())
            or (location_id is null and org_id = any ((select private.whole_account_ids())::uuid[]))
            or location_id = any ((select private.location_ids())::uuid[]))';
begin
    drop policy if exists settings_insert on public.settings;
    execute format('create policy settings_insert on public.settings for insert to authenticated with check (%s)', rule);
    drop policy if exists settings_update on public.settings;
    execute format('create policy settings_update on public.settings for update to authenticated using (%1$s) with check (%1$s)', rule);
    drop policy if exists settings_delete on public.settings;
    execute format('create policy settings_delete on public.settings for delete to authenticated using (%s)', rule);
end
$$;

-- Managers see and file the requests of their accounts and locations; operators have no part in them.
drop policy if exists knowledge_update_requests_select on public.knowledge_update_requests;
create policy knowledge_update_requests_select on public.knowledge_update_requests
    for select to authenticated
    using ((select private.manages())
        and ((select private.sees_everything())
            or (location_id is null and org_id = any ((select private.account_ids())::uuid[]))
            or location_id = any ((select private.location_ids())::uuid[])));
drop policy if exists knowledge_update_requests_insert on public.knowledge_update_requests;
create policy knowledge_update_requests_insert on public.knowledge_update_requests
    for insert to authenticated
    with check ((select private.manages()) and requested_by_user_id = (select auth.uid()) and status = 'pending'
        and ((select private.sees_everything())
            or (location_id is null and org_id = any ((select private.account_ids())::uuid[]))
            or location_id = any ((select private.location_ids())::uuid[])));

-- Admins approve, reject, and send round again what failed.
drop policy if exists knowledge_update_requests_update on public.knowledge_update_requests;
create policy knowledge_update_requests_update on public.knowledge_update_requests
    for update to authenticated
    using ((select private.administers())
        and ((select private.sees_everything()) or org_id = any ((select private.whole_account_ids())::uuid[])))
    with check ((select private.administers())
        and ((select private.sees_everything()) or org_id = any ((select private.whole_account_ids())::uuid[])));

-- Whoever filed a request withdraws it while nobody has decided; the audit log keeps that it was there.
drop policy if exists knowledge_update_requests_delete on public.knowledge_update_requests;
create policy knowledge_update_requests_delete on public.knowledge_update_requests
    for delete to authenticated
    using ((select private.manages()) and requested_by_user_id = (select auth.uid()) and status = 'pending'
        and ((select private.sees_everything())
            or (location_id is null and org_id = any ((select private.account_ids())::uuid[]))
            or location_id = any ((select private.location_ids())::uuid[])));

-- Labels of keys are the admins' of the whole account.
do $$
declare
    rule constant text := '(select private.administers())
        and ((select private.sees_everything()) or account_id = any ((select private.whole_account_ids())::uuid[]))';
begin
    drop policy if exists api_keys_select on public.api_keys;
    execute format('create policy api_keys_select on public.api_keys for select to authenticated using (%s)', rule);
    drop policy if exists api_keys_insert on public.api_keys;
    execute format('create policy api_keys_insert on public.api_keys for insert to authenticated with check (%s)', rule);
    drop policy if exists api_keys_update on public.api_keys;
    -- A key that is revoked stays so: nobody brings a label back to life.
    execute format('create policy api_keys_update on public.api_keys for update to authenticated
        using (revoked_at is null and %1$s) with check (%1$s)', rule);
end
$$;
-- delete is not granted: a key is revoked, and stays in the list.

-- Notes ------------------------------------------------------------------------------------------------------------------

-- People write notes in their own name on the calls they see (the trigger finds the call's location first).
drop policy if exists internal_notes_insert on public.internal_notes;
create policy internal_notes_insert on public.internal_notes
    for insert to authenticated
    with check (author_user_id = (select auth.uid())
        and ((select private.sees_everything()) or location_id = any ((select private.location_ids())::uuid[])));

-- They edit their own.
drop policy if exists internal_notes_update on public.internal_notes;
create policy internal_notes_update on public.internal_notes
    for update to authenticated
    using (author_user_id = (select auth.uid())
        and ((select private.sees_everything()) or location_id = any ((select private.location_ids())::uuid[])))
    with check (author_user_id = (select auth.uid())
        and ((select private.sees_everything()) or location_id = any ((select private.location_ids())::uuid[])));

-- They delete their own; an admin deletes any of their locations.
drop policy if exists internal_notes_delete on public.internal_notes;
create policy internal_notes_delete on public.internal_notes
    for delete to authenticated
    using ((author_user_id = (select auth.uid()) or (select private.administers()))
        and ((select private.sees_everything()) or location_id = any ((select private.location_ids())::uuid[])));

-- People and access ------------------------------------------------------------------------------------------------------

-- Everybody sees themselves, an admin the people of their accounts.
drop policy if exists users_select on public.users;
create policy users_select on public.users
    for select to authenticated
    using (private.knows_person(id));

-- Admins add people; until they are given access, new people see nothing.
drop policy if exists users_insert on public.users;
create policy users_insert on public.users
    for insert to authenticated
    with check ((select private.administers())
        and ((select private.sees_everything()) or cardinality((select private.whole_account_ids())) > 0));

-- Admins change people who work for nobody else.
drop policy if exists users_update on public.users;
create policy users_update on public.users
    for update to authenticated
    using (private.runs_person(id)) with check (private.runs_person(id));

-- People see where they work; admins see and give access to their whole accounts. Only who sees everything gives everything.
drop policy if exists user_access_select on public.user_access;
create policy user_access_select on public.user_access
    for select to authenticated
    using ((user_id = (select auth.uid()) and (select private.person_role()) is not null) or ((select private.administers())
        and ((select private.sees_everything()) or account_id = any ((select private.whole_account_ids())::uuid[]))));
do $$
declare
    rule constant text := '(select private.administers())
        and ((select private.sees_everything()) or account_id = any ((select private.whole_account_ids())::uuid[]))';
begin
    drop policy if exists user_access_insert on public.user_access;
    execute format('create policy user_access_insert on public.user_access for insert to authenticated with check (%s)', rule);
    drop policy if exists user_access_delete on public.user_access;
    execute format('create policy user_access_delete on public.user_access for delete to authenticated using (%s)', rule);
end
$$;
-- update is not granted: access is given and taken, each with its own line in the audit log.

-- Managers read the lines of their own accounts, admins theirs; what belongs to no account is for who sees everything.
drop policy if exists audit_log_select on public.audit_log;
create policy audit_log_select on public.audit_log
    for select to authenticated
    using ((select private.manages())
        and ((select private.sees_everything())
            or account_id = any ((select private.whole_account_ids())::uuid[])
            or location_id = any ((select private.location_ids())::uuid[])));

-- Grants -------------------------------------------------------------------------------------------------------------------

-- First everything is taken away from everybody, on our own objects only: other tables in public are not ours to touch.
do $$
declare
    target regclass;
    routine regprocedure;
begin
    for target in
        select c.oid from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm') and c.relname in (
            'accounts', 'users', 'locations', 'call_logs', 'order_logs', 'order_updates', 'upsells', 'reservations',
            'account_settings', 'location_settings', 'location_hours', 'location_hours_exceptions', 'settings',
            'knowledge_update_requests', 'internal_notes', 'api_keys', 'user_access', 'audit_log',
            'calls_v', 'orders_v', 'reservations_v', 'internal_notes_v', 'metrics_daily_v', 'metrics_hours_v',
            'mv_metrics_daily')
            or c.relnamespace = 'private'::regnamespace and c.relkind in ('r', 'v', 'S')
    loop
        execute format('revoke all on %s from public, anon, authenticated, service_role, certus_app', target);
    end loop;
    for routine in
        select p.oid from pg_proc p
        where p.pronamespace in ('private'::regnamespace, 'back_office'::regnamespace)
            or p.pronamespace = 'public'::regnamespace and p.proname in ('call_status', 'call_type', 'mask_phone',
                'reveal_caller', 'open_recording', 'record_export', 'mentionable_people', 'metrics_refreshed_at')
    loop
        execute format('revoke all on function %s from public, anon, authenticated, service_role, certus_app', routine);
    end loop;
end
$$;
revoke all on schema private, back_office from public, anon, authenticated, service_role, certus_app;
grant usage on schema back_office to certus_app;
grant usage on schema public to authenticated, service_role;

-- Reading: what is masked is granted, what is not is not.
grant select on public.accounts, public.locations, public.users, public.account_settings, public.location_settings,
    public.location_hours, public.location_hours_exceptions, public.settings, public.knowledge_update_requests,
    public.internal_notes, public.api_keys, public.user_access, public.audit_log, public.order_logs, public.order_updates,
    public.upsells, public.calls_v, public.orders_v, public.reservations_v, public.internal_notes_v, public.metrics_daily_v,
    public.metrics_hours_v
    to authenticated, service_role;
grant select (account_id, id, location_id, provider, provider_call_id, provider_status, end_reason, intent, direction,
    started_at, answered_at, ended_at, summary_md, transcript_md, created_at, status, call_type, duration_seconds,
    duration_bucket, caller_masked, caller_digits, transfer_unanswered, has_recording, has_order, has_reservation, total_differs,
    needs_review)
    on public.call_logs to authenticated, service_role;
grant select (account_id, id, location_id, call_id, reservation_datetime, reservation_date, reservation_time, guest_name,
    guest_phone_masked, guest_count, avg_spend_per_head_override, special_requests, status, created_at)
    on public.reservations to authenticated, service_role;

-- Writing: by column, so that ids, authors, versions and times stay the database's.
grant insert (account_id, location_id, busy_mode_enabled, extra_wait_seconds, busy_until, busy_reason, avg_spend_per_head,
        baseline_handle_seconds),
    update (busy_mode_enabled, extra_wait_seconds, busy_until, busy_reason, avg_spend_per_head, baseline_handle_seconds, version)
    on public.location_settings to authenticated;
grant insert (account_id, avg_spend_per_head, baseline_handle_seconds), update (avg_spend_per_head, baseline_handle_seconds, version)
    on public.account_settings to authenticated;
grant insert (account_id, location_id, weekday, opens_at, closes_at), update (weekday, opens_at, closes_at, version), delete
    on public.location_hours to authenticated;
grant insert (account_id, location_id, exception_date, is_closed, opens_at, closes_at, reason),
    update (exception_date, is_closed, opens_at, closes_at, reason, version), delete
    on public.location_hours_exceptions to authenticated;
grant insert (org_id, location_id, key, value), update (value, version), delete on public.settings to authenticated;
grant insert (org_id, payload), update (status, decision_reason), delete on public.knowledge_update_requests to authenticated;
grant insert (account_id, call_id, note_md, mentions), update (note_md, mentions), delete
    on public.internal_notes to authenticated;
grant insert (account_id, label, key_hint, scopes, expires_at), update (label, scopes, expires_at, revoked_at, revoked_reason)
    on public.api_keys to authenticated;
grant insert (email, full_name, role), update (email, full_name, role, is_active, version) on public.users to authenticated;
grant insert (user_id, account_id, location_id), delete on public.user_access to authenticated;

-- The platform writes what it owns (numbers included, which even it cannot read back).
grant insert, update on public.accounts, public.locations, public.call_logs, public.order_logs, public.order_updates,
    public.upsells, public.reservations to service_role;
-- update of knowledge_update_requests is not granted to service_role: it claims and finishes through functions alone.

-- Functions: helpers of policies, defaults and checks run as whoever asks, so the right to execute is theirs;
-- without usage of the schema no client can name them.
grant execute on function private.uuid_v7(), private.is_time_zone(text), private.looks_like_secret(text),
    private.is_recording_address(text),
    private.retell_status(text), private.vapi_status(text), private.twilio_status(text), public.call_status(text, text, text),
    public.call_type(text), private.phone_digits(text), public.mask_phone(text), private.duration_bucket(integer),
    private.call_seconds(timestamptz, timestamptz, timestamptz), private.transfer_unanswered(text),
    private.order_adds_up(jsonb, numeric, numeric, numeric, numeric, numeric),
    private.review_reasons(text, text, boolean, boolean, boolean, boolean),
    private.needs_review(text, text, text, text, boolean, boolean, boolean),
    private.person_role(), private.manages(), private.administers(), private.sees_everything(), private.location_ids(), private.account_ids(),
    private.whole_account_ids(), private.runs_person(uuid), private.knows_person(uuid), private.person_name(uuid)
    to authenticated, service_role;
grant execute on function public.reveal_caller(uuid, text), public.open_recording(uuid), public.record_export(text, jsonb, bigint),
    public.mentionable_people(uuid) to authenticated;
grant execute on function public.metrics_refreshed_at() to authenticated, service_role;
grant execute on all functions in schema back_office to certus_app;

-- Health: whether refreshes fail is for whoever reads their numbers, the report for admins (it asks itself who calls).
revoke all on function public.metrics_failing_since(), public.health_report() from public, anon, authenticated, service_role, certus_app;
grant execute on function public.metrics_failing_since() to authenticated, service_role;
grant execute on function public.health_report() to authenticated;

-- psycopg prepares a statement after five runs and Postgres turns its plan generic five later: for an empty location that
-- took a page from 0.3 ms to 600 ms. A role setting, because poolers drop what a session sets.
alter role certus_app set plan_cache_mode = 'force_custom_plan';

-- People: how they are invited and viewed as -------------------------------------------------------------------------------------

revoke all on public.people_v from public, anon, authenticated, service_role, certus_app;
revoke all on function public.invite_person(text, text, text, jsonb, bytea), public.issue_link(uuid, bytea),
    public.withdraw_link(uuid), public.start_viewing(uuid) from public, anon, authenticated, service_role, certus_app;
grant select on public.people_v to authenticated, service_role;
grant execute on function private.awaits_invitation(uuid), private.last_sign_in(uuid), private.link_expires_at(uuid)
    to authenticated, service_role;
grant execute on function public.invite_person(text, text, text, jsonb, bytea), public.issue_link(uuid, bytea),
    public.withdraw_link(uuid), public.start_viewing(uuid) to authenticated;

-- Forms sent twice: each person has their own.
revoke all on function public.take_form(bytea), public.answer_form(bytea, text)
    from public, anon, authenticated, service_role, certus_app;
grant execute on function public.take_form(bytea), public.answer_form(bytea, text) to authenticated;

-- Hours and the shape of settings --------------------------------------------------------------------------------------------

-- Forms of everybody with access check what they send; only applying these files changes a schema.
alter table public.setting_schemas enable row level security;
drop policy if exists setting_schemas_service on public.setting_schemas;
create policy setting_schemas_service on public.setting_schemas to service_role using (true) with check (true);
drop policy if exists setting_schemas_select on public.setting_schemas;
create policy setting_schemas_select on public.setting_schemas
    for select to authenticated
    using ((select private.sees_everything()) or cardinality((select private.account_ids())) > 0);

revoke all on public.setting_schemas from public, anon, authenticated, service_role, certus_app;
revoke all on function public.location_state_at(uuid, timestamptz), public.opening_instant(timestamp, text),
    public.closing_instant(timestamp, text), public.delete_version(text, uuid, integer)
    from public, anon, authenticated, service_role, certus_app;
grant select on public.setting_schemas to authenticated, service_role;
grant execute on function public.location_state_at(uuid, timestamptz), public.opening_instant(timestamp, text),
    public.closing_instant(timestamp, text), private.instant_near_change(timestamp, text, boolean) to authenticated, service_role;
grant execute on function public.delete_version(text, uuid, integer) to authenticated;

-- Knowledge requests -----------------------------------------------------------------------------------------------------------

revoke all on public.knowledge_requests_v from public, anon, authenticated, service_role, certus_app;
revoke all on function public.knowledge_request_schema(), public.knowledge_requesters(), public.claim_knowledge_requests(integer, integer),
    public.finish_knowledge_request(uuid, boolean, text, uuid) from public, anon, authenticated, service_role, certus_app;
grant select on public.knowledge_requests_v to authenticated, service_role;
grant execute on function public.knowledge_request_schema(), private.payload_location(jsonb) to authenticated, service_role;
grant execute on function public.knowledge_requesters() to authenticated;
grant execute on function public.claim_knowledge_requests(integer, integer),
    public.finish_knowledge_request(uuid, boolean, text, uuid) to service_role;

-- History ---------------------------------------------------------------------------------------------------------------------

revoke all on public.audit_log_v, public.settings_v from public, anon, authenticated, service_role, certus_app;
grant select on public.audit_log_v, public.settings_v to authenticated, service_role;
revoke all on function public.audit_choices() from public, anon, authenticated, service_role, certus_app;
grant execute on function public.audit_choices() to authenticated;

-- API keys --------------------------------------------------------------------------------------------------------------------

revoke all on public.api_keys_v from public, anon, authenticated, service_role, certus_app;
revoke all on function public.api_key_scopes(), public.rotate_api_key(uuid, text, timestamptz, interval), public.touch_api_key(uuid)
    from public, anon, authenticated, service_role, certus_app;
grant select on public.api_keys_v to authenticated, service_role;
-- The check on scopes runs as whoever writes.
grant execute on function public.api_key_scopes() to authenticated, service_role;
grant execute on function public.rotate_api_key(uuid, text, timestamptz, interval) to authenticated;
-- The platform says that a key was used; no person does.
grant execute on function public.touch_api_key(uuid) to service_role;

-- Lists ---------------------------------------------------------------------------------------------------------------------

revoke all on function public.find_rows(text, jsonb, timestamptz, uuid, boolean, integer, boolean)
    from public, anon, authenticated, service_role, certus_app;
grant execute on function public.find_rows(text, jsonb, timestamptz, uuid, boolean, integer, boolean) to authenticated;
revoke all on function public.metrics_by_day(date, date, uuid[], uuid[], uuid)
    from public, anon, authenticated, service_role, certus_app;
grant execute on function public.metrics_by_day(date, date, uuid[], uuid[], uuid) to authenticated;
-- Indexes run these as whoever writes the row.
grant execute on function private.call_facets(text, text, text, text, boolean, boolean, boolean), private.order_facets(text, text),
    private.reservation_facets(text), private.list_tokens(text, uuid, timestamptz) to authenticated, service_role;
