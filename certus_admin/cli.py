"""The commands `flask db`, `metrics`, `users` and `serve`. They work as the owner; no app login is needed."""

import functools
import sys
from collections.abc import Callable
from typing import Any

import click
import psycopg
from flask import Flask, current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.table import Table

from certus_admin.apply import ApplyError, apply_files, enable_app_role, file_states
from certus_admin.config import Config, ConfigError
from certus_admin.drift import (
    CatalogueError,
    compare,
    expected_catalogue,
    live_catalogue,
    make_catalogue,
    write_catalogue,
)
from certus_admin.embedded import EmbeddedError
from certus_admin.owner import owner_database
from certus_admin.people import PeopleError, add_person, grant_access, set_password
from certus_admin.refresher import RefreshError, keep_refreshing, refresh_once
from certus_admin.serving import serve

SECONDS = {"s": 1, "m": 60, "h": 3600}

database_commands = AppGroup("db", help="Apply supabase/*.sql, and see what is applied.")
metrics_commands = AppGroup("metrics", help="Refresh the daily metrics where no pg_cron does.")
people_commands = AppGroup("users", help="Add people, set their passwords, say where they work.")


class Interval(click.ParamType):
    """A length of time such as 30s, 5m or 1h, in seconds."""

    name = "interval"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Seconds, at least 1. Fails with a sentence for anything else."""
        text = str(value)
        number, unit = text[:-1], text[-1:]
        if not (number.isascii() and number.isdigit() and unit in SECONDS and int(number) > 0):
            self.fail(f"{text!r} is not a length of time: write 30s, 5m or 1h.", param, ctx)
        return int(number) * SECONDS[unit]


def register_commands(app: Flask) -> None:
    """Give `app` the owner's commands. Nothing connects before a command runs."""
    for group in (database_commands, metrics_commands, people_commands):
        app.cli.add_command(group)
    app.cli.add_command(serve_command)


def plain_failures(command: Callable[..., None]) -> Callable[..., None]:
    """End a command with a message instead of a traceback for faults of configuration and database."""

    @functools.wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except (ConfigError, EmbeddedError, ApplyError, PeopleError, RefreshError, CatalogueError) as error:
            raise click.ClickException(str(error)) from error
        except psycopg.Error as error:
            raise click.ClickException(f"The database says: {str(error).strip()}") from error

    return wrapped


def this_config() -> Config:
    """The running app's configuration."""
    config: Config = current_app.extensions["certus_config"]
    return config


def read_password() -> str:
    """A password that is on no command line, where shells and process lists would keep it."""
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return password
    return sys.stdin.readline().rstrip("\r\n")


@database_commands.command("apply")
@click.option("--seed", is_flag=True, help="Also apply seed.sql: small fixed data for tests and the demo.")
@plain_failures
def apply_command(seed: bool) -> None:
    """Run supabase/*.sql, and let the app's role sign in."""
    config = this_config()
    with owner_database(config) as owner_url:
        apply_files(owner_url, click.echo, seed=seed)
        done = enable_app_role(owner_url, config.database_url)
    if done:
        click.echo(done)


@database_commands.command("status")
@plain_failures
def status_command() -> None:
    """Show which files are applied and what differs from what they make; exit code 1 unless all is well."""
    with owner_database(this_config()) as owner_url:
        states = file_states(owner_url)
        table = Table("file", "state", "applied at (UTC)")
        for state in states:
            at = f"{state.applied_at:%Y-%m-%d %H:%M:%S}" if state.applied_at else ""
            table.add_row(state.file, state.state, at)
        console = Console()
        console.print(table)
        drift = compare(expected_catalogue(), live_catalogue(owner_url))
    for change in drift.changes:
        click.echo(f"{change.what}: {change.name}")
        for label, words in (("by the files", change.expected), ("here", change.found)):
            if words:
                click.echo(f"    {label}: {words}")
    click.echo(
        f"{len(drift.changes)} differences"
        if drift.changes
        else "No drift: everything is as the files make it."
    )
    if drift.beside:
        click.echo(f"Others keep in public, beside it: {', '.join(drift.beside)}")
    if drift.changes or any(state.state != "applied" for state in states):
        click.get_current_context().exit(1)


@database_commands.command("catalogue")
@plain_failures
def catalogue_command() -> None:
    """Write supabase/catalogue.json anew, from the files applied to a temporary database."""
    catalogue = make_catalogue()
    write_catalogue(catalogue)
    click.echo(f"supabase/catalogue.json: {len(catalogue):,} objects")


@database_commands.command("url")
@plain_failures
def url_command() -> None:
    """Print what the app signs in with, password included; starts nothing."""
    config = this_config()
    if config.embedded:
        click.echo(f"The embedded database in {config.var}, while the app runs:", err=True)
    click.echo(config.database_url)


@metrics_commands.command("refresh")
@click.option(
    "--every", type=Interval(), help="Compute what changed at this interval (30s, 5m, 1h) until stopped."
)
@plain_failures
def refresh_command(every: int | None) -> None:
    """Refresh the daily metrics in full, or again and again what changed."""
    with owner_database(this_config()) as owner_url:
        if every is None:
            click.echo(refresh_once(owner_url))
        else:
            keep_refreshing(owner_url, every)


@people_commands.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Full name, as colleagues see it.")
@click.option("--role", required=True, type=click.Choice(["operator", "account_manager", "admin"]))
@plain_failures
def add_command(email: str, name: str, role: str) -> None:
    """Add a person, who sees nothing until `flask users grant` says where they work.

    The password is asked for, or read as the first line of what is piped in.
    """
    password = read_password()
    with owner_database(this_config()) as owner_url:
        add_person(owner_url, email, name, role, password)
    click.echo(f"{email} may sign in as {role}. Say where they work: flask users grant {email} --account ...")


@people_commands.command("password")
@click.argument("email")
@plain_failures
def password_command(email: str) -> None:
    """Set a person's password, asked for or piped in; their open sessions end."""
    password = read_password()
    with owner_database(this_config()) as owner_url:
        set_password(owner_url, email, password)
    click.echo(f"{email} has a new password.")


@people_commands.command("grant")
@click.argument("email")
@click.option("--account", required=True, help="An account's id or exact name, or: all")
@click.option(
    "--location", help="A location's id or exact name; every location of the account when left out."
)
@plain_failures
def grant_command(email: str, account: str, location: str | None) -> None:
    """Say where a person works."""
    with owner_database(this_config()) as owner_url:
        click.echo(grant_access(owner_url, email, account, location))


@click.command("serve")
@plain_failures
def serve_command() -> None:
    """Serve the back office: database, metrics and web server, until Ctrl-C (what `make run` ends in)."""
    serve(this_config())
