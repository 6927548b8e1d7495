"""Hours as text: what goes into the grid comes out with the same meaning; everything else is refused."""

import csv
import os
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours, State

from certus_admin.config import CHECKOUT
from certus_admin.hours import Interval, find_overlaps, make_week, open_minutes
from certus_admin.osm_hours import HoursTextError, read_week, write_week

SHARED = Path(os.environ.get("CERTUS_SHARED_DATA", CHECKOUT.parent / "shared" / "data"))
PATTERNS = SHARED / "osm_opening_hours.tsv"
MONDAY = datetime(2026, 2, 2)  # noqa: DTZ001 - local times of no place in particular

GOOD = {
    "Mo-Fr 11:30-14:30,17:30-22:00; Sa 17:00-24:00; Su off": (
        "Mo-Fr 11:30-14:30,17:30-22:00; Sa 17:00-24:00"
    ),
    "24/7": "24/7",
    "off": "off",
    "24/7; Su off": "Mo-Sa 00:00-24:00",
    "mo-fr 9:00-17:00;": "Mo-Fr 09:00-17:00",
    "Fr-Mo 10:00-12:00": "Mo,Fr-Su 10:00-12:00",
    "Fr 18:00-26:00": "Fr 18:00-02:00",
    "10:00-20:00, Mo 08:00-09:00": "Mo 08:00-09:00,10:00-20:00; Tu-Su 10:00-20:00",
    "Mo-Fr 10:00-20:00; Mo 12:00-13:00": "Mo 12:00-13:00; Tu-Fr 10:00-20:00",
    "Mo 18:00-02:00, Tu 10:00-12:00": "Mo 18:00-02:00, Tu 10:00-12:00",
    "Mo-Su 10:30-10:30": "Mo-Su 10:30-10:30",
}
REFUSED = {
    "": "Paste the hours first",
    "Monday to Friday 9-5": "not the notation",
    "Mo-Fr: 10:00-12:00": "not the notation of OpenStreetMap at “: 10",
    "Mo 10:00-12:00,11:00-13:00": "overlap",
    "Su 18:00-06:00; Mo 05:00-12:00": "overlap",
    "Mo-Fr 08:00-18:00; PH off": "holidays",
    "SH 10:00-12:00": "holidays",
    "Jun-Aug 10:00-12:00": "months",
    "Dec 25 off": "months",
    "2026 Mo 10:00-12:00": "years",
    "week 10 Mo 10:00-12:00": "week numbers",
    "sunrise-sunset": "sun",
    "Mo-Fr 10:00-20:00 unknown": "unknown",
    "Mo-Fr 10:00+": "open end",
    'Mo 10:00-12:00 "by appointment"': "comment",
    "Mo 10:00-12:00 || off": "fallback",
    "Mo[1] 10:00-12:00": "first, second or last",
    "10:00-12:00/00:30": "repeats",
    "Mo 22:00-48:00": "24 hours",
    "Mo-Su 09:00-17:00; Mo 12:00-13:00 off": "closed at certain times",
    "Mo-Su " + ",".join(["10:00-11:00"] * 100): "longer than",
}


def meaning(text: str) -> set[int]:
    """The minutes of a week at which the library says that it is open."""
    return {
        minute
        for begin, end, state, _ in OpeningHours(text).intervals(MONDAY, MONDAY + timedelta(days=7))
        if state == State.OPEN
        for minute in range((begin - MONDAY) // timedelta(minutes=1), (end - MONDAY) // timedelta(minutes=1))
    }


@pytest.mark.parametrize("text", GOOD)
def test_hours_that_a_week_can_say_come_back_normalised(text: str):
    assert write_week(read_week(text)) == GOOD[text]
    assert (
        meaning(GOOD[text]) == open_minutes(read_week(text)) == meaning(text.replace(";;", ";").rstrip(";"))
    )


@pytest.mark.parametrize("text", REFUSED)
def test_hours_that_a_week_cannot_say_are_refused_with_the_reason(text: str):
    with pytest.raises(HoursTextError) as refusal:
        read_week(text)
    assert REFUSED[text] in refusal.value.reason


def test_a_night_that_meets_the_next_days_rule_is_asked_about():
    with pytest.raises(HoursTextError) as refusal:
        read_week("Fr 10:00-02:00; Sa 09:00-12:00")
    assert "Friday’s 10:00 AM – 2:00 AM (next day) runs into Saturday" in refusal.value.reason
    past, cut = (read_week(text) for _, text in refusal.value.readings)
    assert past[5] == (Interval(time(10), time(2)),)
    assert cut[5] == (Interval(time(10), time(0)),)


interval = st.builds(
    lambda opens, closes: Interval(time(*divmod(opens, 60)), time(*divmod(closes, 60))),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
weeks = st.lists(st.tuples(st.integers(1, 7), interval), max_size=10).map(make_week)


@given(weeks)
def test_every_week_without_overlaps_is_written_and_read_back(week):
    if not find_overlaps(week):
        assert open_minutes(read_week(write_week(week))) == open_minutes(week)


@given(weeks)
def test_overlaps_are_found_exactly_where_minutes_are_claimed_twice(week):
    claimed = sum(each.minutes for day in week.values() for each in day)
    assert bool(find_overlaps(week)) == (claimed > len(open_minutes(week)))


def test_every_real_pattern_keeps_its_meaning_or_is_refused_with_the_reason():
    if not PATTERNS.exists():
        pytest.skip("osm_opening_hours.tsv is not here (CERTUS_SHARED_DATA)")
    with PATTERNS.open(encoding="utf-8", newline="") as file:
        texts = [row["opening_hours"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    assert len(texts) == 595
    refused = {}
    for text in texts:
        try:
            week = read_week(text)
        except HoursTextError as error:
            refused[text] = error
        else:
            assert find_overlaps(week) == []
            assert open_minutes(week) == meaning(text) == meaning(write_week(week)), text
            assert read_week(write_week(week)) == week
    assert all("overlap" in error.reason or error.readings for error in refused.values())
    assert all(read_week(reading) for error in refused.values() for _, reading in error.readings)
    assert len(refused) < 0.16 * len(texts)
