"""The views of administration, mapped like those of calls: people, audit log, settings, keys, knowledge."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, Uuid, cast, null
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column

from certus_admin.database import Base


class PersonView(Base):
    """people_v: a person; `state` is active, invited or deactivated, `access` what the reader may see of it.

    Each access: id, account_id, account_name, location_id, location_name; None is every account or location.
    """

    __tablename__ = "people_v"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    full_name: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool]
    created_at: Mapped[datetime]
    version: Mapped[int]
    state: Mapped[str]
    last_sign_in_at: Mapped[datetime | None]
    link_expires_at: Mapped[datetime | None]
    may_be_changed: Mapped[bool]
    access: Mapped[list[Any]]


class AuditLine(Base):
    """audit_log_v: who did what; `before` and `after` hold changed columns. An account may be missing."""

    __tablename__ = "audit_log_v"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    actor_user_id: Mapped[UUID | None]
    actor_name: Mapped[str | None]
    actor_role: Mapped[str]
    action: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[UUID | None]
    before: Mapped[Any] = mapped_column(JSONB)
    after: Mapped[Any] = mapped_column(JSONB)
    application: Mapped[str | None]
    address: Mapped[str | None] = mapped_column(INET)
    request_id: Mapped[str | None]
    account_name: Mapped[str | None]
    location_name: Mapped[str | None]
    timezone: Mapped[str]
    local_date: Mapped[date] = mapped_column(Date)
    actor_key: Mapped[UUID]


class SettingView(Base):
    """settings_v: a JSON setting; `location_rows` counts locations whose own row wins over an account's."""

    __tablename__ = "settings_v"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    location_id: Mapped[UUID | None]
    key: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB)
    version: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by_name: Mapped[str | None]
    account_name: Mapped[str]
    location_name: Mapped[str | None]
    timezone: Mapped[str]
    location_rows: Mapped[int]


class KnowledgeRequest(Base):
    """knowledge_requests_v: what the AI should learn; `location_id` is None for the whole account."""

    __tablename__ = "knowledge_requests_v"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    location_id: Mapped[UUID | None]
    location_name: Mapped[str | None]
    timezone: Mapped[str]
    local_date: Mapped[date] = mapped_column(Date)
    requested_by_user_id: Mapped[UUID]
    requested_by_name: Mapped[str | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kind: Mapped[str]
    title: Mapped[str | None]
    status: Mapped[str]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    attempts: Mapped[int]
    claimed_at: Mapped[datetime | None]
    claim_expires_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    message: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ApiKey(Base):
    """api_keys_v: the label of an API key, never the key; it belongs to a whole account, to no location."""

    __tablename__ = "api_keys_v"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    account_name: Mapped[str]
    label: Mapped[str]
    key_hint: Mapped[str | None]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[str]
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    succeeds_id: Mapped[UUID | None]
    replaced_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoked_by_name: Mapped[str | None]
    revoked_reason: Mapped[str | None]
    # For queries that also ask for single locations: those reach no key.
    location_id: Mapped[UUID | None] = column_property(cast(null(), Uuid()))
