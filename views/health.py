"""Is it alive, for machines (`/healthz`), and how it is, for admins (`/health/`)."""

from flask import Blueprint, Response, jsonify, render_template
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from certus_admin.auth import role_required
from certus_admin.database import db
from certus_admin.login_role import PrivilegedLoginError, refuse_privileged_login
from certus_admin.queries.health import get_health
from views.health_parts import health_parts, worst
from views.health_replica import replica_part

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


@blueprint.get("/health/")
@role_required("admin")
def page() -> str:
    """Every part with its state, and what to do where it is not good."""
    replica = replica_part()
    parts = [*health_parts(get_health()), *([replica] if replica else [])]
    return render_template("health/index.html", parts=parts, overall=worst(parts))
