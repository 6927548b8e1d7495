"""The core: configuration, database, sign-in, security, errors and logs. It has no pages."""

from pathlib import Path

from flask import Flask

from certus_admin.admission import init_admission
from certus_admin.assets import init_assets
from certus_admin.auth import init_auth
from certus_admin.compression import init_compression
from certus_admin.config import Config
from certus_admin.database import init_database
from certus_admin.errors import init_errors
from certus_admin.formats import init_formats
from certus_admin.instruments import init_instruments
from certus_admin.limits import init_limits
from certus_admin.login_role import init_login_check
from certus_admin.logs import init_logs
from certus_admin.markdown import init_markdown
from certus_admin.replica import init_replica
from certus_admin.security import csrf, init_security
from certus_admin.sent_forms import init_sent_forms

ROOT = Path(__file__).resolve().parent.parent


def create_core(config: Config) -> Flask:
    """The application without pages. Connects to nothing yet.

    The order is the order in which a request meets them: a name and a clock, a nonce and a host that is ours,
    a place among the others, a harmless database login, a signed-in person, a form that is ours.
    """
    app = Flask("certus_admin", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.extensions["certus_config"] = config
    init_compression(app)
    init_logs(app, config)
    init_security(app, config)
    init_admission(app)
    init_database(app, config)
    init_instruments(app)
    init_errors(app)
    init_assets(app)
    init_formats(app)
    init_markdown(app)
    init_login_check(app)
    init_auth(app)
    init_replica(app, config)
    csrf.init_app(app)
    init_sent_forms(app)
    init_limits(app)
    return app
