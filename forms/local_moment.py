"""A local date and time that somebody asks about, in a zone whose clocks jump and repeat themselves."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 2000, 2100


class LocalMoment:
    """`at` (2026-11-01T01:30) as shown by clocks in `zone`; `reading` says which of two readings is meant.

    `instant` is None without a question, or where `error` says why it has no answer.
    """

    def __init__(self, arguments: Mapping[str, str], zone: ZoneInfo, now: datetime) -> None:
        self.zone = zone
        self.reading = "second" if arguments.get("reading") == "second" else "first"
        self.text = arguments.get("at", "").strip()[:40]
        self.error: str | None = None
        self.instant: datetime | None = None
        self.is_repeated = False
        if self.text:
            self._read()
        else:
            self.text = f"{now.astimezone(zone):%Y-%m-%dT%H:%M}"

    def _read(self) -> None:
        try:
            local = datetime.fromisoformat(self.text)
        except ValueError:
            self.error = "Write a date and a time."
            return
        if local.tzinfo is not None or not FIRST_YEAR <= local.year <= LAST_YEAR:
            self.error = f"Choose a local time between {FIRST_YEAR} and {LAST_YEAR}."
            return
        first, second = (local.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        self.is_repeated = first < second
        if first > second:
            skipped = f"{first.astimezone(self.zone):%H:%M}"
            self.error = f"Clocks jump over this time on that day: there is no {local:%H:%M}. Try {skipped}."
            return
        self.instant = second if self.reading == "second" else first

    def zone_of(self, reading: str) -> str:
        """The zone's short name at one of two readings, such as EDT and EST."""
        local = datetime.fromisoformat(self.text)
        return local.replace(tzinfo=self.zone, fold=reading == "second").tzname() or ""
