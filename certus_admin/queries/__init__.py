"""The typed query helpers: one answer each, its statement beside it. They have TypeScript twins."""

from certus_admin.queries.calls import CallFilters, CallRow, list_calls, list_recent_calls
from certus_admin.queries.kpis import Kpis, get_kpis
from certus_admin.queries.metrics import DailyRow, get_metrics_daily
from certus_admin.queries.places import Place, list_places

__all__ = [
    "CallFilters",
    "CallRow",
    "DailyRow",
    "Kpis",
    "Place",
    "get_kpis",
    "get_metrics_daily",
    "list_calls",
    "list_places",
    "list_recent_calls",
]
