"""Registries: files are imported on demand, in any order."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages

import pytest

from nnlab.config import vocabulary
from nnlab.config.vocabulary import FAMILIES, find_component
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.registry import _normalize


def run(code: str) -> str:
    """Run code in a new process and return its output."""
    process = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    return process.stdout


@pytest.mark.parametrize("family", [family for family in FAMILIES if family.files])
def test_files_of_a_family_match_its_members(family: type[Component]) -> None:
    for module in walk_packages(vocabulary.__path__, "nnlab.config.vocabulary."):
        import_module(module.name)
    module_of = {_normalize(name): component.__module__ for name, component in family.names.items()}
    assert family.names._module_of == module_of


def test_config_imports_only_the_files_of_its_components() -> None:
    loaded = run(
        "import sys; from nnlab.config import read_config; read_config('configs/mnist.yaml');"
        "print('\\n'.join(name for name in sys.modules if 'vocabulary' in name))"
    ).split()
    assert "nnlab.config.vocabulary.datasets.downloads" in loaded
    assert "nnlab.config.vocabulary.optimizers.adaptive" in loaded
    for other in ("datasets.packaged", "optimizers.special", "metrics.confusion", "schedules"):
        assert f"nnlab.config.vocabulary.{other}" not in loaded


def test_component_is_found_in_any_family() -> None:
    component = find_component("adam")
    assert component is not None
    assert component.display_name() == "Adam"


def test_unknown_name_imports_nothing() -> None:
    output = run(
        "import sys; from nnlab.config.vocabulary import find_component; "
        "before = set(sys.modules);"
        "print(find_component('epochs'), find_component('from'), sorted(set(sys.modules) - before))"
    )
    assert output == "None None []\n"


def test_listing_order_does_not_depend_on_imports() -> None:
    output = run(
        "from nnlab.config.vocabulary.layers import Layer; Layer.parse({'Dropout': 0.3});"
        "Layer.parse('ReLU'); print(*Layer.members)"
    )
    assert output.split() == list(Layer.members)
    assert len(Layer.members) == len(set(Layer.names.values()))


def test_lookup_by_any_spelling_imports_the_file() -> None:
    output = run(
        "from nnlab.config.vocabulary.losses import Loss; "
        "print(*(Loss.parse(name).display_name() for name in"
        "('mse', 'KLD', 'log_cosh', 'Tversky', 'categorical_hinge')))"
    )
    names = ("MeanSquaredError", "KLDivergence", "LogCosh", "Tversky", "CategoricalHinge")
    assert output.split() == list(names)
    assert Loss.lookup("LOGCOSH") is None
