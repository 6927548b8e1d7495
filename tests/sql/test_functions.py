"""Which functions, sequences and schemas are open to whom."""

import pytest
from psycopg import sql

from tests.sql.access_table import OUR_SCHEMAS, become
from tests.sql.asking import Asking

# Policies, defaults, checks and views run these as whoever asks. Without usage of the schema private nobody
# can name them.
NEEDED_BY_POLICIES = {
    "private.account_ids()",
    "private.administers()",
    "private.awaits_invitation(uuid)",
    "private.call_facets(text,text,text,text,boolean,boolean,boolean)",
    "private.call_seconds(timestamp with time zone,timestamp with time zone,timestamp with time zone)",
    "private.duration_bucket(integer)",
    "private.instant_near_change(timestamp without time zone,text,boolean)",
    "private.is_recording_address(text)",
    "private.is_time_zone(text)",
    "private.knows_person(uuid)",
    "private.last_sign_in(uuid)",
    "private.link_expires_at(uuid)",
    "private.list_tokens(text,uuid,timestamp with time zone)",
    "private.location_ids()",
    "private.looks_like_secret(text)",
    "private.manages()",
    "private.needs_review(text,text,text,text,boolean,boolean,boolean)",
    "private.payload_location(jsonb)",
    "private.order_facets(text,text)",
    "private.reservation_facets(text)",
    "private.order_adds_up(jsonb,numeric,numeric,numeric,numeric,numeric)",
    "private.person_name(uuid)",
    "private.person_role()",
    "private.phone_digits(text)",
    "private.retell_status(text)",
    "private.review_reasons(text,text,boolean,boolean,boolean,boolean)",
    "private.runs_person(uuid)",
    "private.sees_everything()",
    "private.transfer_unanswered(text)",
    "private.twilio_status(text)",
    "private.uuid_v7()",
    "private.vapi_status(text)",
    "private.whole_account_ids()",
}
READ_BY_CLIENTS = {
    "public.api_key_scopes()",
    "public.call_status(text,text,text)",
    "public.call_type(text)",
    "public.closing_instant(timestamp without time zone,text)",
    "public.knowledge_request_schema()",
    "public.location_state_at(uuid,timestamp with time zone)",
    "public.mask_phone(text)",
    "public.metrics_failing_since()",
    "public.metrics_refreshed_at()",
    "public.opening_instant(timestamp without time zone,text)",
}
FUNCTIONS = {
    "authenticated": NEEDED_BY_POLICIES
    | READ_BY_CLIENTS
    | {
        "public.answer_form(bytea,text)",
        "public.audit_choices()",
        "public.delete_version(text,uuid,integer)",
        "public.find_rows(text,jsonb,timestamp with time zone,uuid,boolean,integer,boolean)",
        "public.invite_person(text,text,text,jsonb,bytea)",
        "public.issue_link(uuid,bytea)",
        "public.health_report()",
        "public.knowledge_requesters()",
        "public.mentionable_people(uuid)",
        "public.metrics_by_day(date,date,uuid[],uuid[],uuid)",
        "public.open_recording(uuid)",
        "public.record_export(text,jsonb,bigint)",
        "public.reveal_caller(uuid,text)",
        "public.rotate_api_key(uuid,text,timestamp with time zone,interval)",
        "public.start_viewing(uuid)",
        "public.take_form(bytea)",
        "public.withdraw_link(uuid)",
    },
    "service_role": NEEDED_BY_POLICIES
    | READ_BY_CLIENTS
    | {
        "public.claim_knowledge_requests(integer,integer)",
        "public.finish_knowledge_request(uuid,boolean,text,uuid)",
        "public.touch_api_key(uuid)",
    },
    "certus_app": {
        "back_office.attempts(text)",
        "back_office.change_password(bytea,text,text,inet)",
        "back_office.count_attempt(text,integer)",
        "back_office.end_session(bytea)",
        "back_office.end_viewing(bytea)",
        "back_office.find_link(bytea)",
        "back_office.find_person(text)",
        "back_office.find_sign_in(text)",
        "back_office.forget_attempts(text)",
        "back_office.health()",
        "back_office.health_figures()",
        "back_office.open_session(uuid,bytea,inet,text)",
        "back_office.resume_session(bytea)",
        "back_office.save_password_hash(uuid,text)",
        "back_office.use_link(bytea,text,inet)",
    },
    "anon": set(),
}


@pytest.mark.parametrize("role", FUNCTIONS)
def test_every_function_of_the_catalogue_is_open_or_closed_as_listed_to(asking: Asking, role: str) -> None:
    asking.execute("set local search_path = ''")
    granted = asking.column(
        """select p.pronamespace::regnamespace || '.' || p.proname || '(' ||
            coalesce((select string_agg(format_type(t, null), ',' order by n)
                from unnest(p.proargtypes) with ordinality a (t, n)), '') || ')'
        from pg_catalog.pg_proc p where p.pronamespace::pg_catalog.regnamespace::text = any (%s)
            and pg_catalog.has_function_privilege(%s, p.oid, 'execute')""",
        [OUR_SCHEMAS, role],
    )
    assert set(granted) == FUNCTIONS[role]


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role", "certus_app"])
def test_schemas_are_closed_but_where_a_client_belongs(asking: Asking, role: str) -> None:
    rights = """select has_schema_privilege(%(role)s, s, 'usage'), has_schema_privilege(%(role)s, s, 'create')
        from unnest(%(schemas)s::text[]) s"""
    found = asking.rows(rights, {"role": role, "schemas": OUR_SCHEMAS})
    # public is open to look into for everybody since before PostgreSQL 15; nobody makes anything in it.
    assert found == [(True, False), (False, False), (role == "certus_app", False)]


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role", "certus_app"])
@pytest.mark.parametrize("schema", OUR_SCHEMAS)
def test_nothing_is_created_in_our_schemas(asking: Asking, role: str, schema: str) -> None:
    asking.as_role(role)
    for what in (
        "table {} (id int)",
        "view {} as select 1",
        "function {}() returns int language sql return 1",
    ):
        statement = sql.SQL("create " + what).format(sql.Identifier(schema, "mine"))  # type: ignore[arg-type]
        assert asking.refusal(statement)[0] == "42501"


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role", "certus_app"])
def test_sequences_are_closed_to(asking: Asking, role: str) -> None:
    rights = """select bool_or(has_sequence_privilege(%s, c.oid, verb)), count(*) from pg_class c
        cross join unnest(array['usage', 'select', 'update']) verb
        where c.relkind = 'S' and c.relnamespace::regnamespace::text = any (%s)"""
    open_to_role, sequences = asking.row(rights, [role, OUR_SCHEMAS])
    assert sequences >= 3
    assert not open_to_role


@pytest.mark.parametrize("who", ["anon", "operator", "admin", "service_role"])
def test_the_helpers_of_policies_cannot_be_called_by(asking: Asking, who: str) -> None:
    become(asking, who)
    for call in (
        "select private.location_ids()",
        "select private.person_name('05e00000-0000-7000-8000-000000000002')",
        "select private.refresh_metrics()",
        "select private.refresh_metrics_by('me')",
        "select private.update_metrics()",
        "select private.update_metrics_by('me')",
        "select private.take_marks()",
        "select private.health_connections()",
        "select private.catalogue()",
        "select back_office.find_sign_in('admin@certus.example')",
        "select back_office.health()",
    ):
        assert asking.refusal(call)[0] == "42501", call


def test_roles_of_clients_have_no_power_over_the_cluster(asking: Asking) -> None:
    powers = asking.rows(
        """select rolname::text, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
        from pg_roles where rolname in ('anon', 'authenticated', 'certus_app') order by 1"""
    )
    assert powers == [(name, *[False] * 5) for name in ("anon", "authenticated", "certus_app")]
    assert asking.scalar("select rolinherit from pg_roles where rolname = 'certus_app'") is False
    member_of = "select roleid::regrole::text from pg_auth_members where member = 'certus_app'::regrole"
    assert asking.column(member_of) == ["authenticated"]


@pytest.mark.parametrize("role", ["service_role", "certus_owner", "anon", "postgres"])
def test_the_login_role_takes_on_no_other_role(asking: Asking, role: str) -> None:
    asking.as_role("certus_app")
    assert asking.refusal(sql.SQL("set local role {}").format(sql.Identifier(role)))[0] == "42501"
