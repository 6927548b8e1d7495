"""What the environment says about single sign-on. It needs no library: most installations have none of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from certus_admin.addresses import is_loopback

LABEL = "Sign in with single sign-on"
LONGEST_LABEL = 60
DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+", re.ASCII)
NEEDED = ("CERTUS_OIDC_ISSUER", "CERTUS_OIDC_CLIENT_ID", "CERTUS_OIDC_CLIENT_SECRET", "CERTUS_OIDC_DOMAINS")


@dataclass(frozen=True)
class OidcSettings:
    """The provider, what it knows this app as, and whose addresses it may vouch for.

    `issuer` stands exactly as in the provider's own discovery document; `domains` are lower case.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    domains: frozenset[str]
    label: str = LABEL

    @property
    def discovery_url(self) -> str:
        """Where OpenID Connect Discovery 1.0, section 4, puts the document."""
        return self.issuer.rstrip("/") + "/.well-known/openid-configuration"


def oidc_from_environment(environ: Mapping[str, str], problems: list[str]) -> OidcSettings | None:
    """The settings, None where none is given; whatever is missing or wrong is added to `problems`."""
    given = {name: environ.get(name, "").strip() for name in (*NEEDED, "CERTUS_OIDC_LABEL")}
    if not any(given.values()):
        return None
    found = [
        f"{name} is missing: single sign-on needs all of its variables" for name in NEEDED if not given[name]
    ]
    issuer, client_id, client_secret, listed = (given[name] for name in NEEDED)
    domains = frozenset(each.strip().lower() for each in listed.split(",") if each.strip())
    if issuer and not _is_issuer(issuer):
        found.append("CERTUS_OIDC_ISSUER must look like https://login.example; http is for loopback alone")
    if any(not DOMAIN.fullmatch(each) for each in domains) or (listed and not domains):
        found.append("CERTUS_OIDC_DOMAINS must be domains, by commas: restaurants.example,group.example")
    label = given["CERTUS_OIDC_LABEL"] or LABEL
    if len(label) > LONGEST_LABEL:
        found.append(f"CERTUS_OIDC_LABEL is longer than {LONGEST_LABEL} characters")
    problems.extend(found)
    return None if found else OidcSettings(issuer, client_id, client_secret, domains, label)


def _is_issuer(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        valid = (parts.port or 1) > 0 and host != "" and parts.username is None
    except ValueError:
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return valid and secure and not parts.query and not parts.fragment
