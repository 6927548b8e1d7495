"""Where a recording may lie: at a provider's public web address, or among our own sounds.

`private.is_recording_address` in Python; a test compares their answers. Nothing here looks a name up or
fetches anything: it is the listener's browser that follows the address.
"""

import re

OWN_RECORDING = re.compile(r"/recordings/[a-z0-9-]+\.(?:wav|mp3|ogg)")
# A last label that begins with a digit is an IP address in one of its spellings.
PUBLIC_ADDRESS = re.compile(
    r"https://(?P<host>(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9])"
    r"(?::[0-9]{1,5})?(?:[/?#][!-\[\]-~]*)?"
)
INTERNAL = re.compile(
    r"(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|arpa)$", re.IGNORECASE
)


def is_recording_address(url: str) -> bool:
    """True for our own /recordings/... and for https at a public host name; nothing else.

    Refused are other schemes, credentials, IP addresses in every spelling and names of internal networks.
    """
    if OWN_RECORDING.fullmatch(url):
        return True
    found = PUBLIC_ADDRESS.fullmatch(url)
    return found is not None and INTERNAL.search(found["host"]) is None
