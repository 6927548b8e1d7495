"""Forms sent twice: each person has their own, for a day, and whoever views as somebody sends none."""

import threading
from typing import Any, LiteralString

from tests.fixtures.database import Database
from tests.sql.asking import PEOPLE, Asking
from tests.sql.front import Front

TAKE: LiteralString = "select public.take_form(sha256(%s))"
ANSWER: LiteralString = "select public.answer_form(sha256(%s), %s)"
CLAIMS: LiteralString = """select set_config('request.jwt.claims', %s, true),
    set_config('role', 'authenticated', true) as role"""
VIEWING = f'{{"sub": "{PEOPLE["operator"]}", "role": "authenticated", "act": {{"sub": "{PEOPLE["admin"]}"}}}}'


def test_the_first_is_new_and_the_second_hears_the_answer_of_the_first(asking: Asking) -> None:
    asking.as_person("operator")
    assert asking.scalar(TAKE, [b"a form"]) is None
    asking.execute(ANSWER, [b"a form", "an id"])
    assert asking.scalar(TAKE, [b"a form"]) == "an id"
    assert asking.scalar(TAKE, [b"another form"]) is None


def test_nobody_finds_or_answers_the_form_of_somebody_else(asking: Asking) -> None:
    asking.as_person("operator").scalar(TAKE, [b"a form"])
    asking.execute(ANSWER, [b"a form", "theirs"])
    asking.as_person("admin").execute(ANSWER, [b"a form", "mine"])
    assert asking.scalar(TAKE, [b"a form"]) is None
    assert asking.as_person("operator").scalar(TAKE, [b"a form"]) == "theirs"


def test_who_is_nobody_or_views_as_somebody_sends_no_form(asking: Asking) -> None:
    for who in ("nobody", "former"):
        assert asking.as_person(who).reach(TAKE, [b"a form"]) == "42501", who
    asking.as_person("operator").execute("select set_config('request.jwt.claims', %s, true)", [VIEWING])
    assert asking.reach(TAKE, [b"a form"]) == "42501"


def test_who_views_as_somebody_answers_none_of_their_forms(asking: Asking) -> None:
    asking.as_person("operator").scalar(TAKE, [b"a form"])
    asking.execute(ANSWER, [b"a form", "theirs"])
    asking.execute("select set_config('request.jwt.claims', %s, true)", [VIEWING])
    asking.execute(ANSWER, [b"a form", "the viewer's"])
    assert asking.as_person("operator").scalar(TAKE, [b"a form"]) == "theirs"


def test_a_form_is_kept_for_a_day(front: Front) -> None:
    asking = front.asking
    for form in (b"old", b"young"):
        asking.as_person("operator").scalar(TAKE, [form])
        asking.execute(ANSWER, [form, "an id"])
    front.owner(
        "update private.sent_forms set sent_at = now() - interval '25 hours'"
        " where fingerprint = sha256('old')"
    )
    assert asking.as_person("operator").scalar(TAKE, [b"young"]) == "an id"
    assert asking.scalar(TAKE, [b"old"]) is None


def test_the_second_of_two_at_once_waits_for_the_answer_of_the_first(database: Database) -> None:
    claims = f'{{"sub": "{PEOPLE["operator"]}", "role": "authenticated"}}'
    heard: list[Any] = []
    with database.app() as first, database.app() as second, database.superuser(autocommit=True) as watcher:
        first.execute(CLAIMS, [claims])
        second.execute(CLAIMS, [claims])
        first.execute(TAKE, [b"at once"])
        other = threading.Thread(target=lambda: heard.append(second.execute(TAKE, [b"at once"]).fetchone()))
        other.start()
        waits = "select count(*) from pg_stat_activity where pid = %s and wait_event_type = 'Lock'"
        while watcher.execute(waits, [second.info.backend_pid]).fetchone()[0] == 0 and other.is_alive():
            pass
        first.execute(ANSWER, [b"at once", "an id"])
        first.commit()
        other.join()
    assert [row[0] for row in heard] == ["an id"]
