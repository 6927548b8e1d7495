"""`make torture`: what the back office promises under faults, attack and load, and what was found.

Each part is a module with `run(report) -> Part`; tests/torture/parts.py lists them. A part brings its own
servers (tests/torture/ground.py makes them), leaves nothing behind, and gives figures: a promise beside what
this run found. What is quick and deterministic is a test of the suite instead.
"""
