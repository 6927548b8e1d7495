"""The parts of a torture run, in the order of the report."""

from collections.abc import Callable, Mapping

from tests.torture.figures import Part, Report

PARTS: Mapping[str, Callable[[Report], Part]] = {}
