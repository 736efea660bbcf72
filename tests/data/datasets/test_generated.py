from __future__ import annotations

import numpy as np
import pytest

from nnlab.config.vocabulary.datasets import Dataset, classification, packaged, regression
from nnlab.config.vocabulary.datasets.downloads import Imdb, Mnist
from nnlab.config.vocabulary.datasets.packaged import Digits
from nnlab.data.containers.table import Table
from nnlab.data.datasets.generated import generate, random_rows, supports_random_rows

GENERATED = [dataset for dataset in Dataset.members.values() if dataset.source == "generated"]


def features(table: Table) -> np.ndarray:
    names = [name for name in table.kinds if name not in table.targets]
    matrix = np.empty((table.rows, len(names)))
    table.fill(matrix, names)
    return matrix


def targets(dataset: Dataset, seed: int = 0) -> np.ndarray:
    return generate(dataset, seed).read_numbers("target")


def test_rows_features_and_task_match_the_data_set_class() -> None:
    failures = []
    for dataset in GENERATED:
        table = generate(dataset(), seed=0)
        expected = (
            dataset.model_fields["n_samples"].default,
            dataset.shape,
            "text" if dataset.task == "classification" else "number",
            True,
        )
        matrix = features(table)
        received = (table.rows, matrix.shape[1:], table.kinds["target"], np.isfinite(matrix).all())
        if received != expected:
            failures.append(f"{dataset.yaml_name}: {received}, not {expected}")
    assert not failures, "\n".join(failures)


def test_seed_determines_the_rows_and_random_state_overrides_it() -> None:
    def draw(dataset: type[Dataset], seed: int, **arguments: int) -> np.ndarray:
        noise = {"noise": 0.1} if "noise" in dataset.model_fields else {}
        return features(generate(dataset(**noise, **arguments), seed))

    failures = []
    for dataset in GENERATED:
        if (draw(dataset, 1) != draw(dataset, 1)).any():
            failures.append(f"{dataset.yaml_name}: the same seed gives other rows")
        if (draw(dataset, 1) == draw(dataset, 2)).all():
            failures.append(f"{dataset.yaml_name}: another seed gives the same rows")
        if (draw(dataset, 1, random_state=5) != draw(dataset, 2, random_state=5)).any():
            failures.append(f"{dataset.yaml_name}: the seed overrides random_state")
    assert not failures, "\n".join(failures)


def test_four_rows_of_xor_are_the_four_corners() -> None:
    table = generate(classification.Xor(), seed=0)
    rows = np.column_stack([features(table), table.read_categorical("target").codes])
    assert rows.tolist() == [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
    assert table.kinds == {"x1": "number", "x2": "number", "target": "text"}


def test_moons_equal_scikit_learn() -> None:
    from sklearn.datasets import make_moons

    x, y = make_moons(100, noise=0.3, random_state=7)
    table = generate(classification.Moons(n_samples=100, noise=0.3), seed=7)
    assert (features(table) == x).all()
    assert (table.read_categorical("target").codes == y).all()


def test_spirals_have_one_arm_per_class() -> None:
    table = generate(classification.Spirals(n_samples=300, n_classes=3, noise=0.0), seed=0)
    classes = table.read_categorical("target")
    assert classes.categories == ("0", "1", "2")
    x = features(table)
    angle = np.arctan2(x[:, 1], x[:, 0]) - 2 * np.pi * np.hypot(x[:, 0], x[:, 1])
    arm = np.round(angle / (2 * np.pi / 3)).astype(int) % 3
    assert (arm == classes.codes).all()


def test_linear_targets_are_on_a_line() -> None:
    table = generate(regression.Linear(n_samples=50, noise=0.0, slope=3.0, intercept=-1.0), seed=0)
    assert np.allclose(table.read_numbers("target"), 3 * table.read_numbers("x1") - 1)


def test_sine_has_the_given_frequency() -> None:
    table = generate(regression.Sine(noise=0.0, frequency=2.0), seed=0)
    assert np.allclose(table.read_numbers("target"), np.sin(4 * np.pi * table.read_numbers("x1")))


@pytest.mark.parametrize("dataset", [regression.Linear, regression.Sine, regression.Regression])
def test_outliers_raise_a_fraction_of_the_targets(dataset: type[Dataset]) -> None:
    plain = targets(dataset(n_samples=100))  # type: ignore[call-arg]
    raised = targets(dataset(n_samples=100, outliers=0.1)) - plain  # type: ignore[call-arg]
    assert (raised > 0).sum() == 10
    assert raised[raised > 0].min() > 4.9 * plain.std()
    assert (raised >= 0).all()


def test_several_regression_targets_are_numbered() -> None:
    table = generate(regression.Regression(n_targets=2), seed=0)
    assert table.targets == ("target_1", "target_2")


def test_generate_rejects_other_data_sets() -> None:
    with pytest.raises(TypeError, match="Received: iris"):
        generate(packaged.Iris(), seed=0)


def test_random_rows_have_the_shape_of_the_data_set() -> None:
    rows = random_rows(Mnist())
    images = rows.inputs["input"]
    assert (images.shape, images.dtype.name, rows.test_rows) == ((70_000, 28, 28), "uint8", 10_000)
    assert (images[:10] == random_rows(Mnist()).inputs["input"][:10]).all()


def test_random_rows_replace_only_downloaded_images() -> None:
    assert supports_random_rows(Mnist())
    assert not any(map(supports_random_rows, (Imdb(), Digits(), None)))
