"""Tokens that are not good enough, and errors that tell nothing."""

import time
from typing import Any

import pytest

from tests.fixtures.database import Database
from tests.fixtures.postgrest import Answer, PostgREST
from tests.readers.asking_postgrest import client_of
from tests.sql.asking import ACCOUNT_A, ACCOUNT_C, PEOPLE, call_id, location_id

OPERATOR = {"role": "authenticated", "sub": str(PEOPLE["operator"])}
HOUR = 3600
NOTE_ELSEWHERE = {"account_id": str(ACCOUNT_C), "call_id": str(call_id(22)), "note_md": "x"}


def ask(server: PostgREST, token: str) -> Answer:
    return server.client(token).get("calls_v", select="id")


def test_a_good_token_is_answered(postgrest: PostgREST) -> None:
    answer = ask(postgrest, postgrest.sign(OPERATOR))
    assert (answer.status, answer.count) == (200, 5)


@pytest.mark.parametrize("claims", [{"exp": -HOUR}, {"nbf": HOUR}], ids=["expired", "not yet valid"])
def test_a_token_out_of_its_time_is_refused(postgrest: PostgREST, claims: dict[str, int]) -> None:
    moments = {name: int(time.time()) + seconds for name, seconds in claims.items()}
    answer = ask(postgrest, postgrest.sign({**OPERATOR, **moments}))
    assert (answer.status, answer.code) == (401, "PGRST301")


def test_a_forged_token_is_refused(postgrest: PostgREST) -> None:
    good = postgrest.sign(OPERATOR)
    header, payload, signature = good.split(".")
    admin = postgrest.sign({"role": "authenticated", "sub": str(PEOPLE["admin"])}).split(".")[1]
    for name, token in {
        "another secret": postgrest.sign(OPERATOR, secret="x" * 64),
        "no signature": postgrest.sign(OPERATOR, secret="", algorithm="none"),
        "another algorithm": signed_with_hs512(postgrest),
        "another payload": f"{header}.{admin}.{signature}",
        "half a signature": f"{header}.{payload}.{signature[:20]}",
        "no token at all": "not-a-token",
    }.items():
        answer = ask(postgrest, token)
        assert (answer.status, answer.code) == (401, "PGRST301"), name


def signed_with_hs512(server: PostgREST) -> str:
    return server.sign(OPERATOR, secret="y" * 128, algorithm="HS512")


@pytest.mark.parametrize("role", ["postgres", "certus_owner", "certus_app", "authenticator", "nobody_has_it"])
def test_a_token_takes_on_no_role_but_those_of_clients(postgrest: PostgREST, role: str) -> None:
    answer = ask(postgrest, postgrest.sign({"role": role, "sub": str(PEOPLE["admin"])}))
    assert 400 <= answer.status < 500
    assert answer.code in ("42501", "22023")


def test_a_token_without_a_role_is_a_strangers(postgrest: PostgREST) -> None:
    answer = ask(postgrest, postgrest.sign({"sub": str(PEOPLE["admin"])}))
    assert (answer.status, answer.code) == (401, "42501")


def test_whoever_was_deactivated_sees_nothing_with_a_token_that_still_runs(
    postgrest: PostgREST, database: Database
) -> None:
    client = client_of(postgrest, "operator_west")
    assert client.get("calls_v", select="id").count > 0
    with database.owner(autocommit=True) as owner:
        leave = "update public.users set is_active = %s where id = %s"
        owner.execute(leave, [False, PEOPLE["operator_west"]])
        assert client.get("calls_v", select="id").count == 0
        owner.execute(leave, [True, PEOPLE["operator_west"]])


# What an operator of a1 and a2 sends amiss, each with the status it is answered with.
FAULTS: list[tuple[str, str, dict[str, str] | None, Any, int]] = [
    ("GET", "/internal_notes", {"select": "note_md::int"}, None, 400),
    ("GET", "/users", {"select": "email::int"}, None, 400),
    ("GET", "/call_logs", {"from_number": "eq.+1 415-555-0151"}, None, 403),
    ("GET", "/calls_v", {"id": "eq.no-uuid"}, None, 400),
    ("GET", "/calls_v", {"started_at": "gt.yesterday-ish"}, None, 400),
    ("GET", "/calls_v", {"select": "id,user_passwords(*)"}, None, 400),
    ("GET", "/calls_v", {"order": "from_number"}, None, 400),
    ("GET", "/no_such_relation", None, None, 404),
    ("POST", "/internal_notes", None, NOTE_ELSEWHERE, 500),
    ("POST", "/users", None, {"email": "admin@certus.example", "full_name": "x", "role": "admin"}, 403),
    ("PATCH", "/call_logs", {"id": f"eq.{call_id(1)}"}, {"from_number": "0"}, 403),
    ("POST", "/api_keys", None, {"account_id": str(ACCOUNT_A), "label": "Till"}, 403),
    ("DELETE", "/audit_log", None, None, 403),
    ("POST", "/rpc/reveal_caller", None, {"call_id": str(call_id(1)), "reason": ""}, 400),
    ("POST", "/rpc/reveal_caller", None, {"call_id": str(call_id(11)), "reason": "because"}, 500),
    ("POST", "/rpc/location_state_at", None, {"location_id": str(location_id("a1")), "at": "soon"}, 400),
]  # fmt: skip


def test_errors_hold_no_value_that_the_reader_may_not_see(postgrest: PostgREST, database: Database) -> None:
    client = client_of(postgrest, "operator")
    with database.owner() as owner:
        secrets = {
            row.word
            for row in owner.execute(
                """select from_number as word from public.call_logs
                union select to_number from public.call_logs
                union select guest_phone from public.reservations
                union select recording_url from public.call_logs
                union select email from public.users where email <> 'operator@certus.example'
                union select note_md from public.internal_notes where account_id <> %s
                union select id::text from public.call_logs where account_id <> %s
                union select password_hash from private.user_passwords""",
                [ACCOUNT_A, ACCOUNT_A],
            )
            if row.word
        }
    assert len(secrets) > 30
    for method, path, query, body, status in FAULTS:
        answer = client.send(method, path, query, body)
        assert answer.status == status, (method, path, query, answer)
        sent = f"{query}{body}"
        told = {word for word in secrets if word in answer.words and word not in sent}
        assert told == set(), (method, path, query)


def test_a_row_that_breaks_a_rule_is_not_quoted(postgrest: PostgREST) -> None:
    admin = client_of(postgrest, "admin")
    secret = "sk_live_51H8vJ2eZvKYlo2C0aBcDeFgHiJkLmNoPqRsT"
    for path, row in (
        ("/api_keys", {"account_id": str(ACCOUNT_A), "label": secret}),
        ("/users", {"email": "operator@certus.example", "full_name": "Twice", "role": "operator"}),
        ("/users", {"email": "new@certus.example", "full_name": "Twice", "role": "emperor"}),
        (
            "/location_hours",
            {
                "account_id": str(ACCOUNT_C),
                "location_id": str(location_id("a1")),
                "weekday": 1,
                "opens_at": "09:00",
                "closes_at": "10:00",
            },
        ),
    ):
        answer = admin.send("POST", path, body=row)
        assert answer.status in (400, 409), answer
        assert not any(str(value) in answer.words for value in row.values() if len(str(value)) > 5), answer
