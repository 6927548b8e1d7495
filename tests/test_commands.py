"""The owner's commands: applying the contract and refreshing the metrics."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from flask import Flask

from certus_admin.apply import CONTRACT, SQL_FOLDER, ApplyError, apply_files, enable_app_role, file_states
from certus_admin.config import CHECKOUT, Config
from certus_admin.statements import split_statements
from tests.fixtures.database import Cluster, Database


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Database]:
    """A database without anything in it."""
    yield cluster.create("empty")
    cluster.drop("empty")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of supabase/ that a test may spoil."""
    return Path(shutil.copytree(SQL_FOLDER, tmp_path / "supabase"))


def run(app: Flask, *arguments: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=list(arguments), input=typed)


def one(database: Database, question: str, *values: object) -> object:
    with database.owner() as owner:
        row = owner.execute(question.encode(), values).fetchone()
        return None if row is None else row[0]


def test_statements_are_cut_at_their_own_semicolons():
    script = """-- one; two
    select 'a;b', E'it\\'s; ', "c;d"; /* ; */
    do $body$ begin perform ';'; end $body$;
    select $1$2; -- $x$ ;
    select $$;$$
    """
    cut = list(split_statements(script))
    assert [statement.line for statement in cut] == [2, 3, 4, 5]
    assert cut[1].text == "do $body$ begin perform ';'; end $body$"
    assert cut[3].text.strip() == "select $$;$$"


def test_applying_twice_changes_nothing_and_loses_nothing(empty: Database):
    lines: list[str] = []
    apply_files(empty.owner_url, lines.append, seed=True)
    calls = one(empty, "select count(*) from public.call_logs")
    apply_files(empty.owner_url, lines.append, seed=True)
    assert calls
    assert one(empty, "select count(*) from public.call_logs") == calls
    assert lines.count("schema.sql: applied") == 2
    assert not [line for line in lines if line.endswith(", skipping")]


def test_a_failing_statement_is_named_by_file_and_line(empty: Database, folder: Path):
    (folder / "policies.sql").write_text("select 1;\n\nselect 2,\n    no_such_column;\n")
    with pytest.raises(ApplyError) as caught:
        apply_files(empty.owner_url, lambda _line: None, folder=folder)
    assert (caught.value.file, caught.value.line) == ("policies.sql", 4)
    assert "no_such_column" in str(caught.value)


def test_a_failing_file_leaves_nothing_of_itself(empty: Database, folder: Path):
    (folder / "cron.sql").write_text("create table half_done ();\n\ndo $$ begin raise 'stop here'; end $$;\n")
    with pytest.raises(ApplyError, match=r"cron\.sql, line 3: stop here"):
        apply_files(empty.owner_url, lambda _line: None, folder=folder)
    assert one(empty, "select to_regclass('half_done')") is None
    states = {state.file: state.state for state in file_states(empty.owner_url, folder)}
    assert states == {
        "local.sql": "applied",
        "schema.sql": "applied",
        "policies.sql": "applied",
        "cron.sql": "missing",
    }


def test_status_tells_applied_from_changed_from_missing(empty: Database, folder: Path):
    assert {state.state for state in file_states(empty.owner_url, folder)} == {"missing"}
    apply_files(empty.owner_url, lambda _line: None, folder=folder)
    states = file_states(empty.owner_url, folder)
    assert [state.file for state in states] == list(CONTRACT)
    assert {state.state for state in states} == {"applied"}
    with (folder / "schema.sql").open("a") as file:
        file.write("-- one more line\n")
    assert [state.state for state in file_states(empty.owner_url, folder)].count("changed since") == 1


def test_two_that_apply_at_once_take_turns(empty: Database):
    lines: list[str] = []
    appliers = [threading.Thread(target=apply_files, args=(empty.owner_url, lines.append)) for _ in range(2)]
    for applier in appliers:
        applier.start()
    for applier in appliers:
        applier.join()
    assert lines.count("cron.sql: applied") == 2


def test_a_notice_of_a_file_is_shown(empty: Database, folder: Path):
    lines: list[str] = []
    (folder / "cron.sql").write_text("do $$ begin raise notice 'nothing to schedule'; end $$")
    apply_files(empty.owner_url, lines.append, folder=folder)
    assert "cron.sql: notice: nothing to schedule" in lines


def test_the_app_role_signs_in_with_the_password_of_its_url(cluster: Cluster, database: Database):
    with database.superuser(autocommit=True) as superuser:
        superuser.execute("alter role certus_app nologin password null")
    with pytest.raises(psycopg.OperationalError):
        database.app()
    assert enable_app_role(database.owner_url, database.app_url)
    database.app().close()
    assert enable_app_role(database.owner_url, database.app_url) is None


def test_another_login_is_left_alone(database: Database):
    assert enable_app_role(database.owner_url, "postgresql://somebody:word@127.0.0.1/certus") is None


def test_status_and_url_say_what_the_app_uses(app: Flask, config: Config):
    status = run(app, "db", "status")
    assert status.exit_code == 0, status.output
    assert "schema.sql" in status.output
    assert run(app, "db", "url").output.strip() == config.database_url


def test_metrics_are_refreshed_once(app: Flask, database: Database):
    before = one(database, "select max(finished_at) from private.metrics_refreshes")
    done = run(app, "metrics", "refresh")
    assert done.exit_code == 0, done.output
    assert "metrics refreshed: " in done.output
    assert one(database, "select max(finished_at) > %s from private.metrics_refreshes", before)


def test_a_second_refresh_at_once_steps_aside(app: Flask, database: Database):
    with database.owner() as owner:
        owner.execute("select private.refresh_metrics()")
        assert "another refresh is running" in run(app, "metrics", "refresh").output
        owner.rollback()


@pytest.mark.parametrize("interval", ["5", "0s", "five", "5 m", "-1s", "", "٣s"])
def test_an_interval_that_is_none_is_refused(app: Flask, interval: str):
    refused = run(app, "metrics", "refresh", "--every", interval)
    assert refused.exit_code == 2
    assert "write 30s, 5m or 1h" in refused.output


def test_refreshing_goes_on_after_the_database_dropped_it_and_ends_when_asked(
    config: Config, database: Database
):
    count = "select count(*) from private.metrics_refreshes"
    before = one(database, count)
    assert isinstance(before, int)
    process = refresher(config)
    try:
        lines = iter(process.stdout or [])
        assert next(line for line in lines if "metrics refreshed" in line)
        with database.superuser(autocommit=True) as superuser:
            superuser.execute("alter role certus_owner nologin")
            assert next(line for line in lines if "metrics not refreshed" in line)
            superuser.execute("alter role certus_owner login")
        assert next(line for line in lines if "changes of metrics computed" in line)
        after = one(database, count)
        assert isinstance(after, int)
        assert after >= before + 2
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        with database.superuser(autocommit=True) as superuser:
            superuser.execute("alter role certus_owner login")
    assert process.returncode == 0


def refresher(config: Config) -> subprocess.Popen[str]:
    """`flask metrics refresh --every 1s` as a process of its own."""
    environment = {
        **os.environ,
        "CERTUS_DATABASE_URL": config.database_url,
        "CERTUS_OWNER_DATABASE_URL": str(config.owner_database_url),
        "CERTUS_SECRET_KEY": config.secret_key,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "metrics", "refresh", "--every", "1s"]
    return subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_without_an_owner_a_command_says_what_is_missing(app: Flask, config: Config):
    environment = {**os.environ, "CERTUS_DATABASE_URL": config.database_url, "CERTUS_SECRET_KEY": "k" * 32}
    environment.pop("CERTUS_OWNER_DATABASE_URL", None)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "status"]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "CERTUS_OWNER_DATABASE_URL is missing" in done.stderr
    assert "Traceback" not in done.stderr
