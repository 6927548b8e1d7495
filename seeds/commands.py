"""The commands `flask seed`. They work as the database's owner."""

import time
from collections.abc import Callable
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from certus_admin.cli import plain_failures
from certus_admin.config import Config
from certus_admin.owner import owner_database
from seeds.demo import load_demo
from seeds.demo_people import PASSWORD, SIGN_INS
from seeds.errors import SeedError
from seeds.recordings import make_recordings

seed_commands = AppGroup("seed", help="Load demo data, real dialogues, or calls in bulk.")


def plain_refusals(command: Callable[..., None]) -> Callable[..., None]:
    """End a command with a message for what a seed refuses, as for faults of configuration and database."""

    @plain_failures
    def wrapped(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except SeedError as error:
            raise click.ClickException(str(error)) from error

    wrapped.__doc__ = command.__doc__
    return wrapped


def this_config() -> Config:
    """The running app's configuration."""
    config: Config = current_app.extensions["certus_config"]
    return config


@seed_commands.command("demo")
@click.option("--force", is_flag=True, help="Load the demo beside accounts that are not the demo's.")
@plain_refusals
def demo_command(force: bool) -> None:
    """Load three restaurants' last 90 days, their recordings and three sign-ins; once."""
    began, config = time.perf_counter(), this_config()
    with owner_database(config) as owner_url:
        counts = load_demo(owner_url, click.echo, force=force)
    make_recordings(config.var / "recordings")
    if counts:
        loaded = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in counts.items())
        click.echo(f"Loaded {loaded} in {time.perf_counter() - began:.1f} s.")
    click.echo(f"Sign in as {', '.join(SIGN_INS)} with the password {PASSWORD}.")
