"""What this process is made of, and whether the database has seen the files beside it."""

import platform
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from certus_admin.apply import CONTRACT, file_hash

PACKAGES = ("flask", "flask-admin", "sqlalchemy", "psycopg", "gunicorn")


@cache
def software() -> tuple[tuple[str, str], ...]:
    """Python and the packages that matter, with their versions."""
    return (("Python", platform.python_version()), *((package, version(package)) for package in PACKAGES))


def file_faults(applied: Sequence[dict[str, Any]]) -> list[str]:
    """The files of supabase/ that the database has not seen as they are now."""
    seen = {row["file"]: row["sha256"] for row in applied}
    return [file for file in CONTRACT if seen.get(file) != file_hash(file)]
