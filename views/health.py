"""Is it alive? For machines; the admin's page about the system is a page of its own."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from certus_admin.database import db
from certus_admin.login_role import PrivilegedLoginError, refuse_privileged_login

blueprint = Blueprint("health", __name__)

# Seconds since the metrics were refreshed; null when they never were.
METRICS_AGE = text(
    """select extract(epoch from now() - metrics_refreshed_at)::bigint
from back_office.health() as health(metrics_refreshed_at)"""
)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 while the database answers, with the age of the metrics in seconds; else 503. Open to all."""
    try:
        refuse_privileged_login()
        with db.engine.connect() as connection:
            age = connection.execute(METRICS_AGE).scalar_one_or_none()
    except PrivilegedLoginError:
        return jsonify(database="refused"), 503
    except SQLAlchemyError:
        return jsonify(database="unavailable"), 503
    return jsonify(database="ok", metrics_age_seconds=age), 200
