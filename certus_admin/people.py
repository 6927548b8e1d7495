"""Adding people and saying where they work, as the owner, for `flask users`."""

import uuid

import psycopg

from certus_admin.new_passwords import password_fault
from certus_admin.passwords import hash_password


class PeopleError(Exception):
    """A person, account or location cannot be found or taken; the message says which."""


def add_person(owner_url: str, email: str, name: str, role: str, password: str) -> None:
    """Add a person, who sees nothing yet. Raises PeopleError for a known email or a bad password."""
    password_hash = hash_password(_good_password(password, email, name))
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(
            """insert into public.users (email, full_name, role) values (%s, %s, %s)
            on conflict (email) do nothing returning id""",
            [_email(email), name, role],
        ).fetchone()
        if row is None:
            raise PeopleError(
                f"{_email(email)} is there already: use flask users password, or flask users grant."
            )
        _save_password(connection, row[0], password_hash)


def set_password(owner_url: str, email: str, password: str) -> None:
    """Give a person a new password, end their sessions and withdraw a link that is out.

    Raises PeopleError, as `add_person` does.
    """
    password_hash = hash_password(_good_password(password, email))
    with psycopg.connect(owner_url) as connection:
        user_id = _person(connection, email)
        _save_password(connection, user_id, password_hash)
        connection.execute(
            """update private.one_time_links set withdrawn_at = now()
            where user_id = %s and used_at is null and withdrawn_at is null""",
            [user_id],
        )
        connection.execute(
            "update private.web_sessions set ended_at = now() where user_id = %s and ended_at is null",
            [user_id],
        )


def grant_access(owner_url: str, email: str, account: str, location: str | None) -> str:
    """Let a person work at an account or at one location; `account` is an id, a name or `all`.

    Returns a sentence. Raises PeopleError for names that fit nothing, or more than one thing.
    """
    with psycopg.connect(owner_url) as connection:
        user_id = _person(connection, email)
        account_id = None if account == "all" else _find_account(connection, account)
        if location is not None and account_id is None:
            raise PeopleError("A location belongs to one account: name the account, not all.")
        location_id = None if location is None else _find_location(connection, account_id, location)
        added = connection.execute(
            """insert into public.user_access (user_id, account_id, location_id) values (%s, %s, %s)
            on conflict do nothing""",
            [user_id, account_id, location_id],
        ).rowcount
    where = "every account" if account_id is None else f"{account}, {location or 'every location'}"
    return f"{_email(email)} works at {where}{'' if added else ' already'}."


def _email(text: str) -> str:
    return text.strip().lower()


def _good_password(password: str, *about: str) -> str:
    if (fault := password_fault(password, about)) is not None:
        raise PeopleError(f"Not this password. {fault}")
    return password


def _person(connection: psycopg.Connection, email: str) -> uuid.UUID:
    row = connection.execute("select id from public.users where email = %s", [_email(email)]).fetchone()
    if row is None:
        raise PeopleError(f"Nobody has the email {_email(email)}: use flask users add.")
    return row[0]


def _save_password(connection: psycopg.Connection, user_id: uuid.UUID, password_hash: str) -> None:
    connection.execute(
        """insert into private.user_passwords (user_id, password_hash) values (%s, %s)
        on conflict (user_id) do update set password_hash = excluded.password_hash, changed_at = now()""",
        [user_id, password_hash],
    )


def _find_account(connection: psycopg.Connection, account: str) -> uuid.UUID:
    rows = connection.execute(
        "select id from public.accounts where id::text = %(account)s or name = %(account)s",
        {"account": account},
    ).fetchall()
    return _only(rows, f"account {account}")


def _find_location(connection: psycopg.Connection, account_id: uuid.UUID | None, location: str) -> uuid.UUID:
    rows = connection.execute(
        """select id from public.locations
        where account_id = %(account_id)s and (id::text = %(location)s or name = %(location)s)""",
        {"account_id": account_id, "location": location},
    ).fetchall()
    return _only(rows, f"location {location} of that account")


def _only(rows: list[tuple[uuid.UUID]], words: str) -> uuid.UUID:
    if len(rows) != 1:
        raise PeopleError(
            f"There is {'no' if not rows else 'more than one'} {words}{': give its id' if rows else ''}."
        )
    return rows[0][0]
