"""Starting a rival in its own environment. Runs on our side of the fence."""

import json
import os
import subprocess
from pathlib import Path

from benchmarks.rivals import RIVALS
from benchmarks.timing import Timing
from certus_admin.config import CHECKOUT

PYTHON = CHECKOUT / ".venv-bench" / "bin" / "python"


def time_rivals(owner_url: str, runs: int, seconds: float, postmaster: int) -> dict[str, list[Timing]]:
    """Each rival's timings, in the order of their pages; empty where their environment was not made."""
    if not PYTHON.exists():
        return {}
    return {name: _time_rival(PYTHON, name, owner_url, runs, seconds, postmaster) for name in RIVALS}


def _time_rival(
    python: Path, name: str, owner_url: str, runs: int, seconds: float, postmaster: int
) -> list[Timing]:
    result = subprocess.run(
        [str(python), "-m", "benchmarks.rivals", name, str(runs), str(seconds), str(postmaster)],
        cwd=CHECKOUT,
        env={"PATH": os.environ.get("PATH", os.defpath), "RIVAL_DATABASE_URL": owner_url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Timing(**timing) for timing in json.loads(result.stdout)]
