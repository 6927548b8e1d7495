"""The parts of a torture run, in the order of the report."""

from collections.abc import Callable, Mapping

from tests.torture import personal, sign_in
from tests.torture.figures import Part, Report

PARTS: Mapping[str, Callable[[Report], Part]] = {"sign-in": sign_in.run, "personal": personal.run}
