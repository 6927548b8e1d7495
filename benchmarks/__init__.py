"""What `make bench` measures, never asserted in tests.

A run builds a database of its own (demo, bulk calls, bulk people) at two sizes, CALLS / 10 and CALLS. At each
size the pages are asked (pages.py), the rivals are asked on the same rows (rivals/), and then each part in
`benchmarks.__main__.PARTS`. The result goes to the terminal and to docs/benchmarks.md (markdown.py).

A part is a function `measure(environ, calls) -> list[report.Table]`:

- `environ` is a whole environment: `Config.from_environment(environ)` is the database of the run, whose
  embedded server runs already; subprocesses can be given it as it is. Nobody else uses the server meanwhile.
- `calls` is how many bulk calls stand in it at this moment; the part is called once at each size.
- It leaves the database as it found it, or larger by a few thousand rows, and stops what it started.
- `Table.figures` names the numbers that may grow with the table: the report sets those of both sizes beside
  each other with their growth exponent. `Table.targets` are promises of the issue and whether they were kept:
  those of the larger size are shown.
"""
