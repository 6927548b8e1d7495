"""Summaries and transcripts in the caller's language, made of the facts of the call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from random import Random

from babel.dates import format_date, format_time
from babel.numbers import format_currency

from seeds import english, french
from seeds.places import Place
from seeds.scripts import Script

# Speech runs at about two and a half words a second; between turns both sides think.
WORDS_A_SECOND = 2.5
PAUSE_SECONDS = 2.6
PROPER_NAMES = ("Baja", "Harbour")

Facts = Mapping[str, object]


@dataclass(frozen=True)
class Language:
    """The words of one language; `locale` and `clock` (a CLDR pattern) say how it writes money and times."""

    locale: str
    clock: str
    greeting: tuple[str, ...]
    scripts: Mapping[str, tuple[Script, ...]]
    parts: Mapping[str, str]
    fulfillment: Mapping[str, str]
    dayparts: tuple[str, str, str]
    wishes: tuple[str, ...]
    last_join: str
    portions: tuple[str, ...]

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount with its currency."""
        return format_currency(amount, currency, locale=self.locale)

    def day(self, day: date) -> str:
        """A day with its weekday, without the year."""
        pattern = "EEEE, MMMM d" if self.locale == "en_US" else "EEEE d MMMM"
        return format_date(day, pattern, locale=self.locale)

    def hour(self, moment: time | datetime) -> str:
        """A time of day as it stands on the wall clock."""
        return format_time(moment, self.clock, locale=self.locale)

    def spoken(self, dish: str, quantity: int) -> str:
        """`two of the clam chowder`: how a guest says it."""
        words = dish if dish.startswith(PROPER_NAMES) else dish[0].lower() + dish[1:]
        return self.portions[quantity].format(dish=words)

    def listing(self, words: Sequence[str]) -> str:
        """`a, b and c`."""
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self.last_join} {words[-1]}"


def _language(words: object, locale: str, clock: str) -> Language:
    names = ("GREETING", "SCRIPTS", "PARTS", "FULFILLMENT", "DAYPARTS", "WISHES", "LAST_JOIN", "PORTIONS")
    return Language(locale, clock, *(getattr(words, name) for name in names))


AMERICAN = _language(english, "en_US", "h:mm a")
EUROPEAN = _language(english, "en_GB", "HH:mm")
FRENCH = _language(french, "fr_FR", "HH'h'mm")


def language_of(place: Place, chance: Random) -> Language:
    """The language a guest of `place` speaks."""
    if chance.random() < place.profile.french:
        return FRENCH
    return AMERICAN if place.currency == "USD" else EUROPEAN


def converse(
    language: Language, topic: str, place: Place, local: datetime, facts: Facts, chance: Random
) -> tuple[str, str, float]:
    """(summary, transcript, seconds of talk) of a call about `topic` that began at `local` time."""
    script = chance.choice(language.scripts[topic])
    known = dict(facts) | {"place": place.name, "daypart": language.dayparts[_daypart(local)]}
    known |= {part: "" for part in ("remark", "upsell", "delivery", "wish") if part not in known}
    lines = [line.format_map(known) for line in script.lines]
    if topic not in ("confirmation", "voicemail"):
        lines.insert(0, f"agent: {chance.choice(language.greeting).format_map(known)}")
    transcript = "\n".join(line for line in lines if line)
    turns = transcript.count("\n") + 1
    seconds = len(transcript.split()) / WORDS_A_SECOND + turns * PAUSE_SECONDS
    return script.summary.format_map(known), transcript, seconds * chance.uniform(0.85, 1.3)


def _daypart(local: datetime) -> int:
    return 0 if local.hour < 12 else 1 if local.hour < 17 else 2
