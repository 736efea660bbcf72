from __future__ import annotations

import numpy as np
import pytest

from nnlab.config.vocabulary.datasets import Dataset, classification, packaged, regression
from nnlab.data.containers.table import Table
from nnlab.data.datasets.generated import generate

GENERATED = [dataset for dataset in Dataset.members.values() if dataset.source == "generated"]


def features(table: Table) -> np.ndarray:
    names = [name for name in table.kinds if name not in table.targets]
    matrix = np.empty((table.rows, len(names)))
    table.fill(matrix, names)
    return matrix


def targets(dataset: Dataset, seed: int = 0) -> np.ndarray:
    return generate(dataset, seed).numbers("target")


@pytest.mark.parametrize("dataset", GENERATED, ids=lambda dataset: dataset.yaml_name)
def test_each_has_the_rows_features_and_task_that_its_word_says(dataset: type[Dataset]) -> None:
    table = generate(dataset(), seed=0)
    assert table.rows == dataset.model_fields["n_samples"].default
    assert features(table).shape[1:] == dataset.shape
    assert table.kinds["target"] == ("text" if dataset.task == "classification" else "number")
    assert np.isfinite(features(table)).all()


@pytest.mark.parametrize("dataset", GENERATED, ids=lambda dataset: dataset.yaml_name)
def test_a_seed_gives_one_data_set_and_random_state_overrules_it(dataset: type[Dataset]) -> None:
    def drawn(seed: int, **arguments: int) -> np.ndarray:
        noise = {"noise": 0.1} if "noise" in dataset.model_fields else {}
        return features(generate(dataset(**noise, **arguments), seed))

    assert (drawn(1) == drawn(1)).all()
    assert (drawn(1) != drawn(2)).any()
    assert (drawn(1, random_state=5) == drawn(2, random_state=5)).all()


def test_four_rows_of_xor_are_its_four_corners() -> None:
    table = generate(classification.Xor(), seed=0)
    rows = np.column_stack([features(table), table.codes("target").codes])
    assert rows.tolist() == [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]


def test_moons_are_scikit_learn_s() -> None:
    from sklearn.datasets import make_moons

    x, y = make_moons(100, noise=0.3, random_state=7)
    table = generate(classification.Moons(n_samples=100, noise=0.3), seed=7)
    assert (features(table) == x).all()
    assert (table.codes("target").codes == y).all()


def test_arms_of_a_spiral_are_as_many_as_asked_for_and_apart() -> None:
    table = generate(classification.Spirals(n_samples=300, n_classes=3, noise=0.0), seed=0)
    classes = table.codes("target")
    assert classes.names == ("0", "1", "2")
    x = features(table)
    angle = np.arctan2(x[:, 1], x[:, 0]) - 2 * np.pi * np.hypot(x[:, 0], x[:, 1])
    arm = np.round(angle / (2 * np.pi / 3)).astype(int) % 3
    assert (arm == classes.codes).all()


def test_linear_is_a_line() -> None:
    table = generate(regression.Linear(n_samples=50, noise=0.0, slope=3.0, intercept=-1.0), seed=0)
    assert np.allclose(table.numbers("target"), 3 * table.numbers("x1") - 1)


def test_sine_has_its_frequency() -> None:
    table = generate(regression.Sine(noise=0.0, frequency=2.0), seed=0)
    assert np.allclose(table.numbers("target"), np.sin(4 * np.pi * table.numbers("x1")))


@pytest.mark.parametrize("dataset", [regression.Linear, regression.Sine, regression.Regression])
def test_outliers_are_a_fraction_of_the_rows_far_above(dataset: type[Dataset]) -> None:
    plain = targets(dataset(n_samples=100))  # type: ignore[call-arg]
    raised = targets(dataset(n_samples=100, outliers=0.1)) - plain  # type: ignore[call-arg]
    assert (raised > 0).sum() == 10
    assert raised[raised > 0].min() > 4.9 * plain.std()
    assert (raised >= 0).all()


def test_several_targets_of_a_regression_are_numbered() -> None:
    table = generate(regression.Regression(n_targets=2), seed=0)
    assert table.targets == ("target_1", "target_2")


def test_other_data_sets_are_not_generated() -> None:
    with pytest.raises(TypeError, match="Received: iris"):
        generate(packaged.Iris(), seed=0)
