"""An empty Supabase project takes the contract as it is; docs/supabase.md names what stands in for one."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine

from certus_admin import embedded
from certus_admin.apply import SQL_FOLDER, apply_files, enable_app_role, file_states
from certus_admin.config import CHECKOUT, sqlalchemy_url
from certus_admin.login_role import login_faults
from tests.fixtures.database import FAST, Cluster, Clusters, Database
from tests.fixtures.postgrest import serve_postgrest
from tests.sql.asking import PEOPLE
from tests.sql.test_rerun import PARAMETERS, RIGHTS, owned

# What a new project holds, as far as our files meet it: roles and functions that belong to somebody else, an
# owner who is no superuser, and default privileges that open each new object to clients.
PROJECT = """
create role supabase_auth_admin noinherit createrole;
create role anon; create role authenticated; create role service_role bypassrls;
create role authenticator noinherit;
grant anon, authenticated, service_role to authenticator;
alter role certus_owner bypassrls createdb;
grant anon, authenticated, service_role to certus_owner with admin option;
create schema auth authorization supabase_auth_admin;
grant usage on schema auth to anon, authenticated, service_role, certus_owner;
create function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), ''))::jsonb $$;
create function auth.uid() returns uuid language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
alter function auth.jwt() owner to supabase_auth_admin;
alter function auth.uid() owner to supabase_auth_admin;
alter default privileges for role certus_owner in schema public
    grant all on tables to anon, authenticated, service_role;
alter default privileges for role certus_owner in schema public
    grant all on functions to anon, authenticated, service_role;
alter default privileges for role certus_owner in schema public
    grant all on sequences to anon, authenticated, service_role;
"""
# What local.sql might have touched.
IMITATED = """
select 'role ' || rolname as name, concat_ws(' ', rolsuper, rolinherit, rolcanlogin, rolbypassrls) as state
from pg_roles where rolname in ('anon', 'authenticated', 'service_role')
union all select 'schema ' || nspname, nspowner::regrole::text || ' ' || nspacl::text
from pg_namespace where nspname = 'auth'
union all select 'function ' || oid::regprocedure, proowner::regrole::text || ' ' || prosrc
from pg_proc where pronamespace = 'auth'::regnamespace
order by 1"""
MADE_BY_LOCAL_SQL = re.compile(
    r"^\s*create (role \w+|schema \w+|function [\w.]+\(\))", re.MULTILINE | re.IGNORECASE
)


def imitated(project: Database) -> list[Any]:
    with project.superuser() as connection:
        return connection.execute(IMITATED.encode()).fetchall()


@pytest.fixture(scope="module")
def supabase(clusters: Clusters) -> Iterator[Cluster]:
    """A server of its own: roles belong to a whole server."""
    cluster = Cluster("supabase", embedded.start(clusters.folder / "supabase", None, FAST))
    with cluster.database().superuser(autocommit=True) as connection:
        connection.execute(PROJECT.encode())
    yield cluster
    cluster.server.stop()


@pytest.fixture(scope="module")
def project(supabase: Cluster) -> Database:
    """The project after `flask db apply --seed`, run twice; what was there before is as it was."""
    project = supabase.database()
    before = imitated(project)
    assert len(before) == 6
    for _ in range(2):
        apply_files(project.owner_url, lambda _line: None, seed=True)
    enable_app_role(project.owner_url, project.app_url)
    assert imitated(project) == before
    return project


def test_every_file_is_applied_by_an_owner_who_is_no_superuser(project: Database) -> None:
    assert {state.state for state in file_states(project.owner_url)} == {"applied"}
    with project.owner() as owner:
        powers = owner.execute("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        assert tuple(powers.fetchone() or ()) == (False, True)


def test_clients_have_the_rights_that_they_have_elsewhere(project: Database, database: Database) -> None:
    here, elsewhere = (owned(place, RIGHTS, PARAMETERS) for place in (project, database))
    assert len(here) > 400
    assert here == elsewhere


def test_the_login_of_the_app_is_accepted(project: Database) -> None:
    engine = create_engine(sqlalchemy_url(project.app_url))
    with engine.connect() as connection:
        assert login_faults(connection) == []
    engine.dispose()


def test_the_metrics_are_refreshed_by_the_owner(project: Database) -> None:
    with project.owner() as owner:
        refreshed = owner.execute("select refreshed, metric_rows from private.refresh_metrics()").fetchone()
    assert refreshed is not None
    assert (refreshed.refreshed, refreshed.metric_rows > 0) == (True, True)


def test_the_api_of_the_project_answers_under_the_same_policies(
    project: Database, authenticator_password: str
) -> None:
    with serve_postgrest(project, authenticator_password) as server:
        operator = server.client(server.token("authenticated", PEOPLE["operator"]))
        assert operator.get("calls_v", select="id").count == 5
        assert operator.get("call_logs", select="from_number").status == 403
        assert server.client(server.token("service_role")).get("calls_v", select="id").count == 14
        assert (
            server.client(server.token("service_role")).get("call_logs", select="from_number").status == 403
        )
        assert server.client().get("calls_v", select="id").status == 401


def test_the_guide_names_exactly_what_stands_in_for_a_project() -> None:
    made = set(MADE_BY_LOCAL_SQL.findall((SQL_FOLDER / "local.sql").read_text(encoding="utf-8")))
    guide = (CHECKOUT / "docs" / "supabase.md").read_text(encoding="utf-8")
    part = guide.partition("## What `local.sql` stands in for\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE))
    assert len(made) == 6
    assert named == made
