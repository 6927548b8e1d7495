"""The application: the core, its pages and its commands. The one module that knows everything."""

import sys

import click
from flask import Flask

import seeds
import views
from certus_admin import create_core
from certus_admin.admission import Admission
from certus_admin.cli import register_commands
from certus_admin.config import Config, ConfigError
from certus_admin.login_role import STOP_SERVING, stop_on_privileged_login


def create_app(config: Config | None = None) -> Flask:
    """The whole back office, configured by `config` or else by the environment.

    A server that starts it leaves with a message when the database login may do too much; `flask` commands,
    which do not serve anybody, run all the same. An incomplete environment ends the process and says why.
    """
    serves = config is None and click.get_current_context(silent=True) is None
    app = create_core(config or config_from_environment())
    views.register_pages(app)
    seeds.register_commands(app)
    register_commands(app)
    if serves:
        stop_on_privileged_login(app)
        app.wsgi_app = Admission(app.wsgi_app)  # type: ignore[method-assign]
    return app


def config_from_environment() -> Config:
    """The environment's configuration; ends the process with a list of what is missing or wrong."""
    try:
        return Config.from_environment()
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201 - read by whoever starts it
        raise SystemExit(STOP_SERVING) from None
