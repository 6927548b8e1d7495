"""Which local dates a period stands for."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, NotFound

from certus_admin.queries.period import Period, preset_period
from certus_admin.queries.places import Place
from forms.period import PeriodForm

# Sunday afternoon in Los Angeles, Monday morning in Paris.
EVENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ACCOUNT, OTHER = UUID(int=1), UUID(int=2)
PLACES = (
    Place(ACCOUNT, "A", "USD", UUID(int=11), "West", "America/Los_Angeles"),
    Place(OTHER, "B", "EUR", UUID(int=21), "Paris", "Europe/Paris"),
)


def form(places: Sequence[Place] = PLACES, **arguments: str) -> PeriodForm:
    return PeriodForm(MultiDict(arguments), places)


def test_thirty_days_are_what_nobody_has_to_ask_for() -> None:
    period = form(PLACES[:1]).dates_at(EVENING)
    assert (period.first, period.last, period.days) == (date(2026, 10, 24), date(2026, 11, 22), 30)


@pytest.mark.parametrize(
    ("preset", "first", "last", "days"),
    [
        ("today", date(2026, 11, 22), date(2026, 11, 22), 1),
        ("yesterday", date(2026, 11, 21), date(2026, 11, 21), 1),
        ("7d", date(2026, 11, 16), date(2026, 11, 22), 7),
        ("90d", date(2026, 8, 25), date(2026, 11, 22), 90),
    ],
)
def test_a_preset_counts_from_the_locations_today(preset: str, first: date, last: date, days: int) -> None:
    period = form(PLACES[:1], period=preset).dates_at(EVENING)
    assert (period.first, period.last, period.days) == (first, last, days)


def test_today_is_each_locations_own_where_they_are_on_different_dates() -> None:
    period = form(period="today").dates_at(EVENING)
    assert period.days == 1
    assert period.dates == (date(2026, 11, 22), date(2026, 11, 23))
    assert form(period="today", location=str(PLACES[1].location_id)).dates_at(EVENING).dates == (
        date(2026, 11, 23),
    )


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).before == (date(2026, 1, 29), date(2026, 2, 28))
    assert preset_period("yesterday", ["UTC"], EVENING).before == (date(2026, 11, 21), date(2026, 11, 21))


def test_bounds_in_time_hold_every_zone_on_earth() -> None:
    period = Period(date(2026, 3, 1), date(2026, 3, 1))
    # Kiribati begins a date at 10:00 UTC the day before, Baker Island ends it at 12:00 UTC the day after.
    assert period.since == datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert period.until == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_typed_in_days_are_taken_as_they_are_and_travel_in_links() -> None:
    chosen = form(**{"from": "2026-01-01", "to": "2026-01-31", "account": str(ACCOUNT)})
    assert chosen.dates_at(EVENING) == Period(date(2026, 1, 1), date(2026, 1, 31))
    assert chosen.date_arguments() == {"from": "2026-01-01", "to": "2026-01-31"}
    assert chosen.place_arguments() == {"account": str(ACCOUNT)}


def test_a_location_wins_over_an_account() -> None:
    chosen = form(account=str(ACCOUNT), location=str(PLACES[1].location_id))
    assert chosen.chosen_places == [PLACES[1]]
    assert chosen.place_arguments() == {"location": str(PLACES[1].location_id)}


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"period": "fortnight"}, "period"),
        ({"from": "soon"}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"from": "1999-12-31"}, "from"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "from"),
        ({"to": "2026-02-01"}, "from"),
        ({"from": "2024-01-01", "to": "2026-01-01"}, "from"),
        ({"account": "x"}, "account"),
        ({"location": "\0"}, "location"),
        ({"place": "x"}, "place"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(arguments: dict[str, str], name: str) -> None:
    with pytest.raises(BadRequest, match=name):
        form(**arguments).dates_at(EVENING)


def test_a_place_out_of_reach_is_not_there() -> None:
    for name in ("account", "location"):
        with pytest.raises(NotFound):
            form(**{name: str(UUID(int=99))})
