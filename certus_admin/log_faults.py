"""Exceptions as log entries: types and lines of code, never the values that were in them."""

import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from structlog.types import EventDict, WrappedLogger

ROOT = Path(__file__).resolve().parent.parent
INNERMOST = 4

# Mistakes of ours, whose messages name code. All other messages may quote a note, a number or a statement.
MESSAGES_KEPT = (AttributeError, ImportError, NameError, NotImplementedError, TypeError)


def describe_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by `exception`, `causes`, `traceback` and, from the database, `sqlstate`."""
    error = _exception(event.pop("exc_info", None))
    event.pop("exc_text", None)
    if error is None:
        return event
    causes = list(_causes(error))
    event["exception"] = _name(error)
    event["traceback"] = code_lines(error.__traceback__)
    if len(causes) > 1:
        event["causes"] = [_name(cause) for cause in causes[1:]]
    if isinstance(error, MESSAGES_KEPT):
        event["message"] = str(error)[:300]
    sqlstate = next((state for cause in causes if (state := getattr(cause, "sqlstate", None))), None)
    if sqlstate:
        event["sqlstate"] = sqlstate
    return event


def code_lines(trace: TracebackType | None) -> list[str]:
    """`file:line function: code` of our frames and the innermost ones, without any variable."""
    frames = list(traceback.extract_tb(trace))
    ours = [frame for frame in frames[:-INNERMOST] if "site-packages" not in frame.filename]
    lines = (*ours, *frames[-INNERMOST:])
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}: {frame.line}" for frame in lines]


def _exception(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def _causes(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    return chain


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _short(filename: str) -> str:
    path = Path(filename)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
