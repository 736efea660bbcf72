"""Tests of which metrics can be compared between variants."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config.comparison.loader import Comparison, read_comparison
from nnlab.config.lint.check import check_config
from nnlab.config.lint.comparability import comparability_warnings, nonnegative_losses
from nnlab.config.yaml.builtin_configs import find_builtin_comparison, list_builtin_comparisons

BASE = """\
data: {dataset: {moons: {n_samples: 100}}, validation_split: 0.2, test_split: 0.3}
model:
  layers:
    - Dense: {units: 4, activation: relu}
    - Dense: {units: 2, activation: softmax}
training: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 1}
"""
REGULARIZER = "model.layers.0.Dense.kernel_regularizer"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE)
    return tmp_path


def read(folder: Path, change: str, metric: str = "test_loss", base: str = "") -> Comparison:
    """Read a comparison of two variants: the base, and one with a change."""
    file = folder / "two.yaml"
    file.write_text(
        f"base: base.yaml\nmetric: {metric}\nvariants: {{plain: {{{base}}}, other: {{{change}}}}}\n"
    )
    return read_comparison(file)


@pytest.mark.parametrize(
    ("change", "metric", "reason"),
    [
        (f"{REGULARIZER}: {{L2: 0.1}}", "test_loss", "different penalties"),
        (f"{REGULARIZER}: {{L2: 0.1}}", "test_accuracy", None),
        (f"{REGULARIZER}: {{L2: 0.0}}", "test_loss", None),
        ("training.loss: categorical_focal_crossentropy", "val_loss", "different losses"),
        ("training.loss: categorical_focal_crossentropy", "val_accuracy", None),
        ("training.loss: categorical_crossentropy", "test_loss", None),
        ("training.loss: crossentropy", "test_loss", None),
        ("training.class_weight: balanced", "test_loss", None),
        ("training.class_weight: balanced", "loss", "different losses"),
        ("data.test_split: 0.4", "test_accuracy", "different data"),
        ("data.seed: 5", "test_accuracy", "different data"),
        ("data.dataset: {moons: {n_samples: 100, noise: 0.4}}", "val_loss", "different data"),
        ("data.validation_split: 0.4", "val_accuracy", "different data"),
        ("data.validation_split: 0.4", "test_accuracy", None),
        ("data.scaling: standard", "test_loss", None),
        ("data.missing: drop", "test_accuracy", "different data"),
        ("data.missing: mean", "test_accuracy", None),
    ],
)
def test_changes_that_make_a_metric_incomparable(
    folder: Path, change: str, metric: str, reason: str | None
) -> None:
    warnings = comparability_warnings(read(folder, change, metric))
    assert [warning.reason for warning in warnings] == ([reason] if reason else [])
    assert all(warning.not_comparable == ("other",) for warning in warnings)


def test_the_hint_is_a_metric_without_the_penalty(folder: Path) -> None:
    (warning,) = comparability_warnings(read(folder, f"{REGULARIZER}: {{L2: 0.1}}"))
    assert "penalized: other" in warning.message
    name = "sparse_categorical_crossentropy"
    assert f"Add {name} to training.metrics, and compare `metric: test_{name}`." in warning.hint
    metrics = f"training.metrics: [{name}]"
    fixed = read(folder, f"{REGULARIZER}: {{L2: 0.1}}, {metrics}", f"test_{name}", metrics)
    assert comparability_warnings(fixed) == ()


def test_the_same_penalty_on_different_layers_is_only_a_remark(folder: Path) -> None:
    same = f"{REGULARIZER}: L2"
    (warning,) = comparability_warnings(
        read(folder, f"{same}, model.layers.0.Dense.units: 9", base=same)
    )
    assert (warning.reason, warning.not_comparable) == ("penalties", ())


def test_checking_the_file_warns(folder: Path) -> None:
    read(folder, "data.seed: 5")
    (warning,) = check_config(folder / "two.yaml").warnings
    assert warning.path == "data.seed"
    assert "different data than plain (data.seed): other." in warning.message


@pytest.mark.parametrize("config", list_builtin_comparisons(), ids=lambda config: config.name)
def test_built_in_comparisons_are_comparable(config: object) -> None:
    assert comparability_warnings(read_comparison(config.path)) == ()  # type: ignore[attr-defined]


def test_different_loss_functions_are_not_comparable() -> None:
    losses = read_comparison(find_builtin_comparison("losses"), metric="test_loss")
    (warning,) = comparability_warnings(losses)
    assert warning.not_comparable == ("mae", "huber", "log_cosh")


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("sparse_categorical_crossentropy", True),
        ("mse", True),
        ("huber", True),
        ("poisson", False),
        ("cosine_similarity", False),
    ],
)
def test_losses_that_are_never_negative(folder: Path, loss: str, expected: bool) -> None:
    text = BASE.replace("sparse_categorical_crossentropy", loss)
    (folder / "base.yaml").write_text(text)
    names = nonnegative_losses(read(folder, "training.batch_size: 8", "test_accuracy"))
    assert ("loss" in names) is expected
