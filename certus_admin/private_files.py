"""Small files that only their owner may read: passwords and keys made at first start."""

import os
from collections.abc import Callable
from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Create `folder` with mode 0700. A folder that exists keeps its mode: it may be somebody's choice."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Replace `path` in one step by a file of mode 0600: a crash leaves the old text or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The text of `path`, made by `make` and kept where there is none. Of two makers, one wins for both."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        pass
    make_private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    write_private(draft, make())
    try:
        os.link(draft, path)  # unlike a rename, a link fails where another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="utf-8")
