"""The parts of a torture run, in the order of the report."""

from collections.abc import Callable, Mapping

from tests.torture import addresses, broken_rules, endurance, faults, kills, load, personal, sign_in
from tests.torture.figures import Part, Report

PARTS: Mapping[str, Callable[[Report], Part]] = {
    "load": load.run,
    "sign-in": sign_in.run,
    "requests": addresses.run,
    "kills": kills.run,
    "faults": faults.run,
    "personal": personal.run,
    "broken rules": broken_rules.run,
    "endurance": endurance.run,
}

# These run beside all others but those of ALONE: they count, and measure no time.
BESIDE = ("endurance",)
# These measure time: they run first, with nothing beside them. "faults" has limits of seconds, and room
# within them beside something else; by itself it would make the whole run longer than twenty minutes.
ALONE = ("load", "sign-in", "requests", "kills")
