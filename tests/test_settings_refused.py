"""Values of settings that are refused, each with its reason; and what is read as JSON at all."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from certus_admin.json_text import DEEPEST, LONGEST, JsonFaultError, read_json
from tests.fixtures.database import Database
from tests.fixtures.forms import Send, fields_of
from tests.fixtures.people import AsUser
from tests.setting_pages import ACCOUNT, HERE, SEAPORT, SECRET, beside

pytestmark = pytest.mark.usefixtures("routing")


BAD = {
    "": "Write a value",
    "{": "Line 1, column 2: a name in double quotes is expected.",
    '{\n  "a": 1,\n  "b" 2\n}': "Line 3, column 7: a colon is expected.",
    '{"a": 1\n"b": 2}': "Line 2, column 1: a comma is expected.",
    "{'a': 1}": "Line 1, column 2: a name in double quotes is expected.",
    '{"a": }': "Line 1, column 7: a value is expected.",
    '{"a": 1}}': "Line 1, column 9: nothing more is expected behind the value.",
    '{"a": "b': "Line 1, column 7: this text has no closing quote.",
    '{"a": "b\nc"}': "Line 1, column 9: a line break inside a text is written \\n.",
    '{"a": 1, "a": 2}': "The name “a” stands twice in one object: only one of them would be kept.",
    '{"b": {"a": 1,\n"c": 1,\n"a": 2}}': "The name “a” stands twice in one object (lines 1, 3)",
    '{"a": NaN}': "NaN is no value that JSON knows.",
    '{"a": -Infinity}': "-Infinity is no value that JSON knows.",
    '{"a": 1e999}': "Numbers are up to 100 digits long and below 1e300.",
    '{"a": ' + "1" * 5000 + "}": "Numbers are up to 100 digits long and below 1e300.",
    '{"a": "\\u0000"}': "A text holds a character that cannot be stored",
    '{"a": "\\ud800"}': "A text holds a character that cannot be stored",
    '{"\\ud800": 1}': "A text holds a character that cannot be stored",
    "[" * 40 + "]" * 40: "A setting is nested up to 32 levels deep.",
    "[" * 100_000: "A setting is nested up to 32 levels deep.",
    '"' + "word " * 14_000 + '"': "A setting holds up to 65,536 characters.",
    '"' + "word " * 50_000 + '"': "A setting holds up to 65,536 characters.",
    "null": "A setting that says null says nothing: delete it instead.",
    f'{{"provider": {{"token": "{SECRET}"}}}}': (
        "This looks like a key or a token, which no setting may hold: $.provider.token"
    ),
}


@pytest.mark.parametrize("value", BAD, ids=lambda value: value[:30].replace("\n", " "))
def test_a_bad_value_is_refused_with_its_reason_and_what_was_typed_comes_back(
    admin: FlaskClient, send: Send, stored: Any, value: str
) -> None:
    for path, more in ((HERE, {}), ("/settings/new", {"place": ACCOUNT, "key": "menu"})):
        answer = send(admin, path, value=value, **more)
        assert answer.status_code == 422
        assert BAD[value] in beside(answer.text)
        assert fields_of(answer)["value"] == value
    assert stored().version == 1
    assert stored(key="menu") is None


def test_a_key_with_a_schema_is_held_to_it_in_form_and_database(
    admin: FlaskClient, send: Send, stored: Any, database: Database, as_user: AsUser
) -> None:
    with database.owner() as owner:
        owner.execute(
            """insert into public.setting_schemas (key, schema) values ('routing',
            '{"type": "object", "properties": {"overflow": {"enum": ["voicemail", "staff"]},
                "rings": {"type": "integer", "maximum": 9}}}')"""
        )
    assert "What a value has to look like" in admin.get(HERE).text
    for path, more in ((HERE, {}), ("/settings/new", {"place": f"{ACCOUNT}/{SEAPORT}", "key": "routing"})):
        answer = send(admin, path, value='{"overflow": "nobody", "rings": 10}', **more)
        assert answer.status_code == 422
        said = beside(answer.text)
        assert "$.overflow: Choose one of voicemail, staff." in said
        assert "$.rings: Write 9 or less." in said
    assert stored().version == 1
    assert send(admin, HERE, value='{"overflow": "staff", "rings": 9, "other": true}').status_code == 303


@pytest.mark.parametrize(
    "text",
    [
        "[" * DEEPEST + "]" * DEEPEST, '{"a": {"a": 1}, "b": {"a": 1}}', '"\\ud83d\\ude00"', "0", "-1.5e-300",
        "false", '"' + "a" * (LONGEST - 2) + '"', "9" * 100,
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_what_json_and_the_database_know_is_read(text: str) -> None:
    read_json(text)


@pytest.mark.parametrize(
    "text",
    ["[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), "{" + '"a":{' * 40, "\ufeff{}", "01", "1.", ".5", "\t"],
)
def test_what_they_do_not_know_is_a_fault_and_never_a_crash(text: str) -> None:
    with pytest.raises(JsonFaultError):
        read_json(text)
