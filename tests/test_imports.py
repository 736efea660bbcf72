"""Import rules: the layers of the architecture, TensorFlow in the engine only, fast commands."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nnlab

PACKAGE = Path(nnlab.__file__).parent
SOURCES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))

LAYERS = [
    {"errors", "text"},
    {"config"},
    {"data", "runs"},
    {"analysis"},
    {"dashboard", "report"},
    {"engine"},
    {"cli"},
    {"__main__"},
]
"""The parts of nnlab from the bottom up: each may import itself and the layers below."""

HEIGHT = {part: height for height, layer in enumerate(LAYERS) for part in layer}

ENGINE_ONLY = {"keras", "keras_tuner", "optuna", "tensorflow"}

HEAVY = ENGINE_ONLY | {"matplotlib", "mlxtend", "numpy", "pandas", "pyarrow", "scipy", "sklearn"}

LIGHT_PARTS = {"cli", "analysis", "config", "dashboard", "errors", "report", "runs", "text"}
"""The parts that light commands load."""

FIND_HEAVY_IMPORTS = """
import importlib, json, sys

modules, heavy = map(json.loads, sys.argv[1:])
loads = {}
for module in modules:
    before = set(sys.modules)
    importlib.import_module(module)
    loads[module] = sorted({name.split(".")[0] for name in set(sys.modules) - before} & set(heavy))
print(json.dumps({module: names for module, names in loads.items() if names}))
"""


def own_part(source: Path) -> str:
    """Return the part of nnlab that a file belongs to: `data` for `data/prefetch.py`."""
    return source.parts[0].removesuffix(".py")


def imported_part(module: str) -> str:
    """Return the part of nnlab that an import names: `data` for `nnlab.data.prepare`, or ``."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] if package == "nnlab" else ""


def imports(source: Path, *, inside_functions: bool = True) -> Iterator[str]:
    """Yield every module that a file imports; `from a import b` counts as `a.b`."""
    pending: list[ast.AST] = [ast.parse((PACKAGE / source).read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = (
                ["nnlab", *source.parts[: len(source.parts) - node.level]] if node.level else []
            )
            base = [*parents, node.module] if node.module else parents
            yield from (".".join([*base, alias.name]) for alias in node.names)
        elif inside_functions or not isinstance(node, ast.FunctionDef):
            pending.extend(ast.iter_child_nodes(node))


def test_every_part_has_a_layer() -> None:
    assert {own_part(source) for source in SOURCES} - {"__init__"} <= set(HEIGHT)


def test_imports_follow_the_layers() -> None:
    wrong = [
        f"{source} imports {module}"
        for source in SOURCES
        for module in imports(source)
        if (part := imported_part(module)) in HEIGHT
        and part != own_part(source)
        and HEIGHT[part] >= HEIGHT.get(own_part(source), 0)
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_engine_imports_tensorflow() -> None:
    wrong = [
        f"{source} imports {module}"
        for source in SOURCES
        if own_part(source) != "engine"
        for module in imports(source)
        if module.partition(".")[0] in ENGINE_ONLY
    ]
    assert not wrong, "\n".join(wrong)


def test_commands_import_the_engine_inside_their_functions() -> None:
    wrong = [
        f"{source} imports {module}"
        for source in SOURCES
        if own_part(source) == "cli"
        for module in imports(source, inside_functions=False)
        if imported_part(module) == "engine"
    ]
    assert not wrong, "\n".join(wrong)


def test_light_parts_load_nothing_heavy() -> None:
    modules = {
        ".".join(["nnlab", *source.with_suffix("").parts]).removesuffix(".__init__")
        for source in SOURCES
        if own_part(source) in LIGHT_PARTS
    }
    light = sorted(name for name in modules if not name.startswith("nnlab.report.plots"))
    assert loaded_by(light, HEAVY) == {}


def test_reports_of_searches_and_comparisons_load_no_vocabulary() -> None:
    reports = ["search.tables", "comparison.tables", "html"]
    assert loaded_by([f"nnlab.report.{name}" for name in reports], {"pydantic"}) == {}


def loaded_by(modules: list[str], heavy: set[str]) -> dict[str, list[str]]:
    """Return the heavy packages that each module loads, imported in turn in one process."""
    arguments = [json.dumps(modules), json.dumps(sorted(heavy))]
    command = [sys.executable, "-c", FIND_HEAVY_IMPORTS, *arguments]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert finished.stderr == ""
    loads: dict[str, list[str]] = json.loads(finished.stdout)
    return loads
