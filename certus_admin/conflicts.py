"""Two people edited the same thing: what each changed, put together, and where they contradict each other."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Conflict(Generic[Name]):
    """A field that both changed, to different values."""

    name: Name
    before: Any
    yours: Any
    theirs: Any


@dataclass(frozen=True)
class Merge(Generic[Name]):
    """`merged` has every field, yours where there is a conflict; `theirs_taken` what only they changed."""

    merged: dict[Name, Any]
    conflicts: tuple[Conflict[Name], ...]
    theirs_taken: tuple[Name, ...]


def merge(before: Mapping[Name, Any], yours: Mapping[Name, Any], theirs: Mapping[Name, Any]) -> Merge[Name]:
    """A three-way merge over fields: what one side changed is taken, the same change of both is no conflict.

    A field that a side lacks counts as None there; fields come in the order of yours, theirs, before.
    """
    merged: dict[Name, Any] = {}
    conflicts: list[Conflict[Name]] = []
    theirs_taken: list[Name] = []
    for name in dict.fromkeys([*yours, *theirs, *before]):
        was, mine, other = before.get(name), yours.get(name), theirs.get(name)
        merged[name] = mine
        if mine == other or other == was:
            continue
        if mine == was:
            merged[name] = other
            theirs_taken.append(name)
        else:
            conflicts.append(Conflict(name, was, mine, other))
    return Merge(merged, tuple(conflicts), tuple(theirs_taken))
