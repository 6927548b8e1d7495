"""When restaurants are called: lunch and dinner, weekends, closed Mondays, slow growth, a busy holiday."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from seeds.places import Place

DAYS = 90

# Share of an ordinary day by ISO weekday. The demo's restaurants are closed on Mondays.
WEEKDAYS = {1: 0.07, 2: 0.74, 3: 0.82, 4: 0.97, 5: 1.32, 6: 1.48, 7: 1.06}

# Month and day; in any ninety days lies at least one.
HOLIDAYS = {(2, 14), (5, 10), (7, 4), (9, 5), (10, 31), (12, 31)}
HOLIDAY_RUSH = 1.5

LUNCH, AFTERNOON, DINNER, LATE = "lunch", "afternoon", "dinner", "late"
PEAKS = {LUNCH: 0.34, AFTERNOON: 0.11, DINNER: 0.49, LATE: 0.06}
FIRST_HOUR, LAST_HOUR = 8.5, 23.4


def is_holiday(day: date) -> bool:
    """Whether `day` is one of the demo's busy holidays."""
    return (day.month, day.day) in HOLIDAYS


def bad_evening(today: date) -> date:
    """The Friday, twelve to eighteen days before `today`, on which a provider failed."""
    earliest = today - timedelta(days=12)
    return earliest - timedelta(days=(earliest.isoweekday() - 5) % 7)


def starts_of_day(place: Place, day: date, days_ago: int, chance: Random) -> list[datetime]:
    """When the calls of a local `day` began, in UTC, in order."""
    growth = 0.84 + 0.3 * (1 - days_ago / DAYS)
    expected = place.profile.daily_calls * WEEKDAYS[day.isoweekday()] * growth * chance.gauss(1, 0.09)
    if is_holiday(day):
        expected *= HOLIDAY_RUSH
    # The fraction is a chance: small places would otherwise lose it each day.
    count = int(max(0.0, expected) + chance.random())
    hours = sorted(_hour(place, day, chance) for _ in range(count))
    return [local_moment(place, day, hour) for hour in hours]


def local_moment(place: Place, day: date, hour: float) -> datetime:
    """The UTC instant of a decimal `hour` of the local `day`, to the second."""
    # Hours are added to the wall clock: on a day of a clock change lunch stays at noon.
    wall = datetime.combine(day, time()) + timedelta(seconds=int(hour * 3600))
    return wall.replace(tzinfo=place.timezone).astimezone(UTC)


def _hour(place: Place, day: date, chance: Random) -> float:
    if day.isoweekday() == 1:
        return chance.uniform(9.5, 21)
    while True:
        peak = chance.choices(list(PEAKS), list(PEAKS.values()))[0]
        if peak == LUNCH:
            # Brunch begins earlier and lasts longer.
            hour = chance.gauss(11.8, 1.0) if day.isoweekday() > 5 else chance.gauss(12.1, 0.75)
        elif peak == AFTERNOON:
            hour = chance.uniform(14, 17)
        elif peak == DINNER:
            hour = chance.gauss(place.profile.dinner_hour, 1.05)
        else:
            hour = chance.uniform(place.profile.dinner_hour + 2, 23.3)
        if FIRST_HOUR <= hour <= LAST_HOUR:
            return hour
