"""A scope, narrowed to what pickers chose, in the shape that a statement can use an index with.

Row-level security is the wall. This says the same again in terms that the planner can act on: everything by
time, whole accounts by (account, time), single locations one by one by (account, location, time). A plain
`location_id = any (...)` with a limit would walk through a whole account to find a location without rows.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from certus_admin.queries.scope import Scope

# The places `l` of a reach; a location that is granted singly and one of a whole account are the same here.
PLACES = """(l.id = any (cast(:location_ids as uuid[])) or l.account_id = any (cast(:account_ids as uuid[])))
    and (cast(:within as uuid) is null or l.account_id = cast(:within as uuid))"""
ACCOUNT_ARMS = "unnest(cast(:account_ids as uuid[])) arm (account_id)"
LOCATION_ARMS = f"(select l.account_id, l.id as location_id from public.locations l where {PLACES}) arm"


@dataclass(frozen=True)
class Reach:
    """Everything, or these accounts and locations; `within` keeps only what belongs to one account."""

    everything: bool = False
    account_ids: tuple[UUID, ...] = ()
    location_ids: tuple[UUID, ...] = ()
    within: UUID | None = None

    @property
    def arms(self) -> str:
        """A FROM item named `arm`: a row for each range of an index that is to be read."""
        if self.everything:
            return "(select) arm"
        return LOCATION_ARMS if self.location_ids else ACCOUNT_ARMS

    @property
    def match(self) -> str:
        """The condition that ties a row `x` to its arm."""
        if self.everything:
            return "true"
        account = "x.account_id = arm.account_id"
        return f"{account} and x.location_id = arm.location_id" if self.location_ids else account

    @property
    def places(self) -> str:
        """The condition on a row `l` of locations."""
        return "true" if self.everything else PLACES

    @property
    def values(self) -> dict[str, Any]:
        """What the conditions bind."""
        if self.everything:
            return {}
        return {
            "account_ids": list(self.account_ids),
            "location_ids": list(self.location_ids),
            "within": self.within,
        }


def narrow(scope: Scope, account_id: UUID | None = None, location_id: UUID | None = None) -> Reach:
    """What of `scope` the pickers leave; the location wins over the account.

    An id out of the caller's reach finds nothing: row-level security sees to it.
    """
    if location_id is not None:
        return Reach(location_ids=(location_id,))
    if account_id is None:
        return Reach(scope.everything, scope.account_ids, scope.location_ids)
    if scope.everything or account_id in scope.account_ids:
        return Reach(account_ids=(account_id,))
    return Reach(location_ids=scope.location_ids, within=account_id)
