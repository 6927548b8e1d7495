"""`flask users`: people are added, granted their places and given passwords from the command line."""

import pytest
from click.testing import Result
from flask import Flask

from certus_admin.passwords import password_matches
from tests.fixtures.database import Database


def run(app: Flask, *arguments: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=["users", *arguments], input=typed)


def one(database: Database, question: str) -> object:
    with database.owner() as owner:
        row = owner.execute(question.encode()).fetchone()
        return None if row is None else row[0]


def test_a_person_is_added_granted_and_given_another_password(app: Flask, database: Database):
    added = run(
        app,
        "add",
        "Ann@People.example",
        "--name",
        "Ann",
        "--role",
        "operator",
        typed="kettle plum river first\n",
    )
    assert added.exit_code == 0, added.output
    granted = run(
        app,
        "grant",
        "ann@people.example",
        "--account",
        "Tres Soles",
        "--location",
        "Tres Soles Oakland",
    )
    assert "Tres Soles Oakland" in granted.output
    assert run(app, "password", "ann@people.example", typed="kettle plum river second\n").exit_code == 0
    stored = one(
        database,
        """select password_hash from private.user_passwords
        join public.users on users.id = user_id where email = 'ann@people.example'""",
    )
    assert password_matches("kettle plum river second", str(stored))
    assert not password_matches("kettle plum river first", str(stored))
    place = one(
        database,
        """select locations.name from public.user_access
        join public.users on users.id = user_id join public.locations on locations.id = location_id
        where email = 'ann@people.example'""",
    )
    assert place == "Tres Soles Oakland"


@pytest.mark.parametrize(
    ("arguments", "typed", "words"),
    [
        (
            ["add", "admin@certus.example", "--name", "A", "--role", "admin"],
            "long enough for anybody\n",
            "is there already",
        ),
        (["add", "b@people.example", "--name", "B", "--role", "admin"], "short\n", "15 characters or more"),
        (
            ["add", "no email", "--name", "C", "--role", "admin"],
            "long enough for anybody\n",
            "check constraint",
        ),
        (["password", "nobody@people.example"], "long enough for anybody\n", "Nobody has the email"),
        (["grant", "operator@certus.example", "--account", "No Such"], None, "There is no account No Such"),
        (
            ["grant", "operator@certus.example", "--account", "all", "--location", "x"],
            None,
            "name the account",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    app: Flask, arguments: list[str], typed: str | None, words: str
):
    refused = run(app, *arguments, typed=typed)
    assert refused.exit_code == 1
    assert words in refused.output
    assert "Traceback" not in refused.output
