"""What a database error means for the person in front of the page."""

import logging
from dataclasses import dataclass

import psycopg
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
    "full": Fault(
        503,
        logging.ERROR,
        title="Nothing can be saved just now",
        message="The database has no room left.",
        hint="Nothing was saved. Whoever runs this server finds the reason in its log.",
    ),
    "missing": Fault(404),
    "contradiction": Fault(409),
    "ours": Fault(500, logging.ERROR),
}

# By SQLSTATE, or what it begins with; the longest that fits holds, and what none fits is a mistake of ours.
# A class counts as "away" where whoever runs the server mends it and the same request then passes: so does 58
# (a disk that cannot be read), but not XX001 and XX002, damage that no second try gets past.
STATE_KINDS = {
    "08": "away",
    "22": "bad value",
    "23": "contradiction",
    "25006": "read only",
    "25P03": "away",
    "25P04": "too slow",
    "28": "away",
    "3D": "away",
    "40": "busy",
    "40003": "away",  # nobody knows whether it was saved, so no page may say that nothing was
    "42501": "refused",
    "53": "away",
    "53100": "full",
    "53400": "too slow",  # a question that needs larger temporary files than are allowed
    "54000": "bad value",  # a text too long for its index
    "54001": "bad value",  # brackets within brackets, deeper than the database reads
    "55006": "busy",
    "55P03": "busy",
    "57": "away",
    "57014": "too slow",
    "58": "away",
    "F0": "away",
    "P0002": "missing",
}
# Of faults that came without a state: the driver's own, and servers that nobody reached.
DRIVER_KINDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((psycopg.DataError,), "bad value"),
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
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if state:
        known = [state[:length] for length in range(len(state), 1, -1) if state[:length] in STATE_KINDS]
        return STATE_KINDS[known[0]] if known else "ours"
    return next((kind for types, kind in DRIVER_KINDS if isinstance(error, types)), "ours")


def is_away(error: BaseException) -> bool:
    """True when the database could not be reached at all."""
    return kind_of(error) == "away"
