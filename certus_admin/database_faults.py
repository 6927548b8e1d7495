"""What a database error means for the person in front of the page."""

import logging
from dataclasses import dataclass

import psycopg
from psycopg import errors
from sqlalchemy import exc

SECONDS_UNTIL_RETRY = 10


@dataclass(frozen=True)
class Fault:
    """The status to answer with; words where the status has none that fit; how loud the log is."""

    code: int
    level: int = logging.WARNING
    title: str | None = None
    message: str | None = None
    hint: str | None = None


FAULTS = {
    "away": Fault(503, logging.ERROR),
    "too slow": Fault(
        503,
        title="That took too long",
        message="This question was too large to answer in time.",
        hint="Narrow your filters, a shorter period first, and try again.",
    ),
    "busy": Fault(
        503,
        title="Somebody else is changing this just now",
        message="Another change to the same entry was under way.",
        hint="Nothing was saved. Try again in a moment.",
    ),
    "bad value": Fault(400, message="A value in it is one that we cannot read."),
    "refused": Fault(403),
    "read only": Fault(
        503,
        logging.ERROR,
        title="Nothing can be saved just now",
        message="The database only answers questions for the moment.",
        hint="Nothing was saved. Try again in a few minutes.",
    ),
    "missing": Fault(404),
    "contradiction": Fault(409),
    "ours": Fault(500, logging.ERROR),
}

# The most particular first: QueryCanceled is an OperationalError, as is a server that is gone.
DRIVER_KINDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((errors.QueryCanceled,), "too slow"),
    ((errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure), "busy"),
    ((errors.ReadOnlySqlTransaction,), "read only"),
    ((errors.InsufficientPrivilege,), "refused"),
    ((errors.NoDataFound,), "missing"),
    ((psycopg.DataError,), "bad value"),
    ((psycopg.IntegrityError,), "contradiction"),
    ((psycopg.OperationalError, psycopg.InterfaceError), "away"),
)


def kind_of(error: BaseException) -> str:
    """The key of FAULTS for an error of SQLAlchemy or psycopg."""
    if isinstance(error, exc.TimeoutError):  # every connection of the pool is in use
        return "away"
    if isinstance(error, exc.DBAPIError):
        return "away" if error.connection_invalidated else kind_of_driver_error(error.orig)
    if isinstance(error, exc.StatementError):  # a value that could not even be sent
        return "bad value"
    return kind_of_driver_error(error)


def kind_of_driver_error(error: BaseException | None) -> str:
    """The same for psycopg's own errors; anything else is a mistake of ours."""
    return next((kind for types, kind in DRIVER_KINDS if isinstance(error, types)), "ours")


def is_away(error: BaseException) -> bool:
    """True when the database could not be reached at all."""
    return kind_of(error) == "away"
