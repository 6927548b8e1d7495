"""The demo's sign-ins, and the care not to make them in somebody's real database."""

from uuid import UUID

import psycopg

from certus_admin.passwords import hash_password
from seeds.errors import SeedError
from seeds.identifiers import SEEDED

PASSWORD = "certus-demo"  # noqa: S105 - printed by `make run`; it exists in demo databases alone
SIGN_INS = ("admin@certus.example", "manager@certus.example", "operator@certus.example")
ACCOUNTS = [UUID(f"a0000000-0000-7000-8000-00000000000{letter}") for letter in "abc"]  # those of seed.sql

STRANGERS = "select count(*) from public.accounts where id <> all (%s) and not starts_with(id::text, %s)"
# A password that somebody has changed stays changed.
GIVE = """
insert into private.user_passwords (user_id, password_hash)
select u.id, %s from public.users u where u.email = %s
on conflict do nothing
"""


def forbid_strangers(owner_url: str, force: bool) -> None:
    """Raise SeedError where the database holds accounts that no seed made, unless `force`."""
    with psycopg.connect(owner_url, application_name="flask seed demo") as connection:
        row = connection.execute("select to_regclass('public.accounts') is not null").fetchone()
        if force or not (row and row[0]):
            return
        count = connection.execute(STRANGERS, [ACCOUNTS, SEEDED]).fetchone()
    if count and count[0]:
        raise SeedError(
            f"This database holds {count[0]} account(s) that no seed made, and this brings sign-ins whose "
            "password everybody knows. (flask seed demo --force loads the demo all the same.)"
        )


def give_passwords(connection: psycopg.Connection) -> None:
    """Let the demo's three people sign in with PASSWORD, where they have none yet."""
    with connection.cursor() as cursor:
        for email in SIGN_INS:
            cursor.execute(GIVE, [hash_password(PASSWORD), email])
