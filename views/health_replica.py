"""The panel of the health page about the replica, as the worker that draws the page knows it."""

from flask import current_app

from certus_admin.replica import FAULTS, replica_of
from views.health_parts import HealthPart

ADVICE = {
    "away": "Is the server of CERTUS_REPLICA_DATABASE_URL running, and does it let certus_app in?",
    "behind": "Look at pg_stat_replication on the primary, and for long queries on the replica.",
    "primary": "CERTUS_REPLICA_DATABASE_URL must name a server in recovery that follows the primary.",
    "refused": "Give the replica's address the login certus_app, which is only a member of authenticated.",
}


def replica_part() -> HealthPart | None:
    """None where no replica is configured. Without it every page still comes, from the primary."""
    replica = replica_of(current_app)
    if replica is None:
        return None
    replica.reason_against()
    if replica.fault is None:
        lag = f"{replica.lag or 0:.1f} s behind the primary"
        return HealthPart("replica", "Replica", "good", f"Lists and exports are read from it, {lag}.")
    summary = f"It {FAULTS[replica.fault]}. Lists and exports are read from the primary."
    state = "bad" if replica.fault == "refused" else "look"
    return HealthPart("replica", "Replica", state, summary, ADVICE[replica.fault])
