"""The parts of the health page: what was found, how bad that is, and what to do about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from certus_admin.drift import Drift, Entry, compare, expected_catalogue
from certus_admin.formats import duration, number
from certus_admin.queries.freshness import Freshness
from views.health_software import file_faults, software

STATES = ("good", "look", "bad")
SLOW_MS, TOO_SLOW_MS = 1000, 5000
FULL, TOO_FULL = 0.7, 0.9
COMPARED_LATE_AFTER = timedelta(hours=3)  # it is done every hour
LONG_TRANSACTION, TOO_LONG_TRANSACTION = 300, 1800  # seconds
WHY = {
    "42501": "the functions' owner may not read it",
    "55000": "pg_stat_statements is installed, but not in shared_preload_libraries",
    "57014": "it took too long",
    "42P01": "a table is missing",
    "42883": "a function is missing",
}


@dataclass(frozen=True)
class HealthPart:
    """One panel. `state` is one of STATES; `advice` says what to do, None where nothing is to be done.

    `found` is what its template draws; empty where the part could not be read.
    """

    id: str
    title: str
    state: str
    summary: str
    advice: str | None = None
    found: dict[str, Any] = field(default_factory=dict)


Judge = Callable[[Any], tuple[str, str, str | None, dict[str, Any]]]


def worst(parts: Iterable[HealthPart]) -> str:
    """The state of all of them together."""
    return max((part.state for part in parts), key=STATES.index)


def health_parts(report: dict[str, Any]) -> list[HealthPart]:
    """All panels in their order, from what the database told."""
    versions = report["versions"]
    report = report | {"drift": _with_files(report["catalogue"], versions)}
    judges: tuple[tuple[str, str, Judge], ...] = (
        ("refreshes", "Metrics", judge_refreshes),
        ("unknown_statuses", "Unknown statuses", judge_unknown),
        ("drift", "Drift", judge_drift),
        ("connections", "Connections", judge_connections),
        ("statements", "Slow statements", judge_statements),
        ("versions", "Versions", judge_versions),
    )
    return [_part(name, title, judge, report[name]) for name, title, judge in judges]


def _part(name: str, title: str, judge: Judge, told: Any) -> HealthPart:
    if isinstance(told, dict) and "fault" in told:
        why = WHY.get(told["fault"], "the database refused")
        advice = "Apply supabase/*.sql again as the owner (flask db apply); the server's log has the details."
        return HealthPart(name, title, "bad", f"Could not be read: {why} (SQLSTATE {told['fault']}).", advice)
    return HealthPart(name, title, *judge(told))


def _with_files(catalogue: Any, versions: dict[str, Any]) -> dict[str, Any]:
    if isinstance(catalogue, dict):
        return catalogue
    return {"catalogue": catalogue, "files": file_faults(versions["files"]) if "files" in versions else []}


def judge_refreshes(told: dict[str, Any]) -> tuple[str, str, str | None, dict[str, Any]]:
    """Failing and never computed are bad; late, never compared and found different are worth a look."""
    freshness = Freshness(_moment(told["refreshed_at"]), _moment(told["failing_since"]))
    for run in told["runs"]:
        run["started_at"] = _moment(run["started_at"])
    schedule, compared = told["schedule"], told["compared"]
    if compared:
        compared["at"] = _moment(compared["at"])
    found = {"freshness": freshness, "compared": compared, "runs": told["runs"], "schedule": schedule}
    if schedule and "last_at" in schedule:
        schedule["last_at"] = _moment(schedule["last_at"])
    again = "As the owner, run flask metrics refresh: it says what the database says."
    if freshness.fault == "failed":
        return "bad", "The last refresh failed. Its error is below.", again, found
    if freshness.fault == "never":
        return "bad", "The numbers were never computed.", again, found
    if freshness.fault == "late":
        keep = "Is pg_cron's job active, or does flask metrics refresh --every 30s still run?"
        return "look", "The numbers are older than 5 minutes.", keep, found
    return *_judge_comparison(told), found


def _judge_comparison(told: dict[str, Any]) -> tuple[str, str, str | None]:
    """Whether the numbers, which come on time, were also found to be right."""
    compared = told["compared"]
    if told["comparing_fails"]:
        again = "As the owner, run flask metrics refresh: it says what the database says."
        return "look", "The numbers come on time, but comparing them failed. The error is below.", again
    if compared is None or datetime.now(UTC) - compared["at"] > COMPARED_LATE_AFTER:
        keep = "Is pg_cron's hourly job active, or does flask metrics refresh --every 30s still run?"
        return "look", "The numbers come on time, but were not compared for three hours.", keep
    if told["differences"]:
        rows = "1 daily row" if told["differences"] == 1 else f"{number(told['differences'])} daily rows"
        why = "Somebody wrote without triggers, or a rule of the numbers changed; if neither, report it."
        return "look", f"Runs of the last 24 hours found {rows} wrong, and healed them.", why
    return "good", "Runs come on time and go well; the last comparison found no difference.", None


def judge_unknown(told: dict[str, Any]) -> tuple[str, str, str | None, dict[str, Any]]:
    """Any call of unknown status is worth a look: a rule is missing."""
    for row in told["rows"]:
        row["last_at"] = _moment(row["last_at"])
    if not told["calls"]:
        return "good", "Every call of the last 30 days has a status that a rule knows.", None, told
    most = "" if told["complete"] else "At least "
    calls = "1 call" if told["calls"] == 1 else f"{number(told['calls'])} calls"
    summary = f"{most}{calls} of the last 30 days: no rule knows the status."
    return (
        "look",
        summary,
        "Teach public.call_status what these mean (supabase/schema.sql), then apply.",
        told,
    )


def judge_drift(told: dict[str, Any]) -> tuple[str, str, str | None, dict[str, Any]]:
    """Whatever was changed by hand is bad; files that were not applied yet are worth a look."""
    drift: Drift = compare(expected_catalogue(), (Entry(*entry) for entry in told["catalogue"]))
    found = {"drift": drift, "files": told["files"]}
    apply = (
        "flask db apply puts back what it makes; what was added, drop by hand. flask db status says the same."
    )
    if drift.changes:
        count = len(drift.changes)
        objects = "1 object differs" if count == 1 else f"{number(count)} objects differ"
        words = f"{objects} from what supabase/*.sql makes."
        return "bad", words, apply, found
    if told["files"]:
        words = f"Not applied as they are now: {', '.join(told['files'])}."
        return "look", words, "As the owner, run flask db apply.", found
    return "good", "The database is as supabase/*.sql makes it.", None, found


def judge_connections(told: dict[str, Any]) -> tuple[str, str, str | None, dict[str, Any]]:
    """How full the server is, and whether a transaction stays open."""
    share, longest = told["used"] / told["most"], (told["longest"] or {"seconds": 0})["seconds"]
    summary = f"{told['used']} of {told['most']} connections are taken."
    if longest > LONG_TRANSACTION:
        summary += f" A transaction has been open for {duration(longest)}."
    state = "good"
    advice = None
    if share > FULL or longest > LONG_TRANSACTION:
        state = "bad" if share > TOO_FULL or longest > TOO_LONG_TRANSACTION else "look"
        advice = "Find who holds them below; end what nobody waits for, or raise max_connections."
    elif told["hidden"]:
        state = "look"
        advice = f"To see what they do, as a superuser: grant pg_read_all_stats to {told['owner']};"
    return state, summary, advice, told


def judge_statements(told: dict[str, Any]) -> tuple[str, str, str | None, dict[str, Any]]:
    """Means of more than a second are worth a look, of more than five bad; so is not measuring them."""
    if not told["installed"]:
        how = "add it to shared_preload_libraries, restart, then: create extension pg_stat_statements;"
        if told["available"]:
            return "look", "Not measured: pg_stat_statements is not set up.", f"As a superuser, {how}", told
        why = "Not measured: this server does not carry pg_stat_statements, as the embedded one does not."
        return "look", why, f"On a server that has it (Supabase does): {how}", told
    slowest = max((row["mean_ms"] for row in told["rows"]), default=0)
    if slowest > SLOW_MS:
        state = "bad" if slowest > TOO_SLOW_MS else "look"
        words = f"The slowest takes {duration(slowest / 1000)} on average."
        advice = "Look at its plan (explain analyze), then for an index or a narrower question."
        return state, words, advice, told
    if told["hidden"]:
        advice = "To see them, as a superuser: grant pg_read_all_stats to the owner of supabase/*.sql."
        return "look", f"{number(told['hidden'])} statements of other roles are hidden.", advice, told
    return "good", "No statement takes longer than a second on average.", None, told


def judge_versions(told: dict[str, Any]) -> tuple[str, str, str | None, dict[str, Any]]:
    """What runs here."""
    told = told | {"started_at": _moment(told["started_at"]), "software": software()}
    return "good", f"PostgreSQL {told['server']}.", None, told


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
