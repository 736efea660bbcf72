"""What may import what: the arrows of the house, TensorFlow in the engine alone, quick commands."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

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
"""The parts of nnlab from the bottom up: each may import itself and what lies below."""

HEIGHT = {part: height for height, layer in enumerate(LAYERS) for part in layer}

ENGINE_ONLY = {"keras", "keras_tuner", "optuna", "tensorflow"}

HEAVY = ENGINE_ONLY | {"matplotlib", "mlxtend", "numpy", "pandas", "pyarrow", "scipy", "sklearn"}

LIGHT_PARTS = {"cli", "analysis", "config", "dashboard", "errors", "report", "runs", "text"}
"""What the commands that answer at once are made of."""

TELL_WHAT_LOADS = """
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
    """The part of nnlab that a file belongs to: `data` for `data/files.py`."""
    return source.parts[0].removesuffix(".py")


def imported_part(module: str) -> str:
    """The part of nnlab that an import names: `data` for `nnlab.data.prefetch`, `` for no part."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] if package == "nnlab" else ""


def imports(source: Path, *, inside_functions: bool = True) -> Iterator[str]:
    """Every module that a file imports; `from a import b` counts as `a.b`."""
    waiting: list[ast.AST] = [ast.parse((PACKAGE / source).read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ["nnlab", *source.parts[: len(source.parts) - node.level]] if node.level else []
            base = [*above, node.module] if node.module else above
            yield from (".".join([*base, alias.name]) for alias in node.names)
        elif inside_functions or not isinstance(node, ast.FunctionDef):
            waiting.extend(ast.iter_child_nodes(node))


def test_every_part_has_its_layer() -> None:
    assert {own_part(source) for source in SOURCES} - {"__init__"} <= set(HEIGHT)


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_the_arrows_hold(source: Path) -> None:
    own = own_part(source)
    wrong = [
        module
        for module in imports(source)
        if (part := imported_part(module)) in HEIGHT
        and part != own
        and HEIGHT[part] >= HEIGHT.get(own, 0)
    ]
    assert wrong == []


@pytest.mark.parametrize("source", [one for one in SOURCES if own_part(one) != "engine"], ids=str)
def test_only_the_engine_knows_tensorflow(source: Path) -> None:
    assert [name for name in imports(source) if name.partition(".")[0] in ENGINE_ONLY] == []


@pytest.mark.parametrize("source", [one for one in SOURCES if own_part(one) == "cli"], ids=str)
def test_commands_import_the_engine_inside_their_functions(source: Path) -> None:
    at_the_top = imports(source, inside_functions=False)
    assert [name for name in at_the_top if imported_part(name) == "engine"] == []


def test_light_parts_load_nothing_heavy() -> None:
    modules = {
        ".".join(["nnlab", *source.with_suffix("").parts]).removesuffix(".__init__")
        for source in SOURCES
        if own_part(source) in LIGHT_PARTS
    }
    light = sorted(name for name in modules if not name.startswith("nnlab.report.plots"))
    assert loaded_by(light, HEAVY) == {}


def test_reading_searches_and_comparisons_loads_no_vocabulary() -> None:
    reading = ["search.tables", "search.trial_tables", "comparison.tables", "html.writer"]
    assert loaded_by([f"nnlab.report.{name}" for name in reading], {"pydantic"}) == {}


def loaded_by(modules: list[str], heavy: set[str]) -> dict[str, list[str]]:
    """What of some heavy packages each module loads, one after the other in one process."""
    asked = [json.dumps(modules), json.dumps(sorted(heavy))]
    command = [sys.executable, "-c", TELL_WHAT_LOADS, *asked]
    told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert told.stderr == ""
    loads: dict[str, list[str]] = json.loads(told.stdout)
    return loads
