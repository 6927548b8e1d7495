"""The house keeps its order: who imports whom, how long a module grows, what no file may say."""

import ast
import json
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from certus_admin.config import CHECKOUT

LONGEST_MODULE = 260
LONGEST_TEST_MODULE = 300
FOLDERS = (
    "certus_admin",
    "views",
    "forms",
    "seeds",
    "supabase",
    "templates",
    "static",
    "tests",
    "benchmarks",
    "docs",
    ".ci",
)
PRODUCT = ("certus_admin", "views", "forms", "seeds")
TEXT = {".py", ".sql", ".html", ".js", ".ts", ".css", ".md", ".toml", ".txt", ".json", ".svg", ""}

# Whom each part may import, besides itself.
MAY_IMPORT = {
    "certus_admin": set(),
    "forms": {"certus_admin"},
    "seeds": {"certus_admin"},
    "views": {"certus_admin", "forms"},
    "wsgi": {"certus_admin", "seeds", "views"},
}
# Inside the core, each of these stands on those before it.
CORE_ORDER = ["config", "database", "models administration_models", "queries", "auth errors cli"]

# Put together here, so that this file does not say them itself.
REGISTRIES = [f"{name}.{top}" for name in ("pypi", "pythonhosted", "npmjs") for top in ("org", "com")]
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
MACHINE_PATHS = re.compile(r"/(" + "|".join(("wor" + "k", "ro" + "ot")) + r")/")
# Put together here as well: this file holds the marks and is no exception.
PRAGMA = re.compile("# (?:" + "no" + "qa|no" + r"sec)\b")
REASONED = re.compile(r"^# \w+: [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* - \w.{3,}|^# no" + r"sec B[0-9]+ - \w.{3,}")
SHAPELESS = re.compile(
    r"(^|_)(util|utils|helper|helpers|manager|managers|misc|common)(_|$)|^my_", re.IGNORECASE
)


def modules(*parts: str) -> Iterator[tuple[str, Path]]:
    """Dotted names and paths of the product's Python modules."""
    for part in parts:
        for path in sorted((CHECKOUT / part).rglob("*.py")):
            names = path.relative_to(CHECKOUT).with_suffix("").parts
            yield ".".join(name for name in names if name != "__init__"), path
    yield "wsgi", CHECKOUT / "wsgi.py"


def imports(path: Path, known: set[str]) -> set[str]:
    """The product's modules that a module names at its top or anywhere else."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & known
            found.update(inner or {node.module})
    return {name for name in found if name in known}


GRAPH = {name: imports(path, {known for known, _ in modules(*PRODUCT)}) for name, path in modules(*PRODUCT)}


def texts() -> Iterator[tuple[Path, str]]:
    """Every file of ours that holds text, by its path in the checkout."""
    for folder in FOLDERS:
        for path in sorted((CHECKOUT / folder).rglob("*")):
            if path.is_file() and path.suffix in TEXT and not {"dist", "__pycache__"} & set(path.parts):
                yield path.relative_to(CHECKOUT), path.read_text()
    for path in sorted(CHECKOUT.iterdir()):
        if path.is_file() and path.suffix in TEXT and path.name != ".git":
            yield path.relative_to(CHECKOUT), path.read_text()


def part_of(module: str) -> str:
    return module.split(".")[0]


def test_imports_run_one_way():
    assert {"certus_admin", "views", "seeds", "wsgi"} <= {part_of(name) for name in GRAPH}
    wrong = [
        f"{module} imports {imported}"
        for module, found in GRAPH.items()
        for imported in found
        if part_of(imported) not in MAY_IMPORT[part_of(module)] | {part_of(module)}
    ]
    assert wrong == []


def core_rank(module: str) -> int | None:
    names = module.split(".")
    name = names[1] if names[0] == "certus_admin" and len(names) > 1 else ""
    return next((rank for rank, level in enumerate(CORE_ORDER) if name in level.split()), None)


def test_the_core_stands_on_its_lower_floors():
    ranked = {module: core_rank(module) for module in GRAPH}
    assert set(range(len(CORE_ORDER))) <= set(ranked.values())
    wrong = [
        f"{module} imports {imported}"
        for module, found in GRAPH.items()
        for imported in found
        if (rank := ranked[module]) is not None and (below := ranked[imported]) is not None and below > rank
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle():
    inner = {module: found - {module} for module, found in GRAPH.items()}
    TopologicalSorter(inner).prepare()


def test_nothing_is_imported_late():
    late = [
        f"{module}, line {node.lineno}"
        for module, path in modules(*PRODUCT)
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert late == []


@pytest.mark.parametrize("part", [*PRODUCT, "tests", "benchmarks"])
def test_no_module_grows_a_tail(part: str):
    longest = LONGEST_TEST_MODULE if part == "tests" else LONGEST_MODULE
    lengths = {name: len(path.read_text().splitlines()) for name, path in modules(part)}
    assert {name: length for name, length in lengths.items() if length > longest} == {}


def test_every_module_has_a_name_from_the_field():
    assert [name for name, _ in modules(*PRODUCT, "tests") if SHAPELESS.search(name.split(".")[-1])] == []


def test_no_file_leaves_work_for_later():
    assert [str(path) for path, text in texts() if UNFINISHED.search(text)] == []


def test_no_file_names_a_registry_or_a_machine():
    named = {str(path) for path, text in texts() for registry in REGISTRIES if registry in text}
    named |= {str(path) for path, text in texts() if MACHINE_PATHS.search(text)}
    assert named == set()


def pragmas() -> Iterator[tuple[str, str]]:
    """Each exception from a rule of security or style: its line's place, and the text from the mark on."""
    for path in sorted(CHECKOUT.rglob("*.py")):
        if not {".venv", ".venv-bench", "node_modules", "var"} & set(path.relative_to(CHECKOUT).parts):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if found := PRAGMA.search(line):
                    yield f"{path.relative_to(CHECKOUT)}:{number}", line[found.start() :]


def test_every_exception_from_a_rule_names_the_rule_and_gives_its_reason():
    found = dict(pragmas())
    assert len(found) > 20
    assert [f"{place} {text}" for place, text in found.items() if not REASONED.search(text)] == []


def test_every_package_of_the_locks_carries_a_hash():
    for name in (
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-node.txt",
        "requirements-bench.txt",
    ):
        entries = re.split(r"^(?=\S)", (CHECKOUT / name).read_text(), flags=re.MULTILINE)
        packages = [entry for entry in entries if entry.strip() and not entry.startswith("#")]
        assert packages
        assert [
            each.split()[0] for each in packages if "==" not in each or "--hash=sha256:" not in each
        ] == []
    locked = json.loads((CHECKOUT / "package-lock.json").read_text())["packages"]
    assert len(locked) > 10
    assert [name for name, entry in locked.items() if name and not entry.get("integrity")] == []


def test_locks_carry_hashes_and_no_addresses():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        lock = (CHECKOUT / name).read_text()
        assert "--hash=sha256:" in lock
        assert "://" not in lock
    packages = (CHECKOUT / "package-lock.json").read_text()
    assert '"integrity"' in packages
    assert '"resolved"' not in packages
