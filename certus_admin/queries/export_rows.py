"""The statement of an export: all rows in their order, without sorting more than the machine can hold.

People of the platform read one index from its newest end. For others each account granted whole and each
single location is an arm of its own, in order by its own index, and PostgreSQL merges the arms: a filter
`location_id = any (...)` would walk through everybody's rows, or sort all that it finds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, union_all

from certus_admin.models import Account, Location
from certus_admin.queries.reach import Columns, Query, within
from certus_admin.queries.source import Source

Arm = Sequence[ColumnElement[bool]]

# Each arm is planned by itself; beyond so many that takes longer than a sort of what they hold.
MOST_ARMS = 64


@dataclass(frozen=True)
class Export:
    """`relation` names it in the audit log and the file; `columns` give labelled columns of the model.

    Lines stand newest first, unless `order` says otherwise. Rows come with their account, unless they may
    belong to none and `with_account` is False.
    """

    relation: str
    source: Source
    columns: Columns
    order: Columns | None = None
    with_account: bool = True


@dataclass(frozen=True)
class Statements:
    """`count` gives the number of `rows`."""

    count: Select[Any]
    rows: Select[Any]


def export_statements(export: Export, query: Query) -> Statements:
    """What an export asks for `query`: its columns in its order, and how many lines that makes."""
    model: Any = export.source.model
    keys = (getattr(model, export.source.at), model.id) if export.order is None else ()
    arms = _arms(model, query) if keys else []
    if not arms:
        rows = _rows(export, within(model, query))
        order = export.order(model) if export.order else [key.desc() for key in keys]
        return Statements(_count(model, [within(model, query)]), rows.order_by(*order))
    count = _count(model, arms)
    if len(arms) == 1:
        return Statements(count, _rows(export, arms[0]).order_by(*(key.desc() for key in keys)))
    sorting = [key.label(f"sort_{place}") for place, key in enumerate(keys)]
    ordered = [_rows(export, arm, *sorting).order_by(*(key.desc() for key in keys)) for arm in arms]
    merged = union_all(*(select(arm.subquery()) for arm in ordered)).subquery("merged")
    shown = [column for column in merged.c if not column.key.startswith("sort_")]
    return Statements(count, select(*shown).order_by(*(merged.c[key.key].desc() for key in sorting)))


def _rows(export: Export, conditions: Arm, *more: Any) -> Select[Any]:
    model: Any = export.source.model
    rows = select(*export.columns(model), *more).where(*conditions)
    return rows.where(Account.id == model.account_id) if export.with_account else rows


def _count(model: Any, arms: Sequence[Arm]) -> Select[Any]:
    if len(arms) == 1:
        return select(func.count()).select_from(model).where(*arms[0])
    found = union_all(*(select(model.id).where(*arm) for arm in arms)).subquery("found")
    return select(func.count()).select_from(found)


def _arms(model: Any, query: Query) -> list[Arm]:
    """The conditions of each arm; no row is in two. Empty where one plain statement reads what is granted."""
    scope, account_id, location_id = query.scope, query.account_id, query.location_id
    if location_id:
        return [[*within(model, query), model.account_id == _account(location_id)]]
    if account_id and (scope.everything or account_id in scope.account_ids):
        return [[*query.conditions, model.account_id == account_id]]
    accounts = () if account_id else scope.account_ids
    if scope.everything or not 0 < len(accounts) + len(scope.location_ids) <= MOST_ARMS:
        return []
    elsewhere = [model.account_id != account for account in accounts]
    if account_id:
        elsewhere = [model.account_id == account_id]
    return [
        *([*query.conditions, model.account_id == account] for account in accounts),
        *(
            [
                *query.conditions,
                model.account_id == _account(place),
                model.location_id == place,
                *elsewhere,
            ]
            for place in scope.location_ids
        ),
    ]


def _account(location_id: UUID) -> Any:
    return select(Location.account_id).where(Location.id == location_id).scalar_subquery()
