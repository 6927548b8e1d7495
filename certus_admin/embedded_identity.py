"""What an embedded database keeps from start to start."""

import json
import random
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from certus_admin.private_files import read_or_make, write_private

DATABASE = "certus"
OWNER = "certus_owner"
APP = "certus_app"
PORTS = range(20000, 32768)  # below what the kernel hands out to outgoing connections


@dataclass(frozen=True)
class Identity:
    """An embedded database's port, its passwords, and its home where that is not in `var`."""

    port: int
    superuser_password: str
    owner_password: str
    app_password: str
    home: str | None = None

    def url(self, role: str, password: str, database: str = DATABASE) -> str:
        """The URL, in libpq's form, by which `role` signs in."""
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"


def recall(var: Path) -> Identity:
    """The identity of the database in `var`, made at first use and kept in a file of mode 0600."""

    def make() -> str:
        passwords = [secrets.token_urlsafe(24) for _ in range(3)]
        return json.dumps(asdict(Identity(free_port(), *passwords)))

    return Identity(**json.loads(read_or_make(_path(var), make)))


def remember(var: Path, identity: Identity) -> Identity:
    """Keep `identity` in place of the one before, and give it back."""
    write_private(_path(var), json.dumps(asdict(identity)))
    return identity


def remembered_urls(var: Path) -> tuple[str, str]:
    """The app's and the owner's URL of the database in `var`, whether it runs or not."""
    identity = recall(var)
    return identity.url(APP, identity.app_password), identity.url(OWNER, identity.owner_password)


def is_free(port: int) -> bool:
    """True when nobody listens on this port of loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    candidates = random.SystemRandom().sample(PORTS, 50)
    port = next((candidate for candidate in candidates if is_free(candidate)), None)
    if port is None:
        raise OSError("No port between 20000 and 32767 is free.")
    return port


def _path(var: Path) -> Path:
    return var / "embedded.json"
