"""Opening hours in the notation of OpenStreetMap: `Mo-Fr 11:30-14:30,17:30-22:00; Sa 17:00-02:00; Su off`.

opening-hours-py reads the notation and says what it means; here its canonical spelling is taken apart into a
week, and a text is accepted only if the week means exactly what the library says. Nothing is read by half.
"""

import re
from datetime import datetime, time, timedelta

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # ParserError

from certus_admin.hours import (
    DAY_MINUTES,
    WEEK_MINUTES,
    WEEKDAYS,
    WHOLE_DAY,
    Day,
    Interval,
    Week,
    find_overlaps,
    make_week,
    minute_of,
    open_minutes,
)

LONGEST_TEXT = 1_000
NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY_NAME = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
DAYS = rf"{DAY_NAME}(?:-{DAY_NAME})?(?:,{DAY_NAME}(?:-{DAY_NAME})?)*"
TIMES = r"\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*"
RULE = re.compile(
    rf"(?:24/7|(?P<days>{DAYS})(?: (?P<times>{TIMES}))?|(?P<alone>{TIMES}))(?P<closed> closed)?"
)
# A comma joins rules where what follows is a rule of its own: behind times or a word, before a day or times.
RULE_BREAK = re.compile(r"(?P<override>; )|(?P<addition>, )")
# A Monday in a week in which nothing special falls; the library is asked without a zone, so no clock changes.
MONDAY = datetime(2026, 2, 2)  # noqa: DTZ001 - local times of no place in particular

# What the grid cannot say, as the library spells it, and the words for it. The first that is found is named.
BEYOND_THE_GRID = (
    (r'"', "a comment"),
    (r"\|\|", "a fallback rule (||)"),
    (r"\b(?:PH|SH|easter)\b", "public or school holidays; add those days as exceptions"),
    (r"\b(?:sunrise|sunset|dawn|dusk)\b", "times that follow the sun"),
    (r"\bunknown\b", "hours that are “unknown”"),
    (r"\d\+", "an open end (+)"),
    (r"\bweek ?\d", "week numbers"),
    (r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\d",
     "months or dates; add those days as exceptions"),
    (r"\b(?:19|20)\d\d\b(?!:)", "years or dates; add those days as exceptions"),
    (r"\[", "the first, second or last such weekday of a month"),
    (r"\d/\d+(?!\d*7\b)|:\d\d/", "a time that repeats every so often"),
    (r"day", "days counted from another day"),
)  # fmt: skip


class HoursTextError(Exception):
    """The text was refused. `readings` are texts that each say one of the things that it may mean."""

    def __init__(self, reason: str, readings: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.readings = readings


def read_week(text: str) -> Week:
    """The week that `text` says; HoursTextError, with the reason, for what the grid cannot say exactly."""
    plain = " ".join(text.split()).rstrip(" ;")
    if not plain:
        raise HoursTextError("Paste the hours first.")
    if len(plain) > LONGEST_TEXT:
        raise HoursTextError(f"That is longer than {LONGEST_TEXT:,} characters.")
    hours = _parse(plain)
    canonical = str(hours)
    for pattern, words in BEYOND_THE_GRID:
        if re.search(pattern, canonical.replace("24/7", "")):
            raise HoursTextError(f"A week cannot say {words}.")
    week = _week_of(canonical)
    _refuse_overlaps(week)
    _refuse_two_readings(hours, week)
    return week


def write_week(week: Week) -> str:
    """The week in one line of the notation, which `read_week` reads back as the same week."""
    if all(day == (WHOLE_DAY,) for day in week.values()):
        return "24/7"
    groups: dict[Day, list[int]] = {}
    for weekday, day in week.items():
        if day:
            groups.setdefault(day, []).append(weekday)
    rules = [f"{_written_days(days)} {_written_times(day)}" for day, days in groups.items()]
    if not rules:
        return "off"
    text = "; ".join(rules)
    # Behind a semicolon a day's own rule replaces what runs on from the night before; a comma adds.
    return text if _meant_minutes(OpeningHours(text)) == open_minutes(week) else ", ".join(rules)


def _parse(text: str) -> OpeningHours:
    try:
        return OpeningHours(text)
    except ParserError as error:
        found = re.search(r"--> \d+:(\d+)", str(error))
        at = int(found[1]) - 1 if found else len(text)
        rest = text[at : at + 20].strip()
        where = f" at “{rest}”" if rest else ", which ends too early"
        raise HoursTextError(f"This is not the notation of OpenStreetMap{where}.") from None


def _week_of(canonical: str) -> Week:
    """The library's spelling taken apart: each rule replaces its days, one behind a comma adds to them."""
    week: dict[int, list[Interval]] = {weekday: [] for weekday in range(1, 8)}
    parts = RULE_BREAK.split(canonical)
    rules = [(parts[0], False)] + [
        (parts[at + 2], parts[at + 1] is not None) for at in range(1, len(parts), RULE_BREAK.groups + 1)
    ]
    for rule, adds in rules:
        match = RULE.fullmatch(rule)
        if match is None:
            raise HoursTextError(f"A week cannot say “{rule}”.")
        times = match["times"] or match["alone"]
        if adds and match["closed"]:
            raise HoursTextError(
                f"“{rule}” behind a comma can be read in two ways: put a semicolon before it."
            )
        for weekday in _weekdays(match["days"]):
            kept = list(week[weekday]) if adds else []
            if match["closed"] and times:
                raise HoursTextError(f"A week cannot say that it is closed at certain times only (“{rule}”).")
            week[weekday] = kept if match["closed"] else [*kept, *_intervals(times)]
    return make_week((weekday, interval) for weekday, day in week.items() for interval in day)


def _weekdays(days: str | None) -> list[int]:
    found: list[int] = []
    for part in days.split(",") if days else ["Mo-Su"]:
        first, _, last = part.partition("-")
        start, end = NAMES.index(first), NAMES.index(last or first)
        found += [(start + step) % 7 + 1 for step in range((end - start) % 7 + 1)]
    return list(dict.fromkeys(found))


def _intervals(times: str | None) -> list[Interval]:
    if times is None:
        return [WHOLE_DAY]
    return [_interval(part) for part in times.split(",")]


def _interval(part: str) -> Interval:
    opens, closes = (int(value[:2]) * 60 + int(value[3:]) for value in part.split("-"))
    if closes - opens > DAY_MINUTES:
        raise HoursTextError(f"{part} is longer than 24 hours: write it day by day.")
    return Interval(_time(opens), _time(closes))


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _refuse_overlaps(week: Week) -> None:
    for overlap in find_overlaps(week):
        day = WEEKDAYS[overlap.weekday - 1]
        raise HoursTextError(f"Two intervals overlap on {day}: {overlap.message}")


def _meant_minutes(hours: OpeningHours) -> set[int]:
    """The minutes of the week at which the library says that it is open."""
    found: set[int] = set()
    for begin, end, state, _comment in hours.intervals(MONDAY, MONDAY + timedelta(days=7)):
        if state == State.OPEN:
            first, last = ((moment - MONDAY) // timedelta(minutes=1) for moment in (begin, end))
            found.update(range(first, last))
    return found


def _refuse_two_readings(hours: OpeningHours, week: Week) -> None:
    """Where a rule behind a semicolon meets the night before, the notation ends the night at midnight."""
    meant = _meant_minutes(hours)
    if meant == open_minutes(week):
        return
    cut = {
        weekday: tuple(_until_midnight(weekday, each, meant) for each in day) for weekday, day in week.items()
    }
    written = ("Past midnight, as written", write_week(week))
    if open_minutes(cut) != meant:
        raise HoursTextError(
            "Its rules contradict each other past midnight. Choose what you mean:", (written,)
        )
    weekday, running = next(
        (weekday, each) for weekday, day in week.items() for each in day if each not in cut[weekday]
    )
    today, tomorrow = WEEKDAYS[weekday - 1], WEEKDAYS[weekday % 7]
    raise HoursTextError(
        f"{today}’s {running} runs into {tomorrow}, which has a rule of its own. The notation then ends "
        f"{today} at midnight, which is seldom meant. Choose what you mean:",
        (written, ("Ends at midnight", write_week(cut))),
    )


def _until_midnight(weekday: int, interval: Interval, meant: set[int]) -> Interval:
    after = weekday * DAY_MINUTES % WEEK_MINUTES
    tail = minute_of(interval.closes_at) if interval.ends_next_day else 0
    if tail and not {after + minute for minute in range(tail)} <= meant:
        return Interval(interval.opens_at, time(0))
    return interval


def _written_days(days: list[int]) -> str:
    runs: list[list[int]] = []
    for weekday in days:
        if runs and runs[-1][-1] == weekday - 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    return ",".join(
        NAMES[run[0] - 1] if len(run) == 1 else f"{NAMES[run[0] - 1]}-{NAMES[run[-1] - 1]}" for run in runs
    )


def _written_times(day: Day) -> str:
    return ",".join(
        f"{each.opens_at:%H:%M}-{'24:00' if each.closes_at == time(0) else f'{each.closes_at:%H:%M}'}"
        for each in day
    )
