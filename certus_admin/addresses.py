"""Addresses of this machine."""

import ipaddress


def is_loopback(host: str) -> bool:
    """True for localhost and for loopback addresses: traffic that never leaves the machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
