"""Sign-in from outside: what its time tells, where guessing stops, and when a session is dead."""

import http.client
from dataclasses import dataclass
from itertools import count
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

import psycopg

from benchmarks.served import CSRF, Server
from tests.torture.figures import Figure, Part, Report, counted
from tests.torture.ground import standing

TRIES = 40
LIMIT = 10
WITHIN_PERCENT = 10
PERSON = "operator@certus.example"
PASSWORD = "certus-demo"
FORM = "application/x-www-form-urlencoded"

# What an owner, or the person, does to somebody who is signed in, and how it is taken back.
ENDS = {
    "deactivation": (
        "update public.users set is_active = false where email = %s",
        "update public.users set is_active = true where email = %s",
    ),
    "another role": (
        "update public.users set role = 'account_manager' where email = %s",
        "update public.users set role = 'operator' where email = %s",
    ),
    "another password": (
        """update private.user_passwords set changed_at = clock_timestamp()
        where user_id = (select id from public.users where email = %s)""",
        "select %s",
    ),
    "30 idle minutes": (
        """update private.web_sessions set last_seen_at = now() - interval '30 minutes'
        where user_id = (select id from public.users where email = %s)""",
        "select %s",
    ),
    "12 hours": (
        """update private.web_sessions set opened_at = now() - interval '12 hours'
        where user_id = (select id from public.users where email = %s)""",
        "select %s",
    ),
}


@dataclass(frozen=True)
class Answer:
    """An answer to a sign-in: its time in seconds, and the cookie that came with it."""

    status: int
    seconds: float
    retry_after: str | None
    cookie: str


class Browser:
    """One form of the sign-in page, sent as often as wanted, from whatever address the proxy names."""

    def __init__(self, server: Server) -> None:
        self.connection = server.connect()
        answer = self.ask("GET", "/login", {})
        self.cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        token = CSRF.search(self.body.decode())
        self.token = token[1] if token else ""

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> http.client.HTTPResponse:
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        self.body = answer.read()
        return answer

    def try_sign_in(self, email: str, password: str, address: str = "203.0.113.1") -> Answer:
        form = urlencode({"email": email, "password": password, "csrf_token": self.token})
        headers = {"Cookie": self.cookie, "Content-Type": FORM, "X-Forwarded-For": address}
        began = perf_counter()
        answer = self.ask("POST", "/login", headers, form)
        seconds = perf_counter() - began
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        return Answer(answer.status, seconds, answer.getheader("Retry-After"), cookie)

    def is_signed_in(self, cookie: str) -> bool:
        return self.ask("GET", "/account/password", {"Cookie": cookie}).status == 200


def run(report: Report) -> Part:
    """The part, behind one proxy as CERTUS_PROXIES says."""
    with (
        standing() as ground,
        ground.serving(environ={"CERTUS_PROXIES": "1", "CERTUS_LOG_LEVEL": "ERROR"}) as server,
        psycopg.connect(ground.database.owner_database_url, autocommit=True) as owner,
    ):
        browser = Browser(server)
        report("the time of a refusal")
        times = _times(browser, owner)
        report("guessing")
        guesses = (*_by_person(browser, owner), *_by_address(browser, owner))
        report("the end of sessions")
        return Part(
            "Sign-in",
            (times, *guesses, _ends(browser, owner)),
            f"{TRIES} tries of each kind in turn, by one client.",
        )


def _forget(owner: psycopg.Connection) -> None:
    owner.execute("delete from private.sign_in_attempts")


def _times(browser: Browser, owner: psycopg.Connection) -> Figure:
    unknown, wrong = [], []
    for number in range(TRIES):
        _forget(owner)
        kinds = [(unknown, f"nobody-{number}@certus.example"), (wrong, PERSON)]
        for times, email in kinds if number % 2 else reversed(kinds):
            times.append(browser.try_sign_in(email, "not the one").seconds)
    apart = abs(median(unknown) / median(wrong) - 1) * 100
    found = f"{apart:.1f} % ({median(unknown) * 1000:.0f} and {median(wrong) * 1000:.0f} ms)"
    what = "unknown person and wrong password: medians apart"
    return Figure(what, f"at most {WITHIN_PERCENT} %", found, apart <= WITHIN_PERCENT)


def _stops(what: str, answers: list[Answer]) -> Figure:
    """Ten tries are answered, the next is 429 with a wait of at most five minutes."""
    statuses = [answer.status for answer in answers]
    before = next((place for place, status in enumerate(statuses) if status == 429), len(statuses))
    wait = int(answers[-1].retry_after or 0)
    found = f"429 after {before}, Retry-After {wait} s"
    held = statuses == [200] * LIMIT + [429] and 0 < wait <= 300
    return Figure(what, f"429 after {LIMIT}, Retry-After up to 300 s", found, held)


def _by_person(browser: Browser, owner: psycopg.Connection) -> tuple[Figure, ...]:
    _forget(owner)
    addresses = [f"198.51.100.{number}" for number in range(1, LIMIT + 2)]
    stops = _stops(
        "guesses at one person from many addresses",
        [browser.try_sign_in(PERSON, "not the one", each) for each in addresses],
    )
    others = [browser.try_sign_in("manager@certus.example", PASSWORD, each) for each in addresses]
    let_in = sum(answer.status == 303 for answer in others)
    return stops, counted(
        "somebody else comes in meanwhile, from each of these addresses", let_in, len(others)
    )


def _by_address(browser: Browser, owner: psycopg.Connection) -> tuple[Figure, ...]:
    _forget(owner)
    names = count(1)
    # Whatever a client writes itself stands left of what the trusted proxy adds.
    forged = [f"192.0.2.{next(names)}, 198.51.100.77" for _ in range(LIMIT + 1)]
    stops = _stops(
        "guesses from one address at many people, with a forged X-Forwarded-For",
        [browser.try_sign_in(f"nobody-{next(names)}@certus.example", "guess", each) for each in forged],
    )
    others = [browser.try_sign_in(PERSON, PASSWORD, f"203.0.113.{number}") for number in range(1, LIMIT + 1)]
    let_in = sum(answer.status == 303 for answer in others)
    return stops, counted("people at other addresses come in meanwhile", let_in, len(others))


def _ends(browser: Browser, owner: psycopg.Connection) -> Figure:
    """Each time two sessions are shown to be alive, then both are tried once more."""
    dead = 0
    for change, undo in ENDS.values():
        _forget(owner)
        cookies = [browser.try_sign_in(PERSON, PASSWORD).cookie for _ in range(2)]
        alive = all(browser.is_signed_in(cookie) for cookie in cookies)
        owner.execute(change, [PERSON])
        dead += alive and not any(browser.is_signed_in(cookie) for cookie in cookies)
        owner.execute(undo, [PERSON])
    _forget(owner)
    cookie = browser.try_sign_in(PERSON, PASSWORD).cookie
    alive = browser.is_signed_in(cookie)
    drawn = browser.ask("GET", "/account/password", {"Cookie": cookie})
    with_form = (drawn.getheader("Set-Cookie") or "").partition(";")[0] or cookie
    token = CSRF.search(browser.body.decode())
    form = urlencode({"csrf_token": token[1] if token else ""})
    signed_out = browser.ask("POST", "/logout", {"Cookie": with_form, "Content-Type": FORM}, form)
    copies = (cookie, with_form)
    dead += alive and signed_out.status == 303 and not any(browser.is_signed_in(copy) for copy in copies)
    return counted(f"sessions dead at the next request: {', '.join(ENDS)}, sign-out", dead, len(ENDS) + 1)
