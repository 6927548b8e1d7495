"""Starting a rival in its own environment. Runs on our side of the fence."""

import json
import os
import subprocess

from benchmarks.rivals import RIVALS
from benchmarks.timing import Timing
from certus_admin.config import CHECKOUT

PYTHON = CHECKOUT / ".venv-bench" / "bin" / "python"


def time_rivals(
    owner_url: str, calls: int, runs: int, seconds: float, postmaster: int
) -> dict[str, list[Timing]]:
    """Each rival's timings, in the order of their pages; empty where their environment was not made.

    Page 1,000 is the middle one where `calls` fill fewer than 2,000.
    """
    if not PYTHON.exists():
        return {}
    deep = str(max(1, min(1_000, calls // 100)))
    arguments = (deep, str(runs), str(seconds), str(postmaster))
    return {name: _time_rival(owner_url, name, *arguments) for name in RIVALS}


def _time_rival(owner_url: str, *arguments: str) -> list[Timing]:
    result = subprocess.run(
        [str(PYTHON), "-m", "benchmarks.rivals", *arguments],
        cwd=CHECKOUT,
        env={"PATH": os.environ.get("PATH", os.defpath), "RIVAL_DATABASE_URL": owner_url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Timing(**timing) for timing in json.loads(result.stdout)]
