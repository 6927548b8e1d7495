"""One knowledge request: its course, and what people do with it. The database decides who may.

Writes leave the commit to the caller. Each says which state was seen (`changed_at`): a request that somebody
else, or the automation, has moved on since is left as it is, and the answer is False.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from certus_admin.administration_models import KnowledgeRequest
from certus_admin.database import db
from certus_admin.models import Account

SCHEMA = text("select public.knowledge_request_schema()")

FILE = text(
    """
insert into public.knowledge_update_requests (org_id, payload) values (:account_id, :payload) returning id
"""
).bindparams(bindparam("payload", type_=JSONB))

DECIDE = text(
    """
update public.knowledge_update_requests set status = :status, decision_reason = cast(:reason as text)
where org_id = :account_id and id = :request_id and changed_at = :seen_at
"""
)

WITHDRAW = text(
    """
delete from public.knowledge_update_requests
where org_id = :account_id and id = :request_id and changed_at = :seen_at
"""
)

# Each status that the request came to, with what was said; the insert is its filing.
LINES = text(
    """
select a.at, a.actor_name, a.application, a.after ->> 'status' as status, a.before ->> 'status' as before,
    a.after ->> 'decision_reason' as reason, a.after ->> 'message' as message
from public.audit_log_v a
where a.row_id = :request_id and a.account_id = :account_id and a.table_name = 'knowledge_update_requests'
    and (a.after ? 'status' or a.after ? 'claim')
order by a.at desc, a.id desc limit :number
"""
)
MOST_STEPS = 100


class PayloadRefusedError(Exception):
    """The database refuses what the request holds; `field` is the key of the payload, or None."""

    def __init__(self, field: str | None, *, secret: bool) -> None:
        super().__init__(field)
        self.field = field
        self.secret = secret


@dataclass(frozen=True)
class Step:
    """A status the request came to, when (UTC) and by whom; `name` is None for a program.

    `words` are a decision's reason or a report's message. `again` marks a claim after one that expired, and
    an approval after a failure.
    """

    status: str
    at: datetime
    name: str | None = None
    application: str | None = None
    words: str | None = None
    again: bool = False


def get_request_schema() -> Mapping[str, Any]:
    """The JSON schema of what a request holds, as the database has it."""
    schema: Mapping[str, Any] = db.session.execute(SCHEMA).scalar_one()
    return schema


def get_knowledge_request(request_id: UUID) -> tuple[KnowledgeRequest, str] | None:
    """One request, read anew, and its account's name; None where it is missing or out of reach."""
    statement = (
        select(KnowledgeRequest, Account.name)
        .join(Account, Account.id == KnowledgeRequest.account_id)
        .where(KnowledgeRequest.id == request_id)
    )
    row = db.session.execute(statement, execution_options={"populate_existing": True}).one_or_none()
    return None if row is None else (row[0], row[1])


def list_steps(request: KnowledgeRequest) -> tuple[Step, ...]:
    """The course of a request, the last step first; one statement.

    The row knows who filed it and its last round, the audit log every round. Whoever works for single
    locations cannot read the log of the whole account, and a row that a seed made has no course there: then
    what the row itself says.
    """
    values = {"request_id": request.id, "account_id": request.account_id, "number": MOST_STEPS}
    steps = tuple(
        Step(
            row.status or "processing",
            row.at,
            row.actor_name,
            row.application,
            row.reason or row.message,
            again=row.status is None or (row.status == "approved" and row.before != "pending"),
        )
        for row in db.session.execute(LINES, values)
    )
    if len(steps) == MOST_STEPS:
        return steps
    if steps and steps[-1].status == "pending":
        return (*steps[:-1], filing_of(request))
    return steps_of_row(request)


def filing_of(request: KnowledgeRequest) -> Step:
    """The first step, as the row itself has it."""
    return Step("pending", request.created_at, request.requested_by_name)


def steps_of_row(request: KnowledgeRequest) -> tuple[Step, ...]:
    """What the row itself knows of its course."""
    found = [filing_of(request)]
    if request.decided_at:
        decision = "rejected" if request.status == "rejected" else "approved"
        found.append(
            Step(decision, request.decided_at, request.decided_by_name, None, request.decision_reason)
        )
    if request.claimed_at:
        found.append(Step("processing", request.claimed_at, again=request.attempts > 1))
    if request.finished_at:
        found.append(Step(request.status, request.finished_at, words=request.message))
    return tuple(reversed(found))


def file_request(account_id: UUID, payload: Mapping[str, Any]) -> UUID:
    """File a request in the caller's own name; PayloadRefusedError where the database refuses its payload."""
    try:
        filed: UUID = db.session.execute(
            FILE, {"account_id": account_id, "payload": dict(payload)}
        ).scalar_one()
    except IntegrityError as error:
        diagnosis = getattr(error.orig, "diag", None)
        constraint = getattr(diagnosis, "constraint_name", None) or ""
        if not constraint.startswith("knowledge_update_requests_payload"):
            raise
        path = (getattr(diagnosis, "message_detail", None) or "").partition(":")[0]
        raise PayloadRefusedError(
            path.removeprefix("$").removeprefix(".") or None, secret=constraint.endswith("_secret")
        ) from error
    return filed


def decide_request(request: KnowledgeRequest, status: str, reason: str | None, seen_at: datetime) -> bool:
    """Approve, reject or send round again a request as it was seen; False where it has moved on since."""
    return _moved(DECIDE, request, seen_at, {"status": status, "reason": reason})


def withdraw_request(request: KnowledgeRequest, seen_at: datetime) -> bool:
    """Withdraw an own request that is pending as it was seen; False where it has moved on since."""
    return _moved(WITHDRAW, request, seen_at, {})


def _moved(statement: Any, request: KnowledgeRequest, seen_at: datetime, values: Mapping[str, Any]) -> bool:
    found: Any = db.session.execute(
        statement,
        {"account_id": request.account_id, "request_id": request.id, "seen_at": seen_at, **values},
    )
    return bool(found.rowcount == 1)
