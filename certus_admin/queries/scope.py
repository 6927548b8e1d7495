"""Where a person works, as every query states it besides row-level security.

The policies are the wall; the explicit scope is what lets the planner use an index (docs/architecture.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, Self
from uuid import UUID


class HasReach(Protocol):
    """What a scope is made of; `certus_admin.auth.Person` has it."""

    @property
    def sees_everything(self) -> bool: ...

    @property
    def whole_account_ids(self) -> Iterable[UUID]: ...

    @property
    def granted_location_ids(self) -> Iterable[UUID]: ...


@dataclass(frozen=True)
class Scope:
    """`everything`, or whole accounts and single locations besides; all empty reaches nothing."""

    everything: bool = False
    account_ids: tuple[UUID, ...] = ()
    location_ids: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, person: HasReach) -> Self:
        """The scope of a signed-in person."""
        if person.sees_everything:
            return cls(everything=True)
        return cls(
            account_ids=tuple(person.whole_account_ids),
            location_ids=tuple(person.granted_location_ids),
        )

    @property
    def is_empty(self) -> bool:
        """True for a person who has been given nothing yet."""
        return not (self.everything or self.account_ids or self.location_ids)
