"""Searches that are unwise, and configs that leave nothing to search."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config.lint.check import check_config
from nnlab.config.loader import read_search
from nnlab.errors import ConfigError

BAD = Path(__file__).parents[1] / "bad"
STACK = BAD / "stack.yaml"
OPTIMIZER = "training.optimizer={Choice: [adam, sgd, rmsprop]}"
BATCHES = "training.batch_size={Choice: [8, 16, 32, 64]}"


def told(*flags: str) -> list[tuple[str, str]]:
    checked = check_config(STACK, flags)
    assert checked.is_valid
    return [(diagnostic.path, diagnostic.message) for diagnostic in checked.advice]


@pytest.mark.parametrize(
    ("flags", "path", "words"),
    [
        (("tune.objective=loss",), "tune.objective", "the training rows"),
        (("tune={objective: val_accuracy, direction: min}",), "tune.direction", "more is better"),
        (("tune.direction=max",), "tune.direction", "less is better"),
        (("tune.algorithm=grid", BATCHES), "tune.algorithm", "12 configs, of which the first 10"),
        (("seed={Int: {min_value: 1, max_value: 9}}",), "seed", "cannot be compared"),
        (("data.test_split={Choice: [0.1, 0.2]}",), "data.test_split", "test rows leak"),
        (
            ("data.validation_split=null", "tune={cv: 30, executions_per_trial: 2}"),
            "tune.cv",
            "Each trial is 60 trainings: 600 in all.",
        ),
        (
            ("tune.seed=1", "training.loss={Choice: [mse, mae]}"),
            "tune.objective",
            "contains the loss",
        ),
        (
            ("tune.seed=1", "model.layers.0.Dense.kernel_regularizer={L2: {Choice: [0.1, 0.01]}}"),
            "tune.objective",
            "contains penalties",
        ),
        (
            (
                "tune.seed=1",
                "model.layers.1={Choice: [null, {Dense: {units: 8, bias_regularizer: l2}}]}",
            ),
            "tune.objective",
            "contains penalties",
        ),
        (
            ("tune={algorithm: hyperband, max_trials: 9, max_epochs: 9}",),
            "tune.max_trials",
            "takes 23 trials; a trial that goes on counts as another. Received: max_trials=9: all",
        ),
        (
            ("tune={algorithm: hyperband, max_trials: 12, max_epochs: 9}",),
            "tune.max_trials",
            "the first 9 end after epoch 1, and few go on",
        ),
    ],
)
def test_unwise_searches_are_warned_of(flags: tuple[str, ...], path: str, words: str) -> None:
    ((where, message),) = told(OPTIMIZER, *flags)
    assert where == path
    assert words in message


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("data.dataset", "{Choice: [iris, wine]}", "different data"),
        ("data.dataset.blobs.n_samples", "{Choice: [200, 100]}", "different data"),
        ("data.target", "{Choice: [width, length]}", "different targets"),
        ("data.stratify", "{Boolean: }", "different rows"),
        ("data.missing", "{Choice: [mean, drop]}", "different rows"),
        ("data.features", "{Choice: [[width], [width, length]]}", "different rows"),
        ("seed", "{Choice: [1, 2]}", "different seeds"),
    ],
)
def test_trials_of_other_rows_are_warned_of(path: str, value: str, words: str) -> None:
    drops = ("data.missing=drop",) * (path == "data.features")
    ((where, message),) = told(OPTIMIZER, *drops, f"{path}={value}")
    assert where == path
    assert words in message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("training.early_stopping", "{Choice: [null, {patience: 3}]}"),
        ("training.early_stopping", "{patience: 3, restore_best_weights: {Boolean: }}"),
        ("training.checkpoint", "{Choice: [{}, {save_best_only: false}]}"),
    ],
)
def test_trials_that_are_scored_at_other_epochs_are_warned_of(path: str, value: str) -> None:
    ((where, message),) = told(OPTIMIZER, f"{path}={value}")
    assert where.startswith(path)
    assert "scored at other epochs" in message


@pytest.mark.parametrize(
    "flags",
    [
        (),
        ("data.scaling={Choice: [minmax, standard]}",),
        ("data.missing={Choice: [mean, median]}",),
        ("data.features={Choice: [[width], [width, length]]}",),
        ("data.dataset={imdb: {num_words: {Choice: [100, 1000]}}}",),
        ("tune={objective: val_accuracy, direction: max}",),
        ("tune.algorithm=grid",),
        ("tune={algorithm: grid, max_trials: 12}", BATCHES),
        ("tune={algorithm: hyperband, max_trials: 999}",),
        ("tune.objective=val_accuracy", "training.loss={Choice: [mse, mae]}"),
        ("training.early_stopping={patience: {Choice: [3, 5]}, restore_best_weights: true}",),
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
    told = {diagnostic.path: diagnostic.message for diagnostic in caught.value.diagnostics}
    assert list(told) == ["training.epochs", ""]
    assert "nothing to search" in told[""]


def test_a_space_that_may_be_larger_than_it_seems_is_not_counted() -> None:
    wrong = ["model.layers.0={Dense: {units: {Choise: [4, 8]}}}", OPTIMIZER, "tune.max_trials=99"]
    with pytest.raises(ConfigError) as caught:
        read_search(STACK, wrong)
    assert [diagnostic.path for diagnostic in caught.value.diagnostics] == [
        "model.layers.0.Dense.units"
    ]


def test_a_sound_config_without_open_values_is_refused() -> None:
    with pytest.raises(ConfigError, match="nothing to search"):
        read_search(STACK)
    with pytest.raises(ConfigError, match="nothing to search"):
        read_search(STACK, ["model.layers.1={Repeat: {times: 2, layers: [{Dense: 8}]}}"])


@pytest.mark.parametrize(
    ("flags", "remark"),
    [
        ((OPTIMIZER,), "; 1 hyperparameter, 3 configs: `nnlab tune` searches them"),
        (
            (OPTIMIZER, "model.layers.1.Dropout={Float: {min_value: 0, max_value: 1}}"),
            "; 2 hyperparameters, infinitely many configs: `nnlab tune` searches them",
        ),
        (
            (OPTIMIZER, "training.epochs={Int: {min_value: 1, max_value: 1000000000}}"),
            "; 2 hyperparameters, about 10^9 configs: `nnlab tune` searches them",
        ),
    ],
)
def test_the_size_of_the_space_is_told(flags: tuple[str, ...], remark: str) -> None:
    assert check_config(STACK, flags).remark == remark


def test_a_size_that_nobody_reads_is_no_advice() -> None:
    units = [
        f"model.layers.{at}={{Dense: {{Int: {{min_value: 1, max_value: 9999}}}}}}" for at in (0, 1)
    ]
    (advice,) = check_config(STACK, [*units, "tune.algorithm=grid"]).advice
    assert "about 10^8 configs" in advice.message
    assert advice.hint == "Lengthen the steps, or use another algorithm."


def test_a_misspelt_marker_is_not_told_as_none() -> None:
    for marker in ("{Int: {min_value: 1, mx: 4}}", "{Intt: {min_value: 1, max_value: 4}}"):
        with pytest.raises(ConfigError) as caught:
            read_search(STACK, [f"model.layers.0.Dense.units={marker}"])
        assert not any(
            "nothing to search" in diagnostic.message for diagnostic in caught.value.diagnostics
        )
