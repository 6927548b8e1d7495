"""The daily numbers computed a second time, in Python, from the tables as they are."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.sql.asking import Asking

Key = tuple[UUID, UUID, date]
ANSWERED = {"completed", "transferred", "in_progress"}
MISSED = {"missed", "failed", "canceled"}
LOST_ORDERS = {"canceled", "rejected", "failed"}
LOST_RESERVATIONS = {"canceled", "no_show", "failed"}
CALL_TYPES = ("order", "reservation", "catering", "general", "other")
CALL_NUMBERS = ("total_calls", "answered_calls", "missed_calls", "transferred_calls", "talk_seconds")
ORDER_NUMBERS = ("orders_count", "total_revenue_orders")
RESERVATION_NUMBERS = ("reservations_count", "reservations_valued", "total_revenue_res_estimate")
TYPE_NUMBERS = tuple(f"{call_type}_calls" for call_type in CALL_TYPES)
NUMBERS = (*CALL_NUMBERS, "minutes_saved", *TYPE_NUMBERS, *ORDER_NUMBERS, *RESERVATION_NUMBERS)


class Books:
    """Counts by account, location and local date, from what the owner reads in the tables."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking.as_owner()
        self.days: dict[Key, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(NUMBERS, 0))
        self.zones = dict(asking.rows("select id, timezone from public.locations"))
        own = asking.rows(
            "select location_id, avg_spend_per_head, baseline_handle_seconds from public.location_settings"
        )
        shared = asking.rows(
            "select account_id, avg_spend_per_head, baseline_handle_seconds from public.account_settings"
        )
        self.averages = {where: average for where, average, _ in (*own, *shared)}
        self.baselines = {where: baseline for where, _, baseline in (*own, *shared)}

    def daily(self) -> dict[Key, dict[str, Any]]:
        """Every day with a call, an order or a reservation that counts."""
        self.count_calls()
        self.count_orders()
        self.count_reservations()
        for day in self.days.values():
            if day["reservations_count"] and not day["reservations_valued"]:
                day["total_revenue_res_estimate"] = None  # unknown is not nothing
        return dict(self.days)

    def day(self, account: UUID, location: UUID, moment: datetime) -> dict[str, Any]:
        local = moment.astimezone(ZoneInfo(self.zones[location]))
        return self.days[account, location, local.date()]

    def count_calls(self) -> None:
        for account, location, moment, status, call_type, seconds in self.asking.rows(
            """select account_id, location_id, started_at, status, call_type, duration_seconds
            from public.call_logs where direction = 'inbound'"""
        ):
            day = self.day(account, location, moment)
            day["total_calls"] += 1
            day[f"{call_type}_calls"] += 1
            day["missed_calls"] += status in MISSED
            day["transferred_calls"] += status == "transferred"
            if status in ANSWERED:
                day["answered_calls"] += 1
                day["talk_seconds"] += seconds or 0
            if status in ANSWERED - {"transferred"}:
                baseline = self.baselines.get(location) or self.baselines.get(account)
                day["minutes_saved"] += Decimal(baseline or seconds or 0) / 60

    def count_orders(self) -> None:
        for account, location, moment, status, total in self.asking.rows(
            "select account_id, location_id, created_at, status, total_amount from public.order_logs"
        ):
            if status not in LOST_ORDERS:
                day = self.day(account, location, moment)
                day["orders_count"] += 1
                day["total_revenue_orders"] += total

    def count_reservations(self) -> None:
        for account, location, moment, status, guests, override in self.asking.rows(
            """select account_id, location_id, created_at, status, guest_count, avg_spend_per_head_override
            from public.reservations"""
        ):
            if status in LOST_RESERVATIONS:
                continue
            day = self.day(account, location, moment)
            day["reservations_count"] += 1
            candidates = (override, self.averages.get(location), self.averages.get(account))
            average = next((value for value in candidates if value is not None), None)
            if guests is not None and average is not None:
                day["reservations_valued"] += 1
                day["total_revenue_res_estimate"] += guests * average
