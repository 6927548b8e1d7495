"""The catalogue of a module's database, for asking PostgREST about all of it."""

from collections.abc import Iterator

import pytest

from tests.fixtures.database import Database
from tests.readers.asking_postgrest import Catalogue


@pytest.fixture(scope="module")
def catalogue(database: Database) -> Iterator[Catalogue]:
    """What there is to ask for."""
    catalogue = Catalogue(database)
    yield catalogue
    catalogue.connection.close()
