"""What guests, providers and people write is text: in every page that shows it, and in every file."""

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf, LiveServer, PageOf
from tests.payloads import ALL, FORMULAS, NAMES

ACCOUNT = "a0000000-0000-7000-8000-00000000000a"
SEAPORT = "10c00000-0000-7000-8000-0000000000a1"
CALL = "ca110000-0000-7000-8000-000000000001"
NOTE = "007e0000-0000-7000-8000-00000000e001"
REQUEST = "4e000000-0000-7000-8000-000000000001"
KEY = "a9140000-0000-7000-8000-000000000001"
PERSON = "05e00000-0000-7000-8000-000000000003"
PLACE = f"/configuration/{ACCOUNT}/{SEAPORT}"

WRITE = (
    """insert into public.call_logs (account_id, location_id, provider, provider_call_id, provider_status,
        end_reason, intent, from_number, started_at, answered_at, ended_at, summary_md, transcript_md)
    select %(account)s, %(place)s, 'vapi', left('x' || n || p, 200), 'ended', p, 'order', '+1 617-555-0142',
        now() - make_interval(mins => n::int), now(), now(), p, 'caller: ' || p
    from unnest(%(all)s::text[]) with ordinality a (p, n)""",
    """update public.call_logs set end_reason = %(name)s,
        summary_md = array_to_string(%(all)s::text[], E'\\n\\n'),
        transcript_md = (select string_agg('caller: ' || p || E'\\nagent: ' || p, E'\\n')
            from unnest(%(all)s::text[]) p) where id = %(call)s""",
    """insert into public.internal_notes (account_id, id, location_id, call_id, author_user_id, note_md)
    values (%(account)s, %(note)s, %(place)s, %(call)s, %(person)s,
        left(array_to_string(%(all)s::text[], E'\\n\\n'), 9999))""",
    """update public.order_logs set items = (select jsonb_agg(jsonb_build_object('name', p, 'notes', p,
        'quantity', 1, 'unit_amount', 1)) from unnest(%(all)s::text[]) p) where call_id = %(call)s""",
    """insert into public.order_logs (account_id, location_id, items, total_amount)
    select %(account)s, %(place)s,
        jsonb_build_array(jsonb_build_object('name', p, 'quantity', 1, 'unit_amount', 1)), 1
    from unnest(%(all)s::text[]) p""",
    "update public.order_updates set message = array_to_string(%(all)s::text[], ' ')",
    """insert into public.reservations (account_id, location_id, call_id, reservation_datetime,
        guest_name, guest_count, special_requests)
    select %(account)s, %(place)s, %(call)s, now(), p, 2, p from unnest(%(all)s::text[]) p""",
    """update public.knowledge_update_requests set payload = jsonb_build_object(
        'title', left(%(name)s, 120), 'text', array_to_string(%(all)s::text[], ' '))
    where id = %(request)s""",
    """insert into public.knowledge_update_requests (org_id, requested_by_user_id, payload)
    select %(account)s, %(person)s,
        jsonb_build_object('title', replace(p, E'\\n', ' '), 'text', p)
    from unnest(%(all)s::text[]) p""",
    """insert into public.settings (org_id, key, value)
    values (%(account)s, 'injected',
        jsonb_build_object('greeting', array_to_string(%(all)s::text[], ' ')))""",
    "update public.api_keys set label = left(%(short)s, 80) where id = %(key)s",
    "update public.location_hours_exceptions set reason = left(%(name)s, 200)",
    "update public.location_settings set busy_mode_enabled = true, busy_reason = left(%(name)s, 200)",
    "update public.accounts set name = left(%(name)s, 200) where id = %(account)s",
    """update public.locations l set name = n.name
    from unnest(%(names)s::text[]) with ordinality n (name, place)
    where l.id = ('10c00000-0000-7000-8000-0000000000a' || n.place)::uuid""",
    "update public.users set full_name = left(%(name)s, 190) || right(id::text, 2)",
)
PAGES = (
    *("/", "/calls/", f"/calls/{CALL}", "/orders/", "/reservations/", "/notes/", "/analytics/", "/health/"),
    *(f"/notes/details/?id={NOTE}", "/knowledge/", f"/knowledge/{REQUEST}", "/knowledge/new", "/audit/"),
    *("/configuration/", f"/configuration/{ACCOUNT}/", f"{PLACE}/", f"{PLACE}/exceptions", f"{PLACE}/busy"),
    *(
        f"{PLACE}/history",
        f"{PLACE}/copy",
        f"{PLACE}/exceptions/2026-12-25",
        "/people/",
        f"/people/{PERSON}/",
    ),
    *(f"/people/{PERSON}/sees", "/people/invite", "/settings/", f"/settings/injected/{ACCOUNT}"),
    *(f"/settings/injected/{ACCOUNT}/history", "/api-keys/", f"/api-keys/{KEY}", f"/api-keys/{KEY}/revoke"),
)
WATCH = """window.__seen = [];
Object.defineProperty(window, "__xss", {set() { window.__seen.push("a script ran"); }});
document.addEventListener("securitypolicyviolation", found =>
    window.__seen.push(`the policy stopped ${found.violatedDirective}`));"""
# The browser tells of what it stopped when it comes to it.
TOLD = """async words => {
    for (let turn = 0; turn < 500 && !window.__seen.includes(words); turn++)
        await new Promise(done => setTimeout(done, 10));
}"""
# What would act if somebody touched it: nothing of ours is written inline, and no link leads to a script.
ACTS = """() => [...document.querySelectorAll("*")].flatMap(element => [...element.attributes]
    .filter(({name, value}) => /^on|^srcdoc$|^(data-)?hx-on/i.test(name)
        || name === "style" && /url[(]|expression/i.test(value)
        || /^(data-)?hx-(get|post|vals)$|^(src|srcset|action|formaction|data|poster)$/i.test(name)
            && /evil[.]example|^js:/i.test(value)
        || /href$|^action$|^src$/i.test(name) && /^\\s*(javascript|vbscript|data:text)/i.test(value))
    .map(({name}) => `<${element.localName} ${name}>`)
    .concat(/^(iframe|object|embed|base|math)$/.test(element.localName) ? [`<${element.localName}>`] : []))"""


@pytest.fixture(scope="module", autouse=True)
def injected(database: Database, busy_days: None) -> None:
    """Every shape in every text that a page shows."""
    values = {
        "account": ACCOUNT, "place": SEAPORT, "call": CALL, "note": NOTE, "request": REQUEST, "key": KEY,
        "person": PERSON, "all": list(ALL), "names": list(NAMES[1:6]), "name": NAMES[0],
        "short": "\"><img src=x onerror=window.__xss=1>' onfocus='x",
    }  # fmt: skip
    with database.owner(autocommit=True) as owner:
        for statement in WRITE:
            owner.execute(statement, values)
        owner.execute("select private.refresh_metrics()")


@pytest.fixture
def watched(page_of: PageOf, live_server: LiveServer) -> tuple[Page, list[str]]:
    """The admin's page, and what was tried on it: scripts, dialogs, requests to other hosts."""
    page = page_of()
    tried: list[str] = []
    page.add_init_script(WATCH)
    page.on("dialog", lambda dialog: (tried.append("a dialog"), dialog.dismiss()))
    page.on(
        "request",
        lambda request: request.url.startswith((live_server.url, "data:image/")) or tried.append(request.url),
    )
    page.goto("/login")
    page.get_by_label("Email").fill("admin@certus.example")
    page.get_by_label("Password").fill("certus-demo")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page, tried


def look(page: Page, tried: list[str], where: str) -> None:
    """Note what ran or would."""
    tried += [f"{where}: {seen}" for seen in page.evaluate("() => window.__seen") + page.evaluate(ACTS)]


def test_there_are_many_shapes_and_the_watch_sees_them(
    watched: tuple[Page, list[str]], page_faults: list[str]
) -> None:
    page, tried = watched
    assert len(set(ALL)) >= 60
    page.evaluate("() => { window.__xss = 1; document.body.setAttribute('onclick', 'x()'); }")
    page.evaluate("() => document.body.click()")  # only what would be called is looked at by the policy
    page.evaluate(
        "() => { const a = document.createElement('a'); a.href = 'javascript:x()'; document.body.append(a); }"
    )
    look(page, tried, "here")
    page.evaluate("() => { window.location.hash = 'x'; fetch('https://evil.example').catch(() => 0); }")
    for directive in ("script-src-attr", "connect-src"):
        page.evaluate(TOLD, f"the policy stopped {directive}")
    look(page, tried, "here")
    for found in ("a script ran", "the policy stopped script-src-attr", "<body onclick>", "<a href>"):
        assert f"here: {found}" in tried
    assert "here: the policy stopped connect-src" in tried
    page_faults.clear()


def test_no_page_runs_or_fetches_what_was_written(watched: tuple[Page, list[str]]) -> None:
    page, tried = watched
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        look(page, tried, path)
    assert tried == []


def test_the_drawer_and_its_picker_show_text(watched: tuple[Page, list[str]]) -> None:
    page, tried = watched
    page.goto("/calls/?from=2026-01-01&to=2026-01-31")
    page.locator(f'tr[data-row="{CALL}"] .row-link').click()
    drawer = page.locator(f'#drawer[open] [data-call="{CALL}"]')
    expect(drawer).to_be_visible()
    said = re.sub(r"\s+", " ", drawer.text_content() or "")
    for payload in ALL:
        assert re.sub(r"\s+", " ", payload).strip() in said, payload
    page.locator("#drawer textarea").first.press_sequentially("@Acc")
    look(page, tried, "the drawer")
    assert tried == []


@pytest.mark.parametrize("relation", ["calls", "orders", "reservations", "knowledge", "api-keys", "audit"])
def test_no_file_starts_a_formula(client_of: ClientOf, relation: str) -> None:
    text = client_of("admin").get(f"/{relation}/export.csv").get_data(as_text=True)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    number = re.compile(r"[+-]?\d[\d ().,-]*\Z")
    assert [
        cell for cell in cells if re.match(r"[=+\-@\t\r\n＝＋－＠]", cell) and not number.match(cell)
    ] == []
    if relation in ("reservations", "knowledge"):
        assert {f"'{formula}" for formula in FORMULAS} <= set(cells)


def test_a_file_is_named_without_what_was_written(client_of: ClientOf) -> None:
    answer = client_of("admin").get(f"/analytics/metrics.csv?account={ACCOUNT}")
    name = answer.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="metrics-acc-[A-Za-z0-9_.-]+\.csv"', name)
    answer.close()
