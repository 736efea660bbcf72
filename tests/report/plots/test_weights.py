"""Histograms of weights and gradients."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from numpy.typing import NDArray

from nnlab.analysis.weight_histograms import LayerHistograms, layer_histograms
from nnlab.report.plots import plot_histograms


def weights(layers: int, std: float) -> dict[str, NDArray[np.float64]]:
    random = np.random.default_rng(0)
    return {f"dense_{i}": random.normal(0, std, (32, 16)) for i in range(layers)}


def histograms(layers: int) -> list[LayerHistograms]:
    return layer_histograms("weights", weights(layers, 0.1), weights(layers, 0.2))


@pytest.mark.parametrize(("layers", "height"), [(1, 350), (3, 350), (4, 600), (30, 1_100)])
def test_panels_fill_rows_of_three_and_stop_at_twelve(
    tmp_path: Path, layers: int, height: int
) -> None:
    path = tmp_path / "weights.png"
    plot_histograms(histograms(layers), path, title="mnist")
    assert imread(path).shape[:2] == (height, 1_000)


def test_equal_weights_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        plot_histograms(histograms(2), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("kind", ["weights", "gradients"])
@pytest.mark.parametrize(
    "last",
    [
        np.zeros(4),
        np.full(4, np.nan),
        np.array([1.0, np.inf, 2.0, np.nan]),
        np.full(4, 1e30),
        np.empty(0),
        np.zeros(500_000, dtype=np.float32),
    ],
)
def test_any_numbers_can_be_drawn(tmp_path: Path, kind: str, last: NDArray[np.float64]) -> None:
    path = tmp_path / "histograms.png"
    first = {"dense": np.zeros(4), "removed": np.zeros(4)}
    plot_histograms(layer_histograms(kind, first, {"dense": last}), path)  # type: ignore[arg-type]
    assert path.stat().st_size > 1_000


def test_model_without_weights_can_be_drawn(tmp_path: Path) -> None:
    plot_histograms([], tmp_path / "weights.png")
    assert (tmp_path / "weights.png").exists()
