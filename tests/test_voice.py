"""The voice of accounts and locations: what is inherited, what is refused, and two who save at once."""

from typing import Any

import psycopg
import pytest

from certus_admin.queries.versions import Stored
from tests.fixtures.database import Database
from tests.fixtures.forms import Send, fields_of
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser

ACCOUNT = "a0000000-0000-7000-8000-00000000000a"
SEAPORT = "10c00000-0000-7000-8000-0000000000a1"
MARKET = "10c00000-0000-7000-8000-0000000000a2"
STRANGERS = "/configuration/a0000000-0000-7000-8000-00000000000c"
LYON = "10c00000-0000-7000-8000-0000000000c2"
AT_ACCOUNT = f"/configuration/{ACCOUNT}/voice"
AT_SEAPORT = f"/configuration/{ACCOUNT}/{SEAPORT}/voice"
AT_MARKET = f"/configuration/{ACCOUNT}/{MARKET}/voice"

VALUE = """select value, version from public.settings
    where org_id = %s and location_id is not distinct from %s and key = 'ai_voice'"""


@pytest.fixture(autouse=True)
def seeded(database: Database) -> None:
    """The account's voice and the Seaport's own, as the seed has them."""
    with database.owner() as owner:
        owner.execute("delete from public.settings where org_id = %s and key = 'ai_voice'", [ACCOUNT])
        for location, value in (
            (None, '{"voice": "marina", "language": "en-US", "speed": 1.0, "greeting": "Hello."}'),
            (
                SEAPORT,
                '{"speed": 1.05, "greeting": "At the Seaport.", "x-vendor": {"seed": 12345678901234567890}}',
            ),
        ):
            owner.execute(
                """insert into public.settings (org_id, location_id, key, value)
                values (%s, %s, 'ai_voice', %s)""",
                [ACCOUNT, location, value],
            )


@pytest.fixture
def stored(database: Database) -> Any:
    """The value and version that stand in the database; None without a row."""

    def read(location: str | None) -> Any:
        with database.owner() as owner:
            return owner.execute(VALUE, [ACCOUNT, location]).fetchone()

    return read


def test_a_location_shows_its_own_values_and_the_accounts(client_of: ClientOf) -> None:
    page = client_of("manager").get(AT_SEAPORT)
    fields = fields_of(page)
    assert (fields["speed"], fields["greeting"], fields["voice"]) == ("1.05", "At the Seaport.", "")
    assert "“marina”" in page.text
    assert page.text.count("From the account") == 2
    assert page.text.count("Not set") == 4
    assert page.text.count(">Own<") == 2


def test_a_save_changes_single_fields_and_keeps_what_others_wrote(
    client_of: ClientOf, send: Send, stored: Any
) -> None:
    answer = send(
        client_of("manager"), AT_SEAPORT, voice="sol", after_failures="3", always_for="catering\nallergies"
    )
    assert answer.status_code == 303
    value, version = stored(SEAPORT)
    assert value == {
        "voice": "sol",
        "speed": 1.05,
        "greeting": "At the Seaport.",
        "escalation": {"after_failures": 3, "always_for": ["catering", "allergies"]},
        "x-vendor": {"seed": 12345678901234567890},
    }
    assert version == 2


def test_a_save_of_nothing_new_writes_nothing(client_of: ClientOf, send: Send, stored: Any) -> None:
    assert send(client_of("manager"), AT_SEAPORT).status_code == 303
    assert stored(SEAPORT)[1] == 1


def test_use_the_accounts_takes_the_locations_key_away(client_of: ClientOf, send: Send, stored: Any) -> None:
    assert send(client_of("manager"), AT_SEAPORT, inherit="greeting").status_code == 303
    assert "greeting" not in stored(SEAPORT)[0]
    assert stored(None)[0]["greeting"] == "Hello."


def test_a_location_with_nothing_of_its_own_left_has_no_row(
    client_of: ClientOf, send: Send, stored: Any
) -> None:
    assert send(client_of("manager"), AT_MARKET, to_number="+1 617 555 0101").status_code == 303
    assert stored(MARKET)[0] == {"escalation": {"to_number": "+16175550101"}}
    assert send(client_of("manager"), AT_MARKET, inherit="to_number").status_code == 303
    assert stored(MARKET) is None


BAD = [
    ("voice", "x" * 101, "Write up to 100 characters."),
    ("language", "English, please", "Write a language tag"),
    ("language", "x" * 40, "Write"),
    ("speed", "fast", "Write a number"),
    ("speed", "0.4", "Write 0.5 or more."),
    ("speed", "2.1", "Write 2 or less."),
    ("speed", "NaN", "Write a number"),
    ("greeting", "x" * 501, "Write up to 500 characters."),
    ("fallback_number", "617 555 0101", "Write an international number"),
    ("after_failures", "0", "Write 1 or more."),
    ("after_failures", "11", "Write 10 or less."),
    ("after_failures", "1.5", "Write a whole number."),
    ("to_number", "+0123", "Write an international number"),
    ("always_for", "x" * 61, "Each is up to 60 characters long."),
    ("always_for", "\n".join("abcdefghijklmnopqrstu"), "Write up to 20 of them."),
]


@pytest.mark.parametrize(("name", "text", "words"), BAD)
def test_a_bad_value_is_refused_beside_its_field(
    client_of: ClientOf, send: Send, stored: Any, name: str, text: str, words: str
) -> None:
    answer = send(
        client_of("manager"), AT_SEAPORT, **{name: text, "greeting" if name != "greeting" else "voice": "Hi"}
    )
    assert answer.status_code == 422
    beside = answer.text.partition(f'id="{name}-error"')[2].partition("</p>")[0]
    assert words in beside
    assert fields_of(answer)[name] == text
    assert stored(SEAPORT)[1] == 1


IN_SQL = [
    '{"voice": ""}',
    '{"language": "English, please"}',
    '{"speed": "fast"}',
    '{"speed": 0.4}',
    '{"speed": 2.1}',
    '{"fallback_number": "617 555 0101"}',
    '{"escalation": {"after_failures": 11}}',
    '{"escalation": {"after_failures": 1.5}}',
    '{"escalation": {"to_number": "+0123"}}',
    '{"escalation": {"always_for": [1]}}',
    '{"escalation": {"always_for": "catering"}}',
    "[]",
]


@pytest.mark.parametrize("value", IN_SQL)
def test_the_same_is_refused_in_sql(as_user: AsUser, value: str) -> None:
    manager = as_user("manager")
    update = "update public.settings set value = %s, version = 1 where org_id = %s and location_id = %s"
    with pytest.raises(psycopg.errors.CheckViolation):
        manager.execute(update, [value, ACCOUNT, SEAPORT])
    assert manager.execute(update, ['{"voice": "sol"}', ACCOUNT, SEAPORT]).rowcount == 1


def test_a_stale_version_is_refused_in_sql(as_user: AsUser) -> None:
    update = "update public.settings set value = '{}', version = 7 where org_id = %s and location_id = %s"
    with pytest.raises(psycopg.Error) as refused:
        as_user("manager").execute(update, [ACCOUNT, SEAPORT])
    assert refused.value.diag.sqlstate == "PT409"


def test_edits_of_different_fields_are_put_together_and_said_so(client_of: ClientOf, stored: Any) -> None:
    first, second = client_of("manager"), client_of("admin")
    read_first, read_second = fields_of(first.get(AT_SEAPORT)), fields_of(second.get(AT_SEAPORT))
    assert first.post(AT_SEAPORT, data=read_first | {"greeting": "Ahoy."}).status_code == 303
    assert second.post(AT_SEAPORT, data=read_second | {"speed": "1.2"}).status_code == 303
    value, version = stored(SEAPORT)
    assert (value["greeting"], value["speed"], version) == ("Ahoy.", 1.2, 3)
    assert "Changed by somebody else meanwhile, and kept: Greeting." in second.get(AT_SEAPORT).text


def test_edits_of_the_same_field_show_both(client_of: ClientOf, stored: Any) -> None:
    first, second = client_of("manager"), client_of("admin")
    read_first, read_second = fields_of(first.get(AT_SEAPORT)), fields_of(second.get(AT_SEAPORT))
    first.post(AT_SEAPORT, data=read_first | {"greeting": "Ahoy.", "language": "en-GB"})
    both = second.post(AT_SEAPORT, data=read_second | {"greeting": "Welcome.", "speed": "1.2"})
    assert both.status_code == 409
    assert "Account Manager saved this" in both.text
    for words in ("At the Seaport.", "Ahoy.", "Welcome.", "en-GB"):
        assert words in both.text
    assert stored(SEAPORT)[0]["greeting"] == "Ahoy."
    settled = fields_of(both)
    assert "greeting" not in settled
    assert second.post(AT_SEAPORT, data=settled | {"greeting": "Welcome."}).status_code == 303
    value, version = stored(SEAPORT)
    assert (value["greeting"], value["speed"], value["language"], version) == ("Welcome.", 1.2, "en-GB", 3)


def test_a_conflict_without_a_choice_saves_nothing(client_of: ClientOf, stored: Any) -> None:
    client = client_of("manager")
    fields = fields_of(client.get(AT_SEAPORT))
    del fields["greeting"]
    answer = client.post(AT_SEAPORT, data=fields)
    assert answer.status_code == 422
    assert "Choose what it should be." in answer.text
    assert stored(SEAPORT)[1] == 1


@pytest.mark.parametrize("version", ["", "none", "x:1", f"{SEAPORT}:x"])
def test_a_form_of_another_page_is_refused(
    client_of: ClientOf, send: Send, stored: Any, version: str
) -> None:
    assert send(client_of("manager"), AT_SEAPORT, version=version, speed="1.5").status_code == 422
    assert stored(SEAPORT)[1] == 1


def test_an_operator_reads_and_does_not_write(client_of: ClientOf, stored: Any) -> None:
    operator = client_of("operator")
    page = operator.get(AT_SEAPORT)
    assert page.status_code == 200
    assert "At the Seaport." in page.text
    assert "Save voice" not in page.text
    token = {"csrf_token": fields_of(client_of("manager").get(AT_SEAPORT))["csrf_token"]}
    assert operator.post(AT_SEAPORT, data=token).status_code in (400, 403)
    assert stored(SEAPORT)[1] == 1


def test_a_manager_of_one_location_reads_the_accounts_voice_and_changes_the_locations(
    client_of: ClientOf, send: Send
) -> None:
    manager = client_of("manager.lyon")
    page = manager.get(f"{STRANGERS}/voice")
    assert page.status_code == 200
    assert "Save voice" not in page.text
    form = fields_of(manager.get(f"{STRANGERS}/{LYON}/voice"))
    assert manager.post(f"{STRANGERS}/voice", data=form).status_code == 403
    assert manager.post(f"{STRANGERS}/{LYON}/voice", data=form | {"speed": "1.1"}).status_code == 303


@pytest.mark.parametrize(
    "path", [f"{STRANGERS}/voice", f"{STRANGERS}/{LYON}/voice", f"/configuration/{ACCOUNT}/{LYON}/voice"]
)
def test_out_of_reach_is_not_found(client_of: ClientOf, path: str) -> None:
    manager = client_of("manager")
    assert manager.get(path).status_code == 404
    assert manager.post(path, data=fields_of(manager.get(AT_SEAPORT))).status_code == 404


def test_a_row_is_known_by_its_id_and_version() -> None:
    assert Stored({}).token == "none:0"
