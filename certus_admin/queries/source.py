"""What a list reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from certus_admin.database import Base

Columns = Callable[[Any], Sequence[ColumnElement[Any]]]


@dataclass(frozen=True)
class Source:
    """What a list reads: a view with account_id, location_id and id, its sort column, the columns of a row.

    `columns` and `sums` are functions of the (aliased) model. The sort column needs indexes on
    (account_id, at, id), (account_id, location_id, at, id) and (at, id). `by_tenant` says that the primary
    key begins with the account; where a row may belong to none, it is found by its id alone.
    """

    model: type[Base]
    at: str
    columns: Columns
    sums: Columns = lambda _model: ()
    group: str | None = None
    by_tenant: bool = True
    relation: str | None = None
