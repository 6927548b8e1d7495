-- schema.sql: tables, derived columns, views, functions. Who may use them stands in policies.sql.
-- Runs any number of times: a second run changes nothing and loses nothing.

create schema if not exists private;
comment on schema private is 'What policies and triggers need and no client may name: no role of a client has usage here.';
create schema if not exists back_office;
comment on schema back_office is 'What the back office''s login role may call before it knows who asks: sign-in, sessions, attempts, health.';

-- Functions that columns and checks stand on ---------------------------------------------------------------------

create or replace function private.uuid_v7() returns uuid
language sql volatile parallel safe
return (
    -- RFC 9562, method 3: 48 bits of milliseconds, the version, 12 bits of parts of a millisecond; the end of a random v4 with
    -- its variant. What one transaction writes is in the order of writing.
    overlay(lpad(to_hex((extract(epoch from clock_timestamp()) * 4096000)::bigint), 15, '0') placing '7' from 13 for 0)
        || right(gen_random_uuid()::text, 17)
)::uuid;
comment on function private.uuid_v7() is 'A time-ordered uuid (version 7); PostgreSQL has its own from 18 on, Supabase runs 17.';

create or replace function private.is_time_zone(zone text) returns boolean
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
    -- Postgres also takes abbreviations and made-up POSIX zones (FOO+3); only IANA names are meant.
    -- It reads them in any case, Python and browsers as they are written: Europe/Paris, never europe/paris.
    if zone is null or zone !~ '^(UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]+)+)$' then
        return false;
    end if;
    perform timestamptz '2000-01-01 00:00:00+00' at time zone zone;
    return true;
exception when invalid_parameter_value then
    return false;
end
$$;
comment on function private.is_time_zone(text) is 'Whether the name is an IANA time zone that this server knows.';

create or replace function private.looks_like_secret(words text) returns boolean
language sql immutable parallel safe
return coalesce((
    -- certus_admin/secret_shapes.py says the same to forms; a test compares the two. A long word is no secret (German writes
    -- them as one), nor is a product name with a year: what tells a key is how often letters, digits and cases alternate.
    with given as (
        -- Full-width letters are letters, and what prints nothing hides nothing.
        select regexp_replace(normalize(words, nfkc), '[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]', '', 'g') as line
    ), pieces as (
        select p.piece[1] as piece, false as whole from given, regexp_matches(line, '[A-Za-z0-9]{12,}', 'g') p (piece)
        union all
        select p.piece[1], true from given, regexp_matches(line, '[A-Za-z0-9+/=_.~-]{20,}', 'g') p (piece)
    ), measured as (
        select piece, whole, length(piece) as size,
            regexp_count(piece, '[A-Za-z][0-9]') + regexp_count(piece, '[0-9][A-Za-z]') as digit_changes,
            regexp_count(piece, '[a-z][A-Z]') as case_changes,
            regexp_count(piece, '[aeiouyAEIOUY]') as vowels
        from pieces
    )
    select line ~ '(^|[^A-Za-z0-9])((sk|pk|rk|whsec)[_-](live|test|proj|ant|or|svcacct|admin)?[_-]?(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{8,}|gh[pousr]_[A-Za-z0-9]{8,}|github_pat_[A-Za-z0-9_]{8,}|gl(pat|sa|ptt|rt)[_-][A-Za-z0-9_-]{8,}|xox[abeprs]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}|(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}|AIza[A-Za-z0-9_-]{12,}|ya29[.][A-Za-z0-9_-]{8,}|eyJ[A-Za-z0-9_-]{8,}|sbp_[A-Za-z0-9]{8,}|sb_(secret|publishable)_[A-Za-z0-9_-]{8,}|hf_[A-Za-z0-9]{8,}|shp(at|ca|pa|ss)_[A-Za-z0-9]{8,}|npm_[A-Za-z0-9]{8,}|pypi-[A-Za-z0-9_-]{8,}|do[opr]_v1_[A-Za-z0-9]{8,}|SG[.][A-Za-z0-9_-]{8,}|sq0[a-z]{3}-[A-Za-z0-9_-]{8,}|EAAA[A-Za-z0-9_-]{12,}|lin_api_[A-Za-z0-9]{8,}|dapi[0-9a-f]{12,}|tskey-[A-Za-z0-9-]{8,}|key[_-][0-9a-f]{12,})'
        or line ~* '(^|[^a-z0-9])(bearer\s+|(api[ _-]?key|apikey|access[ _-]?key|token|secret|password|passwd|pwd)\s*[:=]\s*)(?=\S*[0-9])\S{8,}'
        or line ~* '-----BEGIN|://[^/\s:@]+:[^/\s@]+@|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9]{16,}'
        or exists (select from measured m where case when m.whole
            then m.digit_changes + m.case_changes >= 5 and (m.digit_changes + m.case_changes) * 6 >= m.size
            else m.digit_changes >= 3 or m.size >= 16 and (m.digit_changes >= 2 or m.case_changes >= 3 and m.case_changes * 6 >= m.size)
                or m.size >= 24 and (m.vowels * 4 < m.size or m.size >= 48)
            end)
    from given), false);
comment on function private.looks_like_secret(text) is
    'Whether words could hold a key: known prefixes, or a run of characters in which letters, digits and cases alternate too often.';

-- Neither immutable nor plain SQL, like knowledge_request_schema: a plan that is kept would hold the value, and whoever ran it next
-- would not be asked whether they may call the function.
create or replace function public.api_key_scopes() returns text[]
language plpgsql stable parallel safe as $$
begin
    return array['calls:read', 'orders:read', 'orders:write', 'reservations:read', 'reservations:write', 'metrics:read',
        'configuration:read', 'configuration:write', 'knowledge:read', 'knowledge:write'];
end $$;
comment on function public.api_key_scopes() is 'What an API key may be for, in the order in which forms offer it: the one list of scopes.';

create or replace function private.retell_status(reason text) returns text
language plpgsql immutable parallel safe
as $$
declare
    -- Lowered once: an SQL function that is inlined would do it at each comparison, and a bulk load pays for that.
    word constant text := lower(reason);
begin
    return case
        when word in ('error_user_not_joined', 'registered_call_timeout', 'manual_stopped') then 'canceled'
        when word like '%transfer%cancel%' then 'completed'
        when word like 'call\_transfer%' or word like 'transfer\_%' or word like 'call\_take\_over%' then 'transferred'
        when word like 'voicemail\_%' or word like 'ivr\_%' then 'voicemail'
        when word in ('dial_busy', 'dial_no_answer', 'user_declined') then 'missed'
        when word like 'error\_%' or word like 'dial\_%' or word like 'no\_%' or word like 'sip\_%'
            or word like 'telephony\_%' or word like 'invalid\_%' or word like 'marked\_as\_%' then 'failed'
        when word like '%\_exhausted' or word like '%\_blocked' or word like '%\_detected' or word like '%\_limit\_reached'
            or word like '%\_denied' or word like '%\_unavailable' or word = 'budget_reached' then 'failed'
        when word like 'user\_%' or word like 'agent\_%' or word in ('inactivity', 'max_duration_reached') then 'completed'
        else 'unknown'
    end;
end
$$;
comment on function private.retell_status(text) is 'Canonical status of an ended Retell call by its disconnection reason: exact words first, then families.';

create or replace function private.vapi_status(reason text) returns text
language plpgsql immutable parallel safe
as $$
declare
    -- Lowered once: an SQL function that is inlined would do it at each comparison, and a bulk load pays for that.
    word constant text := lower(reason);
begin
    return case
        -- Failures first: their families hold the names of every other word below (transfer, voice, customer, completed).
        when word like 'pipeline-%' or word like 'error-%' or word like '%-error' or word like '%-error-%'
            or word like '%.error-%' or word like '%fault-%' then 'failed'
        when word like 'call.start.%' or word like 'call-start-%' then 'failed'
        when word like '%-completed-call' or word like '%-completed' then 'completed'
        when word = 'assistant-forwarded-call' or word like '%-returned-forwarding-%' or word like 'call.forwarding.%'
            or word like '%.hook-executed-transfer%' then 'transferred'
        when word like '%.hook-executed-%' then 'completed'
        when word like 'call.ringing.%hungup%' then 'canceled'
        when word like 'voicemail%' or word like '%-voicemail%' then 'voicemail'
        when word in ('call-deleted', 'scheduled-call-deleted', 'manually-canceled') then 'canceled'
        when word like 'customer-did-not-%' or word like 'customer-busy%' or word like '%-misdialed'
            or word like '%-rejected' or word like '%-no-call-received' then 'missed'
        when word like 'assistant-request-%' or word like 'assistant-not-%' or word like 'assistant-join-%' then 'failed'
        when word like 'assistant-ended-call%' or word like 'assistant-said-%' or word like 'customer-ended-call%'
            or word in ('exceeded-max-duration', 'silence-timed-out') then 'completed'
        when word like '%-failed' or word like '%-failed-%' or word like '%-disconnected' or word like '%-closed-websocket'
            or word like '%-shutdown' or word like '%-died' or word like 'sip-%' then 'failed'
        else 'unknown'
    end;
end
$$;
comment on function private.vapi_status(text) is 'Canonical status of an ended Vapi call by its endedReason: Vapi adds values every month, so rules go by family.';

create or replace function private.twilio_status(provider_status text) returns text
language plpgsql immutable parallel safe
as $$
declare
    -- Lowered once: an SQL function that is inlined would do it at each comparison, and a bulk load pays for that.
    word constant text := lower(provider_status);
begin
    return case
        when word in ('completed', 'answered') then 'completed'
        when word in ('busy', 'no-answer', 'noanswer') then 'missed'
        when word in ('failed', 'fail') then 'failed'
        when word in ('canceled', 'cancelled', 'undialed') then 'canceled'
        else 'unknown'
    end;
end
$$;
comment on function private.twilio_status(text) is 'Canonical status of a Twilio call by its CallStatus or DialCallStatus.';

create or replace function public.call_status(provider text, provider_status text, end_reason text) returns text
language sql immutable parallel safe
-- A body that is parsed here: whoever writes calls needs no usage of the schema whose functions it names.
return (
    case
        when lower(provider_status) in ('queued', 'initiated', 'scheduled', 'registered', 'ringing', 'in-progress',
            'in_progress', 'ongoing', 'forwarding') then 'in_progress'
        when lower(provider) = 'twilio' then private.twilio_status(provider_status)
        when coalesce(end_reason, '') = '' then
            case lower(provider_status) when 'error' then 'failed' when 'not_connected' then 'missed' else 'unknown' end
        when lower(provider) = 'retell' then private.retell_status(end_reason)
        when lower(provider) = 'vapi' then private.vapi_status(end_reason)
        else 'unknown'
    end
);
comment on function public.call_status(text, text, text) is
    'Canonical status of a call from what its provider sent. Values never seen land by family; the rest is unknown, which /health counts.';

create or replace function private.transfer_unanswered(end_reason text) returns boolean
language plpgsql immutable parallel safe
as $$
declare
    reason constant text := lower(coalesce(end_reason, ''));
begin
    return (reason like '%forward%' or reason like '%transfer%')
        and (reason like '%no-answer%' or reason like '%no\_answer%' or reason like '%busy%' or reason like '%unanswered%'
            or reason like '%timeout%');
end
$$;
comment on function private.transfer_unanswered(text) is 'Whether the end reason says that the AI handed the call to staff and nobody took it.';

create or replace function public.call_type(intent text) returns text
language sql immutable parallel safe
return (
    case
        when intent is null then 'other'
        when intent in ('order', 'reservation', 'catering', 'general') then intent
        when lower(intent) ~ 'cater|banquet|private[ _-]?dining|event' then 'catering'
        when lower(intent) ~ 'reserv|book|table' then 'reservation'
        when lower(intent) ~ 'order|take[ _-]?(out|away)|pick[ _-]?up|delivery' then 'order'
        when lower(intent) ~ 'general|question|faq|enquiry|inquiry|hours|menu|directions|info' then 'general'
        else 'other'
    end
);
comment on function public.call_type(text) is 'What the caller wanted, from the AI''s intent word: order, reservation, catering, general or other.';

create or replace function private.phone_digits(number text) returns text
language sql immutable parallel safe
return (
    -- Fewer than seven digits are a short code, an extension or a word such as anonymous: nothing to find a guest by.
    -- Nearly every number ends in its last four digits. In the others the inner translate leaves what is no digit, and the
    -- outer one takes that away: several times faster than a regular expression.
    case when length(number) - length(translate(number, '0123456789', '')) >= 7 then
        case when translate(right(number, 4), '0123456789', '') = '' then right(number, 4)
            else right(translate(number, translate(number, '0123456789', ''), ''), 4) end
    end
);
comment on function private.phone_digits(text) is 'The last four digits of a phone number; null where it is too short to be one.';

create or replace function public.mask_phone(number text) returns text
language sql immutable parallel safe
return (
    case when coalesce(btrim(number), '') = '' then null
        else '••• ••• ' || coalesce(private.phone_digits(number), '••••') end
);
comment on function public.mask_phone(text) is 'A phone number as clients may see it: its last four digits.';

create or replace function private.is_recording_address(address text) returns boolean
language sql immutable parallel safe
return (
    -- One of our own sounds, or https at a host with a public name. A host whose last label begins with a digit is an IP
    -- address in one of its spellings (10.0.0.1, 0x7f.1, 2130706433), and no name in brackets or with an @ before it passes.
    address ~ '^/recordings/[a-z0-9-]+\.(wav|mp3|ogg)$'
    or (address ~ '^https://([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9](:[0-9]{1,5})?([/?#][!-\[\]-~]*)?$'
        and address !~* '^https://([^/?#]*\.)?(localhost|localdomain|local|internal|intranet|private|corp|home|lan|arpa)(:[0-9]+)?([/?#]|$)')
);
comment on function private.is_recording_address(text) is
    'Whether a recording may lie there: /recordings/... of our own, or https at a public host name; no IP address, no internal name, no credentials.';

create or replace function private.call_seconds(started timestamptz, answered timestamptz, ended timestamptz) returns integer
language sql immutable parallel safe
return (
    -- Some providers report a pick-up after the hang-up of a call that nobody took: that is no talk, not negative talk.
    case when ended is not null then greatest(0, floor(extract(epoch from ended - coalesce(answered, started))))::integer end
);
comment on function private.call_seconds(timestamptz, timestamptz, timestamptz) is
    'Whole seconds from the answer (the start where nobody answered) to the end; null while the call runs.';

create or replace function private.duration_bucket(seconds integer) returns text
language sql immutable parallel safe
return (
    case when seconds < 30 then 'under_30s' when seconds < 120 then '30s_to_2m'
        when seconds < 300 then '2m_to_5m' when seconds is not null then 'over_5m' end
);
comment on function private.duration_bucket(integer) is 'The four duration buckets of the call list: <30s, 30s-2m, 2-5m, >5m; null while a call runs.';

create or replace function private.order_adds_up(
    items jsonb, subtotal numeric, tax numeric, service_charge numeric, delivery numeric, total numeric) returns boolean
language sql immutable parallel safe
return (
    total = subtotal + tax + service_charge + delivery
        -- An item without a number counts as nothing and makes the order one to look at; a cast would fail the whole list.
        and subtotal = (select coalesce(sum(
                case when jsonb_typeof(i -> 'quantity') = 'number' then (i -> 'quantity')::numeric end
                * case when jsonb_typeof(i -> 'unit_amount') = 'number' then (i -> 'unit_amount')::numeric end), 0)
            from jsonb_array_elements(items) i)
);
comment on function private.order_adds_up(jsonb, numeric, numeric, numeric, numeric, numeric) is
    'Whether an order''s total is the sum of its parts and its subtotal the sum of its items.';

create or replace function private.review_reasons(
    status text, call_type text, transfer_unanswered boolean, has_order boolean, has_reservation boolean, total_differs boolean)
    returns text[]
language sql immutable parallel safe
return (
    -- A call still running, never answered, or taken over by staff owes nobody an order or a reservation.
    array_remove(array[
        case when call_type = 'order' and not has_order and status not in ('in_progress', 'missed', 'canceled', 'transferred')
            then 'order_missing' end,
        case when call_type = 'reservation' and not has_reservation
            and status not in ('in_progress', 'missed', 'canceled', 'transferred') then 'reservation_missing' end,
        case when total_differs then 'total_differs' end,
        case when transfer_unanswered then 'transfer_unanswered' end,
        case when status = 'unknown' then 'status_unknown' end], null)
);
comment on function private.review_reasons(text, text, boolean, boolean, boolean, boolean) is
    'Why a call wants a look: order_missing, reservation_missing, total_differs, transfer_unanswered, status_unknown.';

create or replace function private.needs_review(
    provider text, provider_status text, end_reason text, intent text, has_order boolean, has_reservation boolean,
    total_differs boolean) returns boolean
language sql immutable parallel safe
return (
    -- The rules of review_reasons in a form that is inlined, with each thing derived once: every written call pays for it.
    -- A generated column cannot read another one, so status and type are derived here too.
    total_differs
    or case public.call_status(provider, provider_status, end_reason)
        when 'unknown' then true
        when 'in_progress' then false
        when 'missed' then false
        when 'canceled' then false
        when 'transferred' then false
        else case public.call_type(intent) when 'order' then not has_order when 'reservation' then not has_reservation else false end
    end
    or private.transfer_unanswered(end_reason)
);
comment on function private.needs_review(text, text, text, text, boolean, boolean, boolean) is
    'Whether a call wants a look, from what call_logs itself holds; review_reasons says why.';

create or replace function private.payload_location(payload jsonb) returns uuid
language sql immutable parallel safe
return (
    -- A cast of what is no uuid would fail instead of leaving the word to the schema, which says what is wrong.
    case when payload ->> 'location_id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (payload ->> 'location_id')::uuid end
);
comment on function private.payload_location(jsonb) is 'The location that a knowledge request is about; null for the whole account.';

create or replace function private.hide_secrets(words text) returns text
language sql immutable parallel safe
return (
    -- Exact prefixes of real keys: words about food must pass, and what an automation reports may quote a header.
    regexp_replace(words, '(^|[^A-Za-z0-9])((sk|pk|rk)[-_]|whsec_|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sbp_|hf_|shpat_'
        || '|AKIA|ASIA|AIza|eyJ|[Bb]earer )[A-Za-z0-9._-]{16,}', '\1(not recorded)', 'g')
);
comment on function private.hide_secrets(text) is 'Free text with whatever has the form of a known kind of key taken out.';

-- Platform tables: the voice platform writes them, the back office reads ------------------------------------------

create table if not exists public.accounts (
    id uuid primary key default private.uuid_v7(),
    name text not null check (length(btrim(name)) between 1 and 200),
    currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
    created_at timestamptz not null default now()
);
comment on table public.accounts is 'A customer: one or many restaurants. Its currency is the currency of all its money.';

create table if not exists public.users (
    id uuid primary key default private.uuid_v7(),
    email text not null unique check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' and length(email) <= 254),
    full_name text not null check (length(btrim(full_name)) between 1 and 200),
    role text not null check (role in ('operator', 'account_manager', 'admin')),
    is_active boolean not null default true,
    created_at timestamptz not null default now()
);
comment on table public.users is 'People of the back office. The role says what they may do, user_access says where.';

alter table public.users add column if not exists version integer not null default 1;
alter table public.users add column if not exists updated_at timestamptz not null default now();
alter table public.users add column if not exists updated_by uuid references public.users (id) on delete set null;

create table if not exists public.locations (
    account_id uuid not null references public.accounts (id),
    id uuid not null default private.uuid_v7(),
    name text not null check (length(btrim(name)) between 1 and 200),
    timezone text not null check (private.is_time_zone(timezone)),
    address text,
    city text,
    phone text,
    cuisine text,
    created_at timestamptz not null default now(),
    primary key (account_id, id)
);
comment on table public.locations is 'A restaurant. Every local date and time of its rows is in its time zone (IANA). phone is the number it publishes itself.';

create table if not exists public.call_logs (
    account_id uuid not null,
    id uuid not null default private.uuid_v7(),
    location_id uuid not null,
    provider text not null check (length(provider) between 1 and 40),
    provider_call_id text not null check (length(provider_call_id) between 1 and 200),
    provider_status text,
    end_reason text,
    intent text,
    direction text not null default 'inbound' check (direction in ('inbound', 'outbound')),
    from_number text,
    to_number text,
    started_at timestamptz not null,
    answered_at timestamptz,
    ended_at timestamptz,
    summary_md text,
    transcript_md text,
    recording_url text check (private.is_recording_address(recording_url)),
    created_at timestamptz not null default now(),
    has_order boolean not null default false,
    has_reservation boolean not null default false,
    total_differs boolean not null default false,
    status text not null generated always as (public.call_status(provider, provider_status, end_reason)) stored,
    call_type text not null generated always as (public.call_type(intent)) stored,
    duration_seconds integer generated always as (private.call_seconds(started_at, answered_at, ended_at)) stored,
    duration_bucket text generated always as
        (private.duration_bucket(private.call_seconds(started_at, answered_at, ended_at))) stored,
    caller_masked text generated always as
        (public.mask_phone(case direction when 'outbound' then to_number else from_number end)) stored,
    caller_digits text generated always as
        (private.phone_digits(case direction when 'outbound' then to_number else from_number end)) stored,
    transfer_unanswered boolean not null generated always as (private.transfer_unanswered(end_reason)) stored,
    has_recording boolean not null generated always as (recording_url is not null) stored,
    needs_review boolean not null generated always as (private.needs_review(
        provider, provider_status, end_reason, intent, has_order, has_reservation, total_differs)) stored,
    primary key (account_id, id),
    foreign key (account_id, location_id) references public.locations (account_id, id),
    unique (account_id, provider, provider_call_id),
    check (answered_at >= started_at),
    check (ended_at >= started_at)
);
-- Calls of the version before may point into somebody's own network. Their addresses are not ours to throw away: whoever applies
-- this decides.
do $$
declare
    rule pg_constraint;
    calls bigint;
begin
    for rule in select * from pg_constraint c where c.conrelid = 'public.call_logs'::regclass
        and c.conname = 'call_logs_recording_url_check' and pg_get_constraintdef(c.oid) not like '%is_recording_address%' loop
        select count(*) into calls from public.call_logs where not private.is_recording_address(recording_url);
        if calls > 0 then
            raise exception '% calls have a recording_url that is no public https address', calls using errcode = 'check_violation',
                hint = 'Find them with: select id from public.call_logs where not private.is_recording_address(recording_url);'
                    || ' set recording_url to null, or to where the recording lies in public, and apply again.';
        end if;
        alter table public.call_logs drop constraint call_logs_recording_url_check;
        alter table public.call_logs
            add constraint call_logs_recording_url_check check (private.is_recording_address(recording_url));
    end loop;
end
$$;
comment on table public.call_logs is 'Every call, as its provider sent it; status, call_type, duration and masked numbers are derived and stored.';
comment on column public.call_logs.duration_seconds is
    'Whole seconds from answered_at (started_at where nobody answered) to ended_at; null while the call runs.';
comment on column public.call_logs.caller_masked is 'The guest''s number, masked: from_number of inbound calls, to_number of outbound ones.';
comment on column public.call_logs.has_order is
    'Whether order_logs has an order of this call. Kept by triggers of order_logs and reservations, like has_reservation and total_differs.';
comment on column public.call_logs.transfer_unanswered is 'The AI handed the call to staff and nobody took it.';

create table if not exists public.order_logs (
    account_id uuid not null,
    id uuid not null default private.uuid_v7(),
    location_id uuid not null,
    call_id uuid,
    status text not null default 'confirmed' check (status in
        ('pending', 'confirmed', 'preparing', 'ready', 'completed', 'canceled', 'rejected', 'failed')),
    fulfillment_type text not null default 'pickup' check (fulfillment_type in ('pickup', 'delivery', 'dine_in')),
    subtotal_amount numeric(12, 2) not null default 0 check (subtotal_amount <> 'NaN'),
    tax_amount numeric(12, 2) not null default 0 check (tax_amount <> 'NaN'),
    service_charge_amount numeric(12, 2) not null default 0 check (service_charge_amount <> 'NaN'),
    delivery_amount numeric(12, 2) not null default 0 check (delivery_amount <> 'NaN'),
    total_amount numeric(12, 2) not null default 0 check (total_amount <> 'NaN'),
    items jsonb not null default '[]' check (jsonb_typeof(items) = 'array'),
    created_at timestamptz not null default now(),
    primary key (account_id, id),
    foreign key (account_id, location_id) references public.locations (account_id, id),
    foreign key (account_id, call_id) references public.call_logs (account_id, id)
);
comment on table public.order_logs is 'Orders taken on calls. items is [{"name", "quantity", "unit_amount", "notes"?}]; money is in the account''s currency.';

create table if not exists public.order_updates (
    account_id uuid not null,
    id uuid not null default private.uuid_v7(),
    location_id uuid not null,
    order_id uuid not null,
    status text not null,
    message text,
    created_at timestamptz not null default now(),
    primary key (account_id, id),
    foreign key (account_id, location_id) references public.locations (account_id, id),
    foreign key (account_id, order_id) references public.order_logs (account_id, id)
);
comment on table public.order_updates is 'What happened to an order after it was taken, in order of time.';

create table if not exists public.upsells (
    account_id uuid not null,
    id uuid not null default private.uuid_v7(),
    location_id uuid not null,
    order_id uuid not null,
    item_name text not null,
    amount numeric(12, 2) not null default 0 check (amount <> 'NaN'),
    accepted boolean not null default false,
    created_at timestamptz not null default now(),
    primary key (account_id, id),
    foreign key (account_id, location_id) references public.locations (account_id, id),
    foreign key (account_id, order_id) references public.order_logs (account_id, id)
);
comment on table public.upsells is 'What the AI offered on top of an order, and whether the guest took it.';

create table if not exists public.reservations (
    account_id uuid not null,
    id uuid not null default private.uuid_v7(),
    location_id uuid not null,
    call_id uuid,
    reservation_datetime timestamptz,
    reservation_date date,
    reservation_time time check (reservation_time < '24:00'),
    guest_name text,
    guest_phone text,
    guest_count integer check (guest_count between 1 and 10000),
    avg_spend_per_head_override numeric(12, 2) check (avg_spend_per_head_override >= 0 and avg_spend_per_head_override <> 'NaN'),
    special_requests text,
    status text not null default 'confirmed' check (status in
        ('requested', 'confirmed', 'seated', 'completed', 'canceled', 'no_show', 'failed')),
    created_at timestamptz not null default now(),
    guest_phone_masked text generated always as (public.mask_phone(guest_phone)) stored,
    primary key (account_id, id),
    foreign key (account_id, location_id) references public.locations (account_id, id),
    foreign key (account_id, call_id) references public.call_logs (account_id, id)
);
comment on table public.reservations is 'Tables booked on calls: an instant, or a local date and time at the location.';

-- Dashboard tables: people and clients write them under policies --------------------------------------------------

create table if not exists public.account_settings (
    account_id uuid not null references public.accounts (id),
    id uuid not null default private.uuid_v7(),
    avg_spend_per_head numeric(12, 2) check (avg_spend_per_head >= 0 and avg_spend_per_head <> 'NaN'),
    baseline_handle_seconds integer check (baseline_handle_seconds between 1 and 7200),
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    updated_by uuid references public.users (id),
    primary key (account_id, id),
    unique (account_id)
);
comment on table public.account_settings is 'What holds for all of an account''s locations unless the location says otherwise.';

create table if not exists public.location_settings (
    account_id uuid not null,
    id uuid not null default private.uuid_v7(),
    location_id uuid not null,
    busy_mode_enabled boolean not null default false,
    extra_wait_seconds integer not null default 0 check (extra_wait_seconds between 0 and 14400),
    busy_until timestamptz,
    busy_reason text check (length(busy_reason) <= 200),
    avg_spend_per_head numeric(12, 2) check (avg_spend_per_head >= 0 and avg_spend_per_head <> 'NaN'),
    baseline_handle_seconds integer check (baseline_handle_seconds between 1 and 7200),
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    updated_by uuid references public.users (id),
    primary key (account_id, id),
    unique (account_id, location_id),
    foreign key (account_id, location_id) references public.locations (account_id, id)
);
comment on table public.location_settings is 'A location''s busy mode, averages and baselines. Busy mode with an end is over when the end is past.';

create table if not exists public.location_hours (
    account_id uuid not null,
    id uuid not null default private.uuid_v7(),
    location_id uuid not null,
    weekday smallint not null check (weekday between 1 and 7),
    opens_at time not null check (opens_at < '24:00'),
    closes_at time not null check (closes_at < '24:00'),
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    updated_by uuid references public.users (id),
    primary key (account_id, id),
    unique (account_id, location_id, weekday, opens_at),
    foreign key (account_id, location_id) references public.locations (account_id, id)
);
comment on table public.location_hours is 'Weekly opening intervals, ISO weekday (1 is Monday), local time; one that closes at or before it opens ends on the next day.';

create table if not exists public.location_hours_exceptions (
    account_id uuid not null,
    id uuid not null default private.uuid_v7(),
    location_id uuid not null,
    exception_date date not null,
    is_closed boolean not null default true,
    opens_at time check (opens_at < '24:00'),
    closes_at time check (closes_at < '24:00'),
    reason text check (length(reason) <= 200),
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    updated_by uuid references public.users (id),
    primary key (account_id, id),
    unique nulls not distinct (account_id, location_id, exception_date, opens_at),
    foreign key (account_id, location_id) references public.locations (account_id, id),
    check (is_closed = (opens_at is null) and is_closed = (closes_at is null))
);
comment on table public.location_hours_exceptions is 'Holidays and special hours: a local date that is closed, or open at other times than its weekday.';

create table if not exists public.settings (
    org_id uuid not null references public.accounts (id),
    id uuid not null default private.uuid_v7(),
    location_id uuid,
    key text not null check (key ~ '^[a-z][a-z0-9_.]{0,79}$'),
    value jsonb not null,
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    updated_by uuid references public.users (id),
    primary key (org_id, id),
    unique nulls not distinct (org_id, location_id, key),
    foreign key (org_id, location_id) references public.locations (account_id, id)
);
comment on table public.settings is 'JSON settings by key (ai_voice and others) of an account or one location; the location''s row wins.';

create table if not exists public.knowledge_update_requests (
    org_id uuid not null references public.accounts (id),
    id uuid not null default private.uuid_v7(),
    requested_by_user_id uuid not null default auth.uid() references public.users (id),
    payload jsonb not null default '{}',
    status text not null default 'pending' check (status in
        ('pending', 'approved', 'processing', 'done', 'failed', 'rejected')),
    decided_by uuid references public.users (id),
    decided_at timestamptz,
    decision_reason text check (length(decision_reason) <= 500),
    created_at timestamptz not null default now(),
    primary key (org_id, id)
);
comment on table public.knowledge_update_requests is 'What a customer''s AI should learn: filed by managers, approved by admins, handled by an automation.';

-- The claim of a poller, and what it reported. location_id is the payload's, so that policies and indexes can use it.
alter table public.knowledge_update_requests
    add column if not exists location_id uuid generated always as (private.payload_location(payload)) stored,
    add column if not exists changed_at timestamptz not null default now(),
    add column if not exists attempts integer not null default 0,
    add column if not exists lost_claims integer not null default 0,
    add column if not exists claim uuid,
    add column if not exists claimed_at timestamptz,
    add column if not exists claim_expires_at timestamptz,
    add column if not exists finished_at timestamptz,
    add column if not exists message text check (length(message) <= 2000);
do $$
begin
    -- Of another account no location can be meant.
    if not exists (select from pg_constraint where conrelid = 'public.knowledge_update_requests'::regclass
        and conname = 'knowledge_update_requests_org_id_location_id_fkey') then
        alter table public.knowledge_update_requests
            add foreign key (org_id, location_id) references public.locations (account_id, id);
    end if;
end
$$;

create table if not exists public.internal_notes (
    account_id uuid not null,
    id uuid not null default private.uuid_v7(),
    location_id uuid not null,
    call_id uuid not null,
    author_user_id uuid not null default auth.uid() references public.users (id),
    note_md text not null check (note_md ~ '\S' and length(note_md) <= 10000),
    mentions uuid[] not null default '{}' check (cardinality(mentions) <= 50),
    created_at timestamptz not null default now(),
    updated_at timestamptz,
    primary key (account_id, id),
    foreign key (account_id, location_id) references public.locations (account_id, id),
    foreign key (account_id, call_id) references public.call_logs (account_id, id)
);
comment on table public.internal_notes is 'Notes of the staff on a call, in Markdown; mentions are users.id of people who can see the call.';

create table if not exists public.api_keys (
    account_id uuid not null references public.accounts (id),
    id uuid not null default private.uuid_v7(),
    label text not null check (length(btrim(label)) between 1 and 80 and not private.looks_like_secret(label)),
    key_hint text check (length(key_hint) between 2 and 8 and not private.looks_like_secret(key_hint)),
    scopes text[] not null default '{}',
    created_by uuid not null default auth.uid() references public.users (id),
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz,
    primary key (account_id, id)
);
comment on table public.api_keys is
    'Labels of API keys. The key itself is made and kept elsewhere: nothing here can hold it. Live is what is not revoked.';
alter table public.api_keys add column if not exists succeeds_id uuid;
alter table public.api_keys add column if not exists replaced_at timestamptz;
alter table public.api_keys add column if not exists revoked_by uuid references public.users (id);
alter table public.api_keys add column if not exists revoked_reason text;
comment on column public.api_keys.succeeds_id is 'The key of the same account that this one took the place of.';
comment on column public.api_keys.replaced_at is 'Since when there is a successor; until expires_at both are good.';
-- Keys of the version before: a scope that nobody knows granted nothing, and a label that could be a key has to go.
update public.api_keys set scopes = array(select s from unnest(scopes) s where s = any (public.api_key_scopes()))
where not scopes <@ public.api_key_scopes();
update public.api_keys set label = 'Withdrawn ' || regexp_replace(right(id::text, 12), '(....)(?=.)', '\1 ', 'g')
where private.looks_like_secret(label);
do $$
declare
    rule record;
begin
    for rule in select * from (values
        ('api_keys_scopes_check', 'check (scopes <@ public.api_key_scopes())'),
        ('api_keys_revoked_reason_check',
            'check (length(btrim(revoked_reason)) between 3 and 200 and not private.looks_like_secret(revoked_reason))'),
        ('api_keys_check', 'check (revoked_at is not null or (revoked_reason is null and revoked_by is null))'),
        ('api_keys_account_id_succeeds_id_key', 'unique (account_id, succeeds_id)'),
        ('api_keys_account_id_succeeds_id_fkey',
            'foreign key (account_id, succeeds_id) references public.api_keys (account_id, id)')) r (name, definition) loop
        if not exists (select from pg_constraint where conrelid = 'public.api_keys'::regclass and conname = rule.name) then
            execute format('alter table public.api_keys add constraint %I %s', rule.name, rule.definition);
        end if;
    end loop;
end
$$;

create table if not exists public.user_access (
    id uuid primary key default private.uuid_v7(),
    user_id uuid not null references public.users (id),
    account_id uuid references public.accounts (id),
    location_id uuid,
    created_by uuid default auth.uid() references public.users (id),
    created_at timestamptz not null default now(),
    unique nulls not distinct (user_id, account_id, location_id),
    foreign key (account_id, location_id) references public.locations (account_id, id),
    check (location_id is null or account_id is not null)
);
comment on table public.user_access is 'Where a person works: no account means every account, no location means every location of the account, no row means nothing.';

create table if not exists public.audit_log (
    id uuid primary key default private.uuid_v7(),
    at timestamptz not null default clock_timestamp(),
    account_id uuid,
    location_id uuid,
    actor_user_id uuid,
    actor_role text not null,
    action text not null,
    table_name text not null,
    row_id uuid,
    before jsonb,
    after jsonb,
    application text,
    address inet,
    request_id text
);
comment on table public.audit_log is 'Who changed, revealed, played or exported what: append-only, written by triggers and functions alone. before and after hold the changed keys.';

-- What no client sees ---------------------------------------------------------------------------------------------

create table if not exists private.user_passwords (
    user_id uuid primary key references public.users (id) on delete cascade,
    password_hash text not null check (password_hash like '$argon2id$%'),
    changed_at timestamptz not null default now()
);
comment on table private.user_passwords is 'argon2id hashes, apart from public.users so that no grant on people can reach them.';

create table if not exists private.web_sessions (
    id uuid primary key default private.uuid_v7(),
    token_hash bytea not null unique check (length(token_hash) = 32),
    user_id uuid not null references public.users (id) on delete cascade,
    opened_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    ended_at timestamptz,
    address inet,
    user_agent text
);
comment on table private.web_sessions is 'Sessions of the back office by the SHA-256 of their token: a copied cookie dies with its row.';

-- An admin who looks at the pages as somebody else does so in one session alone, and for a while.
alter table private.web_sessions add column if not exists viewing_user_id uuid references public.users (id) on delete set null;
alter table private.web_sessions add column if not exists viewing_since timestamptz;

create table if not exists private.last_sign_ins (
    user_id uuid primary key references public.users (id) on delete cascade,
    at timestamptz not null
);
comment on table private.last_sign_ins is 'When a person signed in last, kept longer than their sessions.';

create table if not exists private.one_time_links (
    id uuid primary key default private.uuid_v7(),
    user_id uuid not null references public.users (id) on delete cascade,
    kind text not null check (kind in ('invitation', 'reset')),
    token_hash bytea not null unique check (length(token_hash) = 32),
    created_at timestamptz not null default now(),
    created_by uuid references public.users (id) on delete set null,
    expires_at timestamptz not null,
    used_at timestamptz,
    withdrawn_at timestamptz
);
comment on table private.one_time_links is 'Links with which a person chooses a password, by the SHA-256 of their token: each works once, and only the latest of a person.';

create table if not exists private.sent_forms (
    user_id uuid not null references public.users (id) on delete cascade,
    fingerprint bytea not null check (length(fingerprint) = 32),
    answer text not null default '' check (length(answer) <= 500),
    sent_at timestamptz not null default now(),
    primary key (user_id, fingerprint)
);
comment on table private.sent_forms is
    'Forms that wrote something in the last day, by the SHA-256 of what was sent, with what they were answered: sent again, they write nothing.';

create table if not exists private.admin_locks (
    id boolean primary key default true check (id),
    taken_by xid8 not null
);
comment on table private.admin_locks is 'One row, written by whoever takes power from an admin of everything: two transactions at once would each leave the other''s admin.';

create table if not exists private.sign_in_attempts (
    key text primary key,
    attempts integer not null,
    resets_at timestamptz not null
);
comment on table private.sign_in_attempts is 'Counters of the rate limiter, shared by all workers. Keys arrive hashed: no address and no email stands here.';

create table if not exists private.metrics_refreshes (
    id bigint generated always as identity primary key,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    metric_rows bigint not null
);
-- Who ran it, as application_name says; of one that failed, the SQLSTATE and what may be said of it.
alter table private.metrics_refreshes
    add column if not exists started_by text not null default 'not recorded',
    add column if not exists error_code text check ((error_code is null) = (metric_rows is not null)),
    add column if not exists error text,
    alter column metric_rows drop not null;
alter table private.metrics_refreshes
    alter column started_by set default coalesce(nullif(current_setting('application_name', true), ''), 'the owner');
-- full: mv_metrics_daily was refreshed and compared; changes: what was marked was computed (metric_rows: how many daily rows).
alter table private.metrics_refreshes
    add column if not exists kind text not null default 'full' check (kind in ('full', 'changes')),
    add column if not exists differences bigint;
comment on table private.metrics_refreshes is
    'Each run of the last 30 days that computed daily numbers and came to an end, well or badly (good runs over changes: of the last day); the last finished_at without an error_code is the age of every number on the pages.';
comment on column private.metrics_refreshes.differences is
    'Daily rows that a full refresh found to differ from mv_metrics_daily though no mark explained it; they were healed.';

create table if not exists private.metrics_marks (
    account_id uuid,
    location_id uuid,
    first_at timestamptz,
    last_at timestamptz
);
comment on table private.metrics_marks is
    'What changed since the daily numbers were computed: the local dates of a location from first_at to last_at; all of them without those, all of the account without a location, all there is without an account. Writers only insert, so that none waits for another; one run at a time takes them out.';
-- Thousands of rows come and go each minute: without this their remains would be read at every run.
alter table private.metrics_marks set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000);

create table if not exists private.derivations (
    name text primary key,
    rules text not null,
    derived_at timestamptz not null default now()
);
comment on table private.derivations is 'Fingerprint of the functions behind stored generated columns, so that a changed rule derives the rows again.';

-- Indexes: every filter and sort that a page offers, with the tenant first ------------------------------------------

create index if not exists locations_id_idx on public.locations (id);
create index if not exists call_logs_id_idx on public.call_logs (id);
create index if not exists call_logs_started_at_id_idx on public.call_logs (started_at desc, id desc);
-- location_id is included because every policy reads it: without it, counts leave the index.
create index if not exists call_logs_account_id_started_at_id_idx
    on public.call_logs (account_id, started_at desc, id desc) include (location_id);
create index if not exists call_logs_account_id_location_id_started_at_id_idx
    on public.call_logs (account_id, location_id, started_at desc, id desc);
create index if not exists call_logs_account_id_status_started_at_idx
    on public.call_logs (account_id, status, started_at desc, id desc) include (location_id);
create index if not exists call_logs_account_id_call_type_started_at_idx
    on public.call_logs (account_id, call_type, started_at desc, id desc) include (location_id);

-- Few calls have a status that no rule knows: the health page and the exporter count them.
create index if not exists call_logs_started_at_id_unknown_idx on public.call_logs (started_at desc, id desc) where status = 'unknown';

-- The list of calls reads facets (see the end of this file); this one is for clients that filter calls_v themselves.
create index if not exists call_logs_account_id_started_at_id_review_idx
    on public.call_logs (account_id, started_at desc, id desc) include (location_id) where needs_review;
drop index if exists public.call_logs_started_at_id_review_idx, public.call_logs_account_id_location_id_started_at_id_review_idx,
    public.call_logs_account_id_duration_bucket_started_at_idx, public.call_logs_account_id_caller_digits_started_at_idx;

create index if not exists order_logs_id_idx on public.order_logs (id);
create index if not exists order_logs_account_id_call_id_idx on public.order_logs (account_id, call_id);
create index if not exists order_logs_created_at_id_idx on public.order_logs (created_at desc, id desc);
create index if not exists order_logs_account_id_created_at_id_idx
    on public.order_logs (account_id, created_at desc, id desc) include (location_id);
create index if not exists order_logs_account_id_location_id_created_at_id_idx
    on public.order_logs (account_id, location_id, created_at desc, id desc);
create index if not exists order_logs_account_id_status_created_at_idx
    on public.order_logs (account_id, status, created_at desc, id desc) include (location_id);
create index if not exists order_updates_account_id_order_id_idx on public.order_updates (account_id, order_id, created_at);
create index if not exists upsells_account_id_order_id_idx on public.upsells (account_id, order_id, created_at);

create index if not exists reservations_id_idx on public.reservations (id);
create index if not exists reservations_account_id_call_id_idx on public.reservations (account_id, call_id);
create index if not exists reservations_created_at_id_idx on public.reservations (created_at desc, id desc);
create index if not exists reservations_account_id_created_at_id_idx
    on public.reservations (account_id, created_at desc, id desc) include (location_id);
create index if not exists reservations_account_id_location_id_created_at_id_idx
    on public.reservations (account_id, location_id, created_at desc, id desc);
create index if not exists reservations_account_id_status_created_at_idx
    on public.reservations (account_id, status, created_at desc, id desc) include (location_id);

create index if not exists internal_notes_id_idx on public.internal_notes (id);
create index if not exists internal_notes_account_id_call_id_idx on public.internal_notes (account_id, call_id, created_at);
create index if not exists internal_notes_created_at_id_idx on public.internal_notes (created_at desc, id desc);
create index if not exists internal_notes_account_id_created_at_id_idx
    on public.internal_notes (account_id, created_at desc, id desc) include (location_id);
create index if not exists internal_notes_account_id_location_id_created_at_id_idx
    on public.internal_notes (account_id, location_id, created_at desc, id desc);
create index if not exists internal_notes_author_user_id_created_at_idx on public.internal_notes (author_user_id, created_at desc);
create index if not exists internal_notes_mentions_idx on public.internal_notes using gin (mentions);

-- A key that was rotated leaves its label to its successor, while both are good.
drop index if exists public.api_keys_account_id_label_live_idx;
create unique index if not exists api_keys_account_id_label_current_idx
    on public.api_keys (account_id, label) where revoked_at is null and replaced_at is null;
create index if not exists api_keys_id_idx on public.api_keys (id);
create index if not exists api_keys_created_at_id_idx on public.api_keys (created_at desc, id desc);
create index if not exists api_keys_account_id_created_at_id_idx on public.api_keys (account_id, created_at desc, id desc);
create index if not exists user_access_account_id_location_id_idx on public.user_access (account_id, location_id);
create index if not exists knowledge_update_requests_status_created_at_idx
    on public.knowledge_update_requests (status, created_at);
create index if not exists knowledge_update_requests_id_idx on public.knowledge_update_requests (id);
create index if not exists knowledge_update_requests_created_at_id_idx
    on public.knowledge_update_requests (created_at desc, id desc);
create index if not exists knowledge_update_requests_org_id_created_at_id_idx
    on public.knowledge_update_requests (org_id, created_at desc, id desc) include (location_id);
create index if not exists knowledge_update_requests_org_id_location_id_created_at_id_idx
    on public.knowledge_update_requests (org_id, location_id, created_at desc, id desc);
create index if not exists knowledge_update_requests_requested_by_user_id_created_at_idx
    on public.knowledge_update_requests (requested_by_user_id, created_at desc);
-- What a poller may take, oldest first, and claims by when they end: both stay small however much has been done.
create index if not exists knowledge_update_requests_created_at_id_open_idx
    on public.knowledge_update_requests (created_at, id) where status in ('approved', 'processing');
create index if not exists knowledge_update_requests_claim_expires_at_open_idx
    on public.knowledge_update_requests (claim_expires_at) where status = 'processing';
create index if not exists settings_updated_at_id_idx on public.settings (updated_at desc, id desc) where key <> 'ai_voice';
create index if not exists settings_org_id_updated_at_id_idx on public.settings (org_id, updated_at desc, id desc) where key <> 'ai_voice';
create index if not exists settings_org_id_location_id_updated_at_id_idx
    on public.settings (org_id, location_id, updated_at desc, id desc) where key <> 'ai_voice';
create index if not exists settings_key_updated_at_id_idx on public.settings (key, updated_at desc, id desc);
create index if not exists settings_org_id_key_updated_at_id_idx on public.settings (org_id, key, updated_at desc, id desc);

-- A program has no id, and an index gives the rows of `is null` in no order: this names it like a person.
alter table public.audit_log add column if not exists actor_key uuid
    generated always as (coalesce(actor_user_id, '00000000-0000-0000-0000-000000000000')) stored;
-- The log grows for ever: the filters of its page, in each combination, are ranges of one of these, in the order of the page.
create index if not exists audit_log_at_id_idx on public.audit_log (at desc, id desc);
create index if not exists audit_log_account_id_at_idx on public.audit_log (account_id, at desc, id desc);
create index if not exists audit_log_account_id_location_id_at_idx
    on public.audit_log (account_id, location_id, at desc, id desc) where location_id is not null;
create index if not exists audit_log_row_id_at_id_idx on public.audit_log (row_id, at desc, id desc) where row_id is not null;
drop index if exists public.audit_log_row_id_at_idx;
create index if not exists audit_log_table_name_action_at_idx on public.audit_log (table_name, action, at desc, id desc);
create index if not exists audit_log_account_id_table_name_action_at_idx
    on public.audit_log (account_id, table_name, action, at desc, id desc);
create index if not exists audit_log_account_id_location_id_table_name_action_at_idx
    on public.audit_log (account_id, location_id, table_name, action, at desc, id desc) where location_id is not null;
create index if not exists audit_log_actor_key_at_idx on public.audit_log (actor_key, at desc, id desc);
create index if not exists audit_log_account_id_actor_key_at_idx on public.audit_log (account_id, actor_key, at desc, id desc);
create index if not exists audit_log_account_id_location_id_actor_key_at_idx
    on public.audit_log (account_id, location_id, actor_key, at desc, id desc) where location_id is not null;
create index if not exists audit_log_actor_key_table_name_action_at_idx
    on public.audit_log (actor_key, table_name, action, at desc, id desc);
create index if not exists audit_log_account_id_actor_key_table_name_action_at_idx
    on public.audit_log (account_id, actor_key, table_name, action, at desc, id desc);
create index if not exists audit_log_account_id_location_id_actor_key_table_name_idx
    on public.audit_log (account_id, location_id, actor_key, table_name, action, at desc, id desc) where location_id is not null;
create index if not exists web_sessions_user_id_idx on private.web_sessions (user_id) where ended_at is null;
create unique index if not exists one_time_links_user_id_idx
    on private.one_time_links (user_id) where used_at is null and withdrawn_at is null;
create index if not exists users_created_at_id_idx on public.users (created_at desc, id desc);

-- Tables that only grow: the defaults wait until a fifth of them has changed, and know nothing of the newest pages meanwhile.
-- A partitioned table takes no such settings (docs/operations.md).
do $$
declare
    target regclass;
begin
    foreach target in array array['public.call_logs', 'public.order_logs', 'public.reservations', 'public.audit_log']::regclass[] loop
        if (select c.relkind from pg_catalog.pg_class c where c.oid = target) = 'r' then
            execute format('alter table %s set (autovacuum_vacuum_scale_factor = 0.02,
                autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.01)', target);
        end if;
    end loop;
end
$$;

-- Who asks, and where they work: what policies and views stand on ---------------------------------------------------
-- A page's statement asks these a dozen times. PL/pgSQL keeps its plans for the session where an SQL function plans anew at
-- each call; their plans do not depend on values, so the generic one is told to serve although the app's role forbids it.

create or replace function private.person_role() returns text
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
begin
    return (
        select u.role from public.users u where u.id = auth.uid() and u.is_active);
end
$$;
comment on function private.person_role() is 'The role of the person who asks, or null for a stranger and for someone deactivated.';

create or replace function private.manages() returns boolean
language sql stable security definer
set search_path = ''
as $$
    select coalesce(private.person_role() in ('account_manager', 'admin'), false)
$$;
comment on function private.manages() is 'Whether the person may change configuration where they work.';

create or replace function private.administers() returns boolean
language sql stable security definer
set search_path = ''
as $$
    select coalesce(private.person_role() = 'admin', false)
$$;
comment on function private.administers() is 'Whether the person is an admin (where they work).';

create or replace function private.sees_everything() returns boolean
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
begin
    return exists (
        select from public.user_access a
        join public.users u on u.id = a.user_id and u.is_active
        where a.user_id = auth.uid() and a.account_id is null);
end
$$;
comment on function private.sees_everything() is 'Whether the person works for every account.';

create or replace function private.location_ids() returns uuid[]
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
begin
    return (
        -- A granted location is there, by its foreign key: only whole accounts are looked up.
        select coalesce(array_agg(distinct g.id), '{}')
        from public.user_access a
        join public.users u on u.id = a.user_id and u.is_active
        cross join lateral (
            select a.location_id as id where a.location_id is not null
            union all
            select l.id from public.locations l where a.location_id is null and l.account_id = a.account_id
        ) g
        where a.user_id = auth.uid());
end
$$;
comment on function private.location_ids() is 'The locations granted to the person; whole accounts are spelled out as their locations.';

create or replace function private.account_ids() returns uuid[]
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
begin
    return (
        select coalesce(array_agg(distinct a.account_id), '{}')
        from public.user_access a
        join public.users u on u.id = a.user_id and u.is_active
        where a.user_id = auth.uid() and a.account_id is not null);
end
$$;
comment on function private.account_ids() is 'The accounts in which the person has any access.';

create or replace function private.whole_account_ids() returns uuid[]
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
begin
    return (
        select coalesce(array_agg(distinct a.account_id), '{}')
        from public.user_access a
        join public.users u on u.id = a.user_id and u.is_active
        where a.user_id = auth.uid() and a.account_id is not null and a.location_id is null);
end
$$;
comment on function private.whole_account_ids() is 'The accounts in which the person has access to every location.';

create or replace function private.sees_location(account uuid, location uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
    select private.sees_everything() or exists (
        select from public.user_access a
        join public.users u on u.id = a.user_id and u.is_active
        where a.user_id = auth.uid() and a.account_id = account and (a.location_id is null or a.location_id = location))
$$;
comment on function private.sees_location(uuid, uuid) is 'Whether one location is within the person''s reach; for single rows, not for scans.';

create or replace function private.runs_person(person uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
    -- Someone who also works elsewhere is not this admin's to change: a demotion would reach other customers.
    select private.administers() and (private.sees_everything() or (
        exists (select from public.user_access a where a.user_id = person and a.account_id = any (private.whole_account_ids()))
        and not exists (select from public.user_access a where a.user_id = person
            and (a.account_id is null or a.account_id <> all (private.whole_account_ids())))))
$$;
comment on function private.runs_person(uuid) is 'Whether the admin who asks may change this person: everything the person reaches is within the admin''s accounts.';

create or replace function private.knows_person(person uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
    select private.person_role() is not null and (person = auth.uid()
        or (private.administers() and (private.sees_everything() or exists (
            select from public.user_access a where a.user_id = person and a.account_id = any (private.whole_account_ids())))))
$$;
comment on function private.knows_person(uuid) is 'Whether the person who asks may read this row of users: their own, and an admin those of their accounts.';

create or replace function private.person_name(person uuid) returns text
language sql stable security definer
set search_path = ''
as $$
    select u.full_name from public.users u where u.id = person
$$;
comment on function private.person_name(uuid) is 'The name to print under a note; views call it for rows that the reader may see.';

-- Triggers ----------------------------------------------------------------------------------------------------------

create or replace function private.request_header(name text) returns text
language plpgsql stable
set search_path = ''
as $$
begin
    return nullif(current_setting('request.headers', true), '')::jsonb ->> name;
exception when others then
    -- A malformed header of a stranger must not undo a colleague's save; the line is then written without it.
    return null;
end
$$;
comment on function private.request_header(text) is 'One header of the request as PostgREST and the back office pass them; null where there is none.';

create or replace function private.request_address() returns inet
language plpgsql stable
set search_path = ''
as $$
begin
    return coalesce(btrim(split_part(private.request_header('x-forwarded-for'), ',', 1))::inet, inet_client_addr());
exception when invalid_text_representation then
    return inet_client_addr();
end
$$;
comment on function private.request_address() is 'Where the request came from: the first forwarded address, else the connection''s.';

create or replace function private.write_audit(
    account uuid, location uuid, action text, table_name text, row_id uuid, before jsonb, after jsonb) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    -- Whatever people change, reveal, play or export has its line, so this is where all of it stops while an admin looks as
    -- somebody else; that the back office also makes those transactions read only is its own care.
    if auth.jwt() -> 'act' is not null then
        raise exception 'nothing is changed while viewing as somebody else' using errcode = 'insufficient_privilege';
    end if;
    insert into public.audit_log (account_id, location_id, actor_user_id, actor_role, action, table_name, row_id, before, after,
        application, address, request_id)
    values (account, location, auth.uid(), coalesce(nullif(current_setting('role', true), 'none'), session_user),
        action, table_name, row_id, before, after,
        left(coalesce(private.request_header('x-application'), private.request_header('user-agent'),
            nullif(current_setting('application_name', true), '')), 200),
        private.request_address(), left(private.request_header('x-request-id'), 100));
end
$$;
comment on function private.write_audit(uuid, uuid, text, text, uuid, jsonb, jsonb) is
    'Writes one line of the audit log with who and from where; refused to an admin who is viewing as somebody else.';

create or replace function private.audit() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    old_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    new_row jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    whole jsonb := coalesce(new_row, old_row);
    before jsonb;
    after jsonb;
begin
    -- Changed keys only; what the trigger's arguments name is private words: that it changed is recorded, the words are not.
    -- That an API key was used is no change that a person made: it would write a line a minute.
    select jsonb_object_agg(o.key, case when o.key = any (tg_argv) then '"(not recorded)"' else o.value end) into before
    from jsonb_each(old_row) o
    where (new_row is null or new_row -> o.key is distinct from o.value) and o.value <> 'null'
        and o.key not in ('version', 'updated_at', 'updated_by', 'last_used_at');
    select jsonb_object_agg(n.key, case when n.key = any (tg_argv) then '"(not recorded)"' else n.value end) into after
    from jsonb_each(new_row) n
    where (old_row is null or old_row -> n.key is distinct from n.value) and (old_row is not null or n.value <> 'null')
        and n.key not in ('version', 'updated_at', 'updated_by', 'last_used_at');
    if tg_op = 'UPDATE' and before is null and after is null then
        return null;
    end if;
    perform private.write_audit(
        coalesce(whole ->> 'account_id', whole ->> 'org_id')::uuid, (whole ->> 'location_id')::uuid,
        lower(tg_op), tg_table_name, (whole ->> 'id')::uuid, before, after);
    return null;
end
$$;
comment on function private.audit() is 'Trigger: a line of the audit log for each change of a row; arguments name columns whose words are not recorded.';

do $$
declare
    target text;
begin
    foreach target in array array['users', 'user_access', 'account_settings', 'location_settings', 'location_hours',
        'location_hours_exceptions', 'settings', 'knowledge_update_requests', 'api_keys'] loop
        execute format('create or replace trigger %1$s_audit after insert or update or delete on public.%1$s
            for each row execute function private.audit()', target);
    end loop;
end
$$;
create or replace trigger internal_notes_audit after insert or update or delete on public.internal_notes
    for each row execute function private.audit('note_md');

create or replace function private.refuse_change() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege';
end
$$;
comment on function private.refuse_change() is 'Trigger: keeps the audit log append-only, for its owner too.';
create or replace trigger audit_log_append_only before update or delete or truncate on public.audit_log
    for each statement execute function private.refuse_change();

create or replace function private.read_version() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if new.version is distinct from old.version then
        raise exception 'this row was saved by somebody else in the meantime' using errcode = 'PT409';
    end if;
    -- What next_version, which runs after this one, knows a row by whose writer has said what they read.
    new.version := old.version + 1;
    return new;
end
$$;
comment on function private.read_version() is 'Trigger of updates that name version: it must be the one that the row has.';

create or replace function private.next_version() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    -- PostgREST answers PT428 with 428, Precondition Required. Seeds and the owner are nobody who has read a form.
    if new.version = old.version and (auth.uid() is not null or current_user = 'authenticated') then
        raise exception 'this row is saved with the version that was read' using errcode = 'PT428',
            hint = 'Add version to the update, with the value that you read.';
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
    new.updated_by := auth.uid();
    return new;
end
$$;
comment on function private.next_version() is
    'Trigger: counts versions of a settings row, says who and when; a person who does not say what version they read is refused.';

do $$
declare
    target text;
begin
    foreach target in array array['account_settings', 'location_settings', 'location_hours', 'location_hours_exceptions',
        'settings', 'users'] loop
        execute format('create or replace trigger %1$s_version before update on public.%1$s
            for each row execute function private.next_version()', target);
        -- By their names, table_read fires before table_version.
        execute format('create or replace trigger %1$s_read before update of version on public.%1$s
            for each row execute function private.read_version()', target);
    end loop;
end
$$;

create or replace function private.place_note() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        -- The call says where the note belongs. For a call out of reach nothing is found and the policy refuses, as for none.
        select c.location_id into new.location_id from public.call_logs c
        where c.account_id = new.account_id and c.id = new.call_id and private.may_touch_call(c.account_id, c.location_id);
        if new.location_id is null then
            raise exception 'no such call' using errcode = 'no_data_found';
        end if;
    elsif new.note_md is distinct from old.note_md then
        new.updated_at := now();
    end if;
    -- Whom a note already mentions may have left since: its author can still correct the words.
    if exists (select from unnest(new.mentions) m (id)
        where not private.person_sees(m.id, new.account_id, new.location_id)
            and (tg_op = 'INSERT' or m.id <> all (old.mentions))) then
        raise exception 'a mentioned person cannot see this call' using errcode = 'check_violation', constraint = 'internal_notes_mentions_check';
    end if;
    return new;
end
$$;
comment on function private.place_note() is 'Trigger: a note takes its location from its call and mentions only people who can see that call.';

create or replace function private.may_touch_call(account uuid, location uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
    -- Without claims it is the owner or a seed who writes: they have no person's reach to hold to. A client without
    -- claims has none either, and must hear of a call that exists just what it hears of one that does not.
    select case when auth.uid() is null then current_setting('role', true) not in ('anon', 'authenticated')
        else private.sees_location(account, location) end
$$;
comment on function private.may_touch_call(uuid, uuid) is 'Whether whoever writes may place a note at this location.';

create or replace function private.person_sees(person uuid, account uuid, location uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
    select exists (
        select from public.user_access a
        join public.users u on u.id = a.user_id and u.is_active
        where a.user_id = person and (a.account_id is null
            or a.account_id = account and (a.location_id is null or a.location_id = location)))
$$;
comment on function private.person_sees(uuid, uuid, uuid) is 'Whether that person (not the one who asks) can see a location.';

create or replace trigger internal_notes_place before insert or update on public.internal_notes
    for each row execute function private.place_note();

create or replace view private.call_marks as
select
    c.account_id,
    c.id,
    exists (select from public.order_logs o where o.account_id = c.account_id and o.call_id = c.id) as has_order,
    exists (select from public.reservations r where r.account_id = c.account_id and r.call_id = c.id) as has_reservation,
    exists (select from public.order_logs o where o.account_id = c.account_id and o.call_id = c.id
        and not private.order_adds_up(o.items, o.subtotal_amount, o.tax_amount, o.service_charge_amount,
            o.delivery_amount, o.total_amount)) as total_differs
from public.call_logs c;
comment on view private.call_marks is 'What has_order, has_reservation and total_differs of each call should be.';

create or replace function private.mark_calls(account_ids uuid[], call_ids uuid[]) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    -- Whoever adds an order holds its call by the foreign key until the end. Waiting for that, before the next statement
    -- looks, is what keeps a deletion from missing an order that another transaction is adding.
    perform from public.call_logs c
    join unnest(account_ids, call_ids) t (account_id, id) on t.account_id = c.account_id and t.id = c.id
    order by c.account_id, c.id
    for update of c;
    update public.call_logs c
    set has_order = m.has_order, has_reservation = m.has_reservation, total_differs = m.total_differs
    from unnest(account_ids, call_ids) t (account_id, id)
    join private.call_marks m on m.account_id = t.account_id and m.id = t.id
    where c.account_id = t.account_id and c.id = t.id
        and (c.has_order, c.has_reservation, c.total_differs) is distinct from (m.has_order, m.has_reservation, m.total_differs);
end
$$;
comment on function private.mark_calls(uuid[], uuid[]) is 'Looks again whether these calls have orders and reservations, and whether their totals add up.';

create or replace function private.mark_calls_of_orders() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    accounts uuid[];
    calls uuid[];
begin
    if tg_op = 'INSERT' then
        -- What was added can only set marks: no other order has to be looked at, and no call that has them is written.
        update public.call_logs c set has_order = true, total_differs = c.total_differs or a.differs
        from (select o.account_id, o.call_id, bool_or(not private.order_adds_up(o.items, o.subtotal_amount, o.tax_amount,
                o.service_charge_amount, o.delivery_amount, o.total_amount)) as differs
            from added o where o.call_id is not null group by 1, 2) a
        where c.account_id = a.account_id and c.id = a.call_id and (not c.has_order or (a.differs and not c.total_differs));
        return null;
    elsif tg_op = 'DELETE' then
        select array_agg(o.account_id), array_agg(o.call_id) into accounts, calls
        from (select distinct g.account_id, g.call_id from gone g where g.call_id is not null) o;
    else
        select array_agg(o.account_id), array_agg(o.call_id) into accounts, calls
        from (select distinct x.account_id, x.call_id
            from added a
            join gone g on g.account_id = a.account_id and g.id = a.id
            cross join lateral (values (a.account_id, a.call_id), (g.account_id, g.call_id)) x (account_id, call_id)
            where x.call_id is not null
                and (a.call_id, a.items, a.subtotal_amount, a.tax_amount, a.service_charge_amount, a.delivery_amount, a.total_amount)
                    is distinct from
                    (g.call_id, g.items, g.subtotal_amount, g.tax_amount, g.service_charge_amount, g.delivery_amount, g.total_amount)
        ) o;
    end if;
    if calls is not null then
        perform private.mark_calls(accounts, calls);
    end if;
    return null;
end
$$;
comment on function private.mark_calls_of_orders() is 'Trigger, once a statement: keeps has_order and total_differs of the calls behind orders.';

create or replace function private.mark_calls_of_reservations() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    accounts uuid[];
    calls uuid[];
begin
    if tg_op = 'INSERT' then
        update public.call_logs c set has_reservation = true
        from (select distinct r.account_id, r.call_id from added r where r.call_id is not null) a
        where c.account_id = a.account_id and c.id = a.call_id and not c.has_reservation;
        return null;
    elsif tg_op = 'DELETE' then
        select array_agg(r.account_id), array_agg(r.call_id) into accounts, calls
        from (select distinct g.account_id, g.call_id from gone g where g.call_id is not null) r;
    else
        select array_agg(r.account_id), array_agg(r.call_id) into accounts, calls
        from (select distinct x.account_id, x.call_id
            from added a
            join gone g on g.account_id = a.account_id and g.id = a.id and g.call_id is distinct from a.call_id
            cross join lateral (values (a.account_id, a.call_id), (g.account_id, g.call_id)) x (account_id, call_id)
            where x.call_id is not null) r;
    end if;
    if calls is not null then
        perform private.mark_calls(accounts, calls);
    end if;
    return null;
end
$$;
comment on function private.mark_calls_of_reservations() is 'Trigger, once a statement: keeps has_reservation of the calls behind reservations.';

do $$
declare
    target text;
begin
    foreach target in array array['order', 'reservation'] loop
        execute format('create or replace trigger %1$s_inserted after insert on public.%1$s
            referencing new table as added for each statement execute function private.mark_calls_of_%2$ss()',
            case target when 'order' then 'order_logs' else 'reservations' end, target);
        execute format('create or replace trigger %1$s_updated after update on public.%1$s
            referencing old table as gone new table as added for each statement execute function private.mark_calls_of_%2$ss()',
            case target when 'order' then 'order_logs' else 'reservations' end, target);
        execute format('create or replace trigger %1$s_deleted after delete on public.%1$s
            referencing old table as gone for each statement execute function private.mark_calls_of_%2$ss()',
            case target when 'order' then 'order_logs' else 'reservations' end, target);
    end loop;
end
$$;

create or replace function private.decide_request() returns trigger
language plpgsql
set search_path = ''
as $$
declare
    step constant text := old.status || ' to ' || new.status;
    -- Who decides is a person and signs; who reports progress is the automation. Nobody takes another step, the owner neither.
    of_people constant text[] := array['pending to approved', 'pending to rejected', 'approved to rejected', 'failed to approved',
        'processing to approved'];
    of_the_automation constant text[] := array['approved to processing', 'processing to done', 'processing to failed'];
begin
    if new.status is distinct from old.status then
        if step <> all (of_people || of_the_automation) then
            raise exception 'a request cannot go from % to %', old.status, new.status using errcode = 'check_violation';
        elsif step = any (of_the_automation) and auth.uid() is not null then
            raise exception 'only the automation reports progress' using errcode = 'insufficient_privilege';
        elsif step = any (of_people) and auth.uid() is null then
            raise exception 'only a person decides' using errcode = 'insufficient_privilege';
        end if;
        new.changed_at := now();
        if step = any (of_people) then
            if old.status = 'processing' and old.claim_expires_at > now() then
                raise exception 'the automation is still working on this request' using errcode = 'check_violation',
                    schema = 'public', table = 'knowledge_update_requests', constraint = 'knowledge_update_requests_claimed';
            end if;
            -- The reason is the decision's own, not one that an earlier decision left.
            if new.decision_reason is not distinct from old.decision_reason then
                new.decision_reason := null;
            end if;
            new.decision_reason := nullif(btrim(new.decision_reason, E' \t\r\n'), '');
            if new.status = 'rejected' and new.decision_reason is null then
                raise exception 'a rejection has a reason' using errcode = 'check_violation',
                    schema = 'public', table = 'knowledge_update_requests', constraint = 'knowledge_update_requests_rejected_reason';
            end if;
            new.decided_by := auth.uid();
            new.decided_at := now();
            new.attempts := 0;
            new.lost_claims := old.lost_claims + (old.status = 'processing')::integer;
            new.claim := null;
            new.claimed_at := null;
            new.claim_expires_at := null;
            new.finished_at := null;
            new.message := null;
        end if;
    elsif new.decision_reason is distinct from old.decision_reason then
        raise exception 'a reason comes with its decision' using errcode = 'check_violation';
    elsif new.claim is distinct from old.claim then
        new.changed_at := now();
    end if;
    return new;
end
$$;
comment on function private.decide_request() is 'Trigger: the steps a knowledge request may take, by whom, and who decided when.';
create or replace trigger knowledge_update_requests_decide before update on public.knowledge_update_requests
    for each row execute function private.decide_request();

-- Canonical views: what every client reads ---------------------------------------------------------------------------

create or replace view public.orders_v with (security_invoker = true) as
select
    o.id,
    o.call_id,
    o.account_id,
    o.location_id,
    o.status,
    o.fulfillment_type,
    o.subtotal_amount,
    o.tax_amount,
    o.service_charge_amount,
    o.delivery_amount,
    o.total_amount,
    a.currency,
    o.items,
    o.created_at,
    l.name as location_name,
    l.timezone,
    (o.created_at at time zone l.timezone)::date as local_date
from public.order_logs o
left join public.accounts a on a.id = o.account_id
left join public.locations l on l.account_id = o.account_id and l.id = o.location_id;
comment on view public.orders_v is 'Orders with the account''s currency; local_date is the local date of created_at at the location.';

create or replace view public.reservations_v with (security_invoker = true) as
select
    r.id,
    r.call_id,
    r.account_id,
    r.location_id,
    coalesce(r.reservation_datetime, (r.reservation_date + r.reservation_time) at time zone l.timezone) as reservation_at,
    r.guest_name,
    r.guest_count,
    r.avg_spend_per_head_override,
    (r.guest_count * coalesce(r.avg_spend_per_head_override, ls.avg_spend_per_head, acs.avg_spend_per_head))::numeric(12, 2)
        as estimated_revenue,
    r.status,
    r.created_at,
    r.reservation_date,
    r.guest_phone_masked,
    r.special_requests,
    a.currency,
    l.name as location_name,
    l.timezone,
    (r.created_at at time zone l.timezone)::date as local_date
from public.reservations r
left join public.accounts a on a.id = r.account_id
left join public.locations l on l.account_id = r.account_id and l.id = r.location_id
left join public.location_settings ls on ls.account_id = r.account_id and ls.location_id = r.location_id
left join public.account_settings acs on acs.account_id = r.account_id;
comment on view public.reservations_v is
    'Reservations. estimated_revenue is null where guests or average are unknown; local_date is the local date of created_at.';

create or replace view public.calls_v with (security_invoker = true) as
select
    c.id,
    c.account_id,
    c.location_id,
    l.name as location_name,
    c.status,
    c.call_type,
    c.duration_seconds,
    c.direction,
    c.caller_masked,
    c.started_at,
    c.ended_at,
    (c.started_at at time zone l.timezone)::date as local_date,
    c.summary_md,
    c.transcript_md,
    case when c.has_recording then '/calls/' || c.id || '/recording' end as recording_url,
    c.has_order,
    c.has_reservation,
    c.needs_review,
    private.review_reasons(
        c.status, c.call_type, c.transfer_unanswered, c.has_order, c.has_reservation, c.total_differs) as review_reasons,
    l.timezone,
    c.duration_bucket,
    c.caller_digits,
    c.transfer_unanswered,
    c.has_recording,
    c.provider,
    c.end_reason,
    c.intent,
    c.answered_at,
    -- What minutes_saved adds up: answered inbound calls that the AI did not hand to staff.
    case when c.direction = 'inbound' and c.status in ('completed', 'in_progress')
        then coalesce(ls.baseline_handle_seconds, acs.baseline_handle_seconds, c.duration_seconds) end as saved_seconds,
    -- The provider's own words, for a question to its support: a client reads a whole call from this view.
    c.provider_status,
    c.provider_call_id
from public.call_logs c
left join public.locations l on l.account_id = c.account_id and l.id = c.location_id
left join public.location_settings ls on ls.account_id = c.account_id and ls.location_id = c.location_id
left join public.account_settings acs on acs.account_id = c.account_id;

comment on view public.calls_v is
    'Calls, normalised and masked. recording_url is the back office''s audited route; open_recording(call_id) gives the real one to other clients.';
comment on column public.calls_v.local_date is 'The local date of started_at at the location.';
comment on column public.calls_v.review_reasons is
    'order_missing, reservation_missing, total_differs, transfer_unanswered, status_unknown; empty when the call needs no look.';

create or replace view public.internal_notes_v with (security_invoker = true) as
select
    n.id,
    n.call_id,
    n.account_id,
    n.location_id,
    n.author_user_id,
    private.person_name(n.author_user_id) as author_name,
    n.note_md,
    n.mentions,
    n.created_at,
    n.updated_at,
    l.name as location_name,
    l.timezone,
    (select coalesce(array_agg(private.person_name(m.id) order by m.place), '{}')
        from unnest(n.mentions) with ordinality m (id, place)) as mention_names,
    (n.created_at at time zone l.timezone)::date as local_date
from public.internal_notes n
left join public.locations l on l.account_id = n.account_id and l.id = n.location_id;
comment on view public.internal_notes_v is 'Notes with the names of their author and of whom they mention (in the order of mentions), for whoever sees the call.';

-- API keys -------------------------------------------------------------------------------------------------------------

create or replace function private.guard_api_key() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    wrong constant text := case
        when new.label is null or length(btrim(new.label)) not between 1 and 80 or private.looks_like_secret(new.label) then 'label'
        when length(new.key_hint) not between 2 and 8 or private.looks_like_secret(new.key_hint) then 'key_hint'
        when new.scopes is null or not new.scopes <@ public.api_key_scopes() then 'scopes'
        when length(btrim(new.revoked_reason)) not between 3 and 200 or private.looks_like_secret(new.revoked_reason)
            then 'revoked_reason' end;
begin
    -- A check that fails writes the whole row into the answer and the server's log: whatever could hold a key fails here.
    if wrong is not null then
        raise exception 'this is not accepted as % of an API key', wrong using errcode = 'check_violation', schema = 'public',
            table = 'api_keys', column = wrong, constraint = format('api_keys_%s_check', wrong);
    end if;
    if tg_op = 'INSERT' then
        return new;
    end if;
    if old.revoked_at is not null and (new.revoked_at, new.revoked_by, new.revoked_reason)
        is distinct from (old.revoked_at, old.revoked_by, old.revoked_reason) then
        raise exception 'a revoked key stays revoked' using errcode = 'restrict_violation', constraint = 'api_keys_revoked_at_check';
    end if;
    if old.replaced_at is not null and (new.replaced_at is distinct from old.replaced_at
        or coalesce(new.expires_at, 'infinity') > coalesce(old.expires_at, 'infinity')) then
        raise exception 'a replaced key ends when it was said to' using errcode = 'restrict_violation',
            constraint = 'api_keys_replaced_at_check';
    end if;
    if old.revoked_at is null and new.revoked_at is not null then
        if new.revoked_reason is null then
            raise exception 'a key is revoked with a reason' using errcode = 'check_violation',
                constraint = 'api_keys_revoked_reason_check';
        end if;
        new.revoked_at := now();
        new.revoked_by := auth.uid();
    end if;
    return new;
end
$$;
comment on function private.guard_api_key() is
    'Trigger: refuses what could be a key without quoting it; a revoked key stays so, a replaced one ends no later; says who revoked.';
-- Not of last_used_at: a use is no edit.
create or replace trigger api_keys_guard
    before insert or update of label, key_hint, scopes, expires_at, succeeds_id, replaced_at, revoked_at, revoked_by, revoked_reason
    on public.api_keys for each row execute function private.guard_api_key();

create or replace function public.rotate_api_key(
    key_id uuid, key_hint text default null, expires_at timestamptz default null, overlap interval default interval '1 day') returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    k public.api_keys;
    successor uuid;
begin
    select a.* into k from public.api_keys a
    where a.id = rotate_api_key.key_id and private.administers()
        and (private.sees_everything() or a.account_id = any (private.whole_account_ids()))
    for no key update;
    if k.id is null then
        raise exception 'no such key' using errcode = 'no_data_found';
    end if;
    -- PostgREST answers PT409 with 409: somebody else was faster.
    if k.revoked_at is not null or k.replaced_at is not null then
        raise exception 'this key was replaced or revoked already' using errcode = 'PT409';
    end if;
    if overlap is null or overlap < interval '0' or overlap > interval '30 days' then
        raise exception 'an overlap lasts up to 30 days' using errcode = 'check_violation', constraint = 'rotate_api_key_overlap_check';
    end if;
    update public.api_keys a
    set replaced_at = now(),
        expires_at = case when overlap > interval '0' then least(a.expires_at, now() + overlap) else a.expires_at end,
        revoked_at = case when overlap = interval '0' then now() end,
        revoked_reason = case when overlap = interval '0' then 'Replaced at once by a new key.' end
    where a.account_id = k.account_id and a.id = k.id;
    insert into public.api_keys (account_id, label, key_hint, scopes, expires_at, succeeds_id)
    values (k.account_id, k.label, rotate_api_key.key_hint, k.scopes, rotate_api_key.expires_at, k.id)
    returning id into successor;
    return successor;
end
$$;
comment on function public.rotate_api_key(uuid, text, timestamptz, interval) is
    'Puts a new key in the place of one, with its label and scopes; the old one ends after the overlap, with none at once. PT409 where it had ended or was replaced.';

create or replace function public.touch_api_key(id uuid) returns text
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    -- Whoever finds the row locked leaves it: another call, a rotation or a revocation is writing it.
    update public.api_keys a set last_used_at = clock_timestamp()
    where (a.account_id, a.id) = (
        select b.account_id, b.id from public.api_keys b
        where b.id = touch_api_key.id and b.revoked_at is null and coalesce(b.expires_at > clock_timestamp(), true)
            and coalesce(b.last_used_at <= clock_timestamp() - interval '1 minute', true)
        limit 1
        for no key update skip locked);
    if found then
        return 'recorded';
    end if;
    return coalesce((
        select case when a.revoked_at is not null then 'revoked' when a.expires_at <= clock_timestamp() then 'expired' else 'live' end
        from public.api_keys a where a.id = touch_api_key.id limit 1), 'unknown');
end
$$;
comment on function public.touch_api_key(uuid) is
    'Records that a key was used, at most once a minute: recorded, live (nothing to write), expired, revoked or unknown. For the platform; waits for nobody.';

create or replace view public.api_keys_v with (security_invoker = true) as
select
    k.id,
    k.account_id,
    a.name as account_name,
    k.label,
    k.key_hint,
    k.scopes,
    s.state,
    -- What an admin should look at; only of keys that are in use as they stand.
    array_remove(array[
        case when s.state = 'active' and k.last_used_at is null then 'never_used' end,
        case when s.state = 'active' and coalesce(k.last_used_at, k.created_at) < now() - interval '90 days' then 'idle' end,
        case when s.state = 'active' and k.expires_at < now() + interval '14 days' then 'expiring' end,
        case when s.state = 'active' and exists (
            select from public.api_keys o
            where o.account_id = k.account_id and o.id <> k.id and o.revoked_at is null and o.replaced_at is null
                and coalesce(o.expires_at > now(), true)
                and (lower(regexp_replace(btrim(o.label), '\s+', ' ', 'g')) = lower(regexp_replace(btrim(k.label), '\s+', ' ', 'g'))
                    or (o.key_hint = k.key_hint and length(k.key_hint) >= 4))) then 'double' end], null) as warnings,
    k.created_by,
    private.person_name(k.created_by) as created_by_name,
    k.created_at,
    k.last_used_at,
    k.expires_at,
    k.succeeds_id,
    k.replaced_at,
    k.revoked_at,
    k.revoked_by,
    private.person_name(k.revoked_by) as revoked_by_name,
    k.revoked_reason
from public.api_keys k
left join public.accounts a on a.id = k.account_id
cross join lateral (select case
    when k.revoked_at is not null then 'revoked'
    when k.replaced_at is not null then case when k.expires_at <= now() then 'replaced' else 'ending' end
    when k.expires_at <= now() then 'expired'
    else 'active' end as state) s;
comment on view public.api_keys_v is
    'Labels of API keys with their state (active, ending, replaced, expired, revoked) and warnings (never_used, idle for 90 days, expiring within 14, double: the same label but for case and spaces, or the same hint).';

-- Metrics -------------------------------------------------------------------------------------------------------------

create or replace view private.metrics_places as
select
    l.account_id,
    l.id as location_id,
    l.timezone,
    coalesce(ls.baseline_handle_seconds, acs.baseline_handle_seconds) as baseline_handle_seconds,
    coalesce(ls.avg_spend_per_head, acs.avg_spend_per_head) as avg_spend_per_head
from public.locations l
left join public.location_settings ls on ls.account_id = l.account_id and ls.location_id = l.id
left join public.account_settings acs on acs.account_id = l.account_id;
comment on view private.metrics_places is 'What the numbers of a location depend on besides its rows: time zone, baseline, average.';

create or replace function private.day_bounds(day date, zone text)
returns table (begins timestamptz, ends timestamptz, exact boolean)
language sql stable
as $$
    -- Where a clock changes within three hours of midnight, a local date may begin twice or not at 0:00. What is read is then
    -- wider than the date, and whoever reads asks each row for its date besides.
    select
        case when day is null then '-infinity' when x.exact then m.first else m.first - interval '3 hours' end,
        case when day is null then 'infinity' when x.exact then m.last - interval '1 microsecond' else m.last + interval '3 hours' end,
        day is null or x.exact
    from (select day::timestamp at time zone zone as first, (day + 1)::timestamp at time zone zone as last) m
    cross join lateral (
        select (m.first - interval '3 hours') at time zone zone = day::timestamp - interval '3 hours'
            and (m.first + interval '3 hours') at time zone zone = day::timestamp + interval '3 hours'
            and (m.last - interval '3 hours') at time zone zone = (day + 1)::timestamp - interval '3 hours'
            and (m.last + interval '3 hours') at time zone zone = (day + 1)::timestamp + interval '3 hours' as exact) x
$$;
comment on function private.day_bounds(date, text) is
    'Instants from and to which a local date lasts, or all of time for none; exact is false around clock changes at midnight, where they hold more.';

-- Every number is defined once, here, and read in two ways: all of them (the view), and those of some days (the function). The
-- view groups what it reads in one pass; the function goes to each day through an index, whatever the planner thinks.
do $metrics$
declare
    calls constant text := $$
        count(*) as total_calls,
        count(*) filter (where c.status in ('completed', 'transferred', 'in_progress')) as answered_calls,
        count(*) filter (where c.status in ('missed', 'failed', 'canceled')) as missed_calls,
        count(*) filter (where c.status = 'transferred') as transferred_calls,
        coalesce(sum(c.duration_seconds) filter (where c.status in ('completed', 'transferred', 'in_progress')), 0) as talk_seconds,
        coalesce(sum(coalesce(p.baseline_handle_seconds, c.duration_seconds))
            filter (where c.status in ('completed', 'in_progress')), 0)::numeric / 60 as minutes_saved,
        count(*) filter (where c.call_type = 'order') as order_calls,
        count(*) filter (where c.call_type = 'reservation') as reservation_calls,
        count(*) filter (where c.call_type = 'catering') as catering_calls,
        count(*) filter (where c.call_type = 'general') as general_calls,
        count(*) filter (where c.call_type = 'other') as other_calls$$;
    orders constant text := $$
        count(*) as orders_count,
        sum(c.total_amount) as total_revenue_orders$$;
    tables constant text := $$
        count(*) as reservations_count,
        sum(c.guest_count * coalesce(c.avg_spend_per_head_override, p.avg_spend_per_head)) as total_revenue_res_estimate,
        count(c.guest_count * coalesce(c.avg_spend_per_head_override, p.avg_spend_per_head)) as reservations_valued$$;
    daily constant text := $$
    select
        account_id,
        location_id,
        date,
        coalesce(c.total_calls, 0)::integer as total_calls,
        coalesce(o.orders_count, 0)::integer as orders_count,
        coalesce(t.reservations_count, 0)::integer as reservations_count,
        coalesce(o.total_revenue_orders, 0)::numeric(14, 2) as total_revenue_orders,
        -- Null where there are reservations and none could be valued: unknown is not 0.
        case when coalesce(t.reservations_count, 0) = 0 then 0 else t.total_revenue_res_estimate end::numeric(14, 2)
            as total_revenue_res_estimate,
        coalesce(c.minutes_saved, 0) as minutes_saved,
        coalesce(c.answered_calls, 0)::integer as answered_calls,
        coalesce(c.missed_calls, 0)::integer as missed_calls,
        coalesce(c.transferred_calls, 0)::integer as transferred_calls,
        coalesce(c.talk_seconds, 0)::bigint as talk_seconds,
        coalesce(t.reservations_valued, 0)::integer as reservations_valued,
        coalesce(c.order_calls, 0)::integer as order_calls,
        coalesce(c.reservation_calls, 0)::integer as reservation_calls,
        coalesce(c.catering_calls, 0)::integer as catering_calls,
        coalesce(c.general_calls, 0)::integer as general_calls,
        coalesce(c.other_calls, 0)::integer as other_calls
    from calls c
    full join orders o using (account_id, location_id, date)
    full join tables t using (account_id, location_id, date)$$;
    everywhere constant text := $$
    select p.account_id, p.location_id, (c.%3$I at time zone p.timezone)::date as date, %1$s
    from public.%2$I c
    join private.metrics_places p on p.account_id = c.account_id and p.location_id = c.location_id
    where %4$s
    group by p.account_id, p.location_id, (c.%3$I at time zone p.timezone)::date$$;
    on_days constant text := $$
    select p.account_id, p.location_id, d.*
    from days p
    cross join lateral (
        select coalesce(p.date, (c.%3$I at time zone p.timezone)::date) as date, %1$s
        from public.%2$I c
        where c.account_id = p.account_id and c.location_id = p.location_id and c.%3$I between p.begins and p.ends
            and %4$s and (p.exact or (c.%3$I at time zone p.timezone)::date = p.date)
        group by 1) d$$;
    counted constant text[] := array[
        ['calls', calls, 'call_logs', 'started_at', $$c.direction = 'inbound'$$],
        ['orders', orders, 'order_logs', 'created_at', $$c.status not in ('canceled', 'rejected', 'failed')$$],
        ['tables', tables, 'reservations', 'created_at', $$c.status not in ('canceled', 'no_show', 'failed')$$]];
    all_of_them text := '';
    of_days text := '';
    kind text[];
begin
    foreach kind slice 1 in array counted loop
        all_of_them := concat_ws(', ', nullif(all_of_them, ''),
            format('%I as (%s)', kind[1], format(everywhere, kind[2], kind[3], kind[4], kind[5])));
        of_days := concat_ws(', ', nullif(of_days, ''),
            format('%I as (%s)', kind[1], format(on_days, kind[2], kind[3], kind[4], kind[5])));
    end loop;
    execute format('create or replace view private.metrics_daily_live as with %s %s', all_of_them, daily);
    execute format($function$
        create or replace function private.metrics_of_days(account_ids uuid[], location_ids uuid[], dates date[])
        returns table (account_id uuid, location_id uuid, date date, total_calls integer, orders_count integer,
            reservations_count integer, total_revenue_orders numeric, total_revenue_res_estimate numeric, minutes_saved numeric,
            answered_calls integer, missed_calls integer, transferred_calls integer, talk_seconds bigint,
            reservations_valued integer, order_calls integer, reservation_calls integer, catering_calls integer,
            general_calls integer, other_calls integer)
        language sql stable
        set search_path = ''
        set jit = off
        as $body$
        with days as (
            select p.account_id, p.location_id, p.timezone, p.baseline_handle_seconds, p.avg_spend_per_head, s.date, d.*
            from unnest(metrics_of_days.account_ids, metrics_of_days.location_ids, metrics_of_days.dates)
                s (account_id, location_id, date)
            join private.metrics_places p on p.account_id = s.account_id and p.location_id = s.location_id
            cross join lateral private.day_bounds(s.date, p.timezone) d
        ), %s %s
        $body$$function$, of_days, daily);
end
$metrics$;
comment on view private.metrics_daily_live is 'What mv_metrics_daily holds, computed afresh: the place where the numbers are defined, together with metrics_of_days.';
comment on function private.metrics_of_days(uuid[], uuid[], date[]) is
    'Rows of metrics_daily_live for pairs of location and local date, each read through an index; a null date means every date of the location.';

create materialized view if not exists public.mv_metrics_daily as
select * from private.metrics_daily_live;
comment on materialized view public.mv_metrics_daily is
    'One row per account, location and local date. Clients read metrics_daily_v: a materialized view cannot have row-level security.';
create unique index if not exists mv_metrics_daily_account_id_location_id_date_idx
    on public.mv_metrics_daily (account_id, location_id, date);
create index if not exists mv_metrics_daily_date_idx on public.mv_metrics_daily (date);

create table if not exists private.metrics_daily (
    account_id uuid not null,
    location_id uuid not null,
    date date not null,
    total_calls integer not null,
    orders_count integer not null,
    reservations_count integer not null,
    total_revenue_orders numeric(14, 2) not null,
    total_revenue_res_estimate numeric(14, 2),
    minutes_saved numeric not null,
    answered_calls integer not null,
    missed_calls integer not null,
    transferred_calls integer not null,
    talk_seconds bigint not null,
    reservations_valued integer not null,
    order_calls integer not null,
    reservation_calls integer not null,
    catering_calls integer not null,
    general_calls integer not null,
    other_calls integer not null,
    primary key (account_id, location_id, date)
);
-- Today's rows are written each minute, and no index has a column of theirs: room in the page keeps the indexes as they are.
alter table private.metrics_daily set (fillfactor = 70);
create index if not exists metrics_daily_date_account_id_idx on private.metrics_daily (date, account_id);
drop index if exists private.metrics_daily_date_idx;
comment on table private.metrics_daily is
    'The daily numbers that clients read, by metrics_daily_v: what is marked is computed anew each minute, and compared with mv_metrics_daily at each refresh of that.';

-- A day used to name its hours: a year of them took three times as long to add up. What is dropped here is computed anew below.
do $$
begin
    if exists (select from information_schema.columns c
        where (c.table_schema, c.table_name, c.column_name) = ('private', 'metrics_hours', 'hours')) then
        drop view if exists public.metrics_hours_v;
        drop function if exists private.hours_of_days(uuid[], uuid[], date[]);
        drop table private.metrics_hours;
    end if;
end
$$;

-- Those who see everything would add up every location of the platform for each page: accounts are added up once, by zone,
-- because a date is another span of time in another zone.
create table if not exists private.metrics_accounts (
    account_id uuid not null,
    timezone text not null,
    date date not null,
    total_calls bigint not null,
    orders_count bigint not null,
    reservations_count bigint not null,
    total_revenue_orders numeric not null,
    total_revenue_res_estimate numeric,
    minutes_saved numeric not null,
    answered_calls bigint not null,
    missed_calls bigint not null,
    transferred_calls bigint not null,
    talk_seconds numeric not null,
    reservations_valued bigint not null,
    order_calls bigint not null,
    reservation_calls bigint not null,
    catering_calls bigint not null,
    general_calls bigint not null,
    other_calls bigint not null,
    primary key (account_id, timezone, date)
);
alter table private.metrics_accounts set (fillfactor = 70);
create index if not exists metrics_accounts_date_idx on private.metrics_accounts (date);
comment on table private.metrics_accounts is 'metrics_daily added up by account and zone: written by whatever writes that.';

create or replace view private.metrics_accounts_live as
select m.account_id, l.timezone, m.date,
    sum(m.total_calls) as total_calls, sum(m.orders_count) as orders_count, sum(m.reservations_count) as reservations_count,
        sum(m.total_revenue_orders) as total_revenue_orders, sum(m.total_revenue_res_estimate) as total_revenue_res_estimate,
        sum(m.minutes_saved) as minutes_saved, sum(m.answered_calls) as answered_calls, sum(m.missed_calls) as missed_calls,
        sum(m.transferred_calls) as transferred_calls, sum(m.talk_seconds) as talk_seconds, sum(m.reservations_valued) as
        reservations_valued, sum(m.order_calls) as order_calls, sum(m.reservation_calls) as reservation_calls, sum(m.catering_calls)
        as catering_calls, sum(m.general_calls) as general_calls, sum(m.other_calls) as other_calls
from private.metrics_daily m
join public.locations l on l.account_id = m.account_id and l.id = m.location_id
group by 1, 2, 3;
comment on view private.metrics_accounts_live is 'What metrics_accounts holds, added up afresh.';

create or replace function private.add_up_accounts(account_ids uuid[], dates date[]) returns bigint
language plpgsql
set search_path = ''
set jit = off
as $$
declare
    changed bigint;
begin
    with wanted as materialized (
        select distinct w.account_id, w.date from unnest(add_up_accounts.account_ids, add_up_accounts.dates) w (account_id, date)
    ), fresh as materialized (
        select f.* from wanted w
        cross join lateral (select * from private.metrics_accounts_live v where v.account_id = w.account_id and v.date = w.date offset 0) f
        where w.date is not null
        union
        select f.* from (select distinct account_id from wanted where date is null) w
        cross join lateral (select * from private.metrics_accounts_live v where v.account_id = w.account_id offset 0) f
    ), dropped as (
        delete from private.metrics_accounts m using wanted w
        where m.account_id = w.account_id and (w.date is null or m.date = w.date)
            and not exists (select from fresh f where (f.account_id, f.timezone, f.date) = (m.account_id, m.timezone, m.date))
        returning 1
    ), written as (
        insert into private.metrics_accounts as m
        select * from fresh f
        where not exists (select from private.metrics_accounts n where (n.account_id, n.timezone, n.date)
            = (f.account_id, f.timezone, f.date) and row(n.*) is not distinct from row(f.*))
        on conflict on constraint metrics_accounts_pkey do update set
            (total_calls, orders_count, reservations_count, total_revenue_orders, total_revenue_res_estimate, minutes_saved,
                answered_calls, missed_calls, transferred_calls, talk_seconds, reservations_valued, order_calls, reservation_calls,
                catering_calls, general_calls, other_calls)
            = (excluded.total_calls, excluded.orders_count, excluded.reservations_count, excluded.total_revenue_orders,
                excluded.total_revenue_res_estimate, excluded.minutes_saved, excluded.answered_calls, excluded.missed_calls,
                excluded.transferred_calls, excluded.talk_seconds, excluded.reservations_valued, excluded.order_calls,
                excluded.reservation_calls, excluded.catering_calls, excluded.general_calls, excluded.other_calls)
        returning 1
    )
    select (select count(*) from dropped) + (select count(*) from written) into changed;
    return changed;
end
$$;
comment on function private.add_up_accounts(uuid[], date[]) is
    'Adds accounts up again on dates (null: on every date) into metrics_accounts; says how many of its rows were not so before.';

-- When guests call, beside what they bring: the calls of a day by the hour, and how many of these were missed.
create table if not exists private.metrics_hours (
    account_id uuid not null,
    location_id uuid not null,
    date date not null,
    calls integer[] not null check (cardinality(calls) = 24),
    missed integer[] not null check (cardinality(missed) = 24),
    primary key (account_id, location_id, date)
);
alter table private.metrics_hours set (fillfactor = 70);
create index if not exists metrics_hours_date_idx on private.metrics_hours (date);
comment on table private.metrics_hours is
    'Inbound calls of each location and local date by the hour in which they began, as clocks there show it; computed with metrics_daily.';
comment on column private.metrics_hours.calls is 'Inbound calls of the hours 0 to 23, in this order, zeros included.';
comment on column private.metrics_hours.missed is 'How many of these were missed, failed or canceled.';

create or replace function private.by_hour(hours smallint[], counts integer[]) returns integer[]
language plpgsql immutable
set search_path = ''
as $$
declare
    filled integer[] := array_fill(0, array[24]);
begin
    for n in 1 .. coalesce(cardinality(hours), 0) loop
        filled[hours[n] + 1] := counts[n];
    end loop;
    return filled;
end
$$;
comment on function private.by_hour(smallint[], integer[]) is 'Counts of some hours (0 to 23) as 24 counts, zeros where none was named.';

create or replace function private.hours_of_days(account_ids uuid[], location_ids uuid[], dates date[])
returns table (account_id uuid, location_id uuid, date date, calls integer[], missed integer[])
language sql stable
set search_path = ''
set jit = off
as $$
with days as (
    select p.account_id, p.location_id, p.timezone, s.date, d.*
    from unnest(hours_of_days.account_ids, hours_of_days.location_ids, hours_of_days.dates) s (account_id, location_id, date)
    join private.metrics_places p on p.account_id = s.account_id and p.location_id = s.location_id
    cross join lateral private.day_bounds(s.date, p.timezone) d
)
select p.account_id, p.location_id, d.date, private.by_hour(array_agg(d.hour order by d.hour), array_agg(d.calls order by d.hour)),
    private.by_hour(array_agg(d.hour order by d.hour), array_agg(d.missed order by d.hour))
from days p
cross join lateral (
    select (c.started_at at time zone p.timezone)::date as date,
        extract(hour from c.started_at at time zone p.timezone)::smallint as hour,
        count(*)::integer as calls,
        (count(*) filter (where c.status in ('missed', 'failed', 'canceled')))::integer as missed
    from public.call_logs c
    where c.account_id = p.account_id and c.location_id = p.location_id and c.started_at between p.begins and p.ends
        and c.direction = 'inbound' and (p.exact or (c.started_at at time zone p.timezone)::date = p.date)
    group by 1, 2) d
group by 1, 2, 3
$$;
comment on function private.hours_of_days(uuid[], uuid[], date[]) is
    'Rows of metrics_hours, computed afresh for pairs of location and local date, each read through an index; a null date means every date of the location.';

-- The first time, in a database that had the view before: its rows, and a mark that all of them are computed anew.
do $$
begin
    if exists (select from private.metrics_daily)
        or not (select relispopulated from pg_catalog.pg_class where oid = 'public.mv_metrics_daily'::regclass) then
        return;
    end if;
    insert into private.metrics_daily select * from public.mv_metrics_daily order by account_id, location_id, date;
    if found then
        insert into private.metrics_marks default values;
    end if;
end
$$;

-- And the first time with hours: they are computed with everything else.
insert into private.metrics_marks (account_id)
select null where exists (select from private.metrics_daily where total_calls > 0)
    and not exists (select from private.metrics_hours)
    and not exists (select from private.metrics_marks where account_id is null);
-- Sums of accounts need no call to be read again.
select private.add_up_accounts(array_agg(m.account_id), array_agg(null::date))
from (select distinct d.account_id from private.metrics_daily d where not exists (select from private.metrics_accounts)) m;

-- The currency is looked up for those who ask for it alone, and the reach once a statement: a year of 200 locations is 73,000 rows.
create or replace view public.metrics_daily_v with (security_barrier = true) as
select m.*, (select a.currency from public.accounts a where a.id = m.account_id) as currency
from private.metrics_daily m
where current_user = 'service_role'
    or (select private.sees_everything())
    or m.location_id in (select unnest(private.location_ids()));
comment on view public.metrics_daily_v is 'The daily numbers as the caller may see them, with the account''s currency: one row per account, location and local date.';

create or replace view public.metrics_hours_v with (security_barrier = true) as
select h.*
from private.metrics_hours h
where current_user = 'service_role'
    or (select private.sees_everything())
    or h.location_id in (select unnest(private.location_ids()));
comment on view public.metrics_hours_v is
    'Inbound calls by hour as the caller may see them: one row per account, location and local date with calls; calls and missed have 24 elements, the hours 0 to 23 in their order.';

create or replace function public.metrics_by_day(since date, until date, account_ids uuid[] default null, location_ids uuid[] default null,
        within uuid default null)
    returns table (date date, timezone text, currency text, total_calls bigint, answered_calls bigint, missed_calls bigint,
        transferred_calls bigint, talk_seconds numeric, minutes_saved numeric, order_calls bigint, reservation_calls bigint,
        catering_calls bigint, general_calls bigint, other_calls bigint, orders_count bigint, total_revenue_orders numeric,
        reservations_count bigint, reservations_valued bigint, total_revenue_res_estimate numeric)
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
-- Few groups of many rows, which the planner cannot know: it would sort the rows.
set enable_sort = 'off'
set jit = 'off'
rows 300
as $$
#variable_conflict use_column
declare
    everything constant boolean := private.sees_everything();
    mine constant uuid[] := private.location_ids();
begin
    if everything and metrics_by_day.account_ids is null and metrics_by_day.location_ids is null and within is null then
        return query
        select m.date, m.timezone, a.currency, sum(m.total_calls)::bigint, sum(m.answered_calls)::bigint, sum(m.missed_calls)::bigint,
            sum(m.transferred_calls)::bigint, sum(m.talk_seconds), sum(m.minutes_saved), sum(m.order_calls)::bigint,
            sum(m.reservation_calls)::bigint, sum(m.catering_calls)::bigint, sum(m.general_calls)::bigint, sum(m.other_calls)::bigint,
            sum(m.orders_count)::bigint, sum(m.total_revenue_orders), sum(m.reservations_count)::bigint,
            sum(m.reservations_valued)::bigint, sum(m.total_revenue_res_estimate)
        from private.metrics_accounts m
        join public.accounts a on a.id = m.account_id
        where m.date between metrics_by_day.since and metrics_by_day.until
        group by 1, 2, 3;
        return;
    end if;
    return query
    with place as materialized (
        select l.account_id, l.id, l.timezone, a.currency
        from public.locations l
        join public.accounts a on a.id = l.account_id
        where (everything or l.id = any (mine))
            and (metrics_by_day.account_ids is null and metrics_by_day.location_ids is null
                or l.id = any (metrics_by_day.location_ids) or l.account_id = any (metrics_by_day.account_ids))
            and (within is null or l.account_id = within)
    )
    select m.date, p.timezone, p.currency, sum(m.total_calls), sum(m.answered_calls), sum(m.missed_calls), sum(m.transferred_calls),
        sum(m.talk_seconds), sum(m.minutes_saved), sum(m.order_calls), sum(m.reservation_calls), sum(m.catering_calls),
        sum(m.general_calls), sum(m.other_calls), sum(m.orders_count), sum(m.total_revenue_orders), sum(m.reservations_count),
        sum(m.reservations_valued), sum(m.total_revenue_res_estimate)
    from place p
    cross join lateral (select * from private.metrics_daily d where d.account_id = p.account_id and d.location_id = p.id
        and d.date between metrics_by_day.since and metrics_by_day.until offset 0) m
    group by 1, 2, 3;
end
$$;
comment on function public.metrics_by_day(date, date, uuid[], uuid[], uuid) is
    'The daily numbers of the caller''s reach, narrowed to these accounts and locations where any are named, and within one account, added up by date, zone and currency.';

-- Marks: every row that changes a number says where, and writes nothing that another transaction could wait for. What changes no
-- number (a summary, a transcript, most updates) the conditions of the triggers turn away before a function is called: row by row
-- that costs a writer less than half of what it costs to collect each statement's rows.

create or replace function private.mark_metrics_of_calls() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    if tg_op <> 'DELETE' then
        insert into private.metrics_marks (account_id, location_id, first_at, last_at)
        values (new.account_id, new.location_id, new.started_at, new.started_at);
    end if;
    if tg_op <> 'INSERT' and (old.account_id, old.location_id, old.started_at) is distinct from
            (new.account_id, new.location_id, new.started_at) then
        insert into private.metrics_marks (account_id, location_id, first_at, last_at)
        values (old.account_id, old.location_id, old.started_at, old.started_at);
    end if;
    return null;
end
$$;
comment on function private.mark_metrics_of_calls() is 'Trigger: marks the days whose numbers a change of a call changes.';

create or replace function private.mark_metrics_of_sales() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    if tg_op <> 'DELETE' then
        insert into private.metrics_marks (account_id, location_id, first_at, last_at)
        values (new.account_id, new.location_id, new.created_at, new.created_at);
    end if;
    if tg_op <> 'INSERT' and (old.account_id, old.location_id, old.created_at) is distinct from
            (new.account_id, new.location_id, new.created_at) then
        insert into private.metrics_marks (account_id, location_id, first_at, last_at)
        values (old.account_id, old.location_id, old.created_at, old.created_at);
    end if;
    return null;
end
$$;
comment on function private.mark_metrics_of_sales() is
    'Trigger: marks the days whose numbers a change of an order or a reservation changes.';

create or replace function private.mark_metrics_of_places() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    -- Every date at once: a time zone moves rows to other dates, an average or a baseline changes what they are worth.
    if tg_op <> 'INSERT' then
        insert into private.metrics_marks (account_id, location_id)
        values (old.account_id, nullif(to_jsonb(old) ->> tg_argv[0], '')::uuid);
    end if;
    if tg_op <> 'DELETE' then
        insert into private.metrics_marks (account_id, location_id)
        values (new.account_id, nullif(to_jsonb(new) ->> tg_argv[0], '')::uuid);
    end if;
    return null;
end
$$;
comment on function private.mark_metrics_of_places() is
    'Trigger: marks all dates of a location (its id is in the column that the argument names), or of the account without one.';

create or replace function private.mark_all_metrics() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    insert into private.metrics_marks default values;
    return null;
end
$$;
comment on function private.mark_all_metrics() is 'Trigger of truncate: marks everything.';

do $$
declare
    target text;
    kind text;
    counted text;
    numbers text;
begin
    for target, kind, counted, numbers in select * from (values
        ('call_logs', 'calls', '%1$s.direction = ''inbound''',
            'account_id location_id started_at direction status call_type duration_seconds'),
        ('order_logs', 'sales', 'true', 'account_id location_id created_at status total_amount'),
        ('reservations', 'sales', 'true',
            'account_id location_id created_at status guest_count avg_spend_per_head_override')) t loop
        execute format('create or replace trigger %1$s_metrics_inserted after insert on public.%1$s
            for each row when (%3$s) execute function private.mark_metrics_of_%2$s()', target, kind, format(counted, 'new'));
        execute format('create or replace trigger %1$s_metrics_updated after update on public.%1$s
            for each row when ((%3$s or %4$s) and (%5$s) is distinct from (%6$s))
            execute function private.mark_metrics_of_%2$s()', target, kind, format(counted, 'old'), format(counted, 'new'),
            'old.' || replace(numbers, ' ', ', old.'), 'new.' || replace(numbers, ' ', ', new.'));
        execute format('create or replace trigger %1$s_metrics_deleted after delete on public.%1$s
            for each row when (%3$s) execute function private.mark_metrics_of_%2$s()', target, kind, format(counted, 'old'));
        execute format('create or replace trigger %1$s_metrics_truncated after truncate on public.%1$s
            for each statement execute function private.mark_all_metrics()', target);
    end loop;
    drop function if exists private.mark_metrics_of_orders();
    drop function if exists private.mark_metrics_of_reservations();
    -- A location is made before its first call, and settings without values change nothing. Busy mode marks nothing either.
    create or replace trigger locations_metrics_moved after update on public.locations
        for each row when ((old.account_id, old.id, old.timezone) is distinct from (new.account_id, new.id, new.timezone))
        execute function private.mark_metrics_of_places('id');
    create or replace trigger locations_metrics_deleted after delete on public.locations
        for each row execute function private.mark_metrics_of_places('id');
    foreach target in array array['location_settings', 'account_settings'] loop
        execute format('create or replace trigger %1$s_metrics_inserted after insert on public.%1$s
            for each row when (new.avg_spend_per_head is not null or new.baseline_handle_seconds is not null)
            execute function private.mark_metrics_of_places(%2$L)', target, 'location_id');
        execute format('create or replace trigger %1$s_metrics_updated after update on public.%1$s
            for each row when (%3$s or old.avg_spend_per_head is distinct from new.avg_spend_per_head
                or old.baseline_handle_seconds is distinct from new.baseline_handle_seconds)
            execute function private.mark_metrics_of_places(%2$L)', target, 'location_id',
            case target when 'account_settings' then 'old.account_id <> new.account_id'
                else 'old.account_id <> new.account_id or old.location_id <> new.location_id' end);
        execute format('create or replace trigger %1$s_metrics_deleted after delete on public.%1$s
            for each row when (old.avg_spend_per_head is not null or old.baseline_handle_seconds is not null)
            execute function private.mark_metrics_of_places(%2$L)', target, 'location_id');
    end loop;
end
$$;

-- Runs: one at a time. What a run takes out and what it writes are one transaction, so a crash brings the marks back; its
-- numbers are read after its marks were, so a mark that comes later stays for the next run.

create or replace function private.refuse_blind_metrics() returns void
language plpgsql stable
set search_path = ''
as $$
begin
    -- An owner who is subject to row-level security (forced, or a view of somebody else's) would empty the numbers without an error.
    if exists (select from unnest(array['public.accounts', 'public.locations', 'public.call_logs', 'public.order_logs',
        'public.reservations', 'public.location_settings', 'public.account_settings']) t where row_security_active(t)) then
        raise exception 'the refresh would have emptied the metrics: row-level security holds for the owner'
            using errcode = 'data_exception';
    end if;
end
$$;
comment on function private.refuse_blind_metrics() is 'Fails where row-level security would hide rows from whoever computes the numbers.';

create or replace function private.refuse_lost_metrics(before bigint, after bigint) returns void
language plpgsql stable
set search_path = ''
as $$
declare
    days bigint;
begin
    -- Rows go when calls go (an account that left, old calls that were removed). When many go, the calls are asked: each
    -- local date with an inbound call has a row, so fewer rows than such dates are a fault of the computing, not of the data.
    if after >= before * 0.9 then
        return;
    end if;
    select count(*) into days from (
        select distinct c.account_id, c.location_id, (c.started_at at time zone l.timezone)::date
        from public.call_logs c
        join public.locations l on l.account_id = c.account_id and l.id = c.location_id
        where c.direction = 'inbound') d;
    if after < days then
        raise exception 'the refresh would have lost metrics: % daily rows instead of %, for % days with calls', after, before, days
            using errcode = 'data_exception';
    end if;
end
$$;
comment on function private.refuse_lost_metrics(bigint, bigint) is
    'Fails where daily rows fell by more than a tenth and are fewer than the days that have calls.';

create or replace function private.compute_days(
    account_ids uuid[], location_ids uuid[], dates date[], out computed bigint, out changed bigint, out unexplained bigint)
language plpgsql
set search_path = ''
set jit = off
as $$
begin
    with days as (
        select * from unnest(compute_days.account_ids, compute_days.location_ids, compute_days.dates) s (account_id, location_id, date)
    ), fresh as materialized (
        select f.* from private.metrics_of_days(compute_days.account_ids, compute_days.location_ids, compute_days.dates) f
    ), dated as (
        delete from private.metrics_daily m using days s
        where s.date is not null and (m.account_id, m.location_id, m.date) = (s.account_id, s.location_id, s.date)
            and not exists (select from fresh f where (f.account_id, f.location_id, f.date) = (m.account_id, m.location_id, m.date))
        returning m.account_id, m.location_id
    ), whole as (
        delete from private.metrics_daily m using days s
        where s.date is null and (m.account_id, m.location_id) = (s.account_id, s.location_id)
            and not exists (select from fresh f where (f.account_id, f.location_id, f.date) = (m.account_id, m.location_id, m.date))
        returning m.account_id, m.location_id
    ), written as (
        insert into private.metrics_daily as m
        select * from fresh
        on conflict on constraint metrics_daily_pkey do update set (total_calls, orders_count, reservations_count,
            total_revenue_orders, total_revenue_res_estimate, minutes_saved, answered_calls, missed_calls, transferred_calls,
            talk_seconds, reservations_valued, order_calls, reservation_calls, catering_calls, general_calls, other_calls)
            = (excluded.total_calls, excluded.orders_count, excluded.reservations_count, excluded.total_revenue_orders,
            excluded.total_revenue_res_estimate, excluded.minutes_saved, excluded.answered_calls, excluded.missed_calls,
            excluded.transferred_calls, excluded.talk_seconds, excluded.reservations_valued, excluded.order_calls,
            excluded.reservation_calls, excluded.catering_calls, excluded.general_calls, excluded.other_calls)
            where m is distinct from excluded
        returning m.account_id, m.location_id
    ), moved as (
        select * from dated union all select * from whole union all select * from written
    )
    select (select count(*) from fresh), count(*),
        -- A mark that this statement sees and no run has taken is a change still to come, not a difference.
        count(*) filter (where not exists (select from private.metrics_marks k where coalesce(k.account_id = v.account_id, true)
            and coalesce(k.location_id = v.location_id, true)))
    into computed, changed, unexplained
    from moved v;
    with days as (
        select * from unnest(compute_days.account_ids, compute_days.location_ids, compute_days.dates) s (account_id, location_id, date)
    ), fresh as materialized (
        select f.* from private.hours_of_days(compute_days.account_ids, compute_days.location_ids, compute_days.dates) f
    ), dated as (
        delete from private.metrics_hours h using days s
        where s.date is not null and (h.account_id, h.location_id, h.date) = (s.account_id, s.location_id, s.date)
            and not exists (select from fresh f where (f.account_id, f.location_id, f.date) = (h.account_id, h.location_id, h.date))
    ), whole as (
        delete from private.metrics_hours h using days s
        where s.date is null and (h.account_id, h.location_id) = (s.account_id, s.location_id)
            and not exists (select from fresh f where (f.account_id, f.location_id, f.date) = (h.account_id, h.location_id, h.date))
    )
    insert into private.metrics_hours as h
    select * from fresh
    on conflict on constraint metrics_hours_pkey do update set (calls, missed) = (excluded.calls, excluded.missed)
        where h is distinct from excluded;
    perform private.add_up_accounts(compute_days.account_ids, compute_days.dates);
end
$$;
comment on function private.compute_days(uuid[], uuid[], date[]) is
    'Computes pairs of location and local date (null: every date) into metrics_daily; says how many rows there are, how many changed, and how many of those no mark explains.';

create or replace function private.compute_everything(out computed bigint, out changed bigint)
language plpgsql
set search_path = ''
as $$
declare
    before constant bigint := (select count(*) from private.metrics_daily);
begin
    with fresh as materialized (
        select * from private.metrics_daily_live
    ), dropped as (
        delete from private.metrics_daily m
        where not exists (select from fresh f where (f.account_id, f.location_id, f.date) = (m.account_id, m.location_id, m.date))
        returning 1
    ), written as (
        insert into private.metrics_daily as m
        select f.* from fresh f
        where not exists (select from private.metrics_daily n where n.account_id = f.account_id and n.location_id = f.location_id
            and n.date = f.date and row(n.*) is not distinct from row(f.*))
        order by f.account_id, f.location_id, f.date  -- so that a location's year lies together
        on conflict on constraint metrics_daily_pkey do update set (total_calls, orders_count, reservations_count,
            total_revenue_orders, total_revenue_res_estimate, minutes_saved, answered_calls, missed_calls, transferred_calls,
            talk_seconds, reservations_valued, order_calls, reservation_calls, catering_calls, general_calls, other_calls)
            = (excluded.total_calls, excluded.orders_count, excluded.reservations_count, excluded.total_revenue_orders,
            excluded.total_revenue_res_estimate, excluded.minutes_saved, excluded.answered_calls, excluded.missed_calls,
            excluded.transferred_calls, excluded.talk_seconds, excluded.reservations_valued, excluded.order_calls,
            excluded.reservation_calls, excluded.catering_calls, excluded.general_calls, excluded.other_calls)
        returning 1
    )
    select (select count(*) from fresh), (select count(*) from dropped) + (select count(*) from written) into computed, changed;
    if computed = 0 and exists (select from public.call_logs where direction = 'inbound') then
        raise exception 'the refresh would have emptied the metrics' using errcode = 'data_exception';
    end if;
    perform private.refuse_lost_metrics(before, computed);
    with counted as (
        select p.account_id, p.location_id, (c.started_at at time zone p.timezone)::date as date,
            extract(hour from c.started_at at time zone p.timezone)::smallint as hour,
            count(*)::integer as calls,
            (count(*) filter (where c.status in ('missed', 'failed', 'canceled')))::integer as missed
        from public.call_logs c
        join private.metrics_places p on p.account_id = c.account_id and p.location_id = c.location_id
        where c.direction = 'inbound'
        group by 1, 2, 3, 4
    ), fresh as materialized (
        select k.account_id, k.location_id, k.date,
            private.by_hour(array_agg(k.hour order by k.hour), array_agg(k.calls order by k.hour)) as calls,
            private.by_hour(array_agg(k.hour order by k.hour), array_agg(k.missed order by k.hour)) as missed
        from counted k
        group by 1, 2, 3
    ), dropped as (
        delete from private.metrics_hours h
        where not exists (select from fresh f where (f.account_id, f.location_id, f.date) = (h.account_id, h.location_id, h.date))
    )
    insert into private.metrics_hours as h
    select f.* from fresh f
    where not exists (select from private.metrics_hours n where n.account_id = f.account_id and n.location_id = f.location_id
        and n.date = f.date and row(n.*) is not distinct from row(f.*))
    order by f.account_id, f.location_id, f.date
    on conflict on constraint metrics_hours_pkey do update set (calls, missed) = (excluded.calls, excluded.missed);
    perform private.add_up_accounts(array_agg(d.account_id), array_agg(null::date))
    from (select m.account_id from private.metrics_daily m union select m.account_id from private.metrics_accounts m) d;
end
$$;
comment on function private.compute_everything() is 'Computes all of metrics_daily in one pass: cheaper than day by day where very many days changed.';

create or replace function private.take_marks() returns bigint
language plpgsql
set search_path = ''
set jit = off
as $$
declare
    most constant integer := 20000;
    everything boolean;
    account_ids uuid[];
    location_ids uuid[];
    dates date[];
begin
    with taken as (
        delete from private.metrics_marks k returning k.account_id, k.location_id, k.first_at, k.last_at
    ), marks as materialized (
        select distinct t.account_id, t.location_id, t.first_at, t.last_at,
            -- A date that no calendar of ours has (a provider's slip) is not counted through: its location is.
            t.first_at is null or t.first_at < '1970-01-02' or t.last_at > '2200-01-01' as whole
        from taken t
    ), days as (
        select m.account_id, m.location_id, d.date
        from marks m
        join public.locations l on l.account_id = m.account_id and l.id = m.location_id
        cross join lateral (
            select (m.first_at at time zone l.timezone)::date + n as date
            from generate_series(0, (m.last_at at time zone l.timezone)::date - (m.first_at at time zone l.timezone)::date) n) d
        where not m.whole
        union
        -- A location that is gone too: nothing is found for it, and its rows go.
        select m.account_id, m.location_id, null from marks m where m.whole and m.location_id is not null
        union
        select m.account_id, l.id, null from marks m join public.locations l on l.account_id = m.account_id
        where m.location_id is null
    ), needed as (
        select d.* from days d
        where d.date is null
            or not exists (select from days w where w.date is null and (w.account_id, w.location_id) = (d.account_id, d.location_id))
    )
    select coalesce((select bool_or(m.account_id is null) from marks m), false) or count(*) > most,
        array_agg(n.account_id), array_agg(n.location_id), array_agg(n.date)
    into everything, account_ids, location_ids, dates
    from needed n;
    if everything then
        return (select c.computed from private.compute_everything() c);
    elsif account_ids is null then
        return 0;
    end if;
    return (select c.computed from private.compute_days(account_ids, location_ids, dates) c);
end
$$;
comment on function private.take_marks() is
    'Takes the marks that are there and computes what they name; how many daily rows that were. Its caller holds the lock.';

create or replace function private.update_metrics(out refreshed boolean, out metric_rows bigint, out seconds numeric)
language plpgsql security definer
set search_path = ''
as $$
declare
    began timestamptz := clock_timestamp();
    healed bigint;
begin
    refreshed := false;
    perform private.refuse_blind_metrics();
    if not pg_try_advisory_xact_lock(hashtext('certus.update_metrics')) then
        return;
    end if;
    metric_rows := private.take_marks();
    -- Rows that are all gone while calls are there, by whatever hand, are computed again at once and counted as healed.
    if not exists (select from private.metrics_daily) and exists (select from public.call_logs where direction = 'inbound') then
        select c.computed, c.changed into metric_rows, healed from private.compute_everything() c;
    end if;
    insert into private.metrics_refreshes (started_at, finished_at, metric_rows, kind, differences)
    values (began, clock_timestamp(), metric_rows, 'changes', healed);
    refreshed := true;
    seconds := round(extract(epoch from clock_timestamp() - began), 3);
end
$$;
comment on function private.update_metrics() is
    'Computes the daily numbers whose calls, orders, reservations or settings changed; metric_rows says how many. refreshed is false when another run is at it.';

create or replace function private.refresh_metrics(out refreshed boolean, out metric_rows bigint, out seconds numeric)
language plpgsql security definer
set search_path = ''
as $$
declare
    began timestamptz := clock_timestamp();
    most constant integer := 20000;
    account_ids uuid[];
    location_ids uuid[];
    dates date[];
    healed bigint := 0;
    before bigint := 0;
begin
    refreshed := false;
    perform private.refuse_blind_metrics();
    -- Two refreshes at once would only wait for each other: the second goes home.
    if not pg_try_advisory_xact_lock(hashtext('certus.refresh_metrics')) then
        return;
    end if;
    if (select relispopulated from pg_catalog.pg_class where oid = 'public.mv_metrics_daily'::regclass) then
        select count(*) into before from public.mv_metrics_daily;
        refresh materialized view concurrently public.mv_metrics_daily;
    else
        refresh materialized view public.mv_metrics_daily;
    end if;
    select count(*) into metric_rows from public.mv_metrics_daily;
    if metric_rows = 0 and exists (select from public.call_logs where direction = 'inbound') then
        raise exception 'the refresh would have emptied the metrics' using errcode = 'data_exception';
    end if;
    perform private.refuse_lost_metrics(before, metric_rows);
    -- Until here changes went on being computed; a run under way is over in a moment. Then nobody else writes the rows.
    perform pg_advisory_xact_lock(hashtext('certus.update_metrics'));
    perform private.take_marks();
    select array_agg(d.account_id), array_agg(d.location_id), array_agg(d.date) into account_ids, location_ids, dates
    from (
        select account_id, location_id, date
        from public.mv_metrics_daily v
        full join private.metrics_daily m using (account_id, location_id, date)
        where row(v.*) is distinct from row(m.*)
        union
        -- The hours of a day are all of its calls.
        select account_id, location_id, date
        from private.metrics_daily m
        full join private.metrics_hours h using (account_id, location_id, date)
        where coalesce(m.total_calls, 0) <> coalesce((select sum(c) from unnest(h.calls) c), 0)) d;
    -- What differs is computed once more: calls that came while the view was refreshed are no difference, all else is healed.
    if cardinality(account_ids) > most then
        select c.changed into healed from private.compute_everything() c;
    elsif account_ids is not null then
        select c.unexplained into healed from private.compute_days(account_ids, location_ids, dates) c;
    end if;
    healed := healed + coalesce((
        select private.add_up_accounts(array_agg(d.account_id), array_agg(d.date))
        from (
            select account_id, date
            from private.metrics_accounts_live v
            full join private.metrics_accounts m using (account_id, timezone, date)
            where row(v.*) is distinct from row(m.*)) d), 0);
    insert into private.metrics_refreshes (started_at, finished_at, metric_rows, differences)
    values (began, clock_timestamp(), metric_rows, healed);
    refreshed := true;
    seconds := round(extract(epoch from clock_timestamp() - began), 3);
end
$$;
comment on function private.refresh_metrics() is
    'Refreshes mv_metrics_daily, compares metrics_daily with it and heals what differs, under an advisory lock. refreshed is false when another run holds the lock.';

create or replace function private.run_metrics(
    kind text, who text, out refreshed boolean, out metric_rows bigint, out seconds numeric, out error_code text, out error text)
language plpgsql
set search_path = ''
as $$
declare
    began timestamptz := clock_timestamp();
begin
    perform set_config('application_name', who, true);
    begin
        if kind = 'full' then
            select r.refreshed, r.metric_rows, r.seconds into refreshed, metric_rows, seconds from private.refresh_metrics() r;
        else
            select r.refreshed, r.metric_rows, r.seconds into refreshed, metric_rows, seconds from private.update_metrics() r;
        end if;
    exception when others then
        -- A failed cast quotes the value that it could not read: of those only the code is kept.
        get stacked diagnostics error_code = returned_sqlstate, error = message_text;
        if error_code like '22%' and error_code <> '22000' then
            error := 'a value could not be computed';
        end if;
        refreshed := false;
        insert into private.metrics_refreshes (started_at, finished_at, error_code, error, kind)
        values (began, clock_timestamp(), run_metrics.error_code, run_metrics.error, run_metrics.kind);
    end;
    delete from private.metrics_refreshes r
    where (r.finished_at < now() - interval '30 days'
            or (r.kind = 'changes' and r.error_code is null and r.finished_at < now() - interval '1 day'))
        and r.id < (select max(last.id) from private.metrics_refreshes last where last.error_code is null);
end
$$;
comment on function private.run_metrics(text, text) is
    'refresh_metrics (full) or update_metrics (changes), with a line in metrics_refreshes also where it fails: it raises nothing, error says what happened.';

create or replace function private.refresh_metrics_by(
    who text, out refreshed boolean, out metric_rows bigint, out seconds numeric, out error_code text, out error text)
language sql
set search_path = ''
as $$
    select r.* from private.run_metrics('full', who) r
$$;
comment on function private.refresh_metrics_by(text) is
    'The full refresh with its comparison, failures written down: what pg_cron calls every hour, and flask metrics refresh.';

create or replace function private.update_metrics_by(
    who text, out refreshed boolean, out metric_rows bigint, out seconds numeric, out error_code text, out error text)
language sql
set search_path = ''
as $$
    select r.* from private.run_metrics('changes', who) r
$$;
comment on function private.update_metrics_by(text) is
    'Computes what changed, failures written down: what pg_cron calls every minute, and flask metrics refresh --every.';

create or replace function public.metrics_refreshed_at() returns timestamptz
language sql stable security definer
set search_path = ''
as $$
    select r.finished_at from private.metrics_refreshes r where r.error_code is null order by r.id desc limit 1
$$;
comment on function public.metrics_refreshed_at() is 'When the numbers of metrics_daily_v were last computed; null when never.';

create or replace function public.metrics_failing_since() returns timestamptz
language sql stable security definer
set search_path = ''
as $$
    select min(r.finished_at) from private.metrics_refreshes r
    where r.id > coalesce((select max(last.id) from private.metrics_refreshes last where last.error_code is null), 0)
$$;
comment on function public.metrics_failing_since() is
    'When the refresh of metrics_daily_v began to fail; null while the last one went well, or none ever ran.';

-- What a person may ask for beyond reading ------------------------------------------------------------------------------

create or replace function private.call_in_reach(call_id uuid) returns public.call_logs
language plpgsql stable security definer
set search_path = ''
as $$
declare
    found_call public.call_logs;
begin
    select c.* into found_call from public.call_logs c
    where c.id = call_in_reach.call_id and private.sees_location(c.account_id, c.location_id);
    if found_call.id is null then
        -- The same answer for a call of somebody else and for none.
        raise exception 'no such call' using errcode = 'no_data_found';
    end if;
    return found_call;
end
$$;
comment on function private.call_in_reach(uuid) is 'The whole call where the person who asks may see it; otherwise no_data_found.';

create or replace function public.reveal_caller(call_id uuid, reason text) returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    c public.call_logs := private.call_in_reach(reveal_caller.call_id);
begin
    if length(btrim(coalesce(reason, ''))) not between 3 and 200 then
        raise exception 'a reason of 3 to 200 characters is needed' using errcode = 'check_violation', constraint = 'reveal_caller_reason_check';
    end if;
    perform private.write_audit(c.account_id, c.location_id, 'reveal', 'call_logs', c.id, null,
        jsonb_build_object('reason', btrim(reason)));
    return case c.direction when 'outbound' then c.to_number else c.from_number end;
end
$$;
comment on function public.reveal_caller(uuid, text) is
    'The guest''s full number of one call, with a reason, and a line in the audit log: the one way in. no_data_found where out of reach.';

create or replace function public.open_recording(call_id uuid) returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    c public.call_logs := private.call_in_reach(open_recording.call_id);
begin
    -- The check of the column says so already; a row that came around it opens nothing either.
    if c.recording_url is null or not private.is_recording_address(c.recording_url) then
        raise exception 'no recording' using errcode = 'no_data_found';
    end if;
    perform private.write_audit(c.account_id, c.location_id, 'play', 'call_logs', c.id, null, null);
    return c.recording_url;
end
$$;
comment on function public.open_recording(uuid) is 'Where one call''s recording is, with a line in the audit log. no_data_found where out of reach or not recorded.';

create or replace function public.record_export(relation text, filters jsonb, row_count bigint) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    if private.person_role() is null then
        raise exception 'only people export' using errcode = 'insufficient_privilege';
    end if;
    if relation not in ('calls', 'orders', 'reservations', 'metrics', 'audit', 'notes', 'api_keys', 'knowledge') or length(filters::text) > 4000 then
        raise exception 'not an export' using errcode = 'check_violation';
    end if;
    -- An export of one account or location is that account's to read in its log; others belong to whoever sees everything.
    -- Compared as text: a filter that is no uuid names no account, and is no error either.
    perform private.write_audit(
        (select l.account_id from public.locations l
            where (l.id::text = filters ->> 'location' or (filters ->> 'location' is null and l.account_id::text = filters ->> 'account'))
                and private.sees_location(l.account_id, l.id)
            limit 1),
        (select l.id from public.locations l
            where l.id::text = filters ->> 'location' and private.sees_location(l.account_id, l.id)),
        'export', relation, null, null, jsonb_build_object('filters', filters, 'rows', row_count));
end
$$;
comment on function public.record_export(text, jsonb, bigint) is 'Writes the audit line of an export: what, filtered how, how many rows.';

create or replace function public.take_form(fingerprint bytea) returns text
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    if private.person_role() is null or auth.jwt() -> 'act' is not null then
        raise exception 'only people send forms, and only as themselves' using errcode = 'insufficient_privilege';
    end if;
    delete from private.sent_forms s where s.user_id = auth.uid() and s.sent_at < now() - interval '1 day';
    -- A second one at the same time waits here until the first is committed, or given up.
    insert into private.sent_forms (user_id, fingerprint) values (auth.uid(), take_form.fingerprint) on conflict do nothing;
    if found then
        return null;
    end if;
    return (select s.answer from private.sent_forms s where s.user_id = auth.uid() and s.fingerprint = take_form.fingerprint);
end
$$;
comment on function public.take_form(bytea) is
    'Null for a form of the caller that comes for the first time within a day, else how it was answered then. Call it before writing, in the same transaction.';

create or replace function public.answer_form(fingerprint bytea, answer text) returns void
language sql volatile security definer
set search_path = ''
as $$
    update private.sent_forms s set answer = answer_form.answer
    where s.user_id = auth.uid() and s.fingerprint = answer_form.fingerprint and auth.jwt() -> 'act' is null
$$;
comment on function public.answer_form(bytea, text) is 'Keeps how a form of the caller was answered, for when it is sent again, as an id; nothing while viewing as somebody else.';

create or replace function public.mentionable_people(call_id uuid) returns table (id uuid, full_name text)
language plpgsql stable security definer
set search_path = ''
as $$
declare
    c public.call_logs := private.call_in_reach(mentionable_people.call_id);
begin
    return query
        select u.id, u.full_name from public.users u
        where u.is_active and private.person_sees(u.id, c.account_id, c.location_id)
        order by u.full_name, u.id;
end
$$;
comment on function public.mentionable_people(uuid) is 'Who can see this call and may be mentioned in its notes.';

-- What the back office's login role calls before it knows who asks --------------------------------------------------------

create or replace function back_office.find_sign_in(email text) returns table (user_id uuid, password_hash text, is_active boolean)
language sql stable security definer
set search_path = ''
as $$
    select u.id, p.password_hash, u.is_active
    from public.users u
    join private.user_passwords p on p.user_id = u.id
    where u.email = lower(btrim(find_sign_in.email))
$$;
comment on function back_office.find_sign_in(text) is 'What sign-in compares a password with; no row for someone unknown or without a password.';

create or replace function back_office.find_person(email text) returns uuid
language sql stable security definer
set search_path = ''
as $$
    select u.id from public.users u where u.email = lower(btrim(find_person.email)) and u.is_active
$$;
comment on function back_office.find_person(text) is 'The active person with an address that a single sign-on provider vouched for; null for anybody else.';

create or replace function back_office.save_password_hash(user_id uuid, password_hash text) returns void
language sql volatile security definer
set search_path = ''
as $$
    update private.user_passwords p set password_hash = save_password_hash.password_hash where p.user_id = save_password_hash.user_id
$$;
comment on function back_office.save_password_hash(uuid, text) is 'Replaces a hash whose cost is out of date, at a sign-in that has just succeeded.';

create or replace function back_office.open_session(user_id uuid, token_hash bytea, address inet, user_agent text) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    opened uuid;
begin
    insert into private.web_sessions (user_id, token_hash, address, user_agent)
    select u.id, open_session.token_hash, open_session.address, left(open_session.user_agent, 300)
    from public.users u where u.id = open_session.user_id and u.is_active
    returning id into opened;
    if opened is null then
        raise exception 'no such person' using errcode = 'no_data_found';
    end if;
    insert into public.audit_log (actor_user_id, actor_role, action, table_name, row_id, application, address)
    values (open_session.user_id, session_user, 'sign_in', 'web_sessions', opened, 'back office', open_session.address);
    insert into private.last_sign_ins as l (user_id, at) values (open_session.user_id, now())
    on conflict on constraint last_sign_ins_pkey do update set at = excluded.at;
    -- Views that nobody came back to end here, so that their end is in the log as well.
    update private.web_sessions w set viewing_user_id = null
    where w.viewing_user_id is not null and w.viewing_since < now() - private.longest_view();
    -- Old rows are of no use to anybody once the absolute limit is long past.
    delete from private.web_sessions s where s.opened_at < now() - interval '30 days';
end
$$;
comment on function back_office.open_session(uuid, bytea, inet, text) is 'Opens a session for someone who proved who they are, and writes it to the audit log.';

do $$
begin
    -- What a function gives back can only be changed by making it anew.
    if exists (select from pg_proc p where p.oid = to_regprocedure('back_office.resume_session(bytea)')
        and not 'viewing_until' = any (p.proargnames)) then
        drop function back_office.resume_session(bytea);
    end if;
end
$$;

-- Each page asks this first: its plans do not depend on values, and making them anew was more than half of its time.
create or replace function back_office.resume_session(token_hash bytea) returns table (
    user_id uuid, session_id uuid, email text, full_name text, role text, sees_everything boolean, access jsonb,
    viewer_id uuid, viewer_name text, viewing_until timestamptz, viewing_lapsed boolean)
language plpgsql volatile security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
declare
    s private.web_sessions;
    lapsed boolean := false;
begin
    select w.* into s from private.web_sessions w where w.token_hash = resume_session.token_hash
        and w.ended_at is null
        and w.last_seen_at > now() - interval '30 minutes'
        and w.opened_at > now() - interval '12 hours';
    if s.id is null then
        -- A session that died of age takes its view of somebody else with it.
        update private.web_sessions w set viewing_user_id = null
        where w.token_hash = resume_session.token_hash and w.viewing_user_id is not null;
        return;
    end if;
    -- Once a minute is enough for an idle limit of thirty, and spares a write on most requests.
    if s.last_seen_at < now() - interval '1 minute' then
        begin
            update private.web_sessions w set last_seen_at = now() where w.id = s.id;
        exception when read_only_sql_transaction or disk_full then
            -- Pages are read where nothing can be written: the session lives 30 minutes from its last written visit.
            null;
        end;
    end if;
    if s.viewing_user_id is not null
        and (s.viewing_since < now() - private.longest_view() or not private.may_view_as(s.user_id, s.viewing_user_id)) then
        update private.web_sessions w set viewing_user_id = null where w.id = s.id;
        s.viewing_user_id := null;
        lapsed := true;
    end if;
    return query
        select u.id, s.id, u.email, u.full_name, u.role,
            coalesce(bool_or(a.id is not null and a.account_id is null), false),
            coalesce(jsonb_agg(jsonb_build_object('account_id', a.account_id, 'location_id', a.location_id)
                order by a.account_id, a.location_id) filter (where a.id is not null), '[]'),
            case when s.viewing_user_id is not null then s.user_id end,
            case when s.viewing_user_id is not null then private.person_name(s.user_id) end,
            case when s.viewing_user_id is not null then s.viewing_since + private.longest_view() end,
            lapsed
        from public.users u
        left join public.user_access a on a.user_id = u.id
        where u.id = coalesce(s.viewing_user_id, s.user_id) and u.is_active
        group by u.id;
end
$$;
comment on function back_office.resume_session(bytea) is
    'The person of a live session (30 minutes idle, 12 hours in all), with role and access as they are now, or the one whom an admin views the pages as; no row otherwise.';

create or replace function back_office.end_session(token_hash bytea) returns void
language sql volatile security definer
set search_path = ''
as $$
    update private.web_sessions w set ended_at = now() where w.token_hash = end_session.token_hash and w.ended_at is null
$$;
comment on function back_office.end_session(bytea) is 'Signs out: the session''s token is dead from now on.';

create or replace function private.end_sessions() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    if tg_table_name = 'user_passwords' then
        -- A rehash of the same password keeps changed_at and with it the sessions.
        if new.changed_at is distinct from old.changed_at then
            update private.web_sessions w set ended_at = now() where w.user_id = new.user_id and w.ended_at is null;
        end if;
    elsif new.role is distinct from old.role or (old.is_active and not new.is_active) then
        update private.web_sessions w set ended_at = now() where w.user_id = new.id and w.ended_at is null;
    end if;
    return null;
end
$$;
comment on function private.end_sessions() is 'Trigger: a changed role or password, and a deactivation, sign a person out everywhere.';
create or replace trigger users_end_sessions after update on public.users
    for each row execute function private.end_sessions();
create or replace trigger user_passwords_end_sessions after update on private.user_passwords
    for each row execute function private.end_sessions();

-- People: one-time links, the last admin, and viewing as somebody ------------------------------------------------------------

create or replace function private.awaits_invitation(person uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
    select exists (select from private.one_time_links l where l.user_id = person and l.kind = 'invitation')
        and not exists (select from private.one_time_links l
            where l.user_id = person and l.kind = 'invitation' and l.used_at is not null)
        and not exists (select from private.user_passwords p where p.user_id = person)
$$;
comment on function private.awaits_invitation(uuid) is 'Whether somebody was invited and has not chosen a password yet.';

create or replace function private.last_sign_in(person uuid) returns timestamptz
language sql stable security definer
set search_path = ''
as $$
    select l.at from private.last_sign_ins l where l.user_id = person
$$;
comment on function private.last_sign_in(uuid) is 'When a person signed in last; views call it for rows that the reader may see.';

create or replace function private.link_expires_at(person uuid) returns timestamptz
language sql stable security definer
set search_path = ''
as $$
    select l.expires_at from private.one_time_links l
    where l.user_id = person and l.used_at is null and l.withdrawn_at is null
$$;
comment on function private.link_expires_at(uuid) is 'Until when a person''s one-time link works (it may be past); null where none is out.';

create or replace function private.runs_everything(person uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
    select exists (
        select from public.users u
        join public.user_access a on a.user_id = u.id and a.account_id is null
        where u.id = person and u.role = 'admin' and u.is_active and not private.awaits_invitation(u.id))
$$;
comment on function private.runs_everything(uuid) is 'Whether a person is an active admin of every account, who has taken up their invitation.';

create or replace function private.keep_an_admin() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    person constant uuid := (to_jsonb(old) ->> tg_argv[0])::uuid;
begin
    -- What the row says already is gone: the other half of what made them an admin of everything must still be there.
    if tg_table_name = 'users' and not exists (
            select from public.user_access a where a.user_id = person and a.account_id is null)
        or tg_table_name = 'user_access' and not exists (
            select from public.users u where u.id = person and u.role = 'admin' and u.is_active)
        or private.awaits_invitation(person) then
        return null;
    end if;
    -- A written row and not an advisory lock: a repeatable read that began before the other's commit fails instead of counting what was.
    insert into private.admin_locks as l (taken_by) values (pg_current_xact_id())
    on conflict (id) do update set taken_by = excluded.taken_by where l.taken_by <> excluded.taken_by;
    if not exists (
        select from public.users u
        join public.user_access a on a.user_id = u.id and a.account_id is null
        where u.role = 'admin' and u.is_active and not private.awaits_invitation(u.id)) then
        raise exception 'somebody must remain who administers everything' using errcode = 'check_violation',
            schema = 'public', table = tg_table_name, constraint = 'users_last_admin';
    end if;
    return null;
end
$$;
comment on function private.keep_an_admin() is 'Trigger: the last active admin of every account stays one; the argument names the column that holds the person.';
create or replace trigger users_keep_admin after update of role, is_active on public.users
    for each row when (old.role = 'admin' and old.is_active and (new.role <> 'admin' or not new.is_active))
    execute function private.keep_an_admin('id');
create or replace trigger user_access_keep_admin after delete on public.user_access
    for each row when (old.account_id is null) execute function private.keep_an_admin('user_id');
create or replace trigger user_access_keep_admin_moved after update of user_id, account_id on public.user_access
    for each row when (old.account_id is null and (new.account_id is not null or new.user_id <> old.user_id))
    execute function private.keep_an_admin('user_id');

create or replace function private.longest_link() returns interval
language sql immutable parallel safe
return interval '72 hours';
comment on function private.longest_link() is 'How long a one-time link works.';

create or replace function private.gives_access(account uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
    select private.administers() and (private.sees_everything() or coalesce(account = any (private.whole_account_ids()), false))
$$;
comment on function private.gives_access(uuid) is 'Whether the admin who asks may give access to an account (null: to all of them): never to more than they have.';

create or replace function private.replace_link(person uuid, kind text, token_hash bytea) returns timestamptz
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    until constant timestamptz := now() + private.longest_link();
begin
    update private.one_time_links l set withdrawn_at = now()
    where l.user_id = person and l.used_at is null and l.withdrawn_at is null;
    insert into private.one_time_links (user_id, kind, token_hash, created_by, expires_at)
    values (person, replace_link.kind, replace_link.token_hash, auth.uid(), until);
    return until;
end
$$;
comment on function private.replace_link(uuid, text, bytea) is 'Gives a person a new one-time link in place of any that is out, and says until when it works.';

create or replace function public.invite_person(email text, full_name text, role text, access jsonb, token_hash bytea) returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    invited uuid;
begin
    if not private.administers() then
        raise exception 'only admins invite' using errcode = 'insufficient_privilege';
    end if;
    if jsonb_typeof(access) is distinct from 'array' or jsonb_array_length(access) not between 1 and 200 then
        raise exception 'say where the person works' using errcode = 'check_violation', constraint = 'invite_person_access_check';
    end if;
    if exists (select from jsonb_to_recordset(access) as a (account_id uuid, location_id uuid) where not private.gives_access(a.account_id)) then
        raise exception 'no such account' using errcode = 'no_data_found';
    end if;
    insert into public.users (email, full_name, role)
    values (lower(btrim(invite_person.email)), btrim(invite_person.full_name), invite_person.role) returning id into invited;
    insert into public.user_access (user_id, account_id, location_id)
    select distinct invited, a.account_id, a.location_id from jsonb_to_recordset(access) as a (account_id uuid, location_id uuid);
    perform private.replace_link(invited, 'invitation', invite_person.token_hash);
    perform private.write_audit(null, null, 'invite', 'users', invited, null, null);
    return invited;
end
$$;
comment on function public.invite_person(text, text, text, jsonb, bytea) is
    'Adds a person with access ([{"account_id", "location_id"}], nulls as in user_access) and a one-time link, of which only the SHA-256 of its token comes in.';

create or replace function public.issue_link(person uuid, token_hash bytea) returns timestamptz
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    waits constant boolean := private.awaits_invitation(person);
    until timestamptz;
begin
    -- Nobody resets themselves: a session that was left open must not be enough for a new password.
    if person = auth.uid() or not private.runs_person(person)
        or not exists (select from public.users u where u.id = person and u.is_active) then
        raise exception 'no such person' using errcode = 'no_data_found';
    end if;
    until := private.replace_link(person, case when waits then 'invitation' else 'reset' end, issue_link.token_hash);
    if not waits then
        -- From now on the old password opens nothing, nor does whatever it opened.
        delete from private.user_passwords p where p.user_id = person;
        update private.web_sessions w set ended_at = now() where w.user_id = person and w.ended_at is null;
    end if;
    perform private.write_audit(null, null, case when waits then 'renew_link' else 'reset_password' end, 'users', person, null, null);
    return until;
end
$$;
comment on function public.issue_link(uuid, bytea) is
    'A new one-time link for somebody whom the admin who asks may change: renews an invitation, or resets a password and ends every session. no_data_found out of reach.';

create or replace function public.withdraw_link(person uuid) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    if not private.runs_person(person) or not exists (select from public.users u where u.id = person) then
        raise exception 'no such person' using errcode = 'no_data_found';
    end if;
    update private.one_time_links l set withdrawn_at = now()
    where l.user_id = person and l.used_at is null and l.withdrawn_at is null;
    if found then
        perform private.write_audit(null, null, 'withdraw_link', 'users', person, null, null);
    end if;
end
$$;
comment on function public.withdraw_link(uuid) is 'Takes back the one-time link that is out for a person: it opens nothing from now on.';

create or replace function back_office.find_link(token_hash bytea)
    returns table (user_id uuid, email text, full_name text, kind text, expires_at timestamptz)
language sql stable security definer
set search_path = ''
as $$
    select u.id, u.email, u.full_name, l.kind, l.expires_at
    from private.one_time_links l
    join public.users u on u.id = l.user_id and u.is_active
    where l.token_hash = find_link.token_hash and l.used_at is null and l.withdrawn_at is null and l.expires_at > now()
$$;
comment on function back_office.find_link(bytea) is 'Whose a one-time link is; no row for one that is unknown, used, withdrawn or expired, and for somebody deactivated.';

create or replace function private.keep_password(person uuid, password_hash text, action text, address inet) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    insert into private.user_passwords as p (user_id, password_hash, changed_at)
    values (person, keep_password.password_hash, clock_timestamp())
    on conflict on constraint user_passwords_pkey do update
        set password_hash = excluded.password_hash, changed_at = excluded.changed_at;
    update private.web_sessions w set ended_at = now() where w.user_id = person and w.ended_at is null;
    insert into public.audit_log (actor_user_id, actor_role, action, table_name, row_id, application, address)
    values (person, session_user, keep_password.action, 'users', person, 'back office', keep_password.address);
end
$$;
comment on function private.keep_password(uuid, text, text, inet) is 'Stores a newly chosen password, ends every session of the person and writes the audit line.';

create or replace function back_office.use_link(token_hash bytea, password_hash text, address inet) returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    person uuid;
begin
    -- The row lock of the update is what makes it once: a second one waits, and then finds it used.
    update private.one_time_links l set used_at = now()
    where l.token_hash = use_link.token_hash and l.used_at is null and l.withdrawn_at is null and l.expires_at > now()
        and exists (select from public.users u where u.id = l.user_id and u.is_active)
    returning l.user_id into person;
    if person is not null then
        perform private.keep_password(person, use_link.password_hash, 'choose_password', use_link.address);
    end if;
    return person;
end
$$;
comment on function back_office.use_link(bytea, text, inet) is 'Uses up a one-time link for a password and says whose it was; null where it opens nothing.';

create or replace function back_office.change_password(token_hash bytea, old_hash text, new_hash text, address inet) returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    person uuid;
begin
    select w.user_id into person
    from private.web_sessions w
    join private.user_passwords p on p.user_id = w.user_id and p.password_hash = change_password.old_hash
    where w.token_hash = change_password.token_hash and w.ended_at is null and w.viewing_user_id is null
    for update of p;
    if person is not null then
        perform private.keep_password(person, change_password.new_hash, 'change_password', change_password.address);
    end if;
    return person;
end
$$;
comment on function back_office.change_password(bytea, text, text, inet) is
    'A new password for the person of a live session whose old one was just compared; ends all their sessions, this one too. Null where either is no more.';

create or replace function private.longest_view() returns interval
language sql immutable parallel safe
return interval '30 minutes';
comment on function private.longest_view() is 'How long an admin views the pages as somebody else at a time.';

create or replace function private.may_view_as(viewer uuid, person uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
    -- The same reach as runs_person, for a viewer who is named: a session is resumed before anybody asks.
    select viewer <> person
        and exists (select from public.users u where u.id = viewer and u.role = 'admin' and u.is_active)
        and exists (select from public.users u where u.id = person and u.is_active)
        and (exists (select from public.user_access a where a.user_id = viewer and a.account_id is null)
            or exists (select from public.user_access a where a.user_id = person)
            and not exists (select from public.user_access a where a.user_id = person and not exists (
                select from public.user_access w
                where w.user_id = viewer and w.account_id = a.account_id and w.location_id is null)))
$$;
comment on function private.may_view_as(uuid, uuid) is 'Whether an admin may view the pages as a person: somebody else, active, who reaches nothing that the admin does not.';

create or replace function public.start_viewing(person uuid) returns timestamptz
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    until constant timestamptz := now() + private.longest_view();
begin
    if not coalesce(private.may_view_as(auth.uid(), person), false) then
        raise exception 'no such person' using errcode = 'no_data_found';
    end if;
    perform private.write_audit(null, null, 'view_as', 'users', person, null, jsonb_build_object('until', until));
    update private.web_sessions w set viewing_user_id = person, viewing_since = now()
    where w.id = (auth.jwt() ->> 'session_id')::uuid and w.user_id = auth.uid() and w.ended_at is null;
    if not found then
        raise exception 'only a session of the back office views as somebody' using errcode = 'insufficient_privilege';
    end if;
    return until;
end
$$;
comment on function public.start_viewing(uuid) is
    'From its next request the admin''s session shows the pages as this person, read only, until the time that it gives. no_data_found out of reach.';

create or replace function back_office.end_viewing(token_hash bytea) returns void
language sql volatile security definer
set search_path = ''
as $$
    update private.web_sessions w set viewing_user_id = null
    where w.token_hash = end_viewing.token_hash and w.viewing_user_id is not null
$$;
comment on function back_office.end_viewing(bytea) is 'The admin of this session is themself again.';

create or replace function private.end_view() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
    new.viewing_user_id := case when new.ended_at is null then new.viewing_user_id end;
    if new.viewing_user_id is null then
        new.viewing_since := null;
    end if;
    if old.viewing_user_id is distinct from new.viewing_user_id then
        insert into public.audit_log (actor_user_id, actor_role, action, table_name, row_id, application, address)
        values (old.user_id, session_user, 'view_as_end', 'users', old.viewing_user_id, 'back office', old.address);
    end if;
    return new;
end
$$;
comment on function private.end_view() is 'Trigger: a view as somebody ends with its session, and its end is in the audit log however it came.';
create or replace trigger web_sessions_end_view before update on private.web_sessions
    for each row when (old.viewing_user_id is not null) execute function private.end_view();

create or replace view public.people_v with (security_invoker = true) as
select u.id, u.email, u.full_name, u.role, u.is_active, u.created_at, u.version,
    case when not u.is_active then 'deactivated' when private.awaits_invitation(u.id) then 'invited' else 'active' end as state,
    private.last_sign_in(u.id) as last_sign_in_at,
    private.link_expires_at(u.id) as link_expires_at,
    private.runs_person(u.id) as may_be_changed,
    coalesce((
        select jsonb_agg(jsonb_build_object('id', a.id, 'account_id', a.account_id, 'account_name', c.name,
                'location_id', a.location_id, 'location_name', l.name)
            order by c.name nulls first, l.name nulls first, a.id)
        from public.user_access a
        left join public.accounts c on c.id = a.account_id
        left join public.locations l on l.account_id = a.account_id and l.id = a.location_id
        where a.user_id = u.id), '[]') as access
from public.users u;
comment on view public.people_v is
    'People as whoever reads may see them, with their state (active, invited, deactivated), last sign-in, and the access that the reader may see.';

create or replace function back_office.count_attempt(key text, window_seconds integer)
    returns table (attempts integer, resets_at timestamptz)
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    delete from private.sign_in_attempts a where a.resets_at < now() - interval '1 hour';
    return query
        insert into private.sign_in_attempts as a (key, attempts, resets_at)
        values (left(count_attempt.key, 200), 1, now() + make_interval(secs => window_seconds))
        on conflict on constraint sign_in_attempts_pkey do update set
            attempts = case when a.resets_at <= now() then 1 else a.attempts + 1 end,
            resets_at = case when a.resets_at <= now() then excluded.resets_at else a.resets_at end
        returning a.attempts, a.resets_at;
end
$$;
comment on function back_office.count_attempt(text, integer) is 'Counts one try under a hashed key in a window that begins with the first; all workers share it.';

create or replace function back_office.attempts(key text) returns table (attempts integer, resets_at timestamptz)
language sql stable security definer
set search_path = ''
as $$
    select a.attempts, a.resets_at from private.sign_in_attempts a where a.key = attempts.key and a.resets_at > now()
$$;
comment on function back_office.attempts(text) is 'The tries counted under a hashed key and when its window ends; no row when there are none.';

create or replace function back_office.forget_attempts(key text) returns void
language sql volatile security definer
set search_path = ''
as $$
    delete from private.sign_in_attempts a where a.key = forget_attempts.key
$$;
comment on function back_office.forget_attempts(text) is 'Forgets the tries under a key, after a sign-in that succeeded.';

create or replace function back_office.health() returns table (metrics_refreshed_at timestamptz)
language sql stable security definer
set search_path = ''
as $$
    select public.metrics_refreshed_at()
$$;
comment on function back_office.health() is 'What /healthz tells: that the database answers, and when the metrics were refreshed.';

-- Health: what the admins' page and the exporter show -------------------------------------------------------------------------
-- Each part is a function of its own, which no client may call; public.health_report asks them all for an admin, and a part
-- that fails fails alone.

create or replace function back_office.health_figures(
    out metrics_refreshed_at timestamptz, out metrics_failing_since timestamptz, out refresh_failures bigint,
    out unknown_calls bigint)
language sql stable security definer
set search_path = ''
as $$
    select
        public.metrics_refreshed_at(),
        public.metrics_failing_since(),
        (select count(*) from private.metrics_refreshes r where r.error_code is not null and r.finished_at > now() - interval '1 day'),
        (select count(*) from (
            select from public.call_logs c
            where c.status = 'unknown' and c.started_at > now() - interval '1 day' limit 10000) c)
$$;
comment on function back_office.health_figures() is
    'What the exporter measures: age of the metrics, failed refreshes and calls of unknown status of the last 24 hours (10,000 at most).';

create or replace function private.health_refreshes() returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    schedule jsonb;
begin
    begin
        if pg_catalog.to_regclass('cron.job') is not null then
            execute $cron$
                select jsonb_build_object('schedule', j.schedule, 'active', j.active, 'last_status', d.status, 'last_at', d.start_time)
                from cron.job j
                left join lateral (
                    select status, start_time from cron.job_run_details where jobid = j.jobid order by runid desc limit 1) d on true
                where j.command like '%private.update_metrics%' order by j.active desc limit 1$cron$ into schedule;
        end if;
    exception when others then
        schedule := jsonb_build_object('fault', sqlstate);
    end;
    return jsonb_build_object(
        'refreshed_at', public.metrics_refreshed_at(),
        'failing_since', public.metrics_failing_since(),
        'schedule', schedule,
        'compared', (
            select jsonb_build_object('at', r.finished_at, 'seconds', extract(epoch from r.finished_at - r.started_at),
                'rows', r.metric_rows, 'differences', r.differences)
            from private.metrics_refreshes r where r.kind = 'full' and r.error_code is null order by r.id desc limit 1),
        'comparing_fails', coalesce((
            select r.error_code is not null from private.metrics_refreshes r where r.kind = 'full' order by r.id desc limit 1), false),
        'differences', (
            select coalesce(sum(r.differences), 0) from private.metrics_refreshes r
            where r.finished_at > now() - interval '1 day'),
        -- Good runs over changes come each minute: of those the last is told, and of all others the last twelve.
        'runs', coalesce((
            select jsonb_agg(to_jsonb(r) order by r.id desc) from (
                select id, kind, started_at, extract(epoch from finished_at - started_at) as seconds, started_by, metric_rows,
                    differences, error_code, error
                from private.metrics_refreshes
                where kind = 'full' or error_code is not null or differences > 0 or id = (select max(last.id) from private.metrics_refreshes last)
                order by id desc limit 12) r), '[]'));
end
$$;
comment on function private.health_refreshes() is
    'Age of the metrics, their last comparison with mv_metrics_daily and what it found, the last runs by whomever, and pg_cron''s schedule where it has one.';

create or replace function private.health_unknown_statuses() returns jsonb
language sql stable
set search_path = ''
as $$
    with newest as materialized (
        select c.id, c.location_id, c.provider, c.provider_status, c.end_reason, c.started_at from public.call_logs c
        where c.status = 'unknown' and c.started_at > now() - interval '30 days'
        order by c.started_at desc, c.id desc limit 20000
    ), combined as (
        select n.provider, n.provider_status, n.end_reason, count(*) as calls, max(n.started_at) as last_at,
            (array_agg(n.id order by n.started_at desc, n.id desc))[1] as last_call_id
        from newest n
        where (select private.sees_everything()) or n.location_id = any ((select private.location_ids())::uuid[])
        group by 1, 2, 3
    )
    select jsonb_build_object(
        'calls', (select coalesce(sum(calls), 0) from combined),
        'complete', (select count(*) < 20000 from newest),
        'combinations', (select count(*) from combined),
        'rows', coalesce((
            select jsonb_agg(to_jsonb(c) order by c.calls desc, c.last_at desc) from (
                select * from combined order by calls desc, last_at desc limit 30) c), '[]'))
$$;
comment on function private.health_unknown_statuses() is
    'What providers sent that no rule knows, over the newest 20,000 such calls of 30 days, of which the admin''s own are counted.';

create or replace function private.query_shape(query text) returns text
language sql immutable parallel safe
-- pg_stat_statements keeps a text as it came when its entry was evicted while the statement ran: comments go, and whatever is
-- written like a value becomes a question mark. $1 stays.
return left(btrim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    query,
    '--[^\n]*|/\*.*?\*/', ' ', 'g'),
    '\$([A-Za-z_]\w*)?\$.*?\$\1\$', '?', 'g'),
    '''([^'']|'''')*''', '?', 'g'),
    '(^|[^\w$.])\d+(\.\d+)?', '\1?', 'g'),
    '\s+', ' ', 'g')), 500);
comment on function private.query_shape(text) is 'A statement''s text without comments and values.';

create or replace function private.health_statements() returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
    home text;
    answer jsonb;
begin
    select n.nspname into home from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements';
    if home is null then
        return jsonb_build_object('installed', false, 'available', exists (
            select from pg_catalog.pg_available_extensions where name = 'pg_stat_statements'));
    end if;
    -- Statements of utilities (create role ... password) are never shown: their texts hold what was typed.
    execute format($query$
        with here as (
            select private.query_shape(s.query) as shape, s.calls, s.mean_exec_time, s.max_exec_time, s.total_exec_time
            from %I.pg_stat_statements s
            where s.dbid = (select oid from pg_catalog.pg_database where datname = current_database()) and s.calls > 0
        )
        select jsonb_build_object(
            'installed', true,
            'hidden', (select count(*) from here where shape = '<insufficient privilege>'),
            'rows', coalesce((
                select jsonb_agg(to_jsonb(h) order by h.mean_ms desc) from (
                    select shape, calls, mean_exec_time as mean_ms, max_exec_time as longest_ms, total_exec_time as total_ms
                    from here where shape ~* '^\(*\s*(with|select|insert|update|delete|merge|values)\M'
                    order by mean_exec_time desc limit 15) h), '[]'))$query$, home) into answer;
    return answer;
end
$$;
comment on function private.health_statements() is 'The slowest statements of this database by pg_stat_statements, as shapes without values.';

create or replace function private.health_connections() returns jsonb
language sql stable
set search_path = ''
as $$
    -- Whoever is no member of pg_read_all_stats sees of others' sessions that they are there, and no more.
    with session as (
        select coalesce(nullif(a.application_name, ''), 'no name') as application, a.state, now() - a.xact_start as open_for
        from pg_catalog.pg_stat_activity a
        where a.backend_type = 'client backend' or a.backend_type is null and a.usesysid is not null
    )
    select jsonb_build_object(
        'most', current_setting('max_connections')::integer,
        'used', (select count(*) from session),
        'hidden', (select count(*) from session where state is null),
        'owner', current_user,
        'longest', (
            select jsonb_build_object('seconds', extract(epoch from s.open_for), 'application', s.application, 'state', s.state)
            from session s where s.open_for is not null order by s.open_for desc limit 1),
        'rows', coalesce((
            select jsonb_agg(to_jsonb(g) order by g.sessions desc, g.application) from (
                select application, state, count(*) as sessions, extract(epoch from max(open_for)) as longest
                from session group by 1, 2 order by 3 desc, 1 limit 30) g), '[]'))
$$;
comment on function private.health_connections() is 'Sessions of the server by application and state, and its longest open transaction.';

create or replace function private.health_versions() returns jsonb
language sql stable
set search_path = ''
as $$
    select jsonb_build_object(
        'server', current_setting('server_version'),
        'started_at', pg_catalog.pg_postmaster_start_time(),
        'bytes', pg_catalog.pg_database_size(current_database()),
        'extensions', (select jsonb_agg(e.extname || ' ' || e.extversion order by e.extname) from pg_catalog.pg_extension e),
        'files', coalesce((select jsonb_agg(to_jsonb(f) order by f.file) from private.applied_files f), '[]'))
$$;
comment on function private.health_versions() is 'The server, its extensions, and which files of supabase/ it has seen.';

create or replace function private.plain_sql(words text) returns text
language sql immutable parallel safe
return btrim(regexp_replace(words, '\s+', ' ', 'g'));
comment on function private.plain_sql(text) is 'The text of a definition, written as every release of PostgreSQL would.';

create or replace function private.plain_view(view oid) returns text
language sql stable
set search_path = ''
-- Before PostgreSQL 16 a view over one table writes the table's name before each column, later it does not: such names go, and
-- the columns that it reads are listed instead.
return private.plain_sql(regexp_replace(pg_catalog.pg_get_viewdef(view), '\m(?!(public|private|back_office|auth)\.)[a-z_]\w*\.(?=[a-z_"])', '', 'g'))
    || ' reads ' || coalesce((
        select string_agg(distinct d.refobjid::regclass || '.' || a.attname, ', ' order by d.refobjid::regclass || '.' || a.attname)
        from pg_catalog.pg_rewrite w
        join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
            and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0 and d.refobjid <> view
        join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where w.ev_class = view), 'nothing');
comment on function private.plain_view(oid) is 'The text of a view as every release of PostgreSQL would write it, with the columns that it reads.';

create or replace function private.catalogue() returns table (kind text, name text, of text, definition text, door boolean)
language sql stable
set search_path = ''
as $$
    with home as (select nspowner as owner from pg_catalog.pg_namespace where nspname = 'private'),
    ours as (select oid, nspname::text as nspname, nspacl from pg_catalog.pg_namespace
        where nspname in ('public', 'private', 'back_office')),
    relation as (
        select c.oid, o.nspname || '.' || c.relname as name, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity,
            coalesce((select string_agg(x, ', ' order by x) from unnest(c.reloptions) x), '') as options
        from pg_catalog.pg_class c join ours o on o.oid = c.relnamespace
        -- Partitions come and go with time; what an extension brought is the extension's.
        where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and not exists (
            select from pg_catalog.pg_depend d
            where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    ),
    routine as (
        select p.*, o.nspname || '.' || p.proname as of, o.nspname || '.' || p.proname || '('
            || coalesce((select string_agg(pg_catalog.format_type(t, null), ', ' order by n)
                from unnest(p.proargtypes) with ordinality a (t, n)), '') || ')' as name
        from pg_catalog.pg_proc p join ours o on o.oid = p.pronamespace
        where not exists (
            select from pg_catalog.pg_depend d
            where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    ),
    -- Rights of everybody but the owner and superusers, who need none. PostgreSQL 17 added maintain, which no client has.
    rights as (
        select 'grant' as kind, r.name as object, r.name as of, a.grantee, a.privilege_type, a.is_grantable, ''::text as columns
        from relation r, pg_catalog.aclexplode(r.relacl) a where a.grantee <> r.relowner and a.privilege_type <> 'MAINTAIN'
        union all
        select 'grant', r.name, r.name, a.grantee, a.privilege_type, a.is_grantable,
            ' (' || string_agg(t.attname::text, ', ' order by t.attname) || ')'
        from relation r join pg_catalog.pg_attribute t on t.attrelid = r.oid and not t.attisdropped,
            pg_catalog.aclexplode(t.attacl) a where a.grantee <> r.relowner
        group by 1, 2, 3, 4, 5, 6
        union all
        select 'grant', p.name, p.of, a.grantee, a.privilege_type, a.is_grantable, ''
        from routine p, pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a where a.grantee <> p.proowner
        union all
        -- Who may look into public differs from host to host; who may make something there must not.
        select 'grant', 'schema ' || o.nspname, '', a.grantee, a.privilege_type, a.is_grantable, ''
        from ours o, home h, pg_catalog.aclexplode(o.nspacl) a
        where a.grantee <> h.owner and (o.nspname <> 'public' or a.privilege_type = 'CREATE' and (a.grantee = 0 or exists (
            select from pg_catalog.pg_roles r
            where r.oid = a.grantee and r.rolname in ('anon', 'authenticated', 'service_role', 'certus_app'))))
    ),
    entry (kind, name, of, definition, door) as (
        select case r.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, r.name, r.name,
            concat_ws(', ', nullif(r.options, ''), case when r.relrowsecurity then 'row security' end,
                case when r.relforcerowsecurity then 'forced' end, case when r.relowner <> h.owner then 'another owner' end,
                case when r.relkind in ('v', 'm') then private.plain_view(r.oid) end),
            r.relkind in ('v', 'm') and r.relowner = h.owner and r.options not like '%security_invoker=%'
        from relation r, home h
        union all
        select 'column', r.name || '.' || a.attname, r.name,
            concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
                case a.attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end,
                case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' end,
                'default ' || private.plain_sql(pg_catalog.pg_get_expr(d.adbin, d.adrelid))), false
        from relation r join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
        left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where r.relkind in ('r', 'p')
        union all
        select 'constraint', r.name || '.' || c.conname, r.name, private.plain_sql(pg_catalog.pg_get_constraintdef(c.oid)), false
        from relation r join pg_catalog.pg_constraint c on c.conrelid = r.oid where c.contype in ('c', 'f', 'p', 'u', 'x')
        union all
        select 'index', o.nspname || '.' || i.relname, r.name,
            concat_ws(', ', case when not x.indisvalid then 'invalid' end, private.plain_sql(pg_catalog.pg_get_indexdef(i.oid))), false
        from relation r join pg_catalog.pg_index x on x.indrelid = r.oid join pg_catalog.pg_class i on i.oid = x.indexrelid
        join ours o on o.oid = i.relnamespace
        where not exists (select from pg_catalog.pg_constraint c where c.conindid = i.oid and c.contype in ('p', 'u', 'x'))
        union all
        select 'trigger', r.name || '.' || t.tgname, r.name,
            concat_ws(', ', case when t.tgenabled <> 'O' then 'enabled: ' || t.tgenabled::text end,
                private.plain_sql(pg_catalog.pg_get_triggerdef(t.oid))), false
        from relation r join pg_catalog.pg_trigger t on t.tgrelid = r.oid where not t.tgisinternal
        union all
        select 'policy', r.name || '.' || p.polname, r.name,
            concat_ws(' ', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
                case when not p.polpermissive then 'restrictive' end,
                'to ' || (select string_agg(case g when 0 then 'public' else pg_catalog.pg_get_userbyid(g)::text end, ', '
                    order by g = 0, pg_catalog.pg_get_userbyid(g)) from unnest(p.polroles) g),
                'using ' || private.plain_sql(pg_catalog.pg_get_expr(p.polqual, p.polrelid)),
                'check ' || private.plain_sql(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))), false
        from relation r join pg_catalog.pg_policy p on p.polrelid = r.oid
        union all
        select 'function', p.name, p.of,
            concat_ws(', ', 'returns ' || pg_catalog.pg_get_function_result(p.oid), l.lanname, 'volatility ' || p.provolatile::text,
                'parallel ' || p.proparallel::text, case when p.prosecdef then 'definer' end, case when p.proisstrict then 'strict' end,
                case when p.proleakproof then 'leakproof' end, case when p.proowner <> h.owner then 'another owner' end,
                (select string_agg(x, ', ' order by x) from unnest(p.proconfig) x),
                nullif('(' || private.plain_sql(pg_catalog.pg_get_function_arguments(p.oid)) || ')', '()'),
                private.plain_sql(coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc))),
            p.prosecdef and p.proowner = h.owner
        from routine p join pg_catalog.pg_language l on l.oid = p.prolang, home h
        union all
        select 'grant', g.object || ' to ' || coalesce(r.rolname::text, 'public'), g.of,
            string_agg(lower(g.privilege_type) || g.columns || case when g.is_grantable then ' with grant option' else '' end, ', '
                order by g.privilege_type, g.columns, g.is_grantable), false
        from rights g left join pg_catalog.pg_roles r on r.oid = g.grantee
        where not coalesce(r.rolsuper, false)
        group by 1, 2, 3
    )
    select e.kind, e.name, e.of,
        case when length(e.definition) > 240 then 'sha256 ' || left(encode(sha256(convert_to(e.definition, 'UTF8')), 'hex'), 20) else e.definition end,
        e.door
    from entry e
$$;
comment on function private.catalogue() is
    'Everything that supabase/*.sql makes, as this database has it, in words that do not differ between releases of PostgreSQL: what flask db status compares with supabase/catalogue.json. door: runs or reads with the owner''s rights.';

create or replace function private.health_catalogue() returns jsonb
language sql stable
set search_path = ''
as $$
    select jsonb_agg(jsonb_build_array(c.kind, c.name, c.of, c.definition, c.door)) from private.catalogue() c
$$;
comment on function private.health_catalogue() is 'private.catalogue, for the page about health.';

create or replace function public.health_report() returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
    part text;
    answer jsonb;
    report jsonb := '{}';
begin
    if not private.administers() then
        raise exception 'health is for admins' using errcode = 'insufficient_privilege';
    end if;
    foreach part in array array['refreshes', 'unknown_statuses', 'statements', 'connections', 'versions', 'catalogue'] loop
        begin
            execute format('select private.%I()', 'health_' || part) into answer;
        exception when query_canceled or others then
            -- The code alone: messages may quote values.
            answer := jsonb_build_object('fault', sqlstate);
        end;
        report := report || jsonb_build_object(part, answer);
    end loop;
    return report;
end
$$;
comment on function public.health_report() is
    'How the system is, for admins alone: refreshes, unknown statuses, slow statements, connections, versions, and the catalogue that drift is read from. A part that fails is {"fault": SQLSTATE}.';

-- A changed rule derives the stored values again ----------------------------------------------------------------------------

create or replace function private.derive_calls() returns bigint
language plpgsql
set search_path = ''
as $$
declare
    fingerprint text;
    changed bigint := 0;
begin
    select md5(string_agg(pg_get_functiondef(p.oid), '' order by p.oid::regprocedure::text)) into fingerprint
    from pg_catalog.pg_proc p
    where p.oid in ('public.call_status(text, text, text)'::regprocedure, 'public.call_type(text)'::regprocedure,
        'public.mask_phone(text)'::regprocedure, 'private.phone_digits(text)'::regprocedure,
        'private.duration_bucket(integer)'::regprocedure, 'private.transfer_unanswered(text)'::regprocedure,
        'private.call_seconds(timestamptz, timestamptz, timestamptz)'::regprocedure, 'private.retell_status(text)'::regprocedure,
        'private.vapi_status(text)'::regprocedure, 'private.twilio_status(text)'::regprocedure,
        'private.order_adds_up(jsonb, numeric, numeric, numeric, numeric, numeric)'::regprocedure,
        'private.review_reasons(text, text, boolean, boolean, boolean, boolean)'::regprocedure,
        'private.needs_review(text, text, text, text, boolean, boolean, boolean)'::regprocedure);
    if fingerprint is not distinct from (select d.rules from private.derivations d where d.name = 'call_logs') then
        return 0;
    end if;
    update public.call_logs c
    set has_order = m.has_order, has_reservation = m.has_reservation, total_differs = m.total_differs
    from private.call_marks m
    where c.account_id = m.account_id and c.id = m.id
        and (c.has_order, c.has_reservation, c.total_differs) is distinct from (m.has_order, m.has_reservation, m.total_differs);
    -- Only rows that the new rules change are written. An update computes those stored columns alone whose sources it names.
    update public.call_logs c set provider_status = c.provider_status, intent = c.intent, end_reason = c.end_reason,
        started_at = c.started_at, direction = c.direction
    where c.status is distinct from public.call_status(c.provider, c.provider_status, c.end_reason)
        or c.call_type is distinct from public.call_type(c.intent)
        or c.transfer_unanswered is distinct from private.transfer_unanswered(c.end_reason)
        or c.needs_review is distinct from private.needs_review(c.provider, c.provider_status, c.end_reason, c.intent,
            c.has_order, c.has_reservation, c.total_differs)
        or c.duration_seconds is distinct from private.call_seconds(c.started_at, c.answered_at, c.ended_at)
        or c.duration_bucket is distinct from private.duration_bucket(private.call_seconds(c.started_at, c.answered_at, c.ended_at))
        or (c.caller_masked, c.caller_digits) is distinct from (
            public.mask_phone(case c.direction when 'outbound' then c.to_number else c.from_number end),
            private.phone_digits(case c.direction when 'outbound' then c.to_number else c.from_number end));
    get diagnostics changed = row_count;
    update public.reservations r set guest_phone = r.guest_phone
    where r.guest_phone_masked is distinct from public.mask_phone(r.guest_phone);
    insert into private.derivations as d (name, rules) values ('call_logs', fingerprint)
    on conflict (name) do update set rules = excluded.rules, derived_at = now();
    return changed;
end
$$;
comment on function private.derive_calls() is
    'Computes stored statuses, types, buckets and masks again when a rule behind them has changed; flask db apply calls it. Gives the rows changed.';

do $$
begin
    perform private.derive_calls();
end
$$;

-- Hours: when a location is open ----------------------------------------------------------------------------------------

create or replace function private.instant_near_change(local timestamp, zone text, closing boolean) returns timestamptz
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
    around constant interval := interval '24 hours';
    one timestamptz := (local - around) at time zone zone;
    other timestamptz := (local + around) at time zone zone;
    before constant interval := (one at time zone zone) - (one at time zone 'UTC');
    after constant interval := (other at time zone zone) - (other at time zone 'UTC');
    early timestamptz := (local - greatest(before, after)) at time zone 'UTC';
    late timestamptz := (local - least(before, after)) at time zone 'UTC';
    early_shows constant boolean := early at time zone zone = local;
    late_shows constant boolean := late at time zone zone = local;
    middle timestamptz;
begin
    if early_shows and late_shows then
        -- Read twice. To the first repeated reading itself the clock falls back without passing below it.
        return case when closing and (late - interval '1 microsecond') at time zone zone < local then late else early end;
    elsif early_shows or late_shows then
        return case when early_shows then early else late end;
    end if;
    -- Never read: the clock jumps over it. Changes happen at whole seconds.
    early := date_trunc('second', early);
    late := date_trunc('second', late);
    while late - early > interval '1 second' loop
        middle := early + make_interval(secs => floor(extract(epoch from late - early) / 2)::double precision);
        if (middle at time zone zone) - (middle at time zone 'UTC') = before then
            early := middle;
        else
            late := middle;
        end if;
    end loop;
    return late;
end
$$;
comment on function private.instant_near_change(timestamp, text, boolean) is
    'What opening_instant and closing_instant give where the clock changes within a day of the local time.';

create or replace function public.opening_instant(local timestamp, zone text) returns timestamptz
language sql immutable parallel safe
return (
    case when ((local + interval '24 hours') at time zone zone) - ((local - interval '24 hours') at time zone zone)
            = interval '48 hours' then local at time zone zone
        else private.instant_near_change(local, zone, false) end
);
comment on function public.opening_instant(timestamp, text) is
    'The earliest instant at which the zone''s clock shows this local time or a later one: the first of two readings, the jump over none.';

create or replace function public.closing_instant(local timestamp, zone text) returns timestamptz
language sql immutable parallel safe
return (
    case when ((local + interval '24 hours') at time zone zone) - ((local - interval '24 hours') at time zone zone)
            = interval '48 hours' then local at time zone zone
        else private.instant_near_change(local, zone, true) end
);
comment on function public.closing_instant(timestamp, text) is
    'The earliest instant from which the zone''s clock never again shows less than this local time: the second of two readings, the jump over none.';

do $$
begin
    if to_regtype('public.location_state') is null then
        create type public.location_state as (
            location_id uuid,
            timezone text,
            local_time timestamp,
            is_open boolean,
            rule text,
            rule_id uuid,
            reason text,
            until timestamptz,
            busy boolean,
            busy_until timestamptz,
            busy_reason text,
            extra_wait_seconds integer
        );
    end if;
end
$$;
comment on type public.location_state is 'What location_state_at tells of a location at an instant.';

-- As a plain select without settings of its own the planner takes it apart: the states of many locations or instants cost one plan.
create or replace function public.location_state_at(location_id uuid, at timestamptz default now())
    returns setof public.location_state
language sql stable parallel safe rows 1
as $$
    select
        p.id,
        p.timezone,
        p.local_time,
        state.is_open,
        case when state.is_open then state.rule when exception.id is not null then 'exception' else 'none' end,
        case when state.is_open then state.id else exception.id end,
        case when state.is_open then state.reason else exception.reason end,
        case when state.until <= p.instant + interval '336 hours' then state.until end,
        busy.busy,
        case when busy.busy then s.busy_until end,
        case when busy.busy then s.busy_reason end,
        case when busy.busy then s.extra_wait_seconds else 0 end
    from (
        select l.account_id, l.id, l.timezone, coalesce(location_state_at.at, now()) as instant,
            coalesce(location_state_at.at, now()) at time zone l.timezone as local_time,
            (coalesce(location_state_at.at, now()) at time zone l.timezone)::date as today,
            -- A fortnight, the days that may still run into it, and one that a clock set back has shown already.
            (coalesce(location_state_at.at, now()) at time zone l.timezone)::date - 3 as first_day
        from public.locations l
        where l.id = location_state_at.location_id and isfinite(coalesce(location_state_at.at, now()))
        offset 0
    ) p
    left join public.location_settings s on s.account_id = p.account_id and s.location_id = p.id
    cross join lateral (
        select coalesce(s.busy_mode_enabled and (s.busy_until is null or p.instant < s.busy_until), false) as busy
    ) busy
    cross join lateral (
        -- offset 0 keeps the planner from computing what is named several times each time it is named.
        with excepted as (
            select e.id, e.reason, e.exception_date as date, e.opens_at, e.closes_at
            from public.location_hours_exceptions e
            where e.account_id = p.account_id and e.location_id = p.id and e.exception_date between p.first_day and p.first_day + 20
        ),
        rules as (
            select h.id, 'weekly' as rule, null as reason, d.date, h.opens_at, h.closes_at
            from public.location_hours h
            cross join generate_series(0, 14, 7) week
            cross join lateral (
                select p.first_day + (h.weekday - extract(isodow from p.first_day)::integer + 7) % 7 + week as date offset 0) d
            where h.account_id = p.account_id and h.location_id = p.id and not exists (select from excepted x where x.date = d.date)
            union all
            select x.id, 'exception', x.reason, x.date, x.opens_at, x.closes_at from excepted x where x.opens_at is not null
        ),
        spans as (
            select i.id, i.rule, i.reason, i.starts, i.ends,
                max(i.ends) over (order by i.starts, i.ends rows between unbounded preceding and 1 preceding) as reach
            from (
                select r.id, r.rule, r.reason, public.opening_instant(r.date + r.opens_at, p.timezone) as starts,
                    public.closing_instant(r.date + (r.closes_at <= r.opens_at)::integer + r.closes_at, p.timezone) as ends
                from rules r offset 0
            ) i
            where i.starts < i.ends and i.ends > p.instant
        ),
        decided as (
            -- What began last decides, an exception before the week.
            select sp.id, sp.rule, sp.reason from spans sp where sp.starts <= p.instant
            order by sp.starts desc, sp.rule, sp.id limit 1
        )
        select d.id is not null as is_open, d.id, d.rule, d.reason, gap.until
        from (
            -- The first gap: closed now, it ends where something starts; open now, it begins where nothing reaches on.
            select coalesce(min(coalesce(sp.reach, sp.starts)) filter (where sp.starts > coalesce(sp.reach, p.instant)),
                max(sp.ends)) as until
            from spans sp
        ) gap
        left join decided d on true
    ) state
    left join lateral (
        select e.id, e.reason from public.location_hours_exceptions e
        where e.account_id = p.account_id and e.location_id = p.id and e.exception_date = p.today
        order by e.opens_at limit 1
    ) exception on not state.is_open
$$;
comment on function public.location_state_at(uuid, timestamptz) is
    'Whether a location is open at an instant, which row decided, until when (null: longer than 14 days), and whether it is busy. No row where out of reach.';

-- Hours: no two intervals of a location overlap -------------------------------------------------------------------------

create table if not exists private.hours_locks (
    account_id uuid not null,
    location_id uuid not null,
    taken_by xid8 not null,
    primary key (account_id, location_id),
    foreign key (account_id, location_id) references public.locations (account_id, id) on delete cascade
);
comment on table private.hours_locks is 'One row a location, written by whoever changes its hours: two transactions at once would each miss the other''s interval.';

create or replace function private.lock_hours(account uuid, location uuid) returns void
language sql volatile security definer
set search_path = ''
as $$
    -- A written row and not an advisory lock: a repeatable read that began before the other's commit fails instead of reading what was.
    insert into private.hours_locks as l (account_id, location_id, taken_by) values (account, location, pg_current_xact_id())
    on conflict (account_id, location_id) do update set taken_by = excluded.taken_by where l.taken_by <> excluded.taken_by
$$;
comment on function private.lock_hours(uuid, uuid) is 'Holds a location''s hours until the transaction ends.';

create or replace function private.refuse_overlapping_hours() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    week constant interval := interval '168 hours';
    overlap text;
begin
    perform private.lock_hours(new.account_id, new.location_id);
    -- The week as it is now, not as it was when the trigger was queued; Sunday night runs into Monday.
    with intervals as (
        select h.id, h.weekday, h.opens_at, h.closes_at, make_interval(hours => 24 * (h.weekday - 1)) + h.opens_at::interval as starts,
            make_interval(hours => 24 * (h.weekday - 1 + (h.closes_at <= h.opens_at)::integer)) + h.closes_at::interval as ends
        from public.location_hours h where h.account_id = new.account_id and h.location_id = new.location_id
    )
    select format('weekday %s %s-%s and weekday %s %s-%s', a.weekday, to_char(a.opens_at, 'HH24:MI'), to_char(a.closes_at, 'HH24:MI'),
        b.weekday, to_char(b.opens_at, 'HH24:MI'), to_char(b.closes_at, 'HH24:MI')) into overlap
    from intervals a
    join intervals b on b.id <> a.id
    cross join (values (-1), (0), (1)) w (shift)
    where a.id = new.id and a.starts < b.ends + w.shift * week and b.starts + w.shift * week < a.ends
    order by b.weekday, b.opens_at limit 1;
    if overlap is not null then
        raise exception 'opening hours overlap' using errcode = 'exclusion_violation', detail = overlap,
            schema = 'public', table = 'location_hours', constraint = 'location_hours_overlap';
    end if;
    return null;
end
$$;
comment on function private.refuse_overlapping_hours() is 'Trigger: no two weekly intervals of a location overlap; touching is fine, and the week is a circle.';

create or replace function private.refuse_overlapping_exceptions() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    overlap text;
begin
    perform private.lock_hours(new.account_id, new.location_id);
    with exceptions as (
        select e.id, e.is_closed, e.opens_at, e.closes_at, e.exception_date + e.opens_at as starts,
            e.exception_date + (e.closes_at <= e.opens_at)::integer + e.closes_at as ends
        from public.location_hours_exceptions e
        where e.account_id = new.account_id and e.location_id = new.location_id and e.exception_date =
            (select n.exception_date from public.location_hours_exceptions n where n.account_id = new.account_id and n.id = new.id)
    )
    select format('%s: %s and %s', new.exception_date,
        case when a.is_closed then 'closed' else to_char(a.opens_at, 'HH24:MI') || '-' || to_char(a.closes_at, 'HH24:MI') end,
        case when b.is_closed then 'closed' else to_char(b.opens_at, 'HH24:MI') || '-' || to_char(b.closes_at, 'HH24:MI') end) into overlap
    from exceptions a
    join exceptions b on b.id <> a.id
    where a.id = new.id and (a.is_closed or b.is_closed or a.starts < b.ends and b.starts < a.ends)
    order by b.opens_at nulls first limit 1;
    if overlap is not null then
        raise exception 'exceptions of one date overlap' using errcode = 'exclusion_violation', detail = overlap,
            schema = 'public', table = 'location_hours_exceptions', constraint = 'location_hours_exceptions_overlap';
    end if;
    return null;
end
$$;
comment on function private.refuse_overlapping_exceptions() is
    'Trigger: a date is closed or has intervals that do not overlap; the days before and after have no part in it.';

-- Checked at the end of each statement; a save of several statements defers it: set constraints location_hours_overlap deferred.
do $$
begin
    -- There is no create or replace for these, and dropping one locks the table on every run.
    if not exists (select from pg_trigger where tgrelid = 'public.location_hours'::regclass and tgname = 'location_hours_overlap') then
        create constraint trigger location_hours_overlap
            after insert or update of location_id, weekday, opens_at, closes_at on public.location_hours
            deferrable initially immediate for each row execute function private.refuse_overlapping_hours();
    end if;
    if not exists (select from pg_trigger where tgrelid = 'public.location_hours_exceptions'::regclass
        and tgname = 'location_hours_exceptions_overlap') then
        create constraint trigger location_hours_exceptions_overlap
            after insert or update of location_id, exception_date, is_closed, opens_at, closes_at on public.location_hours_exceptions
            deferrable initially immediate for each row execute function private.refuse_overlapping_exceptions();
    end if;
end
$$;

-- Settings: the shape of a value ----------------------------------------------------------------------------------------

create or replace function private.schema_readable(schema jsonb) returns boolean
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
    -- A keyword that nobody checks would be a promise that nobody keeps.
    return jsonb_typeof(schema) = 'object'
        and not exists (select from jsonb_object_keys(schema) k (name) where k.name <> all (array[
            '$schema', '$comment', 'title', 'description', 'examples', 'type', 'enum', 'minimum', 'maximum', 'minLength',
            'maxLength', 'pattern', 'required', 'properties', 'items', 'maxItems', 'additionalProperties']))
        and coalesce(schema -> 'additionalProperties', 'true') = 'true'
        and (not schema ? 'properties' or jsonb_typeof(schema -> 'properties') = 'object'
            and not exists (select from jsonb_each(schema -> 'properties') p where not private.schema_readable(p.value)))
        and (not schema ? 'items' or private.schema_readable(schema -> 'items'));
end
$$;
comment on function private.schema_readable(jsonb) is 'Whether a JSON schema uses only what schema_fault checks.';

create or replace function private.schema_type_fits(value jsonb, type text) returns boolean
language sql immutable parallel safe
return (
    case when type = 'integer' and jsonb_typeof(value) = 'number' then (value)::numeric = trunc((value)::numeric)
        else jsonb_typeof(value) = type end
);
comment on function private.schema_type_fits(jsonb, text) is 'Whether a JSON value is of a type of JSON Schema; 2.0 is an integer there.';

create or replace function private.schema_fault(value jsonb, schema jsonb, path text default '$') returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
    kind constant text := jsonb_typeof(value);
    number constant numeric := case when kind = 'number' then value::numeric end;
    words constant text := case when kind = 'string' then value #>> '{}' end;
    part record;
    fault text;
begin
    -- Faults name the rule and never the value: what somebody typed must not reach a log.
    case
        when schema ? 'type' and not exists (
            select from jsonb_array_elements_text(
                case jsonb_typeof(schema -> 'type') when 'array' then schema -> 'type' else jsonb_build_array(schema -> 'type') end) t (name)
            where private.schema_type_fits(value, t.name)) then fault := 'type ' || (schema ->> 'type');
        when schema ? 'enum' and not exists (select from jsonb_array_elements(schema -> 'enum') e where e.value = schema_fault.value)
            then fault := 'enum ' || (schema ->> 'enum');
        when number < (schema ->> 'minimum')::numeric then fault := 'minimum ' || (schema ->> 'minimum');
        when number > (schema ->> 'maximum')::numeric then fault := 'maximum ' || (schema ->> 'maximum');
        when length(words) < (schema ->> 'minLength')::integer then fault := 'minLength ' || (schema ->> 'minLength');
        when length(words) > (schema ->> 'maxLength')::integer then fault := 'maxLength ' || (schema ->> 'maxLength');
        when words !~ (schema ->> 'pattern') then fault := 'pattern ' || (schema ->> 'pattern');
        when kind = 'array' and jsonb_array_length(value) > (schema ->> 'maxItems')::integer then fault := 'maxItems ' || (schema ->> 'maxItems');
        else null;
    end case;
    if fault is not null then
        return path || ': ' || fault;
    end if;
    if kind = 'object' then
        for part in select r.name from jsonb_array_elements_text(coalesce(schema -> 'required', '[]')) r (name) where not schema_fault.value ? r.name loop
            return path || '.' || part.name || ': required';
        end loop;
        for part in select p.key, p.value as rule from jsonb_each(coalesce(schema -> 'properties', '{}')) p where schema_fault.value ? p.key loop
            fault := private.schema_fault(value -> part.key, part.rule, path || '.' || part.key);
            exit when fault is not null;
        end loop;
    elsif kind = 'array' and schema ? 'items' then
        for part in select i.value as item, i.place from jsonb_array_elements(value) with ordinality i (value, place) loop
            fault := private.schema_fault(part.item, schema -> 'items', path || '[' || part.place - 1 || ']');
            exit when fault is not null;
        end loop;
    end if;
    return fault;
end
$$;
comment on function private.schema_fault(jsonb, jsonb, text) is
    'The first rule of a JSON schema that a value breaks, as path: rule, or null. Reads the keywords that schema_readable names.';

create table if not exists public.setting_schemas (
    key text primary key check (key ~ '^[a-z][a-z0-9_.]{0,79}$'),
    schema jsonb not null check (private.schema_readable(schema))
);
comment on table public.setting_schemas is
    'The JSON schema of a setting''s value by its key: the database checks each save with it, and forms check with the same one.';

insert into public.setting_schemas as s (key, schema) values ('ai_voice', $json${
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Voice",
    "type": "object",
    "properties": {
        "voice": {"type": "string", "minLength": 1, "maxLength": 100, "description": "The name of the voice."},
        "language": {
            "type": "string", "maxLength": 35, "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*(?!\\n)$",
            "description": "A language tag, such as en-US."
        },
        "speed": {"type": "number", "minimum": 0.5, "maximum": 2, "description": "1 is the voice's own speed."},
        "greeting": {"type": "string", "maxLength": 500, "description": "What the AI says first."},
        "fallback_number": {
            "type": "string", "pattern": "^\\+[1-9][0-9]{6,14}(?!\\n)$",
            "description": "Where a call goes that the AI cannot take: an international number, such as +16175550101."
        },
        "escalation": {
            "type": "object",
            "description": "When the AI hands a call to staff.",
            "properties": {
                "after_failures": {
                    "type": "integer", "minimum": 1, "maximum": 10,
                    "description": "After so many misunderstandings in a row."
                },
                "to_number": {
                    "type": "string", "pattern": "^\\+[1-9][0-9]{6,14}(?!\\n)$",
                    "description": "To whom: an international number."
                },
                "always_for": {
                    "type": "array", "maxItems": 20, "items": {"type": "string", "minLength": 1, "maxLength": 60},
                    "description": "What staff always takes over, such as catering or allergies."
                }
            }
        }
    }
}$json$)
on conflict (key) do update set schema = excluded.schema where s.schema is distinct from excluded.schema;

create or replace function private.text_hides_secret(words text) returns boolean
language sql immutable parallel safe
return (
    -- What is long and no secret: ids (uuid), addresses part by part, lower-case words joined by _ or - (unless they begin as keys do).
    private.looks_like_secret(regexp_replace(regexp_replace(
        case when words ~* '^[a-z]+://' then regexp_replace(words, '[/?&=.:]', ' ', 'g') else words end,
        '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', ' ', 'gi'),
        '\m(?!(sk|pk|rk|whsec|ghp|gho|ghs|glpat|xox[abprs]|akia|asia|aiza|eyj|sbp|hf|shpat|key|bearer)[_-])[a-z]{1,14}([_-][a-z]{1,14})+\M',
        ' ', 'g'))
);
comment on function private.text_hides_secret(text) is 'Whether a text of a setting could be a key; ids, addresses and joined words are none.';

create or replace function private.secret_path(value jsonb, path text default '$') returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
    part record;
    found text;
begin
    -- Says where, and never what: a name that could be a key is not repeated either.
    case jsonb_typeof(value)
        when 'string' then
            return case when private.text_hides_secret(value #>> '{}') then path end;
        when 'object' then
            for part in select e.key, e.value as inside from jsonb_each(value) e loop
                if private.text_hides_secret(part.key) then
                    return path || '.(a name)';
                end if;
                found := private.secret_path(part.inside, path || '.' || part.key);
                exit when found is not null;
            end loop;
        when 'array' then
            for part in select i.value as inside, i.place from jsonb_array_elements(value) with ordinality i (value, place) loop
                found := private.secret_path(part.inside, path || '[' || part.place - 1 || ']');
                exit when found is not null;
            end loop;
        else null;
    end case;
    return found;
end
$$;
comment on function private.secret_path(jsonb, text) is 'Where in a JSON value the first text stands that could be a key, or null.';

create or replace function private.check_setting() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    fault text;
begin
    if length(new.value::text) > 65536 then
        raise exception 'a setting holds up to 65536 characters' using errcode = 'check_violation',
            schema = 'public', table = 'settings', constraint = 'settings_value_size';
    end if;
    if new.value @? '$.**{33}' then
        raise exception 'a setting is nested up to 32 levels deep' using errcode = 'check_violation',
            schema = 'public', table = 'settings', constraint = 'settings_value_depth';
    end if;
    -- The voice's name may be a provider's id of one, which looks like a key.
    if private.text_hides_secret(new.key) then
        raise exception 'the key of a setting looks like a secret' using errcode = 'check_violation',
            schema = 'public', table = 'settings', constraint = 'settings_key_secret';
    end if;
    fault := private.secret_path(
        case when new.key = 'ai_voice' and jsonb_typeof(new.value) = 'object' then new.value - 'voice' else new.value end);
    if fault is not null then
        raise exception 'the value of % holds what looks like a secret', new.key using errcode = 'check_violation', detail = fault,
            schema = 'public', table = 'settings', constraint = 'settings_value_secret';
    end if;
    fault := (select private.schema_fault(new.value, s.schema) from public.setting_schemas s where s.key = new.key);
    if fault is not null then
        raise exception 'the value of % does not fit its schema', new.key using errcode = 'check_violation', detail = fault,
            schema = 'public', table = 'settings', constraint = 'settings_value_schema';
    end if;
    return new;
end
$$;
comment on function private.check_setting() is
    'Trigger: a setting''s value is of a bearable size, holds nothing that looks like a secret, and fits the schema of its key, where there is one; the detail says where it does not.';
create or replace trigger settings_schema before insert or update of key, value on public.settings
    for each row execute function private.check_setting();

-- Knowledge requests: what one holds, and the automation that polls ----------------------------------------------------

create or replace function public.knowledge_request_schema() returns jsonb
language plpgsql stable parallel safe as $$
begin
    return $json${
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Knowledge request",
    "type": "object",
    "required": ["title", "text"],
    "properties": {
        "kind": {
            "type": "string", "enum": ["menu", "offer", "event", "rules", "place", "other"],
            "description": "What it is about."
        },
        "title": {
            "type": "string", "maxLength": 120, "pattern": "^[^\\n\\r]*\\S[^\\n\\r]*(?!\\n)$",
            "description": "One line that colleagues will know it by."
        },
        "text": {
            "type": "string", "maxLength": 5000, "pattern": "\\S",
            "description": "What the AI should know, in the words in which it should be told."
        },
        "location_id": {
            "type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\\n)$",
            "description": "The one location that it is about; left out where it holds for the whole account."
        },
        "url": {
            "type": "string", "maxLength": 500, "pattern": "^https?://[^\\s/?#@]+([/?#]\\S*)?(?!\\n)$",
            "description": "Where more about it is found: a menu, a page."
        }
    }
}$json$::jsonb;
end $$;
comment on function public.knowledge_request_schema() is
    'The JSON schema of the payload of knowledge_update_requests: the database checks each request with it, and forms check with the same one.';

create or replace function private.check_request() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
    fault text := private.schema_fault(new.payload, public.knowledge_request_schema());
    rule text := 'knowledge_update_requests_payload_schema';
begin
    if fault is null and octet_length(new.payload::text) > 32768 then
        fault := '$: at most 32768 bytes';
    end if;
    if fault is null then
        -- What the AI learns it may tell any caller.
        select '$.' || p.key || ': looks like a key', 'knowledge_update_requests_payload_secret' into fault, rule
        from jsonb_each_text(new.payload) p where private.hide_secrets(p.value) <> p.value order by p.key limit 1;
    end if;
    if fault is not null then
        raise exception 'the payload of a knowledge request does not fit' using errcode = 'check_violation', detail = fault,
            schema = 'public', table = 'knowledge_update_requests', constraint = rule;
    end if;
    return new;
end
$$;
comment on function private.check_request() is
    'Trigger: a knowledge request fits its schema, is of a size that people write, and holds no key; the detail says where it does not.';
create or replace trigger knowledge_update_requests_payload before insert or update of payload on public.knowledge_update_requests
    for each row execute function private.check_request();

create or replace view public.knowledge_requests_v with (security_invoker = true) as
select
    r.id,
    r.org_id as account_id,
    r.location_id,
    l.name as location_name,
    coalesce(l.timezone, f.timezone, 'UTC') as timezone,
    (r.created_at at time zone coalesce(l.timezone, f.timezone, 'UTC'))::date as local_date,
    r.requested_by_user_id,
    private.person_name(r.requested_by_user_id) as requested_by_name,
    r.payload,
    coalesce(r.payload ->> 'kind', 'other') as kind,
    r.payload ->> 'title' as title,
    r.status,
    r.decided_by,
    private.person_name(r.decided_by) as decided_by_name,
    r.decided_at,
    r.decision_reason,
    r.attempts,
    r.claimed_at,
    r.claim_expires_at,
    r.finished_at,
    r.message,
    r.created_at,
    r.changed_at
from public.knowledge_update_requests r
left join public.locations l on l.account_id = r.org_id and l.id = r.location_id
left join lateral (
    select a.timezone from public.locations a where a.account_id = r.org_id order by a.id limit 1
) f on l.id is null;
comment on view public.knowledge_requests_v is
    'Knowledge requests with the names of who filed and decided. Times of a whole account are those of its first location that the caller sees.';

create or replace function public.knowledge_requesters() returns table (id uuid, full_name text)
language sql stable security definer
set search_path = ''
as $$
    select u.id, u.full_name from public.users u
    where (select private.manages()) and exists (
        select from public.knowledge_update_requests r
        where r.requested_by_user_id = u.id and ((select private.sees_everything())
            or (r.location_id is null and r.org_id = any ((select private.account_ids())::uuid[]))
            or r.location_id = any ((select private.location_ids())::uuid[])))
    order by u.full_name, u.id
$$;
comment on function public.knowledge_requesters() is 'Who filed the knowledge requests that the person who asks may see.';

create or replace function public.claim_knowledge_requests(n integer, minutes integer default 15)
returns table (id uuid, org_id uuid, location_id uuid, payload jsonb, requested_by_user_id uuid, created_at timestamptz,
    attempts integer, claim uuid, claim_expires_at timestamptz)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    moment constant timestamptz := clock_timestamp();
    most_attempts constant integer := 5;
begin
    if coalesce(claim_knowledge_requests.n, 0) not between 1 and 100 then
        raise exception 'a poller claims 1 to 100 requests at once' using errcode = 'check_violation';
    elsif coalesce(claim_knowledge_requests.minutes, 0) not between 1 and 1440 then
        raise exception 'a claim holds for 1 to 1440 minutes' using errcode = 'check_violation';
    end if;
    -- What nobody ever reports about stops here: it may be what kills the pollers.
    update public.knowledge_update_requests r
    set status = 'failed', finished_at = moment, lost_claims = r.lost_claims + 1,
        message = format('Claimed %s times, and never reported back.', r.attempts)
    from (
        select g.org_id, g.id from public.knowledge_update_requests g
        where g.status = 'processing' and (g.claim_expires_at <= moment or g.claim_expires_at is null) and g.attempts >= most_attempts
        order by g.claim_expires_at limit 100
        for update skip locked
    ) given_up
    where r.org_id = given_up.org_id and r.id = given_up.id;
    -- A row that another poller is just claiming is skipped; one that it has claimed is seen anew before it is locked.
    return query
    with free as (
        select o.org_id, o.id from public.knowledge_update_requests o
        where o.status in ('approved', 'processing')
            and (o.status = 'approved' or o.claim_expires_at <= moment or o.claim_expires_at is null)
        order by o.created_at, o.id limit claim_knowledge_requests.n
        for update skip locked
    ), claimed as (
        update public.knowledge_update_requests r
        set status = 'processing', attempts = r.attempts + 1, lost_claims = r.lost_claims + (r.status = 'processing')::integer,
            claim = gen_random_uuid(), claimed_at = moment,
            claim_expires_at = moment + make_interval(mins => claim_knowledge_requests.minutes)
        from free
        where r.org_id = free.org_id and r.id = free.id
        returning r.id, r.org_id, r.location_id, r.payload, r.requested_by_user_id, r.created_at, r.attempts, r.claim,
            r.claim_expires_at
    )
    select c.id, c.org_id, c.location_id, c.payload, c.requested_by_user_id, c.created_at, c.attempts, c.claim, c.claim_expires_at
    from claimed c order by c.created_at, c.id;
end
$$;
comment on function public.claim_knowledge_requests(integer, integer) is
    'Up to n approved requests, the oldest first, for one poller alone; whose claim has expired is given out again, five times at most.';

create or replace function public.finish_knowledge_request(
    id uuid, ok boolean, message text default null, claim uuid default null) returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    request public.knowledge_update_requests;
    outcome constant text := case when finish_knowledge_request.ok then 'done' else 'failed' end;
begin
    if finish_knowledge_request.ok is null then
        raise exception 'say whether it went well' using errcode = 'check_violation';
    end if;
    select r.* into request from public.knowledge_update_requests r where r.id = finish_knowledge_request.id for update;
    if not found then
        raise exception 'no such request' using errcode = 'no_data_found';
    end if;
    -- A call without its claim cannot be told from that of a poller whose claim has expired, once there was one.
    if finish_knowledge_request.claim is null and request.lost_claims > 0 then
        raise exception 'this request was claimed more than once' using errcode = 'PT409',
            hint = 'Add claim, with the value that claim_knowledge_requests gave.';
    elsif finish_knowledge_request.claim <> request.claim or (finish_knowledge_request.claim is not null and request.claim is null) then
        raise exception 'this claim has expired and the request is another''s by now' using errcode = 'PT409';
    elsif request.status = outcome then
        -- Said before, and the answer was lost on the way.
        return outcome;
    elsif request.status <> 'processing' then
        raise exception 'this request is % by now', request.status using errcode = 'PT409';
    end if;
    update public.knowledge_update_requests r
    set status = outcome, finished_at = clock_timestamp(), claim_expires_at = null,
        message = left(private.hide_secrets(nullif(btrim(finish_knowledge_request.message, E' \t\r\n'), '')), 2000)
    where r.org_id = request.org_id and r.id = request.id;
    return outcome;
end
$$;
comment on function public.finish_knowledge_request(uuid, boolean, text, uuid) is
    'Reports how a claimed request went: done or failed, with a message that is kept. PT409 where the claim is not the request''s any more.';

-- Versions: nothing is deleted unseen -----------------------------------------------------------------------------------

create or replace function public.delete_version(table_name text, row_id uuid, version integer) returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    deleted integer;
    found_version integer;
begin
    if delete_version.table_name is null
        or delete_version.table_name not in ('location_hours', 'location_hours_exceptions', 'settings') then
        raise exception 'nothing is deleted from there' using errcode = 'check_violation';
    end if;
    execute format('delete from public.%I t where t.id = $1 and t.version = $2', delete_version.table_name)
        using delete_version.row_id, delete_version.version;
    get diagnostics deleted = row_count;
    if deleted = 1 then
        return;
    end if;
    execute format('select t.version from public.%I t where t.id = $1', delete_version.table_name)
        into found_version using delete_version.row_id;
    if found_version is null then
        raise exception 'no such row' using errcode = 'no_data_found';
    elsif found_version is distinct from delete_version.version then
        raise exception 'this row was saved by somebody else in the meantime' using errcode = 'PT409';
    end if;
    raise exception 'this row is not yours to delete' using errcode = 'insufficient_privilege';
end
$$;
comment on function public.delete_version(text, uuid, integer) is
    'Deletes a row of location_hours, location_hours_exceptions or settings as it was read: PT409 where it was saved since, no_data_found where it is out of reach.';

-- History -----------------------------------------------------------------------------------------------------------------

create or replace view public.audit_log_v with (security_invoker = true) as
select
    a.id,
    a.at,
    a.account_id,
    a.location_id,
    a.actor_user_id,
    private.person_name(a.actor_user_id) as actor_name,
    a.actor_role,
    a.action,
    a.table_name,
    a.row_id,
    a.before,
    a.after,
    a.application,
    a.address,
    a.request_id,
    c.name as account_name,
    l.name as location_name,
    -- What belongs to no location is dated in UTC.
    coalesce(l.timezone, 'UTC') as timezone,
    (a.at at time zone coalesce(l.timezone, 'UTC'))::date as local_date,
    a.actor_key
from public.audit_log a
left join public.accounts c on c.id = a.account_id
left join public.locations l on l.account_id = a.account_id and l.id = a.location_id;
comment on view public.audit_log_v is
    'The lines of the audit log that the caller may read, with the names of who did it: a manager reads no other row of users.';

create or replace function public.audit_choices() returns jsonb
language plpgsql stable security definer
set search_path = ''
-- Somebody without lines would cost a walk through all of them, where the planner hopes to find one soon.
set enable_seqscan = 'off'
as $$
declare
    everything constant boolean := private.sees_everything();
    accounts constant uuid[] := private.account_ids();
    whole constant uuid[] := private.whole_account_ids();
    people jsonb;
    kinds jsonb;
begin
    if not private.manages() then
        return '{"people": [], "kinds": []}';
    end if;
    -- One look into an index for each person, and for each kind: never a walk through the log.
    select coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'name', u.full_name) order by u.full_name, u.id), '[]') into people
    from public.users u
    where case when everything then exists (select from public.audit_log a where a.actor_key = u.id)
        else exists (select from unnest(whole) w (id)
                where exists (select from public.audit_log a where a.account_id = w.id and a.actor_key = u.id))
            or exists (select from public.user_access g
                where g.user_id = auth.uid() and g.location_id is not null and exists (select from public.audit_log a
                    where a.account_id = g.account_id and a.location_id = g.location_id and a.actor_key = u.id)) end;
    if everything then
        with recursive known as (
            (select a.table_name, a.action from public.audit_log a order by a.table_name, a.action limit 1)
            union all
            select n.table_name, n.action from known k cross join lateral (
                select a.table_name, a.action from public.audit_log a
                where (a.table_name, a.action) > (k.table_name, k.action)
                order by a.table_name, a.action limit 1) n
        )
        select jsonb_agg(jsonb_build_array(k.table_name, k.action)) into kinds from known k;
    else
        with recursive known as (
            select f.account_id, f.table_name, f.action from unnest(accounts) r (id) cross join lateral (
                select a.account_id, a.table_name, a.action from public.audit_log a
                where a.account_id = r.id order by a.table_name, a.action limit 1) f
            union all
            select n.account_id, n.table_name, n.action from known k cross join lateral (
                select a.account_id, a.table_name, a.action from public.audit_log a
                where a.account_id = k.account_id and (a.table_name, a.action) > (k.table_name, k.action)
                order by a.table_name, a.action limit 1) n
        )
        select jsonb_agg(distinct jsonb_build_array(k.table_name, k.action)) into kinds from known k;
    end if;
    return jsonb_build_object('people', people, 'kinds', coalesce(kinds, '[]'));
end
$$;
comment on function public.audit_choices() is
    'What the audit log can be searched by: people {id, name} with lines in reach, and kinds [table_name, action] of the caller''s accounts.';

-- Settings: what a list shows -----------------------------------------------------------------------------------------------

create or replace view public.settings_v with (security_invoker = true) as
select
    s.id,
    s.org_id as account_id,
    s.location_id,
    s.key,
    s.value,
    s.version,
    s.updated_at,
    private.person_name(s.updated_by) as updated_by_name,
    c.name as account_name,
    l.name as location_name,
    coalesce(l.timezone, 'UTC') as timezone,
    -- An account's row: how many of the locations that the caller sees have a row of their own, which wins there.
    (select count(*)::integer from public.settings o
        where s.location_id is null and o.org_id = s.org_id and o.key = s.key and o.location_id is not null) as location_rows
from public.settings s
join public.accounts c on c.id = s.org_id
left join public.locations l on l.account_id = s.org_id and l.id = s.location_id;
comment on view public.settings_v is
    'Settings with the names of where they hold and who saved them last. A location''s row wins over its account''s of the same key.';

-- Averages: a number -----------------------------------------------------------------------------------------------------

do $$
declare
    target text;
begin
    -- NaN passes every lower bound, and makes each sum it enters NaN.
    foreach target in array array['account_settings', 'location_settings'] loop
        if not exists (select from pg_constraint where conrelid = format('public.%I', target)::regclass
            and conname = target || '_avg_spend_per_head_check1') then
            execute format($add$alter table public.%1$I add constraint %1$s_avg_spend_per_head_check1
                check (avg_spend_per_head < 'NaN')$add$, target);
        end if;
    end loop;
end
$$;

-- Lists: rows by many filters ------------------------------------------------------------------------------------------------

create or replace function private.call_facets(status text, call_type text, duration_bucket text, direction text,
    has_order boolean, has_reservation boolean, needs_review boolean) returns integer
language sql immutable parallel safe
return (
    case status when 'in_progress' then 0 when 'completed' then 1 when 'transferred' then 2 when 'voicemail' then 3
        when 'missed' then 4 when 'failed' then 5 when 'canceled' then 6 else 7 end
    + case call_type when 'order' then 0 when 'reservation' then 8 when 'catering' then 16 when 'general' then 24 else 32 end
    + case duration_bucket when 'under_30s' then 64 when '30s_to_2m' then 128 when '2m_to_5m' then 192 when 'over_5m' then 256 else 0 end
    + case direction when 'outbound' then 512 else 0 end
    + case when has_order then 1024 else 0 end + case when has_reservation then 2048 else 0 end + case when needs_review then 4096 else 0 end
);
comment on function private.call_facets(text, text, text, text, boolean, boolean, boolean) is
    'All that a list of calls can be narrowed by and has few values, as one number: see private.facets_match.';

create or replace function private.order_facets(status text, fulfillment_type text) returns integer
language sql immutable parallel safe
return (
    case status when 'pending' then 0 when 'confirmed' then 1 when 'preparing' then 2 when 'ready' then 3
        when 'completed' then 4 when 'canceled' then 5 when 'rejected' then 6 else 7 end
    + case fulfillment_type when 'pickup' then 0 when 'delivery' then 8 else 16 end
);
comment on function private.order_facets(text, text) is 'Status and fulfilment of an order as one number: see private.facets_match.';

create or replace function private.reservation_facets(status text) returns integer
language sql immutable parallel safe
return (
    case status when 'requested' then 0 when 'confirmed' then 1 when 'seated' then 2 when 'completed' then 3
        when 'canceled' then 4 when 'no_show' then 5 else 6 end
);
comment on function private.reservation_facets(text) is 'Status of a reservation as a number: see private.facets_match.';

create or replace function private.facets_match(relation text, facets integer, filters jsonb) returns boolean
language sql immutable parallel safe
return (
    (not filters ? 'statuses' or filters -> 'statuses' ? (case relation
            when 'calls' then array['in_progress', 'completed', 'transferred', 'voicemail', 'missed', 'failed', 'canceled', 'unknown']
            when 'orders' then array['pending', 'confirmed', 'preparing', 'ready', 'completed', 'canceled', 'rejected', 'failed']
            else array['requested', 'confirmed', 'seated', 'completed', 'canceled', 'no_show', 'failed'] end)[(facets & 7) + 1])
    and (not filters ? 'types' or filters -> 'types' ? (case relation
            when 'calls' then array['order', 'reservation', 'catering', 'general', 'other']
            else array['pickup', 'delivery', 'dine_in'] end)[(facets >> 3 & 7) + 1])
    and (not filters ? 'duration'
        or filters ->> 'duration' = (array['', 'under_30s', '30s_to_2m', '2m_to_5m', 'over_5m'])[(facets >> 6 & 7) + 1])
    and (not filters ? 'direction' or filters ->> 'direction' = (array['inbound', 'outbound'])[(facets >> 9 & 1) + 1])
    and (not filters ? 'has_order' or (filters ->> 'has_order')::boolean = (facets >> 10 & 1 = 1))
    and (not filters ? 'has_reservation' or (filters ->> 'has_reservation')::boolean = (facets >> 11 & 1 = 1))
    and (not filters ? 'needs_review' or (filters ->> 'needs_review')::boolean = (facets >> 12 & 1 = 1))
);
comment on function private.facets_match(text, integer, jsonb) is
    'Whether rows with these facets fit the filters statuses, types, duration, direction, has_order, has_reservation, needs_review.';

create or replace function private.list_tokens(words text, location_id uuid, at timestamptz) returns tsvector
language plpgsql immutable parallel safe
as $$
declare
    -- No word that people type begins with @.
    day constant text := '@' || floor(extract(epoch from at at time zone 'UTC') / 86400)::integer || '/';
begin
    return array_to_tsvector(array_append(string_to_array(day || array_to_string(
        tsvector_to_array(to_tsvector('pg_catalog.simple', words)), E'\x01' || day), E'\x01'), '@' || location_id));
end
$$;
comment on function private.list_tokens(text, uuid, timestamptz) is
    'What a row is found by in the index of words: each word behind its day (UTC, since 1970), so that a search reads the days it needs; and its location.';

create or replace function private.words_wanted(words text) returns tsquery
language sql immutable parallel safe
return (
    -- `chowd` finds chowders: each word stands for what begins so.
    regexp_replace(websearch_to_tsquery('pg_catalog.simple', words)::text, '(''(?:[^'']|'''')*'')', '\1:*', 'g')::tsquery
);
comment on function private.words_wanted(text) is
    'A search as people type it: every word must be there, as it stands or as a beginning; "quotes" keep words together, - excludes.';

create index if not exists call_logs_call_facets_started_at_id_idx on public.call_logs
    ((private.call_facets(status, call_type, duration_bucket, direction, has_order, has_reservation, needs_review)), started_at desc, id desc);
create index if not exists call_logs_account_id_call_facets_started_at_id_idx on public.call_logs (account_id,
    (private.call_facets(status, call_type, duration_bucket, direction, has_order, has_reservation, needs_review)), started_at desc, id desc);
create index if not exists call_logs_account_id_location_id_call_facets_started_at_id_idx on public.call_logs (account_id, location_id,
    (private.call_facets(status, call_type, duration_bucket, direction, has_order, has_reservation, needs_review)), started_at desc, id desc);
create index if not exists call_logs_caller_digits_started_at_id_idx on public.call_logs (caller_digits, started_at desc, id desc);
create index if not exists call_logs_account_id_location_id_caller_digits_started_at_idx
    on public.call_logs (account_id, location_id, caller_digits, started_at desc, id desc);
-- Entries go to their place at once (20 microseconds a call): a list of pending ones is read whole for each look into the index.
create index if not exists call_logs_list_tokens_idx on public.call_logs
    using gin (private.list_tokens(summary_md, location_id, started_at)) with (fastupdate = off) where summary_md is not null;
create index if not exists order_logs_order_facets_created_at_id_idx on public.order_logs
    ((private.order_facets(status, fulfillment_type)), created_at desc, id desc);
create index if not exists order_logs_account_id_order_facets_created_at_id_idx on public.order_logs
    (account_id, (private.order_facets(status, fulfillment_type)), created_at desc, id desc);
create index if not exists order_logs_account_id_location_id_order_facets_created_at_idx on public.order_logs
    (account_id, location_id, (private.order_facets(status, fulfillment_type)), created_at desc, id desc);
create index if not exists reservations_reservation_facets_created_at_id_idx on public.reservations
    ((private.reservation_facets(status)), created_at desc, id desc);
create index if not exists reservations_account_id_reservation_facets_created_at_id_idx on public.reservations
    (account_id, (private.reservation_facets(status)), created_at desc, id desc);
create index if not exists reservations_account_id_location_id_reservation_facets_idx on public.reservations
    (account_id, location_id, (private.reservation_facets(status)), created_at desc, id desc);
create index if not exists reservations_list_tokens_idx on public.reservations
    using gin (private.list_tokens(guest_name, location_id, created_at)) with (fastupdate = off) where guest_name is not null;
do $$
declare
    waiting regclass;
begin
    for waiting in
        select c.oid from pg_catalog.pg_class c
        where c.oid in ('public.call_logs_list_tokens_idx'::regclass, 'public.reservations_list_tokens_idx'::regclass)
            and not coalesce('fastupdate=off' = any (c.reloptions), false)
    loop
        execute format('alter index %s set (fastupdate = off)', waiting);
        perform pg_catalog.gin_clean_pending_list(waiting);
    end loop;
end
$$;

-- A location has one account: without this the planner thinks that a location's rows are few, and reads them all for a rare one.
create statistics if not exists public.call_logs_account_id_location_id_stat (dependencies) on account_id, location_id from public.call_logs;
create statistics if not exists public.order_logs_account_id_location_id_stat (dependencies) on account_id, location_id from public.order_logs;
create statistics if not exists public.reservations_account_id_location_id_stat (dependencies) on account_id, location_id
    from public.reservations;

-- An index over a function holds what the function said when the row was written: another rule makes the indexes anew.
do $$
declare
    fingerprint text;
    before text;
    target regclass;
begin
    select md5(string_agg(pg_get_functiondef(p.oid), '' order by p.oid::regprocedure::text)) into fingerprint
    from pg_catalog.pg_proc p
    where p.oid in ('private.call_facets(text, text, text, text, boolean, boolean, boolean)'::regprocedure,
        'private.order_facets(text, text)'::regprocedure, 'private.reservation_facets(text)'::regprocedure,
        'private.list_tokens(text, uuid, timestamptz)'::regprocedure);
    select d.rules into before from private.derivations d where d.name = 'list indexes';
    if before <> fingerprint then
        for target in
            select x.indexrelid from pg_catalog.pg_index x
            where x.indexprs is not null and x.indrelid in ('public.call_logs'::regclass, 'public.order_logs'::regclass,
                'public.reservations'::regclass)
        loop
            execute format('reindex index %s', target);
        end loop;
    end if;
    -- What such an index is worth the planner knows from its own statistics, which only analyze makes.
    if before is distinct from fingerprint then
        analyze public.call_logs, public.order_logs, public.reservations;
    end if;
    insert into private.derivations as d (name, rules) values ('list indexes', fingerprint)
    on conflict (name) do update set rules = excluded.rules, derived_at = now() where d.rules <> excluded.rules;
end
$$;

create or replace function private.list_arms(filters jsonb, ranges integer, counting boolean, apart boolean)
    returns table (account_id uuid, location_id uuid, timezone text, since timestamptz, until timestamptz, sure_since timestamptz)
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
declare
    account constant uuid := filters ->> 'account_id';
    place constant uuid := filters ->> 'location_id';
    everything constant boolean := private.sees_everything();
    mine constant uuid[] := private.location_ids();
    whole constant uuid[] := private.whole_account_ids();
    dated constant boolean := filters ?| array['first', 'last', 'first_back', 'last_back', 'day'];
    -- A period that goes on today ends nowhere: its zones need not be read apart.
    ended constant boolean := filters ?| array['last', 'day'] or coalesce((filters ->> 'last_back')::integer, 0) > 0;
begin
    if everything and account is null and place is null and not dated then
        return query select null::uuid, null::uuid, null::text, '-infinity'::timestamptz, 'infinity'::timestamptz,
            '-infinity'::timestamptz;
        return;
    end if;
    return query
    with wanted as (
        select l.account_id, l.id, l.timezone from public.locations l
        where (everything or l.id = any (mine)) and (account is null or l.account_id = account) and (place is null or l.id = place)
    ), shape as (
        -- Dates end at each location by themselves: where zones differ, locations are read apart as long as they are not too many.
        select place is not null or not everything and exists (select from wanted w where w.account_id <> all (whole))
                or apart and not (everything and account is null)
                or (ended or dated and counting) and (select count(distinct w.timezone) > 1 and count(*) * ranges <= 1500 from wanted w)
                as by_location,
            place is not null or account is not null or not everything as by_account
    ), arm as (
        select distinct case when s.by_account or s.by_location then w.account_id end as account_id, case when s.by_location then w.id end as location_id,
            case when dated then w.timezone end as timezone
        from wanted w, shape s
    ), bounds as materialized (
        select z.timezone, coalesce(public.opening_instant(greatest((filters ->> 'first')::date, (filters ->> 'day')::date,
                today.date - (filters ->> 'first_back')::integer)::timestamp, z.timezone), '-infinity') as since,
            case when ended then coalesce(public.opening_instant((least((filters ->> 'last')::date, (filters ->> 'day')::date,
                today.date - (filters ->> 'last_back')::integer) + 1)::timestamp, z.timezone), 'infinity') else 'infinity' end as until
        from (select distinct a.timezone from arm a) z
        cross join lateral (select (now() at time zone z.timezone)::date as date) today
    ), span as (
        select a.account_id, a.location_id, a.timezone, b.since, b.until
        from arm a join bounds b on b.timezone is not distinct from a.timezone
    )
    -- Zones that agree need not be told apart.
    select s.account_id, s.location_id,
        case when ended and count(*) over (partition by s.account_id, s.location_id) > 1 then min(s.timezone) end,
        min(s.since), s.until, max(s.since)
    from span s
    group by s.account_id, s.location_id, s.until, case when ended then s.timezone end;
end
$$;
comment on function private.list_arms(jsonb, integer, boolean, boolean) is
    'The caller''s reach, narrowed by the filters account_id, location_id and dates, as ranges of indexes, each of which is read in so many parts.';

create or replace function private.facets_there(relation text, filters jsonb) returns integer[]
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
set enable_seqscan = 'off'
as $$
declare
    found integer[] := '{}';
begin
    -- Which combinations there are at all, one look into the index for each.
    if relation = 'calls' then
        with recursive kind as (
            select min(private.call_facets(c.status, c.call_type, c.duration_bucket, c.direction, c.has_order, c.has_reservation,
                c.needs_review)) as facets from public.call_logs c
            union all
            select (select min(private.call_facets(c.status, c.call_type, c.duration_bucket, c.direction, c.has_order, c.has_reservation,
                    c.needs_review)) from public.call_logs c
                where private.call_facets(c.status, c.call_type, c.duration_bucket, c.direction, c.has_order, c.has_reservation,
                    c.needs_review) > k.facets)
            from kind k where k.facets is not null
        )
        select array_agg(k.facets) into found from kind k where private.facets_match(relation, k.facets, filters);
    else
        select array_agg(k.facets) into found from generate_series(0, case relation when 'orders' then 23 else 6 end) k (facets)
        where private.facets_match(relation, k.facets, filters);
    end if;
    return coalesce(found, '{}');
end
$$;
comment on function private.facets_there(text, jsonb) is 'The facets that fit the filters and that some row of the relation has, or could have.';

drop function if exists private.run_words(text, tsquery, jsonb, timestamptz, uuid, integer);
drop function if exists private.words_between(tsquery, integer, integer, uuid[]);
create or replace function private.words_on_days(wanted tsquery, first_day integer, last_day integer, places uuid[]) returns tsquery[]
language plpgsql immutable parallel safe
as $$
declare
    -- A phrase is looked up as its words: list_tokens keeps no order, so the words themselves are asked once more.
    of_day constant text := regexp_replace(regexp_replace(wanted::text, ' <(-|[0-9]+)> ', ' & ', 'g'),
        '''((?:[^'']|'''')*)''', '''@%s/\1''', 'g');
    -- What a search of the index costs grows with the square of its words and operators, so a few days are asked for at once.
    width constant integer := greatest(1, 100 / numnode(wanted));
    near constant tsquery := case when cardinality(places) between 1 and 50
        then (select string_agg(quote_literal('@' || p), ' | ') from unnest(places) p)::tsquery end;
begin
    return array(select case when near is null then d.days else d.days && near end
        from generate_series(first_day, last_day, width) s (day)
        cross join lateral (select string_agg('(' || replace(of_day, '@%s/', '@' || d || '/') || ')', ' | ')::tsquery as days
            from generate_series(s.day, least(s.day + width - 1, last_day)) d) d);
end
$$;
comment on function private.words_on_days(tsquery, integer, integer, uuid[]) is
    'What finds the words on these days (UTC, since 1970) in the index of words, some days in each query, at these places where they are not many.';

create or replace function private.run_words(statement text, wanted tsquery[], arms jsonb, edge_at timestamptz, edge_id uuid, size integer)
    returns table (account_id uuid, row_id uuid, row_at timestamptz, rows_read integer)
language plpgsql stable security definer
set search_path = ''
set enable_seqscan = 'off'
set enable_indexscan = 'off'
set enable_indexonlyscan = 'off'
set enable_bitmapscan = 'on'
set enable_hashjoin = 'on'
set enable_nestloop = 'off'
set enable_sort = 'on'
as $$
begin
    return query execute statement using wanted, arms, edge_at, edge_id, size;
end
$$;
comment on function private.run_words(text, tsquery[], jsonb, timestamptz, uuid, integer) is
    'Runs a statement of find_rows through the index of words: estimates for words are too rough to let the planner choose.';

create or replace function public.find_rows(relation text, filters jsonb, after_at timestamptz default null, after_id uuid default null,
    newer boolean default false, size integer default 51, counting boolean default false)
    returns table (account_id uuid, row_id uuid, row_at timestamptz, is_found boolean)
language plpgsql stable security definer
set search_path = ''
-- Every part of it is a few rows at the beginning of a range: the planner, who does not know the ranges, hopes otherwise.
set enable_seqscan = 'off'
set enable_bitmapscan = 'off'
set enable_hashjoin = 'off'
set enable_mergejoin = 'off'
set enable_sort = 'off'
set enable_incremental_sort = 'off'
set max_parallel_workers_per_gather = '0'
set jit = 'off'
rows 50
as $$
#variable_conflict use_column
declare
    source constant text := case relation when 'calls' then 'public.call_logs' when 'orders' then 'public.order_logs'
        when 'reservations' then 'public.reservations' end;
    at constant text := case relation when 'calls' then 'c.started_at' else 'c.created_at' end;
    facets constant text := case relation
        when 'calls' then 'private.call_facets(c.status, c.call_type, c.duration_bucket, c.direction, c.has_order, c.has_reservation, c.needs_review)'
        when 'orders' then 'private.order_facets(c.status, c.fulfillment_type)' else 'private.reservation_facets(c.status)' end;
    text_of constant text := case relation when 'calls' then 'c.summary_md' else 'c.guest_name' end;
    tokens constant text := format('private.list_tokens(%s, c.location_id, %s)', text_of, at);
    direction constant text := case when newer then 'asc' else 'desc' end;
    known constant text[] := array['account_id', 'location_id', 'first', 'last', 'first_back', 'last_back', 'day', 'statuses']
        || case relation when 'calls' then array['types', 'duration', 'direction', 'has_order', 'has_reservation', 'needs_review', 'digits',
                'words', 'weekday', 'hour']
            when 'orders' then array['types'] else array['words'] end;
    pass constant integer := 1500;
    budget constant integer := 3000;
    wanted tsquery := private.words_wanted(filters ->> 'words');
    has_facets constant boolean := filters ?| array['statuses', 'types', 'duration', 'direction', 'has_order', 'has_reservation', 'needs_review'];
    arms record;
    kinds integer[];
    codes text[];
    tie text;
    keys text;
    zones boolean;
    residual text[] := '{}';
    arm_count integer;
    keyed boolean := false;
    coded boolean := false;
    window_size integer;
    statement text;
    edge_at timestamptz := after_at;
    edge_id uuid := after_id;
    spent integer := 0;
    given integer := 0;
    read integer;
    cut boolean := true;
    hit record;
    places uuid[];
    oldest timestamptz;
    newest timestamptz;
    first_day integer;
    last_day integer;
    from_day integer;
    to_day integer;
    width integer := 1;
    together boolean;
    facets_fit text;
begin
    if source is null then
        raise exception 'there is no list of %', relation using errcode = 'invalid_parameter_value';
    end if;
    -- A filter that is not understood would show rows that nobody asked for.
    if filters is null or exists (select from jsonb_object_keys(filters) f where f <> all (known))
        or filters ? 'digits' and filters ->> 'digits' !~ '^[0-9]{2,4}$' then
        raise exception 'a filter of these is not one of %', relation using errcode = 'invalid_parameter_value';
    end if;
    if filters ? 'words' and (wanted is null or numnode(wanted) = 0) then
        return;
    end if;
    kinds := case when has_facets then private.facets_there(relation, filters) end;
    if has_facets and cardinality(kinds) = 0 then
        return;
    end if;
    -- Putting a row's facets together costs more than reading the row: where columns say the same, they are asked.
    facets_fit := case when relation = 'calls' and not coalesce(filters -> 'statuses' ? 'unknown', false)
            and not coalesce(filters -> 'types' ? 'other', false)
            and coalesce(jsonb_typeof(filters -> 'statuses'), 'array') = 'array' and coalesce(jsonb_typeof(filters -> 'types'), 'array') = 'array'
        then concat_ws(' and ',
            case when filters ? 'statuses' then format('c.status = any (%L::text[])', array(select jsonb_array_elements_text(filters -> 'statuses'))) end,
            case when filters ? 'types' then format('c.call_type = any (%L::text[])', array(select jsonb_array_elements_text(filters -> 'types'))) end,
            case when filters ? 'duration' then format('coalesce(c.duration_bucket, '''') = %L', filters ->> 'duration') end,
            case when filters ? 'direction' then format('c.direction = %L', filters ->> 'direction') end,
            case when filters ? 'has_order' then format('c.has_order = %L::boolean', filters ->> 'has_order') end,
            case when filters ? 'has_reservation' then format('c.has_reservation = %L::boolean', filters ->> 'has_reservation') end,
            case when filters ? 'needs_review' then format('c.needs_review = %L::boolean', filters ->> 'needs_review') end)
        else format('%s = any (%L::integer[])', facets, kinds) end;
    codes := case length(filters ->> 'digits') when 4 then array[filters ->> 'digits']
        when 3 then array(select n || (filters ->> 'digits') from generate_series(0, 9) n)
        when 2 then array(select lpad(n::text, 2, '0') || (filters ->> 'digits') from generate_series(0, 99) n) end;
    coded := codes is not null and wanted is null and (cardinality(codes) = 1 or not has_facets);
    -- Words are counted less far: each row that an index of words finds has to be looked at.
    size := least(greatest(size, 1), case when counting and wanted is not null then 300 else 1001 end);
    select array_agg(a.account_id) as accounts, array_agg(a.location_id) as locations, array_agg(a.timezone) as zones,
        array_agg(a.since) as since, array_agg(a.until) as until, count(*)::integer as number,
        coalesce(bool_or(a.account_id is not null), false) as by_account, coalesce(bool_or(a.location_id is not null), false) as by_location,
        coalesce(bool_or(a.timezone is not null), false) as by_zone, coalesce(bool_or(a.sure_since > a.since), false) as frayed,
        max(a.sure_since) as sure_since, min(a.until) as first_until, min(a.since) as first_since, max(a.until) as last_until,
        jsonb_agg(to_jsonb(a)) filter (where wanted is not null) as listed
    into arms from private.list_arms(filters, greatest(coalesce(cardinality(kinds), 0), coalesce(cardinality(codes), 0), 1), counting, coded) a;
    if arms.number = 0 then
        return;
    end if;

    -- Which index leads: the last digits of a number, the facets, or time alone. What does not lead is looked at row by row.
    coded := coded and arms.number * cardinality(codes) <= 1600;
    keyed := has_facets and not coded and arms.number * cardinality(kinds) <= case when wanted is null and codes is null
        and not arms.by_zone and not arms.frayed and not filters ?| array['weekday', 'hour'] then 1600 else 300 end;
    if has_facets and not keyed then
        residual := residual || facets_fit;
    end if;
    if codes is not null and not coded then
        residual := residual || format('c.caller_digits = any (%L::text[])', codes);
    end if;
    if arms.by_zone then
        residual := residual || '(arm.timezone is null or l.timezone = arm.timezone)'::text;
    end if;
    if arms.frayed and not arms.by_zone then
        residual := residual || format('case when %1$s >= %2$L then true else (%1$s at time zone l.timezone)::date
            >= greatest(%3$L::date, (now() at time zone l.timezone)::date - %4$L::integer) end',
            at, arms.sure_since, filters ->> 'first', filters ->> 'first_back');
    end if;
    if filters ? 'weekday' then
        residual := residual || format('extract(isodow from %s at time zone l.timezone) = %L', at, (filters ->> 'weekday')::integer);
    end if;
    if filters ? 'hour' then
        residual := residual || format('extract(hour from %s at time zone l.timezone) = %L', at, (filters ->> 'hour')::integer);
    end if;
    zones := arms.by_zone or arms.frayed or filters ?| array['weekday', 'hour'];
    if wanted is not null then
        residual := residual || format('to_tsvector(''pg_catalog.simple'', %s) @@ %L::tsquery', text_of, wanted);
    end if;
    tie := concat_ws(' and ', 'true', case when arms.by_account then 'c.account_id = arm.account_id' end,
        case when arms.by_location then 'c.location_id = arm.location_id' end,
        -- Digits are rare: a bound in time would make the planner read the whole period for them.
        -- A position within the dates is bound enough: two would make the planner think that hardly anything is left.
        case when filters ?| array['first', 'first_back', 'day'] and not (newer and coalesce(edge_at >= arms.sure_since, false))
            then format(case when coded then 'coalesce(%s >= arm.since, false)' else '%s >= arm.since' end, at) end,
        case when filters ?| array['last', 'last_back', 'day'] and (newer or not coalesce(edge_at < arms.first_until, false))
            then format(case when coded then 'coalesce(%s < arm.until, false)' else '%s < arm.until' end, at) end);
    keys := concat_ws(' and ', 'true', case when keyed then facets || ' = arm.kind' end, case when coded then 'c.caller_digits = arm.code' end);
    arm_count := arms.number * case when keyed then cardinality(kinds) when coded then cardinality(codes) else 1 end;
    if wanted is not null and keyed and arm_count > 20 then
        -- The newest rows are looked at for their words in any case: their facets with them, rather than a range for each.
        keyed := false;
        residual := array[facets_fit] || residual;
        keys := 'true';
        arm_count := arms.number;
    end if;
    -- Many locations are looked at as one range, that of time: whoever has so many has many of the newest rows.
    together := (wanted is not null or has_facets and not counting and not coded and not filters ?| array['weekday', 'hour', 'digits']) and arms.number > 20 and arms.by_location and not arms.by_zone and not arms.frayed
        and not filters ?| array['first', 'last', 'first_back', 'last_back', 'day'];
    statement := 'with arm as materialized (select row_number() over () as n, a.*, k.kind, d.code
            from unnest($1, $2, $3, $4, $5) a (account_id, location_id, timezone, since, until)
            cross join unnest($6) k (kind) cross join unnest($7) d (code)), ';

    -- Rows are looked at in the order of the list, so many of each range; what lies behind the first range that was cut waits.
    while cardinality(residual) > 0 or together loop
        window_size := greatest(8, case when wanted is not null and spent = 0 then 300
            when together then case when has_facets and not keyed then pass else 3 * size * (arm_count / arms.number) end
            when spent = 0 and not arms.by_zone then 3 * size else pass end
            / case when together then arm_count / arms.number else arm_count end);
        read := 0;
        cut := wanted is not null and arm_count > 20 and not together;
        exit when cut;
        for hit in execute statement || format('seen as materialized (select arm.n, r.* from arm cross join lateral (
                    select c.account_id, c.id, %1$s as at, %2$s as fits from %3$s c %4$s
                    where %5$s and ($8 is null or (%1$s, c.id) %6$s ($8, $9)) order by %1$s %7$s, c.id %7$s limit $11) r),
                last as (select distinct on (n) at, id, count(*) over (partition by n) as rows, account_id from seen
                    order by n, at %8$s, id %8$s),
                cut as materialized (select at, id, account_id from last where rows = $11 order by at %7$s, id %7$s limit 1)
                (select s.account_id, s.id, s.at, true as is_found, 0 as rows from seen s
                where s.fits and not exists (select from cut where (s.at, s.id) %6$s (cut.at, cut.id))
                order by s.at %7$s, s.id %7$s limit $10)
                union all select account_id, id, at, false, (select count(*)::integer from seen) from cut',
                at, array_to_string(array(select '(' || r || ')' from unnest(
                    case when together then array[format('c.location_id = any (%L::uuid[])', arms.locations)] else '{}' end || residual) r), ' and '),
                source,
                case when zones then 'join public.locations l on l.account_id = c.account_id and l.id = c.location_id' else '' end,
                case when together then keys else tie || ' and ' || keys end, case when newer then '>' else '<' end, direction, case when newer then 'desc' else 'asc' end)
            using case when together then '{null}' else arms.accounts end, case when together then '{null}' else arms.locations end,
                case when together then '{null}' else arms.zones end, case when together then '{-infinity}' else arms.since end,
                case when together then '{infinity}' else arms.until end,
                case when keyed then kinds else array[0] end, case when coded then codes else array[''] end, edge_at, edge_id,
                size - given, window_size
        loop
            if hit.is_found then
                read := read + 1;
                account_id := hit.account_id; row_id := hit.id; row_at := hit.at; is_found := true;
                return next;
            else
                cut := true;
                spent := spent + hit.rows;
                edge_at := hit.at;
                edge_id := hit.id;
            end if;
        end loop;
        given := given + read;
        exit when given >= size or not cut or spent >= budget;
        if together and wanted is null then
            -- These locations have few of the newest rows.
            together := false;
            continue;
        end if;
        -- A name is looked at sooner than a day of everybody's is read from the index of words, where many of these fit.
        exit when wanted is not null and (relation = 'calls' or not arms.by_location or (size - given) * spent > given * (budget - spent));
    end loop;
    if given >= size or not cut then
        return;
    end if;

    if cardinality(residual) = 0 then
        -- Each range gives rows in the order of the list. Only the ranges with the newest first rows can be on a page.
        tie := concat_ws(' and ', tie, keys, case when edge_at is not null then format('(%s, c.id) %s ($8, $9)', at, case when newer then '>' else '<' end) end);
        if counting then
            statement := statement || format('f as (select r.* from arm cross join lateral (select c.account_id, c.id, %1$s as at from %2$s c
                where %3$s order by %1$s desc, c.id desc limit $10) r limit $10) select account_id, id, at, true from f', at, source, tie);
        else
            statement := statement || format('head as materialized (select arm.*, h.at from arm cross join lateral (
                    select %1$s as at, c.id from %2$s c where %3$s order by %1$s %4$s, c.id %4$s limit 1) h
                    order by h.at %4$s, h.id %4$s limit $10),
                edge as materialized (select case when count(*) = $10 then case when %5$L then max(at) else min(at) end end as at from head)
                select r.account_id, r.id, r.at, true from head as arm cross join lateral (
                    select c.account_id, c.id, %1$s as at from %2$s c where %3$s
                        and %1$s %6$s coalesce((select at from edge), %7$L) order by %1$s %4$s, c.id %4$s limit $10) r
                order by r.at %4$s, r.id %4$s limit $10', at, source, tie, direction, newer, case when newer then '<=' else '>=' end,
                case when newer then 'infinity' else '-infinity' end);
        end if;
        return query execute statement using arms.accounts, arms.locations, arms.zones, arms.since, arms.until,
            case when keyed then kinds else array[0] end, case when coded then codes else array[''] end, edge_at, edge_id, size - given;
        return;
    end if;

    if wanted is not null then
        -- Words that are not in every few rows: by their index, a day, two days, four: the spans grow while nothing is found.
        if querytree(wanted) in ('', 'T') then
            account_id := null; row_id := edge_id; row_at := edge_at; is_found := false;
            return next;
            return;
        end if;
        places := case when arms.by_location then arms.locations when arms.by_account then array(
            select l.id from public.locations l where l.account_id = any (arms.accounts)) else '{}' end;
        execute format('select min(%1$s), max(%1$s) from %2$s c', at, source) into oldest, newest;
        first_day := floor(extract(epoch from greatest(oldest, arms.first_since)) / 86400);
        last_day := floor(extract(epoch from least(newest, arms.last_until)) / 86400);
        if newer then
            first_day := greatest(first_day, floor(extract(epoch from edge_at) / 86400)::integer);
        elsif edge_at is not null then
            last_day := least(last_day, floor(extract(epoch from edge_at) / 86400)::integer);
        end if;
        -- What the index gives has these words, but for those of a phrase and those left out, which the row itself is asked for.
        if wanted::text !~ '[!<]' then
            residual := residual[:cardinality(residual) - 1];
        end if;
        -- A count may stop in the middle of a day, and then need not know how many rows that day has.
        statement := format('with c as materialized (select c.* from unnest($1) days
                cross join lateral (select * from %2$s c where %5$s @@ days and %6$s is not null offset 0) c),
            f as materialized (select c.account_id, c.id, %1$s as at from c
            join jsonb_to_recordset($2) arm (account_id uuid, location_id uuid, timezone text, since timestamptz, until timestamptz) on %3$s
            %4$s where ($3 is null or (%1$s, c.id) %7$s ($3, $4)) and %8$s %9$s limit $5)
            (select account_id, id, at, 0 from f %10$s)
            union all select null, null, null, case when %11$L and (select count(*) from f) = $5 then 0 else (select count(*)::integer from c) end',
            at, source, tie,
            case when zones then 'join public.locations l on l.account_id = c.account_id and l.id = c.location_id' else '' end,
            tokens, text_of, case when newer then '>' else '<' end,
            array_to_string(array(select '(' || r || ')' from unnest(array['true'] ||
                residual || case when keyed then facets_fit end) r where r is not null), ' and '),
            case when not counting then format('order by %1$s %2$s, c.id %2$s', at, direction) end,
            case when not counting then format('order by at %1$s, id %1$s', direction) end, counting);
        spent := 0;
        while given < size and first_day <= last_day and spent < pass loop
            from_day := case when newer then first_day else greatest(first_day, last_day - width + 1) end;
            to_day := case when newer then least(last_day, first_day + width - 1) else last_day end;
            for hit in select * from private.run_words(statement, private.words_on_days(wanted, from_day, to_day, places),
                arms.listed, edge_at, edge_id, size - given) loop
                if hit.row_id is null then
                    read := hit.rows_read;
                    continue;
                end if;
                given := given + 1;
                account_id := hit.account_id; row_id := hit.row_id; row_at := hit.row_at; is_found := true;
                return next;
            end loop;
            spent := spent + read;
            if newer then
                first_day := to_day + 1;
            else
                last_day := from_day - 1;
            end if;
            -- Twice as many days, unless the words are in so many rows that it would be too much at once.
            width := least(width * 2, greatest(1, (to_day - from_day + 1) * pass / 2 / greatest(read, 1)));
        end loop;
        if first_day > last_day and (given < size or not counting) or given >= size and not counting then
            return;
        end if;
        if given >= size then
            -- Words are not counted further than this.
            edge_at := row_at;
            edge_id := row_id;
        else
            -- The first day that was not looked at begins here.
            edge_at := to_timestamp(case when newer then first_day else last_day + 1 end * 86400.0);
            edge_id := '00000000-0000-0000-0000-000000000000';
        end if;
    end if;
    account_id := null; row_id := edge_id; row_at := edge_at; is_found := false;
    return next;
end
$$;
comment on function public.find_rows(text, jsonb, timestamptz, uuid, boolean, integer, boolean) is
    'Ids of calls, orders or reservations in the caller''s reach that fit all filters, newest first after a position; the last row, with is_found false, says how far was looked where that was not the end. For a count the order does not matter.';
