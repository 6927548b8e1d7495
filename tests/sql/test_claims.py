"""Claims that are broken, foreign or missing see nothing."""

import pytest

from tests.sql.access_table import REFUSED, readable_columns, tried
from tests.sql.asking import Asking
from tests.sql.insert_table import INSERTS

ADMIN = "05e00000-0000-7000-8000-000000000001"
BAD_CLAIMS = {
    "not JSON": "x",
    "half of JSON": '{"sub": "' + ADMIN,
    "an empty string": "",
    "no sub": '{"role": "authenticated"}',
    "a sub that is no uuid": '{"sub": "admin"}',
    "a sub that is an array": '{"sub": ["' + ADMIN + '"]}',
    "a null sub": '{"sub": null}',
    "an array": '[{"sub": "' + ADMIN + '"}]',
    "a string": f'"{ADMIN}"',
    "a number": "1",
    "null": "null",
    "another role and no sub": '{"role": "service_role"}',
    "a sub deeper down": '{"user": {"sub": "' + ADMIN + '"}}',
    "the sub of somebody deactivated": '{"sub": "05e00000-0000-7000-8000-000000000009", "role": "x"}',
}


@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=BAD_CLAIMS.keys())
def test_bad_claims_see_nothing(asking: Asking, relations: dict[str, str], claims: str) -> None:
    asking.as_role("authenticated", claims)
    for name in relations:
        seen = tried(asking, f"select {readable_columns(name)} from {{relation}}", name)
        # 22P02: what is no JSON or no uuid fails the statement itself.
        assert seen in (0, REFUSED, "22P02"), name
    for statement, parameters, _ in INSERTS:
        assert asking.reach(statement, parameters) in ("42501", "P0002", "22P02"), statement


def test_a_role_in_the_claims_changes_nothing(asking: Asking) -> None:
    asking.as_role("authenticated", '{"sub": "05e00000-0000-7000-8000-000000000003", "role": "service_role"}')
    assert asking.scalar("select count(*) from public.calls_v") == 5


def test_claims_end_with_the_transaction(asking: Asking) -> None:
    with asking.undone():
        assert asking.as_person("operator").scalar("select count(*) from public.calls_v") == 5
    assert asking.scalar("select nullif(current_setting('request.jwt.claims', true), '')") is None
