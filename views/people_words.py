"""How people, their access and what the database refuses about them are put into words."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

LAST_ADMIN = (
    "Not changed: nobody else is an active admin of every account. Make somebody else one first, and let "
    "them sign in."
)
TAKEN = "Somebody has this email already. Whoever is not in your list belongs to another account."
FAULTS = {
    "users_last_admin": ("role", LAST_ADMIN),
    "users_email_key": ("email", TAKEN),
    "users_email_check": ("email", "Write an address such as name@example.com."),
    "users_full_name_check": ("full_name", "Use 1 to 200 characters."),
}


def fault_of(error: IntegrityError) -> tuple[str, str]:
    """The field and the words for what the database would not take; anything else is raised on."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint not in FAULTS:
        raise error
    return FAULTS[constraint]


def place_of(access: Mapping[str, Any]) -> str:
    """One access in words."""
    if access["account_id"] is None:
        return "Every account"
    return f"{access['account_name']}, {access['location_name'] or 'every location'}"
