"""Ten thousand generated addresses for each role: no fault, nothing foreign, and each refusal says why."""

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import get_context
from random import Random
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import psycopg
from flask.testing import FlaskClient

from benchmarks.pages import signed_in
from certus_admin.config import Config
from tests.route_table import PEOPLE, ROUTES, VALUES
from tests.torture.figures import Figure, Part, Report, at_most, counted
from tests.torture.ground import standing
from wsgi import create_app

EACH = 10_000
AT_ONCE = 2
SHARE = 2_500
SLOWEST = 2.0
PLACEHOLDER = re.compile(r"<(?:(\w+):)?(\w+)>")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FIELD = re.compile(r'<(?:input|select|textarea)\b[^>]*\bname="([a-z_]+)"')
NAMED = re.compile(r"“[^”]+” \([a-z_]+\)|There is no filter|“(older|newer|exact|account)”|page mark “")
# What a fault of ours would let out.
INSIDES = re.compile(
    r"traceback|psycopg|sqlalchemy|jinja2|werkzeug\.|site-packages|\bselect\s+\w+.*\bfrom\b|"
    r"\b(call_logs|order_logs|user_access|web_sessions|users_select|find_rows|certus_app|pg_catalog)\b",
    re.IGNORECASE,
)
HOSTILE = (
    "", " ", "0", "-1", "1e309", "NaN", "null", "true", "[]", "{}", "9" * 400, "2026-02-30", "0000-00-00",
    "9999-12-31", "10000-01-01", "2026-11-01T25:61", "' or 1=1 --", "'; drop table x; --", '"', "\\", "%",
    "a" * 3_000, "\x00", "a\x00b", "\r\nX-Injected: 1", "\u202egnp", "\u200b", "ÅÄÖ\u0301", "\U0001f600" * 40,
    "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}", "../../etc/passwd",
    "//evil.example", "javascript:alert(1)", "&amp;", "a & b | !c <-> (d:*", "'''", "((((((", "-" * 200,
)  # fmt: skip
PLAIN = (
    "today", "7d", "30d", "90d", "completed", "missed", "order", "yes", "no", "table", "1", "12", "monday",
    "2026-10-01", "2026-11-20", "inbound", "pickup", "requested", "exact", "previous", "year",
)  # fmt: skip
PAGING = ("older", "newer", "count", "page", "sort", "table", "ranked")
PRONE = ("/calls/", "/orders/", "/reservations/", "/audit/", "/notes/", "/knowledge/", "/analytics/", "/")


@dataclass
class Found:
    """What a share of the addresses was answered; the lists name the answers that broke a promise."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    insides: list[str] = field(default_factory=list)
    mute: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")  # seconds, path

    def add(self, other: "Found") -> None:
        """Both together."""
        self.statuses += other.statuses
        for name in ("faults", "foreign", "insides", "mute"):
            getattr(self, name).extend(getattr(other, name))
        self.slowest = max(self.slowest, other.slowest)


@dataclass
class Generator:
    """Addresses of the application's own rules, with values that fit, values of others, and hostile ones."""

    random: Random
    fields: Mapping[str, tuple[str, ...]]
    theirs: tuple[str, ...]

    @cached_property
    def rules(self) -> tuple[str, ...]:
        return tuple(rule for method, rule in ROUTES if method == "GET")

    def address(self) -> str:
        """One address; lists, which take most filters, come up more often than other pages."""
        rule = self.random.choice(PRONE if self.random.random() < 0.5 else self.rules)
        path = PLACEHOLDER.sub(lambda place: self._place(place[1], place[2]), rule)
        names = self.fields.get(rule, ())
        pairs = [(self._name(names), self._value()) for _ in range(self.random.choice((0, 1, 1, 2, 3, 5)))]
        query = urlencode(pairs)
        if self.random.random() < 0.03:
            query += "&words=%ff%fe&=&&;"
        return f"{path}?{query}" if query else path

    def _name(self, names: tuple[str, ...]) -> str:
        if names and self.random.random() < 0.85:
            return self.random.choice(names)
        return self.random.choice((*PAGING, "colour", "", "account_id", "id[]"))

    def _value(self) -> str:
        draw = self.random.random()
        if draw < 0.35:
            return self.random.choice(PLAIN)
        if draw < 0.55:
            return self.random.choice(self.theirs)
        return self.random.choice(HOSTILE)

    def _place(self, kind: str | None, name: str) -> str:
        draw = self.random.random()
        if draw < 0.4:
            return str(VALUES.get(name, "x"))
        if draw < 0.7:
            return self.random.choice(self.theirs)
        if kind == "uuid" and draw < 0.85:
            return str(UUID(int=self.random.getrandbits(128)))
        return quote(self.random.choice(HOSTILE), safe="") or "x"


def run(report: Report) -> Part:
    """Ask everything, in two processes."""
    found = {person: Found() for person in PEOPLE}
    with standing(environ={"CERTUS_LOG_LEVEL": "ERROR"}) as ground:
        url = ground.database.owner_database_url
        shares = [
            (person, SHARE, number, dict(ground.environ), url)
            for number in range(EACH // SHARE)
            for person in PEOPLE
        ]
        with get_context("spawn").Pool(AT_ONCE) as pool:
            for person, part in pool.imap_unordered(share, shares):
                found[person].add(part)
                report(f"{person}: {found[person].statuses.total():,} addresses")
    asked = sum(each.statuses.total() for each in found.values())
    refused = sum(each.statuses[400] for each in found.values())
    kinds = sorted({status for each in found.values() for status in each.statuses})
    every = Found()
    for each in found.values():
        every.add(each)
    for line in (every.faults + every.foreign + every.insides + every.mute)[:20]:
        report(line)
    return Part(
        "Requests",
        (
            Figure(
                "generated addresses asked, by each of stranger, operator, manager, admin",
                f"{EACH:,}",
                ", ".join(f"{each.statuses.total():,}" for each in found.values()),
                all(each.statuses.total() == EACH for each in found.values()),
            ),
            at_most("answers of 500 and above", len(every.faults), 0),
            at_most("answers with an id out of the person's reach", len(every.foreign), 0),
            at_most("answers with SQL, a table's name or an exception", len(every.insides), 0),
            counted("answers of 400 that name what cannot be read", refused - len(every.mute), refused),
            Figure(
                "slowest answer",
                f"at most {SLOWEST} s",
                f"{every.slowest[0]:.1f} s ({every.slowest[1]!r})",
                every.slowest[0] <= SLOWEST,
            ),
        ),
        f"{asked:,} addresses from the application's rules and the fields of its forms: values that fit, ids "
        f"of others, and hostile ones, drawn from a fixed seed. Answers: {', '.join(map(str, kinds))}.",
    )


def share(task: tuple[str, int, int, dict[str, str], str]) -> tuple[str, Found]:
    """One process's share for one person."""
    person, count, number, environ, owner_url = task
    app = create_app(Config.from_environment(environ))
    client = app.test_client() if person == "stranger" else signed_in(app, f"{person}@certus.example")
    foreign = frozenset(out_of_reach(owner_url, person))
    random = Random(f"{person} {number}")
    ids = sorted(foreign) or [str(UUID(int=random.getrandbits(128))) for _ in range(50)]
    generator = Generator(random, fields_of(client), tuple(random.sample(ids, min(200, len(ids)))))
    found = Found()
    for _ in range(count):
        ask(client, generator.address(), foreign, found)
    return person, found


def ask(client: FlaskClient, address: str, foreign: frozenset[str], found: Found) -> None:
    """One address, and everything that its answer must not have."""
    began = time.perf_counter()
    with client.get(address) as answer:
        written = answer.mimetype.startswith(("text/", "application/json"))
        body = answer.get_data(as_text=True) if written else ""
    taken = time.perf_counter() - began
    found.slowest = max(found.slowest, (taken, urlsplit(address).path[:60]))
    found.statuses[answer.status_code] += 1
    shown = f"{answer.status_code} {address[:160]!r}"
    if answer.status_code >= 500:
        found.faults.append(shown)
    # What somebody typed may come back to them; what they did not type may not be there at all.
    told = set(ID.findall(body)) | set(ID.findall(answer.headers.get("Location", "")))
    if (told - set(ID.findall(address))) & foreign:
        found.foreign.append(shown)
    if answer.status_code >= 400 and (said := INSIDES.search(body)):
        found.insides.append(f"{shown}: {said[0][:40]!r}")
    if answer.status_code == 400 and not names_what(body):
        found.mute.append(shown)


def names_what(body: str) -> bool:
    """True when a refusal names a field, or says that there is no such filter."""
    return NAMED.search(body) is not None


def fields_of(client: FlaskClient) -> dict[str, tuple[str, ...]]:
    """The names of the fields on each page that has no id in its address."""
    found = {}
    for method, rule in ROUTES:
        if method == "GET" and "<" not in rule and not rule.endswith((".csv", ".json")):
            names = tuple(sorted(set(FIELD.findall(client.get(rule).text)) - {"csrf_token"}))
            found[rule] = names
    return found | {f"{rule}export.csv": names for rule, names in found.items()}


REACH = """select a.account_id, a.location_id from public.user_access a
join public.users u on u.id = a.user_id where u.email = %s"""
IDS = """select {column}::text from public.{table}
where not exists (select from unnest(%(accounts)s::uuid[], %(locations)s::uuid[]) r (account_id, location_id)
    where (r.account_id is null or r.account_id = {account})
        and (r.location_id is null or r.location_id = {location}))"""


def out_of_reach(owner_url: str, person: str) -> Iterator[str]:
    """The ids of accounts, locations, calls, orders and reservations that a person may not know of."""
    with psycopg.connect(owner_url) as connection:
        reach = connection.execute(REACH, [f"{person}@certus.example"]).fetchall()
        values = {"accounts": [line[0] for line in reach], "locations": [line[1] for line in reach]}
        for table, account, location in (
            ("accounts", "id", "r.location_id"),
            ("locations", "account_id", "id"),
            ("call_logs", "account_id", "location_id"),
            ("order_logs", "account_id", "location_id"),
            ("reservations", "account_id", "location_id"),
        ):
            statement = IDS.format(column="id", table=table, account=account, location=location)
            yield from (row[0] for row in connection.execute(statement, values))
