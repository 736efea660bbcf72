"""A word is loaded with its file when it is first asked for, whatever was loaded before."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages

import pytest

from nnlab.config import vocabulary
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.families import FAMILIES
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.registry import _bare


def run(code: str) -> str:
    """What a fresh process prints, in which no word was asked for yet."""
    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    return told.stdout


@pytest.mark.parametrize("family", [one for one in FAMILIES if one.files])
def test_each_word_stands_in_the_file_that_its_family_names(family: type[Component]) -> None:
    for module in walk_packages(vocabulary.__path__, "nnlab.config.vocabulary."):
        import_module(module.name)
    stand_in = {_bare(name): component.__module__ for name, component in family.names.items()}
    assert family.names._module_of == stand_in


def test_a_config_loads_the_files_of_its_words_alone() -> None:
    loaded = run(
        "import sys; from nnlab.config import read_config; read_config('configs/mnist.yaml');"
        "print('\\n'.join(name for name in sys.modules if 'vocabulary' in name))"
    ).split()
    assert "nnlab.config.vocabulary.datasets.downloads" in loaded
    assert "nnlab.config.vocabulary.optimizers.adam" in loaded
    for other in ("datasets.packaged", "optimizers.special", "metrics.confusion", "schedules"):
        assert f"nnlab.config.vocabulary.{other}" not in loaded


def test_a_name_of_no_word_loads_nothing() -> None:
    loaded = run(
        "import sys; from nnlab.config.vocabulary.families import find_component; "
        "before = set(sys.modules);"
        "print(find_component('epochs'), find_component('from'), sorted(set(sys.modules) - before))"
    )
    assert loaded == "None None []\n"


def test_words_are_listed_in_one_order_whatever_was_loaded_first() -> None:
    listed = run(
        "from nnlab.config.vocabulary.layers import Layer; Layer.parse({'Dropout': 0.3});"
        "Layer.parse('ReLU'); print(*Layer.members)"
    )
    assert listed.split() == list(Layer.members)
    assert len(Layer.members) == len(set(Layer.names.values()))


def test_any_spelling_finds_a_word_that_was_not_loaded() -> None:
    found = run(
        "from nnlab.config.vocabulary.losses import Loss; "
        "print(*(Loss.parse(name).display_name() for name in"
        "('mse', 'KLD', 'log_cosh', 'Tversky', 'categorical_hinge')))"
    )
    names = ("MeanSquaredError", "KLDivergence", "LogCosh", "Tversky", "CategoricalHinge")
    assert found.split() == list(names)
    assert Loss.lookup("LOGCOSH") is None
