"""Where pg_cron is preloaded it keeps the metrics fresh, by the same function as `flask metrics refresh`."""

from collections.abc import Iterator

import pytest

from certus_admin.apply import apply_files
from tests.fixtures.database import PG_CRON, Clusters, Database


@pytest.fixture(scope="module")
def scheduled(clusters: Clusters) -> Iterator[Database]:
    """The one database of Debian's server that pg_cron works for, with the contract applied three times."""
    if not PG_CRON.exists():
        pytest.skip("pg_cron is not installed (apt install postgresql-15-cron)")
    cluster = clusters.get("debian")
    database = cluster.database()
    with database.superuser() as superuser:
        superuser.execute("create extension if not exists pg_cron")
        superuser.execute("grant usage on schema cron to certus_owner")
    for _ in range(3):
        apply_files(database.owner_url, lambda _line: None)
    yield database
    with database.superuser() as superuser:
        superuser.execute("drop extension pg_cron")


def test_three_loads_leave_one_job_a_name(scheduled: Database):
    with scheduled.owner() as owner:
        jobs = owner.execute(
            "select jobname, schedule, active, username from cron.job order by jobname"
        ).fetchall()
    assert [(job.jobname, job.schedule) for job in jobs] == [
        ("certus forget old runs", "17 3 * * *"),
        ("certus refresh metrics", "23 * * * *"),
        ("certus update metrics", "* * * * *"),
    ]
    assert all(job.active and job.username == "certus_owner" for job in jobs)


def test_the_jobs_do_what_they_say(scheduled: Database):
    with scheduled.owner() as owner:
        kinds = "select kind, count(*) from private.metrics_refreshes where error_code is null group by 1"
        before = dict(owner.execute(kinds).fetchall())
        for (command,) in owner.execute("select command from cron.job").fetchall():
            owner.execute(command.encode())
        after = dict(owner.execute(kinds).fetchall())
    assert after == {kind: before.get(kind, 0) + 1 for kind in ("full", "changes")}
