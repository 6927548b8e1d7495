"""Busy mode of locations: what is set, and setting it. A state with an end is over when the end is past."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from certus_admin.database import db
from certus_admin.queries.hours import StaleVersionError, refusal


@dataclass(frozen=True)
class BusySetting:
    """Busy mode as it is stored; `version` is None where the location has no settings row yet."""

    location_id: UUID
    version: int | None
    enabled: bool
    until: datetime | None
    reason: str | None
    extra_wait_seconds: int

    @property
    def meaning(self) -> tuple[Any, ...]:
        """What is compared: everything but the version, which averages of the same row count on, too."""
        moment = self.until.isoformat() if self.until else None
        return (self.enabled, moment, self.reason, self.extra_wait_seconds)


@dataclass(frozen=True)
class BusyChange:
    """What a location is to have; switched off without `until` and reason."""

    setting: BusySetting
    enabled: bool
    until: datetime | None
    reason: str | None
    extra_wait_seconds: int


BUSY = text(
    """
select l.id as location_id, s.version, coalesce(s.busy_mode_enabled, false) as enabled, s.busy_until as until,
    s.busy_reason as reason, coalesce(s.extra_wait_seconds, 0) as extra_wait_seconds
from public.locations l
left join public.location_settings s on s.account_id = l.account_id and s.location_id = l.id
where l.account_id = :account_id and l.id = any (cast(:location_ids as uuid[]))
"""
)

ADD_MISSING = text(
    """
insert into public.location_settings (account_id, location_id)
select :account_id, id from unnest(cast(:location_ids as uuid[])) id on conflict do nothing
"""
)

SET_BUSY = text(
    """
update public.location_settings s set busy_mode_enabled = x.enabled, busy_until = x.until,
    busy_reason = x.reason, extra_wait_seconds = x.wait, version = x.version
from unnest(cast(:location_ids as uuid[]), cast(:versions as integer[]), cast(:enabled as boolean[]),
    cast(:until as timestamptz[]), cast(:reasons as text[]), cast(:waits as integer[]))
    x (location_id, version, enabled, until, reason, wait)
where s.account_id = :account_id and s.location_id = x.location_id
"""
)


def get_busy_settings(account_id: UUID, location_ids: Sequence[UUID]) -> dict[UUID, BusySetting]:
    """What is set at each of these locations; one statement."""
    values = {"account_id": account_id, "location_ids": list(location_ids)}
    return {row.location_id: BusySetting(**row._mapping) for row in db.session.execute(BUSY, values)}


def seen_text(settings: Sequence[BusySetting]) -> str:
    """What a hidden field carries of the settings that a page showed."""
    return json.dumps(sorted([str(each.location_id), *each.meaning] for each in settings))


def save_busy(account_id: UUID, changes: Sequence[BusyChange]) -> None:
    """Set busy mode at several locations; the caller commits. StaleVersionError where a row was changed."""
    missing = [each.setting.location_id for each in changes if each.setting.version is None]
    try:
        if missing:
            db.session.execute(ADD_MISSING, {"account_id": account_id, "location_ids": missing})
        result: Any = db.session.execute(
            SET_BUSY,
            {
                "account_id": account_id,
                "location_ids": [each.setting.location_id for each in changes],
                "versions": [each.setting.version or 1 for each in changes],
                "enabled": [each.enabled for each in changes],
                "until": [each.until for each in changes],
                "reasons": [each.reason for each in changes],
                "waits": [each.extra_wait_seconds for each in changes],
            },
        )
    except DBAPIError as error:
        raise refusal(error) from error
    if result.rowcount != len(changes):
        raise StaleVersionError
