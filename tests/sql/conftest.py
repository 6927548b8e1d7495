"""Who asks the database, in transactions that are undone, and databases to load the files into."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.fixtures.database import Cluster, Database
from tests.sql.access_table import OUR_SCHEMAS
from tests.sql.asking import Asking
from tests.sql.audit_lines import Log
from tests.sql.front import Front

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def _clones() -> dict[str, Database]:
    """One copy of the template for each engine, by the name of its cluster; dropped with its cluster."""
    return {}


@pytest.fixture(scope="module")
def database(cluster: Cluster, _clones: dict[str, Database]) -> Database:
    """A migrated and seeded database that all modules of this folder share: nothing is committed in it."""
    if cluster.name not in _clones:
        _clones[cluster.name] = cluster.clone()[1]
    return _clones[cluster.name]


@pytest.fixture(scope="module")
def _superuser_connection(database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


@pytest.fixture
def asking(_superuser_connection: psycopg.Connection) -> Iterator[Asking]:
    """A transaction that may ask as anybody, undone afterwards; it begins as the owner."""
    with _superuser_connection.transaction(force_rollback=True):
        yield Asking(_superuser_connection).as_owner()


@pytest.fixture
def relations(asking: Asking) -> dict[str, str]:
    """Every table and view of ours by qualified name, with its kind (r, v, m, p, f)."""
    found = asking.rows(
        """select c.relnamespace::regnamespace || '.' || c.relname, c.relkind::text from pg_class c
        where c.relnamespace::regnamespace::text = any (%s) and c.relkind in ('r', 'v', 'm', 'p', 'f')""",
        [OUR_SCHEMAS],
    )
    return dict(found)


@pytest.fixture
def log(asking: Asking) -> Log:
    """The audit log from here on."""
    return Log(asking)


@pytest.fixture
def front(asking: Asking) -> Front:
    """The door, with a password for everybody."""
    return Front(asking)


@pytest.fixture
def empty_database(cluster: Cluster) -> Iterator[Database]:
    """An empty database of the owner's, to load, change and commit in."""
    name = f"empty_{uuid4().hex}"
    yield cluster.create(name)
    cluster.drop(name)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of data that is no part of the project."""
    folder = Path(os.environ.get("CERTUS_SHARED_DATA", CHECKOUT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the shared data is absent (CERTUS_SHARED_DATA names its folder)")
    return folder
