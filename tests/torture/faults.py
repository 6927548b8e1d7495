"""Faults of every day: forms sent twice, two who save at once, restarts, a full disk, imports cut off."""

from collections.abc import Iterable
from contextlib import ExitStack

import psycopg

from tests.torture.cut_imports import cut_imports
from tests.torture.figures import Figure, Part, Report
from tests.torture.forms_raced import race_forms
from tests.torture.full_disk import fill_disk
from tests.torture.ground import standing
from tests.torture.kills import CALLS
from tests.torture.restarts import drain, restart_under_load
from tests.torture.small_disk import MEGABYTES, SMALL_LOG, on_small_disk, tell


def run(report: Report) -> Part:
    """All of it on one ground, in a process of its own with a disk of its own."""
    return Part(
        "Faults of every day",
        tuple(on_small_disk("tests.torture.faults", report)),
        f"Two workers and PostgreSQL on a file system of {MEGABYTES} MB in memory, which a file fills up. "
        "Writers as in the part that kills. A command is cut by kill -9 at shares of the time that it takes "
        "uninterrupted, counted from its connection on.",
    )


def main() -> None:
    """Tell the figures of each theme when it is over."""
    with standing(settings=SMALL_LOG) as ground, ExitStack() as serving:
        server = serving.enter_context(ground.serving())
        with psycopg.connect(ground.database.owner_database_url, autocommit=True) as owner:
            calls = [row[0] for row in owner.execute(CALLS)]
            tell_all(race_forms(server, owner, calls, tell))
        tell_all(restart_under_load(ground, server, calls, tell))
        tell_all(fill_disk(ground, server, calls, tell))
        tell_all(drain(ground, server, calls, serving.close))
        tell_all(cut_imports(ground, tell))


def tell_all(figures: Iterable[Figure]) -> None:
    """Tell them one after the other."""
    for figure in figures:
        tell(figure)


if __name__ == "__main__":
    main()
