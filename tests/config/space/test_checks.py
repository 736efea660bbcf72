"""Tests of search spaces: warnings, and configs without anything to search."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config.lint.check import check_config
from nnlab.config.loader import read_search_config
from nnlab.errors import ConfigError

BAD = Path(__file__).parents[1] / "bad"
STACK = BAD / "stack.yaml"
OPTIMIZER = "training.optimizer={Choice: [adam, sgd, rmsprop]}"
BATCHES = "training.batch_size={Choice: [8, 16, 32, 64]}"


def warnings_of(*flags: str) -> list[tuple[str, str]]:
    checked = check_config(STACK, flags)
    assert checked.is_valid
    return [(warning.path, warning.message) for warning in checked.warnings]


@pytest.mark.parametrize(
    ("flags", "path", "phrase"),
    [
        (("tune.objective=loss",), "tune.objective", "the training rows"),
        (
            ("tune={objective: val_accuracy, direction: min}",),
            "tune.direction",
            "A higher `val_accuracy` is better",
        ),
        (("tune.direction=max",), "tune.direction", "A lower `val_loss` is better"),
        (("tune.algorithm=grid", BATCHES), "tune.algorithm", "12 configs; only the first 10"),
        (("seed={Int: {min_value: 1, max_value: 9}}",), "seed", "not comparable"),
        (("data.test_split={Choice: [0.1, 0.2]}",), "data.test_split", "test rows leak"),
        (
            ("data.validation_split=null", "tune={cv: 30, executions_per_trial: 2}"),
            "tune.cv",
            "Each trial takes 60 trainings, 600 in total.",
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
            "takes 23 trials; a trial that continues counts again. Received: max_trials=9: all",
        ),
        (
            ("tune={algorithm: hyperband, max_trials: 12, max_epochs: 9}",),
            "tune.max_trials",
            "the first 9 stop after epoch 1, and few continue",
        ),
    ],
)
def test_likely_mistakes_of_a_search_are_warned_about(
    flags: tuple[str, ...], path: str, phrase: str
) -> None:
    ((warning_path, message),) = warnings_of(OPTIMIZER, *flags)
    assert warning_path == path
    assert phrase in message


@pytest.mark.parametrize(
    ("path", "value", "phrase"),
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
def test_searching_what_decides_the_rows_is_warned_about(
    path: str, value: str, phrase: str
) -> None:
    drops = ("data.missing=drop",) * (path == "data.features")
    ((warning_path, message),) = warnings_of(OPTIMIZER, *drops, f"{path}={value}")
    assert warning_path == path
    assert phrase in message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("training.early_stopping", "{Choice: [null, {patience: 3}]}"),
        ("training.early_stopping", "{patience: 3, restore_best_weights: {Boolean: }}"),
        ("training.checkpoint", "{Choice: [{}, {save_best_only: false}]}"),
    ],
)
def test_searching_which_epoch_is_scored_is_warned_about(path: str, value: str) -> None:
    ((warning_path, message),) = warnings_of(OPTIMIZER, f"{path}={value}")
    assert warning_path.startswith(path)
    assert "scored at different epochs" in message


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
def test_valid_searches_get_no_warning(flags: tuple[str, ...]) -> None:
    assert warnings_of(OPTIMIZER, *flags) == []


def test_a_tune_section_without_markers_gets_no_warning() -> None:
    assert (
        warnings_of("tune={algorithm: grid, objective: loss, max_epochs: 1, max_trials: 3}") == []
    )


def test_a_search_gets_a_default_tune_section() -> None:
    config = read_search_config(STACK, [OPTIMIZER])
    assert config.experiment.tune is not None
    assert config.experiment.tune.objective == "val_loss"


def test_missing_markers_are_reported_with_other_errors() -> None:
    with pytest.raises(ConfigError) as caught:
        read_search_config(STACK, ["training.epochs=0", "data.validation_split=null"])
    messages = {error.path: error.message for error in caught.value.diagnostics}
    assert list(messages) == ["training.epochs", ""]
    assert "nothing to search" in messages[""]


def test_the_space_of_an_invalid_config_is_not_counted() -> None:
    assignments = [
        "model.layers.0={Dense: {units: {Choise: [4, 8]}}}",
        OPTIMIZER,
        "tune.max_trials=99",
    ]
    with pytest.raises(ConfigError) as caught:
        read_search_config(STACK, assignments)
    assert [diagnostic.path for diagnostic in caught.value.diagnostics] == [
        "model.layers.0.Dense.units"
    ]


def test_a_config_without_markers_cannot_be_searched() -> None:
    with pytest.raises(ConfigError, match="nothing to search"):
        read_search_config(STACK)
    with pytest.raises(ConfigError, match="nothing to search"):
        read_search_config(STACK, ["model.layers.1={Repeat: {times: 2, layers: [{Dense: 8}]}}"])


@pytest.mark.parametrize(
    ("flags", "remark"),
    [
        ((OPTIMIZER,), "; 1 hyperparameter, 3 configs: search with `nnlab tune`"),
        (
            (OPTIMIZER, "model.layers.1.Dropout={Float: {min_value: 0, max_value: 1}}"),
            "; 2 hyperparameters, infinitely many configs: search with `nnlab tune`",
        ),
        (
            (OPTIMIZER, "training.epochs={Int: {min_value: 1, max_value: 1000000000}}"),
            "; 2 hyperparameters, about 10^9 configs: search with `nnlab tune`",
        ),
    ],
)
def test_the_remark_gives_the_size_of_the_space(flags: tuple[str, ...], remark: str) -> None:
    assert check_config(STACK, flags).remark == remark


def test_a_huge_grid_is_not_suggested_as_max_trials() -> None:
    units = [
        f"model.layers.{position}={{Dense: {{Int: {{min_value: 1, max_value: 9999}}}}}}"
        for position in (0, 1)
    ]
    (warning,) = check_config(STACK, [*units, "tune.algorithm=grid"]).warnings
    assert "about 10^8 configs" in warning.message
    assert warning.hint == "Increase the steps, or use another algorithm."


def test_a_misspelled_marker_is_not_reported_as_missing() -> None:
    for marker in ("{Int: {min_value: 1, mx: 4}}", "{Intt: {min_value: 1, max_value: 4}}"):
        with pytest.raises(ConfigError) as caught:
            read_search_config(STACK, [f"model.layers.0.Dense.units={marker}"])
        assert not any(
            "nothing to search" in diagnostic.message for diagnostic in caught.value.diagnostics
        )
