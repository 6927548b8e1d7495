"""Drift: what a database has that `supabase/*.sql` would have made otherwise.

`supabase/catalogue.json` holds every object that the files make, as private.catalogue() words it on each
release of PostgreSQL: one line an object, its kind and name first. `flask db catalogue` writes it anew.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psycopg

from certus_admin import embedded
from certus_admin.apply import SQL_FOLDER, apply_files

CATALOGUE = SQL_FOLDER / "catalogue.json"
SHARED_SCHEMA = "public."
WHOLE = ("table", "view", "materialized view", "function")
CATALOGUE_STATEMENT = "select kind, name, of, definition, door from private.catalogue()"


class CatalogueError(Exception):
    """The database cannot say what it holds: it was made before the catalogue was known."""

    def __init__(self) -> None:
        super().__init__("This database cannot be compared yet: run flask db apply first.")


class Entry(NamedTuple):
    """An object of the database. `of` is the table or function it belongs to.

    `door` is True for what runs or reads with the owner's rights.
    """

    kind: str
    name: str
    of: str
    definition: str
    door: bool

    @property
    def key(self) -> str:
        """How catalogue.json names it."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Change:
    """An object that is not as the files make it: `what` is `changed`, `missing` or `added`."""

    what: str
    name: str
    expected: str | None = None
    found: str | None = None


@dataclass(frozen=True)
class Drift:
    """Everything that differs, and what others keep in public beside it (theirs, and no drift)."""

    changes: tuple[Change, ...]
    beside: tuple[str, ...]


def expected_catalogue(path: Path = CATALOGUE) -> dict[str, str]:
    """What the files make, by kind and name."""
    catalogue: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return catalogue


def live_catalogue(owner_url: str) -> list[Entry]:
    """What the database has, read as its owner. Raises CatalogueError for one that is too old to say."""
    with psycopg.connect(owner_url, application_name="flask db status") as connection:
        try:
            return [Entry(*row) for row in connection.execute(CATALOGUE_STATEMENT)]
        except (psycopg.errors.UndefinedFunction, psycopg.errors.InvalidSchemaName) as error:
            raise CatalogueError from error


def compare(expected: Mapping[str, str], live: Iterable[Entry]) -> Drift:
    """What differs, by name.

    Tables and functions that others keep in public are theirs, unless they run or read with our owner's
    rights or overload a function of ours.
    """
    entries = {entry.key: entry for entry in live}
    ours = {key.partition(" ")[2].partition("(")[0] for key in expected if key.startswith("function ")}
    foreign = {
        entry.of if entry.kind != "function" else entry.name
        for entry in entries.values()
        if entry.kind in WHOLE and entry.key not in expected and entry.name.startswith(SHARED_SCHEMA)
        if not entry.door and entry.name.partition("(")[0] not in ours
    }
    changes = sorted(_changes(expected, entries, foreign), key=lambda change: (change.name, change.what))
    return Drift(tuple(changes), tuple(sorted(foreign)))


def _changes(
    expected: Mapping[str, str], entries: Mapping[str, Entry], foreign: set[str]
) -> Iterator[Change]:
    for key, definition in expected.items():
        if key not in entries:
            yield Change("missing", key, definition)
        elif entries[key].definition != definition:
            yield Change("changed", key, definition, entries[key].definition)
    for key, entry in entries.items():
        if key in expected or {entry.of, entry.name} & foreign:
            continue
        if entry.kind == "grant" and entry.name.rpartition(" to ")[0] in foreign:
            continue
        yield Change("added", key, None, entry.definition)


def make_catalogue() -> dict[str, str]:
    """What the files make in a database of its own, on a server that lives as long as this takes."""
    with tempfile.TemporaryDirectory(prefix="certus-catalogue-") as folder:
        Path(folder).chmod(0o711)  # an ordinary user runs the server, and must reach it
        server = embedded.start(Path(folder) / "var")
        try:
            apply_files(server.owner_database_url, lambda _line: None)
            return {entry.key: entry.definition for entry in live_catalogue(server.owner_database_url)}
        finally:
            server.stop()


def write_catalogue(catalogue: Mapping[str, str], path: Path = CATALOGUE) -> None:
    """One line an object, in the order of their names, so that two branches merge by line."""
    path.write_text(
        json.dumps(catalogue, indent=0, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
    )
