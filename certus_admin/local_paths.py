"""Addresses to come back to: only pages of this site."""

import re
from urllib.parse import urlsplit

HOME = "/"
LONGEST_PATH = 2000

# Control characters, spaces and backslashes are what browsers repair into another site's address.
_REPAIRED_BY_BROWSERS = re.compile(
    r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]"
)
_NO_PLACE_TO_RETURN_TO = ("/login", "/logout", "/static/", "/healthz")


def local_path(wanted: str | None) -> str:
    """`wanted` when it is a path (and query) of this site, else the home page."""
    if not wanted or len(wanted) > LONGEST_PATH or _REPAIRED_BY_BROWSERS.search(wanted):
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    is_ours = (
        parts.scheme == parts.netloc == "" and wanted.startswith("/") and "//" not in wanted.split("?")[0]
    )
    if not is_ours or parts.path.startswith(_NO_PLACE_TO_RETURN_TO) or "/.." in parts.path:
        return HOME
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
