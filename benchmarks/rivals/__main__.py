"""Times one rival, and prints JSON: `python -m benchmarks.rivals NAME DEEP RUNS SECONDS POSTMASTER`.

The address of the database comes in RIVAL_DATABASE_URL, because it holds a password; DEEP is
the number of the deep page.
"""

import importlib
import json
import os
import sys
from dataclasses import asdict

from benchmarks.rivals import RIVALS
from benchmarks.timing import time_page

MODULES = dict(zip(RIVALS, ("flask_admin_list", "django_list"), strict=True))


def main(name: str, deep: str, runs: str, seconds: str, postmaster: str) -> None:
    """Each page of the rival, one after the other, on one connection."""
    module = importlib.import_module(f"benchmarks.rivals.{MODULES[name]}")
    timings = []
    for page, ask in module.pages(os.environ["RIVAL_DATABASE_URL"], int(deep)).items():
        print(f"  {name}: {page}", file=sys.stderr, flush=True)
        timings.append(asdict(time_page(page, name, ask, int(runs), float(seconds), int(postmaster))))
    json.dump(timings, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
