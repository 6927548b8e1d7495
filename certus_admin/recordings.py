"""Where a recording may lie: at a provider's web address, or among our own sounds."""

import re
from urllib.parse import urlsplit

OWN_RECORDING = re.compile(r"/recordings/[a-z0-9-]+\.(?:wav|mp3|ogg)")
UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


def is_recording_address(url: str) -> bool:
    """True for https and http addresses with a host and for our own /recordings/...; nothing else."""
    if OWN_RECORDING.fullmatch(url):
        return True
    if UNSAFE.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
