"""What a field of the settings does not take, asked in SQL by somebody who may write it: always 23514."""

import json
from typing import Any

import pytest

from tests.sql.asking import ACCOUNT_A, Asking, location_id

A1 = location_id("a1")
NUMBERS: dict[str, Any] = {
    "without a plus": "16175550101",
    "national": "+0175550101",
    "too short": "+123456",
    "too long": "+1234567890123456",
    "with spaces": "+1 617-555-0101",
    "with a line's end": "+16175550101\n",
    "empty": "",
    "a number": 16175550101,
    "null": None,
}
# The fields of ai_voice: what is refused by the name of its fault.
VOICE: dict[str, dict[str, Any]] = {
    "voice": {"empty": "", "over-long": "x" * 101, "a number": 7, "a list": ["nova"], "null": None},
    "language": {
        "empty": "",
        "an underscore": "en_US",
        "capital letters": "EN",
        "words": "English, please",
        "with a line's end": "en-US\n",
        "over-long": "en" + "-abcdefgh" * 4,
        "a number": 7,
        "null": None,
    },
    "speed": {"too slow": 0.49, "too fast": 2.01, "below zero": -1, "words": "1", "yes": True, "null": None},
    "greeting": {"over-long": "é" * 501, "a number": 7, "an object": {"en": "Hello"}, "null": None},
    "fallback_number": NUMBERS,
    "escalation": {"words": "always", "a list": [], "a number": 3, "yes": True, "null": None},
    "escalation.after_failures": {
        "none": 0, "too many": 11, "a half": 2.5, "words": "3", "yes": True, "null": None,
    },
    "escalation.to_number": NUMBERS,
    "escalation.always_for": {
        "words": "catering",
        "an object": {"catering": True},
        "too many": ["catering"] * 21,
        "an empty one": ["catering", ""],
        "an over-long one": ["x" * 61],
        "a number among them": ["catering", 7],
        "null": None,
    },
}  # fmt: skip
VOICES = [(field, fault, value) for field, faults in VOICE.items() for fault, value in faults.items()]

AVERAGE = {"below zero": "-0.01", "not a number": "NaN"}
BASELINE = {"none": "0", "below zero": "-1", "too long": "7201"}
# Column by table: what is refused by the name of its fault.
COLUMNS: dict[str, dict[str, dict[str, str]]] = {
    "account_settings": {"avg_spend_per_head": AVERAGE, "baseline_handle_seconds": BASELINE},
    "location_settings": {
        "avg_spend_per_head": AVERAGE,
        "baseline_handle_seconds": BASELINE,
        "extra_wait_seconds": {"below zero": "-1", "too long": "14401"},
        "busy_reason": {"over-long": "x" * 201},
    },
    "location_hours": {
        "weekday": {"the day before Monday": "0", "the day after Sunday": "8"},
        "opens_at": {"the hour 24": "24:00"},
        "closes_at": {"the hour 24": "24:00"},
    },
    "location_hours_exceptions": {
        "reason": {"over-long": "x" * 201},
        "opens_at": {"the hour 24": "24:00", "hours of a closed day": "10:00"},
        "closes_at": {"the hour 24": "24:00", "hours of a closed day": "10:00"},
        "is_closed": {"open without hours": "false"},
    },
}
FIELDS = [
    (table, column, fault, value)
    for table, columns in COLUMNS.items()
    for column, faults in columns.items()
    for fault, value in faults.items()
]
ADD_VOICE = """insert into public.settings (org_id, location_id, key, value)
    values (%s, %s, 'ai_voice', %s::jsonb)"""
CHANGE_VOICE = """update public.settings set value = %s::jsonb, version = version
    where org_id = %s and location_id = %s and key = 'ai_voice'"""
ADD_CLOSED = """insert into public.location_hours_exceptions (account_id, location_id, exception_date, reason)
    values (%s, %s, '2031-05-01', 'May Day')"""


def voice_with(field: str, value: Any) -> str:
    """A voice of one field, which may lie within another."""
    outer, _, inner = field.partition(".")
    return json.dumps({outer: {inner: value} if inner else value})


@pytest.mark.parametrize(
    ("field", "value"),
    [pytest.param(field, value, id=f"{field}, {fault}") for field, fault, value in VOICES],
)
def test_a_field_of_the_voice_is_refused(asking: Asking, field: str, value: Any) -> None:
    asking.execute("delete from public.settings where key = 'ai_voice'")
    asking.as_person("manager")
    refused = voice_with(field, value)
    assert asking.refusal(ADD_VOICE, [ACCOUNT_A, None, refused])[0] == "23514"
    assert asking.refusal(ADD_VOICE, [ACCOUNT_A, A1, refused])[0] == "23514"
    asking.execute(ADD_VOICE, [ACCOUNT_A, A1, '{"voice": "nova"}'])
    assert asking.refusal(CHANGE_VOICE, [refused, ACCOUNT_A, A1])[0] == "23514"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        pytest.param(table, column, value, id=f"{table}.{column}, {fault}")
        for table, column, fault, value in FIELDS
    ],
)
def test_a_field_of_the_settings_is_refused(asking: Asking, table: str, column: str, value: str) -> None:
    asking.execute(f"delete from public.{table} where account_id = %s", [ACCOUNT_A])
    asking.as_person("manager")
    add_row(asking, table)
    change = f"update public.{table} set {column} = %s, version = version where account_id = %s"
    assert asking.refusal(change, [value, ACCOUNT_A])[0] == "23514"
    same = f"update public.{table} set {column} = {column}, version = version where account_id = %s"
    assert asking.reach(same, [ACCOUNT_A]) == 1


def add_row(asking: Asking, table: str) -> None:
    """The one row of account A that the field is changed in."""
    if table == "account_settings":
        asking.execute("insert into public.account_settings (account_id) values (%s)", [ACCOUNT_A])
    elif table == "location_settings":
        asking.execute(
            "insert into public.location_settings (account_id, location_id) values (%s, %s)", [ACCOUNT_A, A1]
        )
    elif table == "location_hours":
        asking.execute(
            """insert into public.location_hours (account_id, location_id, weekday, opens_at, closes_at)
            values (%s, %s, 1, '11:00', '14:00')""",
            [ACCOUNT_A, A1],
        )
    else:
        asking.execute(ADD_CLOSED, [ACCOUNT_A, A1])


def test_there_is_a_refusal_for_every_field_that_has_a_rule(asking: Asking) -> None:
    """A rule that is added to a schema or a table is added here, too."""
    schema = asking.scalar("select schema from public.setting_schemas where key = 'ai_voice'")
    escalation = schema["properties"]["escalation"]["properties"]
    assert set(VOICE) == {*schema["properties"], *(f"escalation.{name}" for name in escalation)}
    ruled = asking.rows(
        """select distinct c.conrelid::regclass::text, a.attname::text
        from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
        where c.contype = 'c' and c.conrelid = any (%s::regclass[])""",
        [[f"public.{table}" for table in COLUMNS]],
    )
    found = {(table.removeprefix("public."), column) for table, column in ruled}
    assert found == {(table, column) for table, columns in COLUMNS.items() for column in columns}
