"""A small file system of one's own: everything of a part stands on it, and nobody else's anything.

It is mounted in a namespace of the process that uses it, so that it is gone with that process, however it
ends. Without being root, a second namespace makes a root who may mount; Linux alone has either.
"""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from certus_admin.config import CHECKOUT
from tests.torture.figures import Figure, Report

MEGABYTES = 700
# Else PostgreSQL's log grows to gigabytes before anything of it is used again, and fills the disk alone.
SMALL_LOG = {"max_wal_size": "96MB", "min_wal_size": "32MB"}
MOUNT = 'mount -t tmpfs -o size="$1"m,mode=0755 none "$2" && shift 2 && exec "$@"'
FILLER = "fills-the-disk"


def on_small_disk(module: str, report: Report) -> list[Figure]:
    """The figures that `python -m module` tells, run with its temporary files on a small file system.

    Where the machine lets nobody mount one, or the module ends early, a broken figure says so.
    """
    with tempfile.TemporaryDirectory(prefix="certus-small-disk-") as folder:
        Path(folder).chmod(0o711)  # an ordinary user runs PostgreSQL, and must reach it
        environ = os.environ | {"TMPDIR": folder, "PYTHONPATH": str(CHECKOUT)}
        command = [*_namespace(folder), sys.executable, "-m", module]
        with subprocess.Popen(command, cwd=CHECKOUT, env=environ, stdout=subprocess.PIPE) as process:
            if process.stdout is None:
                raise RuntimeError("nothing to read from")
            figures, last = [], ""
            for line in process.stdout:
                told = json.loads(line)
                if isinstance(told, str):
                    report(last := told)
                else:
                    figures.append(Figure(*told))
        if code := process.returncode:  # what was found until then is worth telling
            ended = f"{code}, after: {last or 'nothing'}"
            figures.append(Figure("the process on the small disk ends with", "0", ended, False))
    return figures


def tell(told: str | Figure) -> None:
    """A line for on_small_disk(): a report, or a figure."""
    said = told if isinstance(told, str) else [told.what, told.promised, told.found, told.held]
    print(json.dumps(said), flush=True)  # noqa: T201 - what the process that started this one reads


def _namespace(folder: str) -> list[str]:
    """What to put before a command so that `folder` is a small file system for it alone."""
    mount = ["sh", "-c", MOUNT, "sh", str(MEGABYTES), folder]
    if os.geteuid() == 0:
        return ["unshare", "--mount", *mount]
    again = ["unshare", "--user", f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}"]
    return ["unshare", "--user", "--map-root-user", "--mount", *mount, *again]


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """No room is left on the file system of `folder` until the block ends. RuntimeError for a large one."""
    if shutil.disk_usage(folder).total > MEGABYTES * (1 << 20):
        raise RuntimeError(f"{folder} is on no small file system: it is not filled")
    path = folder / FILLER
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError as fault:
                if fault.errno != errno.ENOSPC:
                    raise
    try:
        yield
    finally:
        path.unlink()
