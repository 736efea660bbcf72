"""Decision regions in the plane of two features."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.image import imread
from numpy.typing import NDArray

from nnlab.report.plots import Plane, plot_decision_regions

pytestmark = pytest.mark.slow

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
XOR = Plane(CORNERS, np.array([0, 1, 1, 0]), ["no", "yes"])


def xor(points: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the XOR of both features of shape (points, 2)."""
    codes: NDArray[np.int64] = ((points[:, 0] > 0.5) != (points[:, 1] > 0.5)).astype(np.int64)
    return codes


def region_colors(path: Path) -> NDArray[np.float32]:
    """Return the frequent colors of an image except white, of shape (colors, 3)."""
    pixels = imread(path)[..., :3].reshape(-1, 3)
    colors, counts = np.unique(pixels, axis=0, return_counts=True)
    large: NDArray[np.float32] = colors[(counts > 0.02 * len(pixels)) & (colors.min(axis=1) < 0.99)]
    return large


def test_each_class_has_its_region(tmp_path: Path) -> None:
    path = tmp_path / "regions.png"
    plot_decision_regions(XOR, xor, path, title="xor")
    assert imread(path).shape[:2] == (700, 1000)
    assert len(region_colors(path)) == 2


def test_class_without_rows_can_be_predicted(tmp_path: Path) -> None:
    plane = Plane(100 * CORNERS, np.zeros(4, dtype=np.int64), ["a", "b", "c"])
    path = tmp_path / "regions.png"
    plot_decision_regions(plane, lambda points: (points[:, 0] // 40).clip(0, 2).astype(int), path)
    assert len(region_colors(path)) == 3


def test_single_predicted_class_has_one_region(tmp_path: Path) -> None:
    path = tmp_path / "regions.png"
    plot_decision_regions(XOR, lambda points: np.zeros(len(points), dtype=int), path)
    assert len(region_colors(path)) == 1


def test_model_predicts_a_grid_around_the_rows(tmp_path: Path) -> None:
    batches = []

    def predict(points: NDArray[np.float32]) -> NDArray[np.int64]:
        batches.append(points)
        return xor(points)

    plot_decision_regions(XOR, predict, tmp_path / "regions.png")
    points = np.concatenate(batches)
    assert points.dtype == np.float32
    assert points.min() == pytest.approx(-0.08)
    assert points.max() == pytest.approx(1.08)
    assert len(points) == 400 * 280


def test_equal_rows_give_equal_bytes_and_no_figure_stays_open(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        plot_decision_regions(XOR, xor, tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert not plt.get_fignums()


def test_constant_feature_and_many_rows_can_be_drawn(tmp_path: Path) -> None:
    features = np.ones((10_000, 2))
    features[:, 0] = np.arange(10_000)
    plane = Plane(features, np.arange(10_000) % 12, [str(code) for code in range(12)])
    plot_decision_regions(plane, lambda points: (points[:, 0] % 12).astype(int), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1_000


def test_no_display_is_needed(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, '');import numpy as np; from pathlib import Path;"
        "from nnlab.report.plots import Plane, plot_decision_regions;"
        "plane = Plane(np.eye(2), np.arange(2), 'ab');"
        "plot_decision_regions(plane, lambda x: (x[:, 0] > 0.5).astype(int), Path(sys.argv[1]));"
        "import matplotlib; print(matplotlib.get_backend())"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "a.png")]
    environment = {"DISPLAY": ":99", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    process = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert process.stdout.strip().lower() == "agg"
