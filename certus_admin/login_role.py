"""The app refuses a database login that row-level security would not stop."""

import logging
import sys

from flask import Flask, current_app, g, request
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from certus_admin.database import REPLICA, db

logger = logging.getLogger(__name__)

# gunicorn stops altogether, instead of trying again, when a worker leaves with this code.
STOP_SERVING = 3
UNCHECKED_ENDPOINTS = frozenset({"static", "health.healthz"})

# pg_shdepend knows every object a role owns, of whatever kind; 'o' is ownership, 0 the cluster's own objects.
LOGIN_RIGHTS = text(
    """select login.rolsuper, login.rolbypassrls, login.rolcreaterole, login.rolreplication,
    exists (
        select from pg_catalog.pg_shdepend
        where refclassid = 'pg_catalog.pg_authid'::regclass and refobjid = login.oid and deptype = 'o'
            and dbid in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
    ) as owns_something,
    array(
        select membership.rolname::text from pg_catalog.pg_roles as membership
        where pg_has_role(login.oid, membership.oid, 'member') and membership.oid <> login.oid
        order by 1
    ) as memberships,
    exists (
        select from pg_catalog.pg_roles as membership
        where membership.rolname = 'authenticated' and pg_has_role(login.oid, membership.oid, 'usage')
    ) as inherits
from pg_catalog.pg_roles as login where login.rolname = session_user"""
)


class PrivilegedLoginError(Exception):
    """The database login may do more, or less, than the app needs; `faults` holds the reasons."""

    def __init__(self, faults: list[str], variable: str = "CERTUS_DATABASE_URL") -> None:
        super().__init__(
            f"The login in {variable} is refused: "
            + "; ".join(faults)
            + ". Use a role that is only a member of authenticated (NOINHERIT), such as certus_app;"
            " the owner belongs into CERTUS_OWNER_DATABASE_URL."
        )
        self.faults = faults


def login_faults(connection: Connection) -> list[str]:
    """What is wrong with the login of `connection`, in words; empty for a login like certus_app."""
    rights = connection.execute(LOGIN_RIGHTS).one()
    if rights.rolsuper:
        return ["it is a superuser"]
    faults = []
    if rights.rolbypassrls:
        faults.append("it bypasses row-level security")
    if rights.rolcreaterole or rights.rolreplication:
        faults.append("it may create roles or replicate")
    if rights.owns_something:
        faults.append("it owns objects of this database")
    others = [name for name in rights.memberships if name != "authenticated"]
    if others:
        faults.append(f"it is a member of {', '.join(others)}")
    if "authenticated" not in rights.memberships:
        faults.append("it is not a member of authenticated (has `flask db apply` run?)")
    elif rights.inherits:
        faults.append("it inherits the rights of authenticated instead of taking them per transaction")
    return faults


def refuse_privileged_login() -> None:
    """Check the login once. Raises PrivilegedLoginError; SQLAlchemyError while nothing answers."""
    if current_app.extensions.get("certus_login_checked"):
        return
    with db.engine.connect() as connection:
        faults = login_faults(connection)
    if faults:
        raise PrivilegedLoginError(faults)
    current_app.extensions["certus_login_checked"] = True


def refuse_privileged_replica() -> None:
    """The same for the replica's login, where there is one."""
    if REPLICA in db.engines:
        with db.engines[REPLICA].connect() as connection:
            faults = login_faults(connection)
        if faults:
            raise PrivilegedLoginError(faults, "CERTUS_REPLICA_DATABASE_URL")


def init_login_check(app: Flask) -> None:
    """Check before the first request, and again before each one until the database has answered."""

    @app.before_request
    def check_login() -> None:
        if request.endpoint not in UNCHECKED_ENDPOINTS:
            refuse_privileged_login()
            g.statements = 0  # the check is the process's, not this page's


def stop_on_privileged_login(app: Flask) -> None:
    """Check as the server starts, and leave with a message. A database that is away is asked again later."""
    with app.app_context():
        try:
            refuse_privileged_login()
            refuse_privileged_replica()
        except PrivilegedLoginError as refusal:
            print(refusal, file=sys.stderr)  # noqa: T201 - read by whoever starts the server
            raise SystemExit(STOP_SERVING) from None
        except SQLAlchemyError as error:
            logger.warning(
                "a database is away; pages need the primary, and do without a replica", exc_info=error
            )
        finally:
            for engine in db.engines.values():
                engine.dispose()  # gunicorn may fork after this: no connection is shared
