"""Every fault as a clear page with the request's id: what happened, what to do, nothing of the inside."""

import logging
import time
from dataclasses import dataclass

import psycopg
from flask import Flask, g, jsonify, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadRequest, Conflict, HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.wrappers import Response

from certus_admin.database import roll_back
from certus_admin.database_faults import FAULTS, SECONDS_UNTIL_RETRY, kind_of
from certus_admin.limits import limiter
from certus_admin.login_role import PrivilegedLoginError
from certus_admin.replica import answer_from_primary
from certus_admin.viewing import ViewOnlyError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorPage:
    """What a person is told: `hint` says what to do next; `retry_after` is in seconds."""

    code: int
    title: str
    message: str
    hint: str
    retry_after: int | None = None


PAGES = {
    400: (
        "This request makes no sense to us",
        "Something in it could not be read.",
        "Go back and try again.",
    ),
    401: ("Please sign in", "This is for people who are signed in.", "Sign in, then try again."),
    403: ("Not for your role", "Your role does not include this page.", "An admin can change your role."),
    404: ("Nothing here", "It does not exist, or it is out of your reach.", "Check the address, or go back."),
    405: (
        "Not like this",
        "This address cannot be used in this way.",
        "Go back and use the page's own buttons.",
    ),
    409: ("Not saved", "It would contradict what is already stored.", "Reload the page and look again."),
    413: ("Too large", "What you sent is larger than we accept.", "Send less at once."),
    414: ("Address too long", "The address has more in it than we can read.", "Use fewer filters."),
    429: (
        "Too many attempts",
        "We stopped counting to keep accounts safe.",
        "Wait a little, then try again.",
    ),
    500: (
        "Our mistake",
        "Something went wrong on our side.",
        "Try again; if it stays, send us the number below.",
    ),
    503: (
        "Back in a moment",
        "The database does not answer just now.",
        "Nothing is lost. Try again shortly.",
    ),
}

VIEW_ONLY = ErrorPage(
    403,
    "Not while you view as somebody else",
    "Nothing was changed, revealed, played or exported.",
    "End the view first, then do it as yourself.",
)


def init_errors(app: Flask) -> None:
    """Answer every fault; exceptions that are nobody's fault but ours still propagate in tests."""
    app.register_error_handler(HTTPException, answer_http_fault)
    app.register_error_handler(SQLAlchemyError, answer_database_fault)
    app.register_error_handler(psycopg.Error, answer_database_fault)
    app.register_error_handler(PrivilegedLoginError, answer_privileged_login)
    app.register_error_handler(OverflowError, answer_overflow)


def answer_http_fault(error: HTTPException) -> Response:
    """`abort(code)` and what Flask itself refuses; a reason given to `abort(400, ...)` reaches the page."""
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, InternalServerError) and error.original_exception is None:
        logger.error("the page gave up", exc_info=error)
    page = _page(error.code)
    if isinstance(error, RateLimitExceeded):
        page = _rate_limit_page(page)
    elif isinstance(error, ViewOnlyError):
        page = VIEW_ONLY
    elif isinstance(error, CSRFError):
        page = _csrf_page(page)
    elif (
        type(error) in (BadRequest, Conflict, ServiceUnavailable)
        and error.description != type(error).description
    ):
        page = ErrorPage(error.code, page.title, str(error.description), page.hint)
    response = draw(page)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def answer_database_fault(error: Exception) -> Response:
    """A database that is away is 503, a value it cannot hold 400, a refusal 403 or 404; the rest is ours."""
    if (answer := answer_from_primary(error)) is not None:
        return answer
    caller = g.get("caller")
    if caller and caller.viewer_id and kind_of(error) in ("read only", "refused"):
        return draw(VIEW_ONLY)
    fault = FAULTS[kind_of(error)]
    logger.log(fault.level, "database fault", exc_info=error)
    page = _page(fault.code)
    return draw(
        ErrorPage(
            fault.code,
            fault.title or page.title,
            fault.message or page.message,
            fault.hint or page.hint,
            SECONDS_UNTIL_RETRY if fault.code == 503 else None,
        )
    )


def answer_privileged_login(error: PrivilegedLoginError) -> Response:
    """The app serves nothing through a login that row-level security does not stop."""
    logger.critical(str(error))
    hint = "Whoever runs this server finds the reason in its log."
    return draw(ErrorPage(503, "Not in service", "The back office is not set up safely.", hint, 60))


def answer_overflow(error: OverflowError) -> Response:
    """A number in the address that no page or date can have."""
    logger.warning("a number too large", exc_info=error)
    return draw(_page(400))


def draw(page: ErrorPage) -> Response:
    """JSON for programs, a fragment for htmx, else the page; each with the request's id."""
    request_id = g.get("request_id", "")
    roll_back()
    if _wants_json():
        response = make_response(jsonify(error=page.message, request_id=request_id))
    elif request.headers.get("HX-Request"):
        response = make_response(_fragment(page, request_id))
    else:
        response = make_response(_whole_page(page, request_id))
    response.status_code = page.code
    response.vary.update(("Accept", "HX-Request"))
    if page.retry_after:
        response.headers["Retry-After"] = str(page.retry_after)
    return response


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json"


def _fragment(page: ErrorPage, request_id: str) -> str:
    return (
        f'<div class="notice notice-danger" role="alert" data-error-code="{page.code}"><span>'
        f"<strong>{escape(page.title)}.</strong> {escape(page.message)} {escape(page.hint)} "
        f"Request {escape(request_id)}</span></div>"
    )


def _whole_page(page: ErrorPage, request_id: str) -> str:
    if request.url_rule is None and request.routing_exception is not None and page.code == 400:
        return _bare_page(page, request_id)  # a forged host: no address may be built from it
    try:
        return render_template(
            "errors/error.html",
            code=page.code,
            title=page.title,
            message=page.message,
            hint=page.hint,
            request_id=request_id,
        )
    except Exception:
        logger.exception("the error page itself failed")
        roll_back()
        return _bare_page(page, request_id)


def _bare_page(page: ErrorPage, request_id: str) -> str:
    title, message, hint = escape(page.title), escape(page.message), escape(page.hint)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1><p>{message} {hint}</p><p>{escape(request_id)}</p></body></html>"
    )


def _page(code: int) -> ErrorPage:
    title, message, hint = PAGES.get(code) or PAGES[500 if code >= 500 else 400]
    return ErrorPage(code, title, message, hint)


def _csrf_page(page: ErrorPage) -> ErrorPage:
    message = "The form was open for too long, or another sign-in took its place, so it was not sent."
    return ErrorPage(
        page.code, "This form has expired", message, "Go back, reload the page and send it again."
    )


def _rate_limit_page(page: ErrorPage) -> ErrorPage:
    limit = limiter.current_limit
    seconds = max(1, int(limit.reset_at - time.time())) if limit else 300
    minutes = -(-seconds // 60)
    until = time.strftime("%H:%M", time.gmtime(time.time() + seconds))
    wait = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return ErrorPage(page.code, page.title, page.message, f"Try again in {wait}, at {until} UTC.", seconds)
