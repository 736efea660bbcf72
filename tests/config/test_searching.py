"""Searches that are unwise, and configs that leave nothing to search."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config.check import check_config
from nnlab.config.loading import read_search
from nnlab.errors import ConfigError

BAD = Path(__file__).parent / "bad"
STACK = BAD / "stack.yaml"
OPTIMIZER = "training.optimizer={Choice: [adam, sgd, rmsprop]}"
BATCHES = "training.batch_size={Choice: [8, 16, 32, 64]}"


def told(*flags: str) -> list[tuple[str, str]]:
    checked = check_config(STACK, flags)
    assert checked.is_valid
    return [(fault.path, fault.message) for fault in checked.advice]


@pytest.mark.parametrize(
    ("flags", "path", "words"),
    [
        (("tune.objective=loss",), "tune.objective", "the training rows"),
        (("tune={objective: val_accuracy, direction: min}",), "tune.direction", "more is better"),
        (("tune.direction=max",), "tune.direction", "less is better"),
        (("tune.algorithm=grid", BATCHES), "tune.algorithm", "12 points, of which 10"),
        (("seed={Int: {min_value: 1, max_value: 9}}",), "seed", "cannot be compared"),
        (("data.test_split={Choice: [0.1, 0.2]}",), "data.test_split", "test rows leak"),
    ],
)
def test_unwise_searches_are_warned_of(flags: tuple[str, ...], path: str, words: str) -> None:
    ((where, message),) = told(OPTIMIZER, *flags)
    assert where == path
    assert words in message


@pytest.mark.parametrize(
    "flags",
    [
        (),
        ("tune={objective: val_accuracy, direction: max}",),
        ("tune.algorithm=grid",),
        ("tune={algorithm: grid, max_trials: 12}", BATCHES),
        ("tune={algorithm: hyperband, max_trials: 99}",),
    ],
)
def test_sound_searches_get_no_warning(flags: tuple[str, ...]) -> None:
    assert told(OPTIMIZER, *flags) == []


def test_without_open_values_tune_is_idle_and_no_warning() -> None:
    assert told("tune={algorithm: grid, objective: loss, max_epochs: 1, max_trials: 3}") == []


def test_a_search_has_a_tune_section_be_it_of_defaults() -> None:
    config = read_search(STACK, [OPTIMIZER])
    assert config.experiment.tune is not None
    assert config.experiment.tune.objective == "val_loss"


def test_a_search_without_open_values_is_refused_beside_other_faults() -> None:
    with pytest.raises(ConfigError) as caught:
        read_search(STACK, ["training.epochs=0", "data.validation_split=null"])
    told = {fault.path: fault.message for fault in caught.value.faults}
    assert list(told) == ["training.epochs", "", "tune.objective"]
    assert "nothing to search" in told[""]


def test_a_sound_config_without_open_values_is_refused() -> None:
    with pytest.raises(ConfigError, match="nothing to search"):
        read_search(STACK)
    with pytest.raises(ConfigError, match="nothing to search"):
        read_search(STACK, ["model.layers.1={Repeat: {times: 2, layers: [{Dense: 8}]}}"])


@pytest.mark.parametrize(
    ("flags", "remark"),
    [
        ((OPTIMIZER,), "; 1 open value, 3 configs: `nnlab tune` searches them"),
        (
            (OPTIMIZER, "model.layers.1.Dropout={Float: {min_value: 0, max_value: 1}}"),
            "; 2 open values, infinitely many configs: `nnlab tune` searches them",
        ),
        (
            (OPTIMIZER, "training.epochs={Int: {min_value: 1, max_value: 1000000000}}"),
            "; 2 open values, about 10^9 configs: `nnlab tune` searches them",
        ),
    ],
)
def test_the_size_of_the_space_is_told(flags: tuple[str, ...], remark: str) -> None:
    assert check_config(STACK, flags).remark == remark
