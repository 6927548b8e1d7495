"""How values are written."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product

import pytest
from babel import dates, numbers

from certus_admin import formats

MOMENT = datetime(2026, 11, 21, 20, 41, 3, tzinfo=UTC)


def plain(text: str) -> str:
    """CLDR puts narrow spaces before AM and PM."""
    return text.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("zone", "clock", "name"),
    [
        ("America/Los_Angeles", "Nov 21, 12:41 PM", "PST"),
        ("America/New_York", "Nov 21, 3:41 PM", "EST"),
        ("Asia/Tashkent", "Nov 22, 1:41 AM", "GMT+05:00"),
        (None, "Nov 21, 8:41 PM", "UTC"),
    ],
)
def test_a_time_is_read_where_it_happened_and_names_its_zone(zone: str | None, clock: str, name: str) -> None:
    written = plain(formats.local_time(MOMENT, zone))
    assert f'>{clock} <span class="zone">{name}</span></time>' in written
    assert 'datetime="2026-11-21T20:41:03+00:00"' in written


def test_a_time_names_summer_time_in_summer() -> None:
    assert formats.zone_name(datetime(2026, 7, 1, tzinfo=UTC), "America/Los_Angeles") == "PDT"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        formats.local_time(MOMENT.replace(tzinfo=None))


def test_a_date_is_the_one_at_the_place() -> None:
    assert formats.local_date(MOMENT, "Asia/Tashkent") == "Nov 22, 2026"
    assert formats.local_date(date(2026, 1, 2)) == "Jan 2, 2026"


def test_a_time_of_day_has_no_date() -> None:
    assert plain(formats.clock(time(17, 30))) == "5:30 PM"


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=3), "3 minutes ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(hours=-2), "in 2 hours"),
    ],
)
def test_an_age_is_told_in_words(passed: timedelta, text: str) -> None:
    assert f">{text}</time>" in formats.relative_age(MOMENT, MOMENT + passed)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (45, "45s"), (185, "3m 05s"), (3725, "1h 02m"), (-4, "0s"), (Decimal("59.6"), "1m 00s")],
)
def test_a_duration_keeps_its_two_largest_units(seconds: float, text: str) -> None:
    assert formats.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"), [(42, "42 min"), (725, "12 h 05 min"), (120_000, "2,000 h 00 min")]
)
def test_minutes_become_hours_when_there_are_many(value: int, text: str) -> None:
    assert formats.minutes(value) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("1234.5"), "USD", "$1,234.50"),
        (0, "EUR", "€0.00"),
        (1200, "JPY", "¥1,200"),
        (-3, "USD", "-$3.00"),
    ],
)
def test_money_follows_its_currency(amount: Decimal, currency: str, text: str) -> None:
    assert formats.money(amount, currency) == text


AMOUNTS = [
    Decimal(text)
    for text in (
        "0",
        "0.005",
        "0.015",
        "-0.001",
        "1",
        "-1234.505",
        "1234.5",
        "999.995",
        "1234567.125",
        "9999999999.99",
    )
]


def test_every_currency_is_written_as_cldr_has_it() -> None:
    for currency, amount in product(sorted(numbers.list_currencies()), (*AMOUNTS, 0.1, 2.675, -0.5, 12)):
        assert formats.money(amount, currency) == numbers.format_currency(amount, currency, locale="en_US")
        whole = numbers.format_currency(amount, currency, "¤#,##0", "en_US", currency_digits=False)
        assert formats.money(amount, currency, whole=True) == whole


def test_counts_and_shares_are_written_as_cldr_has_them() -> None:
    for value in (*AMOUNTS, *(index / 977 for index in range(-977, 1955, 7)), 0.12, 1.0, 0.0):
        assert formats.percent(value) == numbers.format_percent(value, "#,##0.#%", locale="en_US")
        assert formats.percent(value, 0) == numbers.format_percent(value, "#,##0%", locale="en_US")
        assert formats.number(value) == numbers.format_decimal(value, "#,##0.#", locale="en_US")


def test_a_date_is_written_as_cldr_has_it() -> None:
    for day in (date(2026, 1, 1) + timedelta(days=11 * step) for step in range(66)):
        assert formats.local_date(day) == dates.format_date(day, "MMM d, y", locale="en_US")


def test_money_can_leave_its_cents_out() -> None:
    assert formats.money(Decimal("48210.60"), "USD", whole=True) == "$48,211"


def test_counts_and_shares_are_grouped_and_short() -> None:
    assert formats.number(1234567) == "1,234,567"
    assert formats.percent(0.1256) == "12.6%"
    assert formats.percent(0.12) == "12%"
    assert formats.percent(0.1256, 0) == "13%"


@pytest.mark.parametrize("value", ["+14155550142", "••• ••• 0142", "0142"])
def test_a_number_tells_its_last_four_digits_whatever_was_given(value: str) -> None:
    written = formats.masked_number(value)
    assert "••• 0142" in written
    assert "4155" not in written


@pytest.mark.parametrize("value", [None, "", "anonymous"])
def test_a_number_that_is_none_is_withheld(value: str | None) -> None:
    assert "Withheld" in formats.masked_number(value)


def test_what_is_not_known_is_said_so_everywhere() -> None:
    writers = (
        formats.local_time, formats.local_date, formats.clock, formats.relative_age, formats.duration,
        formats.minutes, formats.money, formats.number, formats.percent,
    )  # fmt: skip
    for write in writers:
        assert "not known" in write(None), write.__name__


def test_a_sparkline_stays_inside_its_box_and_leaves_gaps_where_nothing_is_known() -> None:
    runs = formats.sparkline([3, 5, None, 9, 1, None, 2])
    points = [[tuple(map(float, point.split(","))) for point in run.split()] for run in runs]
    assert [len(run) for run in points] == [2, 2, 2]
    flat = [point for run in points for point in run]
    assert [x for x, _ in flat] == sorted(x for x, _ in flat)
    assert all(2 <= x <= 118 and 2 <= y <= 30 for x, y in flat)
    assert points[1][0][1] == 2
    assert points[1][1][1] == 30


def test_a_sparkline_that_never_moves_runs_through_the_middle() -> None:
    assert formats.sparkline([4, 4]) == ["2.0,16.0 118.0,16.0"]
    assert formats.sparkline([4]) == formats.sparkline([None, None]) == []
