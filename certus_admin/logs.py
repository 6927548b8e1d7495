"""JSON lines on stdout: one a request, none with personal data."""

import logging
import re
import sys
import time
from typing import Any, TextIO
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from structlog.types import EventDict, Processor, WrappedLogger

from certus_admin.config import Config
from certus_admin.database import statement_count
from certus_admin.log_faults import describe_exception

HANDLER = "certus"
# What a proxy may hand down: 32 hexadecimal digits or a UUID, nothing that could carry a message.
REQUEST_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

MASK = "[masked]"
# What an address of ours is made of: words, ids and dates. Whatever else somebody typed into one is theirs.
PLAIN = re.compile(
    r"[a-z]{1,20}([_-][a-z]{1,20}){0,4}(\.[a-z]{2,5})?|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\d"
)
EMAIL = re.compile(r"[^\s@/\"<>,;:()\[\]]+@[\w-]+(\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w-])(?:\+|00)?\(?\d(?:[\s().-]{0,2}\d){6,14}(?![\w-])")
UNMASKED = frozenset(
    {"request_id", "user_id", "viewer_id", "path", "ms", "status", "statements", "level", "traceback"}
)

request_log = structlog.get_logger("certus.request")


class StandardOutput(logging.StreamHandler[TextIO]):
    """Writes to whatever stdout is at that moment, so that a redirected one is honoured."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.set_name(HANDLER)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Today's stdout."""
        return sys.stdout


def mask(value: Any) -> Any:
    """`value` with everything in it that looks like an email address or a phone number masked."""
    if isinstance(value, str):
        return PHONE.sub(MASK, EMAIL.sub(MASK, value))
    if isinstance(value, dict):
        return {mask(key): mask(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set):
        return [mask(entry) for entry in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask(str(value))


def shown_path(path: str) -> str:
    """`path` with each part masked that is no word of lower-case letters, no id and no date."""
    return "/".join(part if not part or PLAIN.fullmatch(part) else MASK for part in path.split("/"))


def mask_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask every entry but those that are ours and cannot hold any."""
    return {key: entry if key in UNMASKED else mask(entry) for key, entry in event.items()}


def init_logs(app: Flask, config: Config) -> None:
    """Send everything that is logged, by us or by libraries, through the same processors to stdout."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        describe_exception,
        mask_personal_data,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = StandardOutput()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [old for old in root.handlers if old.get_name() != HANDLER] + [handler]
    root.setLevel(config.log_level)
    # The development server writes whole request lines, with what people search for in them.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    app.before_request(begin_request)
    app.after_request(log_request)


def begin_request() -> None:
    """Name the request and start its clock."""
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def log_request(response: Response) -> Response:
    """One line: what was asked, by whom, how it ended and what it cost. The query string is never in it."""
    response.headers["X-Request-Id"] = g.request_id
    caller = g.get("caller")
    request_log.info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        path=shown_path(request.path),
        status=response.status_code,
        ms=round((time.perf_counter() - g.started) * 1000, 1),
        statements=statement_count(),
        user_id=str(caller.user_id) if caller else None,
        **({"viewer_id": str(caller.viewer_id)} if caller and caller.viewer_id else {}),
    )
    return response
