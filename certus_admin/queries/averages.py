"""Averages and baselines of an account or location, and what other values would make of the last 30 days."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.queries.versions import Stored, write

NAMES = ("avg_spend_per_head", "baseline_handle_seconds")

AVERAGES = text(
    """
select l.id, l.version, l.avg_spend_per_head, l.baseline_handle_seconds,
    a.id as account_row, a.version as account_version, a.avg_spend_per_head as account_avg_spend_per_head,
    a.baseline_handle_seconds as account_baseline_handle_seconds
from (select cast(:account_id as uuid) as account_id) x
left join public.account_settings a on a.account_id = x.account_id
left join public.location_settings l on l.account_id = x.account_id and l.location_id = :location_id
"""
)

INSERTS = {
    False: text(
        """
insert into public.account_settings (account_id, avg_spend_per_head, baseline_handle_seconds)
values (:account_id, :avg_spend_per_head, :baseline_handle_seconds)
"""
    ),
    True: text(
        """
insert into public.location_settings (account_id, location_id, avg_spend_per_head, baseline_handle_seconds)
values (:account_id, :location_id, :avg_spend_per_head, :baseline_handle_seconds)
"""
    ),
}

# The same sums as metrics_daily, over the last 30 local dates of each location that the caller sees.
EFFECT = text(
    """
with places as (
    select l.account_id, l.id, l.timezone, (now() at time zone l.timezone)::date as today,
        coalesce(ls.avg_spend_per_head, acs.avg_spend_per_head) as spend,
        coalesce(ls.baseline_handle_seconds, acs.baseline_handle_seconds) as baseline,
        case when cast(:location_id as uuid) is null
            then coalesce(ls.avg_spend_per_head, cast(:new_spend as numeric))
            else coalesce(cast(:new_spend as numeric), acs.avg_spend_per_head) end as new_spend,
        case when cast(:location_id as uuid) is null
            then coalesce(ls.baseline_handle_seconds, cast(:new_baseline as integer))
            else coalesce(cast(:new_baseline as integer), acs.baseline_handle_seconds) end as new_baseline
    from public.locations l
    left join public.location_settings ls on ls.account_id = l.account_id and ls.location_id = l.id
    left join public.account_settings acs on acs.account_id = l.account_id
    where l.account_id = :account_id and (cast(:location_id as uuid) is null or l.id = :location_id)
),
tables as (
    select count(*) as reservations,
        sum(r.guest_count * coalesce(r.avg_spend_per_head_override, p.spend)) as estimate,
        count(r.guest_count * coalesce(r.avg_spend_per_head_override, p.spend)) as valued,
        sum(r.guest_count * coalesce(r.avg_spend_per_head_override, p.new_spend)) as new_estimate,
        count(r.guest_count * coalesce(r.avg_spend_per_head_override, p.new_spend)) as new_valued
    from places p
    join public.reservations r on r.account_id = p.account_id and r.location_id = p.id
        and r.created_at >= now() - interval '32 days'
        and (r.created_at at time zone p.timezone)::date between p.today - 29 and p.today
    where r.status not in ('canceled', 'no_show', 'failed')
),
calls as (
    select count(*) as calls,
        coalesce(sum(coalesce(p.baseline, c.duration_seconds)), 0)::numeric / 60 as minutes,
        coalesce(sum(coalesce(p.new_baseline, c.duration_seconds)), 0)::numeric / 60 as new_minutes
    from places p
    join public.call_logs c on c.account_id = p.account_id and c.location_id = p.id
        and c.started_at >= now() - interval '32 days'
        and (c.started_at at time zone p.timezone)::date between p.today - 29 and p.today
    where c.direction = 'inbound' and c.status in ('completed', 'in_progress')
)
select tables.*, calls.*, (select count(*) from places) as locations from tables, calls
"""
)


@dataclass(frozen=True)
class Averages:
    """Averages as they are stored; `inherited` are the account's texts (empty ones at the account itself)."""

    own: Stored
    inherited: Mapping[str, str]


@dataclass(frozen=True)
class Sums:
    """The last 30 days by some averages; `estimate` is None where no reservation could be valued."""

    estimate: Decimal | None
    valued: int
    minutes: Decimal


@dataclass(frozen=True)
class Effect:
    """The last 30 days as they are counted now, and as they would be; over what the caller sees."""

    reservations: int
    calls: int
    locations: int
    now: Sums
    then: Sums


def texts_of(spend: Decimal | None, baseline: int | None) -> dict[str, str]:
    """Both fields as text; empty where nothing is set."""
    texts = ("" if spend is None else f"{spend:.2f}", "" if baseline is None else str(baseline))
    return dict(zip(NAMES, texts, strict=True))


def get_averages(account_id: UUID, location_id: UUID | None) -> Averages:
    """The averages of a location, or of the account itself (`location_id` None), in one statement."""
    row: Any = db.session.execute(AVERAGES, {"account_id": account_id, "location_id": location_id}).one()
    accounts = texts_of(row.account_avg_spend_per_head, row.account_baseline_handle_seconds)
    if location_id is None:
        return Averages(Stored(accounts, row.account_row, row.account_version or 0), texts_of(None, None))
    own = texts_of(row.avg_spend_per_head, row.baseline_handle_seconds)
    return Averages(Stored(own, row.id, row.version or 0), accounts)


def save_averages(
    account_id: UUID, location_id: UUID | None, stored: Stored, changes: Mapping[str, str]
) -> None:
    """Write the changed fields over what was read; an empty text is nothing set. The caller commits.

    StaleVersionError where somebody saved in between.
    """
    values: dict[str, Any] = {name: text or None for name, text in changes.items()}
    values |= {"account_id": account_id, "location_id": location_id}
    if stored.row_id is None:
        if location_id is None:
            del values["location_id"]
        write(INSERTS[location_id is not None], dict.fromkeys(NAMES) | values)
        return
    del values["location_id"]
    table = "location_settings" if location_id else "account_settings"
    sets = ", ".join(f"{name} = :{name}" for name in NAMES if name in changes)
    row = "account_id = :account_id and id = :row_id"
    write(
        text(f"update public.{table} set {sets}, version = :version where {row}"),
        values | {"row_id": stored.row_id, "version": stored.version},
    )


def get_effect(
    account_id: UUID, location_id: UUID | None, spend: Decimal | None, baseline: int | None
) -> Effect:
    """What these averages would make of the last 30 days, computed by the database in one statement.

    For an account, locations with values of their own keep them; for a location, None is the account's.
    """
    values = {
        "account_id": account_id,
        "location_id": location_id,
        "new_spend": spend,
        "new_baseline": baseline,
    }
    row: Any = db.session.execute(EFFECT, values).one()
    now = Sums(_estimate(row.reservations, row.estimate), row.valued, row.minutes)
    then = Sums(_estimate(row.reservations, row.new_estimate), row.new_valued, row.new_minutes)
    return Effect(row.reservations, row.calls, row.locations, now, then)


def _estimate(reservations: int, estimate: Decimal | None) -> Decimal | None:
    return estimate if reservations else Decimal(0)
