"""Reading the page of Analytics, and the same numbers by SQL that was written apart from it."""

import html
import json
import re
from collections import defaultdict
from datetime import date
from typing import Any

from psycopg.rows import tuple_row

from certus_admin.queries.calls import WEEKDAYS
from tests.fixtures.database import Database

BACK = {"today": (0, 0), "yesterday": (1, 1), "7d": (6, 0), "30d": (29, 0), "90d": (89, 0)}

# Local dates that a preset or typed days leave at each place of a person.
PLACES = """with place as (
    select l.account_id, l.id, l.name, l.timezone, a.currency,
        coalesce(%(first)s, (now() at time zone l.timezone)::date - %(back)s) as first,
        coalesce(%(last)s, (now() at time zone l.timezone)::date - %(until)s) as last
    from public.locations l join public.accounts a on a.id = l.account_id
    where exists (select from public.users u join public.user_access g on g.user_id = u.id
        where u.email = %(email)s and (g.account_id is null or g.account_id = l.account_id)
            and (g.location_id is null or g.location_id = l.id))
        and (%(account)s::uuid is null or l.account_id = %(account)s or %(location)s::uuid is not null)
        and (%(location)s::uuid is null or l.id = %(location)s)
), moved as (
    select account_id, id, name, timezone, currency,
        case %(compare)s when 'year' then (first - interval '1 year')::date
            when 'before' then first - %(days)s else first end as first,
        case %(compare)s when 'year' then (last - interval '1 year')::date
            when 'before' then last - %(days)s else last end as last
    from place
)"""
CALLS = f"""{PLACES}
select (c.started_at at time zone p.timezone)::date, p.id, c.status, c.call_type,
    extract(isodow from c.started_at at time zone p.timezone)::integer,
    extract(hour from c.started_at at time zone p.timezone)::integer,
    coalesce((select s.baseline_handle_seconds from public.location_settings s where s.location_id = p.id),
        (select s.baseline_handle_seconds from public.account_settings s where s.account_id = p.account_id),
        c.duration_seconds, 0)
from public.call_logs c join moved p on p.id = c.location_id
where c.direction = 'inbound' and (c.started_at at time zone p.timezone)::date between p.first and p.last"""
ORDERS = f"""{PLACES}
select (o.created_at at time zone p.timezone)::date, p.id, p.currency, o.total_amount
from public.order_logs o join moved p on p.id = o.location_id
where o.status not in ('canceled', 'rejected', 'failed')
    and (o.created_at at time zone p.timezone)::date between p.first and p.last"""
TABLES = f"""{PLACES}
select (r.created_at at time zone p.timezone)::date, p.id, p.currency,
    r.guest_count * coalesce(r.avg_spend_per_head_override,
        (select s.avg_spend_per_head from public.location_settings s where s.location_id = p.id),
        (select s.avg_spend_per_head from public.account_settings s where s.account_id = p.account_id))
from public.reservations r join moved p on p.id = r.location_id
where r.status not in ('canceled', 'no_show', 'failed')
    and (r.created_at at time zone p.timezone)::date between p.first and p.last"""
METRICS = f"""{PLACES}
select m.*, p.currency from public.mv_metrics_daily m join moved p on p.id = m.location_id
where m.date between p.first and p.last order by m.date, m.account_id, m.location_id"""


class Facts:
    """What SQL says about a choice of filters; `compare` moves its dates."""

    def __init__(self, database: Database, email: str, chosen: dict[str, Any], compare: str = "none") -> None:
        first, last = chosen.get("from"), chosen.get("to")
        back, until = BACK[chosen.get("period", "30d")]
        self.values = {
            "email": email,
            "first": first,
            "last": last,
            "back": back,
            "until": until,
            "days": (last - first).days + 1 if first and last else back - until + 1,
            "account": chosen.get("account"),
            "location": chosen.get("location"),
            "compare": compare,
        }
        with database.owner() as owner:
            cursor = owner.cursor(row_factory=tuple_row)
            self.calls, self.orders, self.tables, self.metrics = (
                cursor.execute(statement.encode(), self.values).fetchall()
                for statement in (CALLS, ORDERS, TABLES, METRICS)
            )
            self.metrics_names = [column.name for column in cursor.description or ()]

    def calls_on(self, day: str, *statuses: str) -> int:
        """Inbound calls of a date with one of the statuses; any status where none is given."""
        return sum(row[0].isoformat() == day and (not statuses or row[2] in statuses) for row in self.calls)

    def minutes_on(self, day: str) -> float:
        """Minutes saved on a date."""
        seconds = (row[6] for row in self.calls if row[0].isoformat() == day and row[2] in KEPT)
        return float(sum(seconds)) / 60

    def orders_on(self, day: str, currency: str) -> float:
        """Revenue of a date's orders."""
        return float(sum(row[3] for row in self.orders if (row[0].isoformat(), row[2]) == (day, currency)))

    def tables_on(self, day: str, currency: str) -> float | None:
        """The estimate of a date's reservations; None where there are some and none is known."""
        found = [row[3] for row in self.tables if (row[0].isoformat(), row[2]) == (day, currency)]
        known = [amount for amount in found if amount is not None]
        return None if found and not known else float(sum(known))

    def hours(self) -> dict[tuple[str, int], int]:
        """Calls by weekday and local hour; only where there are any."""
        found: dict[tuple[str, int], int] = defaultdict(int)
        for row in self.calls:
            found[WEEKDAYS[row[4] - 1], row[5]] += 1
        return dict(found)


ANSWERED = ("completed", "transferred", "in_progress")
MISSED = ("missed", "failed", "canceled")
KEPT = ("completed", "in_progress")


def charts_on(page: str) -> dict[str, dict[str, Any]]:
    """The series that each chart draws, by its id; each with `urls`, its address with each date filled in."""
    found = re.findall(r'aria-labelledby="chart-([^"]+)" data-chart>.*?data-series=\'([^\']*)\'', page, re.S)
    charts = {name: json.loads(html.unescape(series)) for name, series in found}
    for chart in charts.values():
        for series in (*chart["series"], *([chart["compared"]] if chart["compared"] else ())):
            dates, url = series.get("dates", chart["days"]), series["url"]
            series["urls"] = [url.replace("DAY", day) if url and day else None for day in dates]
    return charts


def hours_on(page: str) -> dict[tuple[str, int], tuple[int, str]]:
    """Cells of the heat map with their links, by weekday and hour."""
    links = re.findall(r'<td class="heat-[1-5]"><a href="([^"]+)" title="[^"]*">([\d,]+)</a>', page)
    found = {}
    for link, count in links:
        url = html.unescape(link)
        place = re.search(r"weekday=(\w+)&hour=(\d+)", url)
        assert place is not None, url
        found[place[1], int(place[2])] = (int(count.replace(",", "")), url)
    return found


def table_on(page: str, chart: str) -> list[list[str]]:
    """The rows of a chart's table, as words."""
    section = re.search(rf'aria-labelledby="chart-{chart}".*?<tbody>(.*?)</tbody>', page, re.S)
    assert section is not None, chart
    rows = re.findall(r"<tr>(.*?)</tr>", section[1], re.S)
    return [[words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)] for row in rows]


def ranking_on(page: str) -> list[tuple[str, list[str]]]:
    """Each location with its numbers in words, from the top."""
    section = re.search(r'<table class="data-table ranking".*?<tbody[^>]*>(.*?)</tbody>', page, re.S)
    assert section is not None
    rows = re.findall(r'<a class="row-link"[^>]*>([^<]+)</a>.*?</td>(.*?)</tr>', section[1], re.S)
    return [
        (html.unescape(name), [words(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells, re.S)])
        for name, cells in rows
    ]


def words(markup: str) -> str:
    """The text of a piece of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def filters_in(chosen: dict[str, Any]) -> dict[str, str]:
    """The choice as a query string has it."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) for name, value in chosen.items()
    }
