"""The commands `flask seed`. They work as the database's owner."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import click
from flask import current_app
from flask.cli import AppGroup

from certus_admin.cli import plain_failures
from certus_admin.config import Config
from certus_admin.owner import owner_database
from seeds.bulk import load_bulk
from seeds.bulk_people import BULK_PEOPLE
from seeds.demo import load_demo
from seeds.demo_people import PASSWORD, SIGN_INS
from seeds.dialogues import CREDIT, load_dialogues
from seeds.errors import SeedError
from seeds.recordings import make_recordings

seed_commands = AppGroup("seed", help="Load demo data, real dialogues, or calls in bulk.")


class TimeZone(click.ParamType):
    """An IANA time zone such as America/Los_Angeles."""

    name = "time zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ZoneInfo:
        """The zone. Fails with a sentence for a name that is none."""
        if value not in available_timezones():
            self.fail(f"{value!r} is not a time zone: write a name such as America/Los_Angeles.", param, ctx)
        return ZoneInfo(value)


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
@click.option("--force", is_flag=True, help="Load the demo beside accounts of others.")
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


@seed_commands.command("dialogues")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--timezone",
    "zone",
    type=TimeZone(),
    default="America/Los_Angeles",
    show_default=True,
    help="The restaurants' time zone (an IANA name).",
)
@plain_refusals
def dialogues_command(file: Path, zone: ZoneInfo) -> None:
    """Load real dialogues as calls, each once; a bad line is named, and then nothing is loaded."""
    with owner_database(this_config()) as owner_url:
        loaded = load_dialogues(owner_url, file, zone)
    click.echo(
        f"Loaded {loaded.calls:,} calls and {loaded.reservations:,} reservations, "
        f"with {loaded.locations:,} new locations in {loaded.accounts:,} new accounts; "
        f"{loaded.known:,} dialogues were there already."
    )
    click.echo(CREDIT)


@seed_commands.command("bulk")
@click.option("--calls", type=click.IntRange(1, 100_000_000), required=True, help="How many calls to add.")
@click.option(
    "--accounts", type=click.IntRange(1, 5_000), default=50, show_default=True, help="Over how many accounts."
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed, another mixture."
)
@click.option(
    "--share", is_flag=True, help="Let the demo's manager see one bulk account, its operator three locations."
)
@click.option(
    "--people", is_flag=True, help="Add sign-ins of every reach, never where accounts are that no seed made."
)
@plain_refusals
def bulk_command(calls: int, accounts: int, seed: int, share: bool, people: bool) -> None:
    """Add synthetic calls for measuring, with orders and reservations."""
    with owner_database(this_config()) as owner_url:
        filled = load_bulk(owner_url, calls, accounts, seed, share=share, people=people)
    click.echo(
        f"Loaded {filled.calls:,} calls in {filled.seconds:.1f} s: {filled.calls_a_second:,} a second. "
        f"Analyzed and refreshed in {filled.seconds_after:.1f} s."
    )
    if people:
        click.echo(f"With the password {PASSWORD}: {', '.join(person.email for person in BULK_PEOPLE)}.")
