"""Functions over HTTP: open to whom SQL opens them, with the same answers, refusals and audit lines."""

from typing import Any

import pytest

from tests.fixtures.database import Database
from tests.fixtures.postgrest import PostgREST
from tests.readers.asking_postgrest import Catalogue, client_of
from tests.sql.asking import PEOPLE, call_id, location_id
from tests.sql.test_functions import FUNCTIONS

ROLES = {
    "admin": "authenticated",
    "operator": "authenticated",
    "service_role": "service_role",
    "anon": "anon",
}
OUT_OF_REACH = {"of another account": call_id(11), "that nobody has": call_id(9999)}
REASON = "The guest asked to be called back"


@pytest.mark.parametrize("who", ROLES)
def test_every_function_is_open_or_closed_as_in_sql_to(
    postgrest: PostgREST, catalogue: Catalogue, who: str
) -> None:
    client = client_of(postgrest, who)
    functions = list(catalogue.functions())
    assert {"reveal_caller", "location_state_at", "delete_version"} < {name for _, name, _ in functions}
    closed = set()
    for signature, name, arguments in functions:
        # The value itself is asked for: where rows are merely counted, an immutable function is never called.
        answer = client.send("POST", f"/rpc/{name}", body=dict.fromkeys(arguments), Prefer="tx=rollback")
        if "permission denied for function" in answer.words:
            closed.add(signature)
    assert closed == {signature for signature, _, _ in functions} - FUNCTIONS[ROLES[who]]


@pytest.mark.parametrize("schema", ["private", "back_office", "auth", "pg_catalog"])
def test_functions_of_other_schemas_are_not_exposed(postgrest: PostgREST, schema: str) -> None:
    answer = client_of(postgrest, "admin").send(
        "POST", "/rpc/refresh_metrics", body={}, Content_Profile=schema
    )
    assert (answer.status, answer.code) == (406, "PGRST106")


def test_a_number_is_revealed_with_a_line_in_the_audit_log(postgrest: PostgREST, database: Database) -> None:
    client = postgrest.client(postgrest.token("authenticated", PEOPLE["operator"]), keep=True)
    answer = client.send(
        "POST",
        "/rpc/reveal_caller",
        body={"call_id": str(call_id(1)), "reason": REASON},
        X_Forwarded_For="203.0.113.7",
    )
    assert (answer.status, answer.body) == (200, "+1 617-555-0142")
    with database.owner() as owner:
        lines = owner.execute(
            "select actor_user_id, after, address::text from public.audit_log where action = 'reveal'"
        ).fetchall()
    assert [tuple(line) for line in lines] == [(PEOPLE["operator"], {"reason": REASON}, "203.0.113.7/32")]


@pytest.mark.parametrize("call", OUT_OF_REACH.values(), ids=OUT_OF_REACH)
@pytest.mark.parametrize(
    ("function", "more"),
    [("reveal_caller", {"reason": REASON}), ("open_recording", {}), ("mentionable_people", {})],
)
def test_a_call_out_of_reach_is_answered_as_one_that_is_not_there(
    postgrest: PostgREST, function: str, more: dict[str, str], call: Any
) -> None:
    assert client_of(postgrest, "admin").rpc("mentionable_people", call_id=str(call_id(11))).status == 200
    answer = client_of(postgrest, "operator").rpc(function, call_id=str(call), **more)
    assert answer.body == {"code": "P0002", "details": None, "hint": None, "message": "no such call"}


def test_a_recording_is_opened_and_people_to_mention_are_named(postgrest: PostgREST) -> None:
    operator = client_of(postgrest, "operator")
    assert operator.rpc("open_recording", call_id=str(call_id(1))).body == "/recordings/demo-1.wav"
    people = operator.rpc("mentionable_people", call_id=str(call_id(1))).body
    assert str(PEOPLE["operator"]) in {person["id"] for person in people}
    assert str(PEOPLE["manager_lyon"]) not in {person["id"] for person in people}


@pytest.mark.parametrize("who", ["operator", "manager", "manager_lyon", "admin", "service_role"])
@pytest.mark.parametrize("place", ["a1", "b1", "c2"])
def test_the_state_of_a_location_is_the_one_of_sql(
    postgrest: PostgREST, database: Database, who: str, place: str
) -> None:
    at = "2026-01-16T23:30:00+00:00"
    seen = {"operator": {"a1"}, "manager": {"a1", "b1"}, "manager_lyon": {"c2"}}.get(who, {"a1", "b1", "c2"})
    with database.owner() as owner:
        wanted = [
            row.state
            for row in owner.execute(
                "select to_jsonb(s) as state from public.location_state_at(%s, %s) s",
                [location_id(place), at],
            )
        ]
    answer = client_of(postgrest, who).rpc("location_state_at", location_id=str(location_id(place)), at=at)
    assert len(wanted) == 1
    assert answer.body == (wanted if place in seen else [])


def test_an_export_is_written_down_by_people_alone(postgrest: PostgREST) -> None:
    said = {"relation": "calls", "filters": {"status": "missed"}, "row_count": 3}
    assert client_of(postgrest, "operator").rpc("record_export", **said).status == 204
    stranger = client_of(postgrest, "authenticated with an unknown person")
    assert stranger.rpc("record_export", **said).code == "42501"


def test_the_age_of_the_numbers_is_told(postgrest: PostgREST) -> None:
    for who in ("operator", "service_role"):
        assert client_of(postgrest, who).rpc("metrics_refreshed_at").body.startswith("20")
    assert client_of(postgrest, "anon").rpc("metrics_refreshed_at").status == 401


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"busy_mode_enabled": True, "version": 7}, 409, "PT409"),
        ({"busy_mode_enabled": True}, 428, "PT428"),
        ({"busy_mode_enabled": True, "version": 1}, 204, None),
    ],
)
def test_a_save_names_the_version_that_was_read(
    postgrest: PostgREST, said: dict[str, Any], status: int, code: str | None
) -> None:
    row = {"location_id": f"eq.{location_id('a1')}"}
    answer = client_of(postgrest, "manager").send("PATCH", "/location_settings", row, said)
    assert (answer.status, answer.code) == (status, code)


def test_a_row_is_deleted_as_it_was_read(postgrest: PostgREST) -> None:
    manager = client_of(postgrest, "manager")
    row = manager.get("location_hours", select="id,version", limit="1").body[0]
    said = {"table_name": "location_hours", "row_id": row["id"]}
    assert manager.rpc("delete_version", **said, version=row["version"]).status == 204
    assert manager.rpc("delete_version", **said, version=row["version"] + 1).status == 409
    operator = client_of(postgrest, "operator")
    assert operator.rpc("delete_version", **said, version=row["version"]).code in ("42501", "P0002")
