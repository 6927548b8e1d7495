"""Bringing supabase/*.sql into a database, as its owner."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from certus_admin.config import CHECKOUT
from certus_admin.statements import Statement, split_statements

SQL_FOLDER = CHECKOUT / "supabase"
CONTRACT = ("local.sql", "schema.sql", "policies.sql", "cron.sql")
SEED = "seed.sql"
APP_ROLE = "certus_app"

# One apply at a time; the number is arbitrary and means nothing to anybody else.
LOCK_KEY = 6_237_190_542

RECORD = """
create schema if not exists private;
create table if not exists private.applied_files (
    file text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
);
comment on table private.applied_files is 'Which files of supabase/ this database has seen, in what version.';
alter table private.applied_files enable row level security;
"""


class ApplyError(Exception):
    """A statement failed, and the transaction of its file with it: `file` and `line` say where."""

    def __init__(self, file: str, line: int, words: str) -> None:
        super().__init__(f"{file}, line {line}: {words}")
        self.file = file
        self.line = line


@dataclass(frozen=True)
class FileState:
    """A file of supabase/ against the database: `state` is `applied`, `changed since` or `missing`."""

    file: str
    state: str
    applied_at: datetime | None


def apply_files(
    owner_url: str, report: Callable[[str], None], *, seed: bool = False, folder: Path = SQL_FOLDER
) -> None:
    """Run the contract's files in their order, each in one transaction, under one advisory lock.

    Every file may run again, so none is skipped. `report` gets one line for each file and each notice.
    Raises ApplyError for a failing statement: the files before it stay, its own file is rolled back.
    """
    with psycopg.connect(owner_url, autocommit=True, application_name="flask db apply") as connection:
        # Bookkeeping of statements of ours: nothing here is worth a plan of its own.
        connection.prepare_threshold = None
        _take_lock(connection, report)
        for file in (*CONTRACT, SEED) if seed else CONTRACT:
            _apply_file(connection, folder / file, report)


def file_states(owner_url: str, folder: Path = SQL_FOLDER) -> list[FileState]:
    """What the database has seen of each file, in load order; the seed only where it was applied."""
    with psycopg.connect(owner_url, application_name="flask db status") as connection:
        found = connection.execute("select to_regclass('private.applied_files') is not null").fetchone()
        rows = []
        if found and found[0]:
            rows = connection.execute("select file, sha256, applied_at from private.applied_files").fetchall()
        seen = {file: (sha256, applied_at) for file, sha256, applied_at in rows}
    states = []
    for file in CONTRACT if SEED not in seen else (*CONTRACT, SEED):
        sha256, applied_at = seen.get(file, (None, None))
        current = file_hash(file, folder)
        state = "missing" if sha256 is None else "applied" if sha256 == current else "changed since"
        states.append(FileState(file, state, applied_at))
    return states


def file_hash(file: str, folder: Path = SQL_FOLDER) -> str:
    """What private.applied_files keeps of a file."""
    return _sha256((folder / file).read_bytes())


def enable_app_role(owner_url: str, app_url: str) -> str | None:
    """Let the app's role sign in with the password of `app_url`, unless it already may; say what was done.

    Only the role `certus_app` is touched, also under the name `certus_app.<project>` that poolers use. The
    password leaves this process as a SCRAM verifier, so that no log of the server can hold it.
    """
    parts = urlsplit(app_url)
    role = unquote(parts.username or "").split(".")[0]
    if role != APP_ROLE or not parts.password:
        return None
    with psycopg.connect(owner_url, autocommit=True, application_name="flask db apply") as connection:
        row = connection.execute("select rolcanlogin from pg_roles where rolname = %s", [APP_ROLE]).fetchone()
        if row is None:
            raise psycopg.errors.UndefinedObject(f"The role {APP_ROLE} does not exist: apply the SQL first.")
        if row[0]:
            return None
        password = unquote(parts.password).encode()
        verifier = connection.pgconn.encrypt_password(password, APP_ROLE.encode(), b"scram-sha-256").decode()
        statement = sql.SQL("alter role {} login password {}")
        connection.execute(statement.format(sql.Identifier(APP_ROLE), sql.Literal(verifier)))
    return f"{APP_ROLE} may sign in now, with the password of CERTUS_DATABASE_URL"


def _take_lock(connection: psycopg.Connection, report: Callable[[str], None]) -> None:
    row = connection.execute("select pg_try_advisory_lock(%s)", [LOCK_KEY]).fetchone()
    if row and not row[0]:
        report("another apply is running; waiting for its end")
        connection.execute("select pg_advisory_lock(%s)", [LOCK_KEY])


def _apply_file(connection: psycopg.Connection, path: Path, report: Callable[[str], None]) -> None:
    content = path.read_bytes()

    def notice(diagnostic: psycopg.errors.Diagnostic) -> None:
        words = diagnostic.message_primary or ""
        if not words.endswith(", skipping"):  # what `if exists` and `if not exists` say on every run
            report(f"{path.name}: {(diagnostic.severity or 'notice').lower()}: {words}")

    connection.add_notice_handler(notice)
    try:
        with connection.transaction():
            # A reader with a long statement would hold up this file, and behind it everybody else.
            connection.execute("set local lock_timeout = '30s'")
            for statement in split_statements(content.decode()):
                _execute(connection, path.name, statement)
            connection.execute(RECORD)
            connection.execute(
                """insert into private.applied_files as seen (file, sha256) values (%s, %s)
                on conflict (file) do update
                    set sha256 = excluded.sha256, applied_at = excluded.applied_at""",
                [path.name, _sha256(content)],
            )
    finally:
        connection.remove_notice_handler(notice)
    report(f"{path.name}: applied")


def _execute(connection: psycopg.Connection, file: str, statement: Statement) -> None:
    try:
        connection.execute(statement.text.encode())
    except psycopg.Error as error:
        line, words = statement.line, str(error).splitlines()[0] if str(error) else type(error).__name__
        if error.diag.statement_position:
            line += statement.text.count("\n", 0, int(error.diag.statement_position) - 1)
        if error.diag.context:
            words = f"{words}\n{error.diag.context}"
        raise ApplyError(file, line, words) from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
