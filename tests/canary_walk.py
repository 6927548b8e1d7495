"""A walk through every page with canaries in hand: what is asked, by whom, and what each answer may hold."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from tests.canaries import Canaries, addresses_in
from tests.route_table import CALL, FORMS, ROUTES, VALUES, WITH_ID

PLACEHOLDER = re.compile(r"<(?:(\w+):)?(\w+)>")

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
# Ends what the walk needs, or counts tries at signing in.
NOT_SENT = {
    *("/logout", "/viewing/end", "/login", "/one-time-link", "/one-time-link/password", "/account/password")
}
# A form comes back with what was typed, a conflict with what both wrote, to the person who sent it.
ECHOES = {200, 409, 422}
LISTS = ("/calls/", "/orders/", "/reservations/", "/audit/", "/knowledge/", "/notes/", "/api-keys/")


@dataclass(frozen=True)
class Request:
    """What is asked; a form goes as a browser sends it."""

    method: str
    path: str
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: str


Ask = Callable[[Request], Seen]


@dataclass
class Walk:
    """What was found: `leaks` in words without the canary itself, `answers` counted by status."""

    canaries: Canaries
    calls: list[str]
    answers: dict[int, int] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    revealed: int = 0

    def go(self, person: str, ask: Ask) -> None:
        """Everything that one person can ask for."""
        token = TOKEN.search(ask(Request("GET", f"/calls/{CALL}")).body)
        assert token is not None, f"{person} has no page with a form's token"
        for request in (*self.looks(), *self.sends(token[1])):
            self.judge(person, request, ask(request))

    def looks(self) -> Iterator[Request]:
        """Every page, the canaries' own calls, lists that search for them, addresses that hold them."""
        for rule in (rule for method, rule in ROUTES if method == "GET"):
            yield Request("GET", address(rule, VALUES) + (f"?id={WITH_ID[rule]}" if rule in WITH_ID else ""))
        for call in self.calls:
            yield Request("GET", f"/calls/{call}", headers={"HX-Request": "true"})
        yield Request("GET", f"/calls/{self.calls[0]}")
        yield Request("GET", f"/calls/{self.calls[0]}/recording")
        number, note, secret = self.canaries.numbers[0], self.canaries.notes[0], self.canaries.secrets[0]
        for path in LISTS:
            yield Request("GET", path)
            for name in ("words", "digits", "status", "row", "q", "from", "account", "older"):
                for value in (number, note, secret):
                    yield Request("GET", f"{path}?{urlencode({name: value})}")
            for value in (number, note, secret):
                yield Request("GET", f"{path}?{quote(value)}=1")
            yield Request("GET", f"{path}export.csv?{urlencode({'words': note, 'digits': number[-4:]})}")
        for value in self.canaries.all():
            yield Request("GET", f"/no-such-page/{quote(value, safe='')}")
        for rule in (rule for method, rule in ROUTES if method == "GET" and "<" in rule):
            yield Request("GET", address(rule, dict.fromkeys(VALUES, secret)))
            yield Request("GET", address(rule, dict.fromkeys(VALUES, note)))
        for name in ("X-Request-Id", "Referer", "User-Agent", "X-Forwarded-For", "HX-Current-URL", "Accept"):
            yield Request("GET", "/no-such-page", headers={name: f"https://x.example/{secret}?{quote(note)}"})
        yield Request("GET", "/calls/", headers={"Accept": "application/json", "Range": f"bytes={secret}"})

    def sends(self, token: str) -> Iterator[Request]:
        """Every form, full of canaries; once with its token and once without."""
        for n, rule in enumerate(
            rule for method, rule in ROUTES if method == "POST" and rule not in NOT_SENT
        ):
            number, note = self.canaries.numbers[n % 60], self.canaries.notes[n % 60]
            secret, recording = self.canaries.secrets[n % 40], self.canaries.recordings[n % 40]
            form = dict.fromkeys(("label", "key", "key_hint", "link", "password", "current"), secret) | {
                **dict.fromkeys(("note_md", "reason", "title", "text", "full_name", "greeting"), note),
                "voice": note,
                **dict.fromkeys(("fallback_number", "to_number", "digits", "email"), number),
                **dict.fromkeys(("url", "recording_url", "seen_at", "version", "role", "place"), recording),
                "value": json.dumps({"greeting": note, "recording": recording}) + "}",
                "account": secret, "account_id": note, "confirm": secret, "extra_wait": note, "until": number,
            }  # fmt: skip
            path = address(rule, VALUES)
            yield Request("POST", path, form)
            yield Request("POST", path, {**form, **FORMS.get(rule, {}), "csrf_token": token})
            yield Request("POST", path, {**form, "csrf_token": token}, {"HX-Request": "true"})
        note, call = self.canaries.notes[1], self.calls[1]
        yield Request("POST", f"/calls/{call}/reveal", {"reason": note, "csrf_token": token})
        yield Request("POST", f"/calls/{call}/notes", {"note_md": note, "csrf_token": token})
        yield Request("POST", "/knowledge/new", {"text": note + "x" * 1_100_000, "csrf_token": token})
        yield Request("PUT", "/calls/", {"label": self.canaries.secrets[1]})

    def judge(self, person: str, request: Request, seen: Seen) -> None:
        """Note what the answer holds that it may not."""
        self.answers[seen.status] = self.answers.get(seen.status, 0) + 1
        where = f"{person}: {request.method} {urlsplit(request.path).path[:60]} ({seen.status})"
        if not request.path.startswith("/static/") and "no-store" not in seen.headers.get(
            "cache-control", ""
        ):
            self.stored.append(where)
        if request.path.endswith("/recording") and seen.status == 302:
            return  # to send the player there is what it is for, with a line in the audit log
        typed = self.canaries.found(request.path)
        self._leak(self.canaries.found(seen.headers.get("location", "")) - typed, f"{where}: Location")
        if "html" in seen.headers.get("content-type", ""):
            self._leak(
                self.canaries.found("\n".join(addresses_in(seen.body))) - typed, f"{where}: an address"
            )
        if seen.status >= 400 and seen.status not in ECHOES:
            self._leak(self.canaries.found(seen.body), f"{where}: error")
        kept = self.canaries.found(seen.body) & {*self.canaries.numbers, *self.canaries.recordings}
        if request.path.endswith("/reveal") and seen.status == 200:
            self.revealed += len(kept)
        elif request.form is None:
            self._leak(kept - typed, f"{where}: a full number or a recording")

    def _leak(self, found: set[str], where: str) -> None:
        self.leaks += [where] * len(found)


def address(rule: str, values: Mapping[str, object]) -> str:
    """A rule's address; placeholders of ids keep an id."""

    def value(match: re.Match[str]) -> str:
        kept = VALUES if match[1] == "uuid" else values
        return quote(str(kept[match[2]]), safe="")

    return PLACEHOLDER.sub(value, rule)


def encoded(request: Request) -> str | None:
    """The body of a form."""
    return None if request.form is None else urlencode(request.form)
