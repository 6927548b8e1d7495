"""`python -m benchmarks.list_plans`: how long each list takes, for each filter, each pair and each person.

Takes the embedded database in CERTUS_VAR, which must run and hold bulk calls (ACCOUNTS, default 50), adds the
people of list_people.py, and prints what took longest: first page, deep page, count. LISTS and PEOPLE
(comma-separated, default all) and STRIDE (every how many pairs, default 1) narrow it down, SHOWN (default 40)
is how many lines to print. A line for each list and person says the median and the longest.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import partial
from itertools import combinations
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from benchmarks.list_people import Person, add_people
from certus_admin.config import Config
from certus_admin.database import Caller, acting_as, db
from certus_admin.queries.audit import AuditFilters, count_audit, get_audit_choices, list_audit
from certus_admin.queries.calls import CallFilters, list_calls, summarize_calls
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.orders import OrderFilters, list_orders, summarize_orders
from certus_admin.queries.reservations import ReservationFilters, list_reservations, summarize_reservations
from seeds.bulk_world import account_id, location_id
from wsgi import create_app

TODAY = datetime.now(UTC).date()
NOWHERE = UUID("0be00000-0000-7000-8000-00000000ffff")
PLACES = {"account": {"account_id": account_id(0)}, "location": {"location_id": location_id(0, 1)}}
DATES = {
    "yesterday": {"dates": LocalDates(period="yesterday")},
    "30 days": {"dates": LocalDates(period="30d")},
    "to": {"dates": LocalDates(last=TODAY - timedelta(days=120))},
    "one day": {"dates": LocalDates(TODAY - timedelta(days=90), TODAY - timedelta(days=90))},
    "long ago": {"dates": LocalDates(last=date(2001, 1, 1))},
}
CALLS = {
    **{f"status={value}": {"statuses": (value,)} for value in ("completed", "failed", "unknown")},
    "status=in_progress": {"statuses": ("in_progress",)},
    "status=3": {"statuses": ("missed", "failed", "canceled")},
    **{f"type={value}": {"call_types": (value,)} for value in ("order", "catering")},
    **{f"duration={value}": {"duration": value} for value in ("under_30s", "over_5m")},
    "outbound": {"direction": "outbound"},
    "inbound": {"direction": "inbound"},
    "order": {"has_order": True}, "no order": {"has_order": False},
    "reservation": {"has_reservation": True}, "no reservation": {"has_reservation": False},
    "review": {"needs_review": True}, "no review": {"needs_review": False},
    "digits=4": {"digits": "0142"}, "digits=none": {"digits": "9977"}, "digits=2": {"digits": "42"},
    "words=common": {"words": "ordered"}, "words=rare": {"words": "lobster"},
    "words=none": {"words": "zeppelin"},
    "weekday": {"weekday": "sunday"}, "hour=19": {"hour": 19}, "hour=4": {"hour": 4},
}  # fmt: skip
ORDERS = {
    **{f"status={value}": {"statuses": (value,)} for value in ("completed", "failed", "pending")},
    "status=2": {"statuses": ("rejected", "failed")},
    **{f"way={value}": {"fulfillment_types": (value,)} for value in ("pickup", "dine_in")},
}
RESERVATIONS = {
    **{f"status={value}": {"statuses": (value,)} for value in ("completed", "failed", "requested")},
    "status=2": {"statuses": ("no_show", "failed")},
    "name=common": {"words": "guest"}, "name=none": {"words": "zeppelin"},
}  # fmt: skip
AUDIT = {
    "person": {"person": NOWHERE},
    "table": {"table_name": "location_hours"},
    "action": {"action": "update"},
    "row": {"row_id": NOWHERE},
}
LISTS: dict[str, tuple[type[Any], dict[str, Any], Callable[..., Any], Callable[..., Any]]] = {
    "calls": (CallFilters, CALLS, list_calls, summarize_calls),
    "orders": (OrderFilters, ORDERS, list_orders, summarize_orders),
    "reservations": (ReservationFilters, RESERVATIONS, list_reservations, summarize_reservations),
    "audit": (AuditFilters, AUDIT, list_audit, count_audit),
}


@dataclass(frozen=True)
class Reading:
    """Milliseconds from the question to the last row, the best of three, and how many rows came."""

    what: str
    person: str
    filters: str
    milliseconds: float
    rows: int


def questions(own: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each filter alone and in pairs; those that set the same field exclude each other."""
    singles = {**PLACES, **DATES, **own}
    yield "nothing", {}
    yield from singles.items()
    pairs = [
        (f"{one} + {other}", {**left, **right})
        for (one, left), (other, right) in combinations(singles.items(), 2)
        if not left.keys() & right.keys()
    ]
    yield from pairs[:: int(os.environ.get("STRIDE", "1"))]


# Half a year back, which is half of the bulk calls.
DEEP = Cursor(datetime.combine(TODAY - timedelta(days=180), clock(12), UTC), NOWHERE)


def best_of(ask: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The shortest of some runs, in milliseconds, and the answer."""
    spent, answer = [], None
    for _ in range(times):
        began = time.perf_counter()
        answer = ask()
        spent.append(time.perf_counter() - began)
        if spent[-1] > 1:
            break
    return min(spent) * 1000, answer


def readings(name: str, person: Person) -> Iterator[Reading]:
    """All questions of one list for one person: first page, a deep page, and the count."""
    kind, own, find, count = LISTS[name]
    extra = {}
    if "kinds" in {field.name for field in fields(kind)}:
        extra["kinds"] = get_audit_choices().kinds
    for words, values in questions(own):
        filters = kind(**values, **extra)
        spent, page = best_of(partial(find, person.scope, filters))
        yield Reading(f"{name} page", person.name, words, spent, len(page.rows))
        spent, page = best_of(partial(find, person.scope, filters, DEEP))
        yield Reading(f"{name} deep", person.name, words, spent, len(page.rows))
        spent, summary = best_of(partial(count, person.scope, filters))
        yield Reading(f"{name} count", person.name, words, spent, summary.count)


def summary(found: list[Reading]) -> Table:
    """Median, 95th percentile and longest, for each list and person."""
    groups: dict[tuple[str, str], list[float]] = {}
    for reading in found:
        groups.setdefault((reading.what, reading.person), []).append(reading.milliseconds)
    table = Table(title="milliseconds")
    for heading in ("what", "person", "questions", "median", "p95", "longest"):
        table.add_column(heading, justify="left" if heading in {"what", "person"} else "right")
    for (what, person), spent in sorted(groups.items()):
        spent.sort()
        figures = (statistics.median(spent), spent[int(len(spent) * 0.95)], spent[-1])
        table.add_row(what, person, str(len(spent)), *(f"{figure:.1f}" for figure in figures))
    return table


def main() -> None:
    """Ask everything, and print what took longest."""
    config = Config.from_environment()
    app = create_app(config)
    assert config.owner_database_url
    everybody = add_people(config.owner_database_url, int(os.environ.get("ACCOUNTS", "50")))
    wanted = os.environ.get("LISTS", ",".join(LISTS)).split(",")
    only = os.environ.get("PEOPLE", ",".join(person.name for person in everybody)).split(",")
    found: list[Reading] = []
    for person in everybody:
        if person.name not in only:
            continue
        for name in wanted:
            with app.app_context(), acting_as(Caller(person.user_id)):
                db.session.execute(select(1))
                found += readings(name, person)
    found.sort(key=lambda reading: -reading.milliseconds)
    shown = int(os.environ.get("SHOWN", "40"))
    over = {limit: sum(reading.milliseconds > limit for reading in found) for limit in (3, 5, 10, 50)}
    table = Table(title=f"{len(found):,} questions; longer than {over} ms")
    for heading in ("what", "person", "filters", "ms", "rows"):
        table.add_column(heading, justify="right" if heading in {"ms", "rows"} else "left")
    for reading in found[:shown]:
        table.add_row(
            reading.what, reading.person, reading.filters, f"{reading.milliseconds:.1f}", str(reading.rows)
        )
    Console(width=120).print(table, summary(found))


if __name__ == "__main__":
    main()
