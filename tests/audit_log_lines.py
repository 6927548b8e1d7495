"""An audit log of a few hundred thousand synthetic lines, and what a statement's plan read of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from certus_admin.database import db
from tests.fixtures.database import Database

HARBOUR = "a0000000-0000-7000-8000-00000000000a"
SOLES = "a0000000-0000-7000-8000-00000000000b"
LUMEN = "a0000000-0000-7000-8000-00000000000c"

# Most lines are of one location and of a few kinds, as logs are; exports and reveals lie at the far end only,
# and one person has never touched anything but the hours.
MAKE_LINES = """
insert into public.audit_log (at, account_id, location_id, actor_user_id, actor_role, action, table_name,
    row_id, before, after, application)
select timestamptz '2026-11-01 00:00+00' - make_interval(mins => n),
    l.account_id, case when m.r / 500 % 3 > 0 then l.id end,
    case when m.r / 10 % 4 = 0 then null
        when m.r / 10 % 4 = 1 then '05e00000-0000-7000-8000-000000000002'::uuid
        when k.table_name = 'location_hours' then '05e00000-0000-7000-8000-000000000001'::uuid end,
    'authenticated', k.action, k.table_name,
    ('0e000000-0000-7000-8000-' || lpad((n % 5000)::text, 12, '0'))::uuid,
    '{"extra_wait_seconds": 0}', '{"extra_wait_seconds": 60}', 'back office'
from generate_series(1, %(lines)s) n
cross join lateral (select (n::bigint * 2654435761 % 1000003)::integer as r) m
cross join lateral (select l.account_id, l.id from public.locations l
    order by l.id offset case when m.r % 10 < 7 then 0 else m.r / 2000 % 12 end limit 1) l
cross join lateral (select * from (values ('location_settings', 'update'), ('location_hours', 'insert'),
    ('location_hours', 'delete'), ('settings', 'update'), ('internal_notes', 'insert'),
    ('call_logs', 'reveal'), ('calls', 'export')) k (table_name, action)
    offset case when n > %(lines)s - 40 then 5 + n % 2 else m.r / 50 % 5 end limit 1) k
"""


def make_lines(database: Database, lines: int) -> None:
    """Write that many lines, and let the planner look at them."""
    with database.owner() as owner:
        owner.execute(MAKE_LINES.replace("% ", "%% ").encode(), {"lines": lines})
    with database.owner(autocommit=True) as owner:
        owner.execute("analyze public.audit_log")


@dataclass(frozen=True)
class Plan:
    """`touched` is how many lines of the log a plan looked at; `most_sorted` went into one sort."""

    touched: int
    most_sorted: int
    walked: bool
    indexes: frozenset[str]


def plan_of(statement: Select[Any]) -> Plan:
    """Run a statement for the caller, and read its plan."""
    compiled = statement.compile(dialect=db.engine.dialect)
    connection = db.session.connection()
    command = f"explain (analyze, costs off, timing off, summary off, format json) {compiled.string}"
    (top,) = connection.exec_driver_sql(command, compiled.params).scalar_one()  # type: ignore[arg-type]
    nodes = list(_nodes(top["Plan"]))
    log = [
        node
        for node in nodes
        if node.get("Relation Name") == "audit_log" or "audit_log" in node.get("Index Name", "")
    ]
    return Plan(
        touched=sum(_rows(node) for node in log),
        most_sorted=max(
            (_rows(node["Plans"][0]) for node in nodes if node["Node Type"] == "Sort"), default=0
        ),
        walked=any(node["Node Type"] == "Seq Scan" for node in log),
        indexes=frozenset(node["Index Name"] for node in log if "Index Name" in node),
    )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def _rows(node: dict[str, Any]) -> int:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])
