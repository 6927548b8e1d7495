"""Busy mode: for how long, how much longer guests wait, and why."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from werkzeug.datastructures import MultiDict

LONGEST_REASON = 200
LONGEST_WAIT = 240
CLOSING = "closing"
DURATIONS = {"15": "15 minutes", "30": "30 minutes", "60": "60 minutes", CLOSING: "Until closing"}


@dataclass
class BusyForm:
    """The form and what is wrong with it, by field: `duration`, `wait`, `reason`, `to`."""

    duration: str = "30"
    wait_text: str = "0"
    reason: str = ""
    chosen: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, form: "MultiDict[str, str]") -> Self:
        """The form as it was sent."""
        return cls(
            form.get("duration", ""),
            form.get("wait", "").strip()[:10],
            " ".join(form.get("reason", "").replace("\0", "").split()),
            form.getlist("to"),
        )

    @property
    def wait_seconds(self) -> int:
        """The extra wait; call it on a form that was found good."""
        return int(self.wait_text or 0) * 60

    def check(self) -> bool:
        """Look at every field."""
        if self.duration not in DURATIONS:
            self.errors["duration"] = "Choose how long."
        if not self.wait_text.isascii() or not (self.wait_text or "0").isdecimal():
            self.errors["wait"] = "Write whole minutes."
        elif int(self.wait_text or 0) > LONGEST_WAIT:
            self.errors["wait"] = f"Up to {LONGEST_WAIT} minutes."
        if len(self.reason) > LONGEST_REASON:
            self.errors["reason"] = f"A reason has up to {LONGEST_REASON} characters."
        if not self.chosen:
            self.errors["to"] = "Choose at least one location."
        return not self.errors

    def end(self, now: datetime, is_open: bool, closes: datetime | None) -> datetime | None:
        """When it ends; None, with an error, where “until closing” says nothing."""
        if self.duration != CLOSING:
            return now + timedelta(minutes=int(self.duration))
        if not is_open:
            self.errors["duration"] = "It is closed now: choose minutes."
        elif closes is None:
            self.errors["duration"] = "It does not close within two weeks: choose minutes."
        return closes if is_open else None
