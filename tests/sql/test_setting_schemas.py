"""A setting's value fits its schema, as the database and the package jsonschema both read it."""

import json
from typing import Any

import jsonschema
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sql.access_table import CLOSED, STRANGERS, become
from tests.sql.asking import ACCOUNT_A, Asking, location_id

A3 = location_id("a3")
SAVE = "insert into public.settings (org_id, location_id, key, value) values (%s, %s, %s, %s::jsonb)"

WORDS = st.sampled_from(
    ["", "a", "nova", "en", "en-US", "zh-Hant-TW", "EN", "en_US", "+16175550101", "+33199000121"]
)
ODD_WORDS = st.sampled_from(
    ["+0123456789", "+1617555010\n", "16175550101", "en-US\n", "é" * 500, "é" * 501, "x" * 101]
)
NUMBERS = st.one_of(
    st.sampled_from([0, 0.49, 0.5, 1, 1.0, 2, 2.01, 3.5, 10, 11, -1, 10.0, 1e-9, 1e20]), st.integers(-3, 12)
)
SCALARS = st.one_of(WORDS, ODD_WORDS, NUMBERS, st.booleans(), st.none())
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=5,
)
LISTS = st.one_of(
    st.lists(st.one_of(WORDS, SCALARS), max_size=4), st.lists(st.just("catering"), min_size=19, max_size=22)
)
ESCALATION = st.fixed_dictionaries(
    {},
    optional={
        "after_failures": st.one_of(NUMBERS, JSON),
        "to_number": st.one_of(WORDS, ODD_WORDS, JSON),
        "always_for": st.one_of(LISTS, JSON),
        "of another client": JSON,
    },
)
VOICES = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "voice": st.one_of(WORDS, JSON),
            "language": st.one_of(WORDS, ODD_WORDS),
            "speed": st.one_of(NUMBERS, JSON),
            "greeting": st.one_of(WORDS, ODD_WORDS),
            "fallback_number": st.one_of(WORDS, ODD_WORDS),
            "escalation": st.one_of(ESCALATION, JSON),
            "of another client": JSON,
        },
    ),
    JSON,
)


def voice_schema(asking: Asking) -> dict[str, Any]:
    """The schema as a form reads it."""
    schema = asking.scalar("select schema from public.setting_schemas where key = 'ai_voice'")
    assert isinstance(schema, dict)
    return schema


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(values=st.lists(VOICES, min_size=10, max_size=20))
def test_the_database_accepts_what_jsonschema_accepts(asking: Asking, values: list[Any]) -> None:
    schema = voice_schema(asking)
    check = jsonschema.Draft202012Validator(schema)
    faults = asking.column(
        """select private.schema_fault(v.value::jsonb, %s::jsonb)
        from unnest(%s::text[]) with ordinality v (value, place) order by v.place""",
        [json.dumps(schema), [json.dumps(value) for value in values]],
    )
    assert [fault is None for fault in faults] == [check.is_valid(value) for value in values]
    for value, fault in zip(values, faults, strict=True):
        if fault is not None:
            path, rule = fault.split(": ", 1)
            found = {(error.json_path, str(error.validator)) for error in check.iter_errors(value)}
            assert (path.replace(".of another client", ""), rule.split(" ")[0]) in found


def test_every_keyword_of_the_subset_is_read_as_jsonschema_reads_it(asking: Asking) -> None:
    schemas: list[dict[str, Any]] = [
        {"type": ["string", "null"]},
        {"type": "integer"},
        {"type": "number", "minimum": 1, "maximum": 2},
        {"enum": ["a", 1, None, [1], {"a": 1}]},
        {"minLength": 1, "maxLength": 2},
        {"pattern": "^a+$"},
        {"pattern": "b"},
        {"required": ["a"]},
        {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "boolean"}}},
        {"items": {"type": "string"}, "maxItems": 2},
        {"items": {"required": ["a"]}, "additionalProperties": True, "title": "any"},
    ]
    values: list[Any] = [
        None, True, False, 0, 1, 1.0, 1.5, 2, 3, "", "a", "aa", "ab", "aaa", "é", [], [1], ["a"], list("abc"),
        [{"a": 1}], [{"b": 1}], {}, {"a": 1}, {"a": True}, {"a": True, "b": None},
    ]  # fmt: skip
    for schema in schemas:
        assert asking.scalar("select private.schema_readable(%s::jsonb)", [json.dumps(schema)])
        for value in values:
            fault = asking.scalar(
                "select private.schema_fault(%s::jsonb, %s::jsonb)", [json.dumps(value), json.dumps(schema)]
            )
            assert (fault is None) == jsonschema.Draft202012Validator(schema).is_valid(value), (schema, value)


@pytest.mark.parametrize(
    "schema",
    [
        "true",
        '{"format": "email"}',
        '{"properties": {"a": {"anyOf": []}}}',
        '{"items": {"multipleOf": 2}}',
        '{"additionalProperties": false}',
        '{"properties": []}',
    ],
)
def test_a_schema_that_nobody_would_check_is_refused(asking: Asking, schema: str) -> None:
    add = "insert into public.setting_schemas (key, schema) values ('other', %s::jsonb)"
    assert asking.reach(add, ["{}"]) == 1
    assert asking.refusal(add, [schema])[0] == "23514"


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        ({"speed": 2.5}, "$.speed: maximum 2"),
        ({"voice": ""}, "$.voice: minLength 1"),
        ({"greeting": "private words " * 40}, "$.greeting: maxLength 500"),
        ({"escalation": {"after_failures": 0}}, "$.escalation.after_failures: minimum 1"),
        ({"escalation": {"always_for": ["catering", 7]}}, "$.escalation.always_for[1]: type string"),
        (["private words"], "$: type object"),
    ],
)
def test_a_voice_that_does_not_fit_is_refused_with_its_path_and_without_its_words(
    asking: Asking, value: object, detail: str
) -> None:
    asking.as_person("manager")
    assert asking.reach(SAVE, [ACCOUNT_A, A3, "ai_voice", '{"of another client": {"kept": true}}']) == 1
    with pytest.raises(psycopg.errors.CheckViolation) as refused, asking.undone():
        asking.execute(SAVE, [ACCOUNT_A, A3, "ai_voice", json.dumps(value)])
    assert refused.value.diag.constraint_name == "settings_value_schema"
    assert refused.value.diag.message_detail == detail
    assert "private words" not in str(refused.value)
    change = "update public.settings set value = %s::jsonb, version = version where key = 'ai_voice'"
    assert asking.refusal(change, [json.dumps(value)])[0] == "23514"


def test_a_key_without_a_schema_takes_any_value(asking: Asking) -> None:
    assert asking.as_person("admin").reach(SAVE, [ACCOUNT_A, A3, "other", '["anything"]']) == 1


def test_schemas_are_read_by_whoever_has_access_and_written_by_nobody(asking: Asking) -> None:
    for who in ("operator", "manager_lyon", "admin"):
        assert become(asking, who).scalar("select count(*) from public.setting_schemas") == 1
        assert asking.reach("update public.setting_schemas set schema = '{}'") == "42501"
    for who in ("anon", "bare certus_app"):
        assert who in CLOSED
        assert become(asking, who).reach("select 1 from public.setting_schemas") == "42501"
    for who in STRANGERS:
        assert become(asking, who).reach("select 1 from public.setting_schemas") == 0
