"""One call of the demo while it is put together."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from seeds.guests import guest
from seeds.identifiers import timed_uuid
from seeds.places import Place
from seeds.rows import Rows
from seeds.talk import Language, language_of


@dataclass
class Ring:
    """Who calls where and when (UTC); `rows` takes everything that comes of it, `now` ends the demo."""

    place: Place
    started_at: datetime
    now: datetime
    chance: Random
    rows: Rows
    provider: str = ""
    call_id: UUID = field(init=False)
    name: str = field(init=False)
    number: str = field(init=False)
    language: Language = field(init=False)

    def __post_init__(self) -> None:
        weights = self.place.profile.providers
        self.provider = self.provider or self.chance.choices(list(weights), list(weights.values()))[0]
        self.call_id = timed_uuid(self.started_at, self.chance)
        self.name, self.number = guest(self.place, self.chance)
        self.language = language_of(self.place, self.chance)

    @property
    def local(self) -> datetime:
        """When the call began, on the wall clock of the place."""
        return self.started_at.astimezone(self.place.timezone)

    def add(self, table: str, moment: datetime, **values: object) -> UUID:
        """Put a row of this place aside, with a new id of `moment`; gives the id."""
        row_id = timed_uuid(moment, self.chance)
        self.rows.add(
            table,
            account_id=self.place.account_id,
            location_id=self.place.location_id,
            id=row_id,
            created_at=moment,
            **values,
        )
        return row_id

    def log(
        self,
        words: tuple[str, str | None],
        *,
        answered_after: float | None = None,
        seconds: float | None = None,
        outbound: bool = False,
        **values: object,
    ) -> None:
        """Put the call itself aside. `seconds` counts from the answer (or the start); None while it runs."""
        status, reason = words
        answered_at = None if answered_after is None else self.started_at + timedelta(seconds=answered_after)
        ended_at = None
        if seconds is not None:
            ended_at = (answered_at or self.started_at) + timedelta(seconds=round(seconds))
        numbers = (self.place.phone, self.number) if outbound else (self.number, self.place.phone)
        self.rows.add(
            "call_logs",
            account_id=self.place.account_id,
            id=self.call_id,
            location_id=self.place.location_id,
            provider=self.provider,
            provider_call_id=f"demo-{self.call_id.hex}",
            provider_status=status,
            end_reason=reason,
            direction="outbound" if outbound else "inbound",
            from_number=numbers[0],
            to_number=numbers[1],
            started_at=self.started_at,
            answered_at=answered_at,
            ended_at=ended_at,
            created_at=self.started_at,
            **values,
        )
