"""Data to look at and to measure with: the demo, real dialogues, and calls in bulk. Gives `flask seed`."""

from flask import Flask

from seeds.commands import seed_commands


def register_commands(app: Flask) -> None:
    """Give `app` the `flask seed` commands. Nothing connects before a command runs."""
    app.cli.add_command(seed_commands)
