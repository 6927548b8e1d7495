"""The parts of a torture run, in the order of the report."""

from collections.abc import Callable, Mapping

from tests.torture import personal
from tests.torture.figures import Part, Report

PARTS: Mapping[str, Callable[[Report], Part]] = {"personal": personal.run}
