from __future__ import annotations

import numpy as np
import pytest

from nnlab.data.transforms import scaling as module
from nnlab.data.transforms.scaling import Scaling, learn_scaling


def scaled(train: np.ndarray, scaling: Scaling, rows: np.ndarray | None = None) -> np.ndarray:
    scale, offset = learn_scaling(train, scaling)
    assert scale is not None
    assert offset is not None
    return (train if rows is None else rows).astype(np.float32) * scale + offset


def test_minmax_maps_each_column_to_the_unit_interval() -> None:
    train = np.array([[0.0, -5.0], [10.0, 5.0], [5.0, 0.0]], np.float32)
    assert scaled(train, "minmax").tolist() == [[0, 0], [1, 1], [0.5, 0.5]]


def test_standard_gives_mean_0_and_deviation_1() -> None:
    train = np.random.default_rng(0).normal(50, 7, (1000, 3)).astype(np.float32)
    values = scaled(train, "standard")
    assert np.allclose(values.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(values.std(axis=0), 1, atol=1e-5)


def test_standard_equals_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.preprocessing import StandardScaler

    monkeypatch.setattr(module, "row_chunks", lambda rows, _: [(0, 300), (300, rows)])
    train = np.random.default_rng(0).uniform(-3, 90, (1000, 4)).astype(np.float32)
    expected = StandardScaler().fit_transform(train)
    assert np.allclose(scaled(train, "standard"), expected, atol=1e-5)


@pytest.mark.parametrize("scaling", ["minmax", "standard"])
@pytest.mark.parametrize("constant", [0.0, 0.1, 1e6])
def test_constant_column_becomes_zero(scaling: Scaling, constant: float) -> None:
    train = np.full((7, 1), constant, np.float32)
    assert scaled(train, scaling).tolist() == [[0.0]] * 7
    assert scaled(train, scaling, np.array([[constant + 3]])).tolist() == [[0.0]]


def test_minmax_divides_uint8_by_255() -> None:
    dark = np.full((2, 3, 3), 17, np.uint8)
    assert learn_scaling(dark, "minmax") == (1 / 255, 0.0)


def test_pixels_of_an_image_share_one_scale() -> None:
    images = np.zeros((4, 2, 2), np.float32)
    images[0, 0, 0] = 16
    assert learn_scaling(images, "minmax") == (1 / 16, 0.0)
    scale, offset = learn_scaling(images, "standard")
    assert isinstance(scale, float)
    assert images.mean() * scale + offset == pytest.approx(0)


def test_standard_of_uint8_images_is_exact() -> None:
    images = np.random.default_rng(0).integers(0, 256, (30, 5, 5), np.uint8)
    scale, offset = learn_scaling(images, "standard")
    assert scale == pytest.approx(1 / images.astype(float).std())
    assert offset == pytest.approx(-images.astype(float).mean() / images.astype(float).std())


def test_minmax_does_not_scale_bools() -> None:
    assert learn_scaling(np.zeros((3, 2), np.bool_), "minmax") == (None, None)


def test_one_hot_features_are_not_scaled() -> None:
    train = np.array([[0.0, 1], [4.0, 0]], np.float32)
    scale, offset = learn_scaling(train, "standard", np.array([True, False]))
    assert scale.tolist() == [0.5, 1.0]  # type: ignore[union-attr]
    assert offset.tolist() == [-1.0, 0.0]  # type: ignore[union-attr]


def test_none_has_no_scale() -> None:
    assert learn_scaling(np.ones((3, 2), np.float32), "none") == (None, None)
