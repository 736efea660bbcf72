"""The curves of a metric, of one run or several."""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.image import imread

from nnlab.errors import RequestError
from nnlab.report.plots import plot_curves, plot_overlay
from nnlab.report.plots.figure import PALETTE

HISTORY = {
    "loss": [0.3, 0.2, 0.1, 0.05],
    "val_loss": [0.3, 0.25, 0.2, 0.26],
    "accuracy": [0.9, 0.95, 0.97, 0.99],
}
HISTORIES = {
    "A: first": {"loss": [1.0, 0.5], "val_loss": [1.1, 0.7], "accuracy": [0.5, 0.9]},
    "B: second": {"loss": [100.0, 0.2, math.nan]},
}


def has_color(path: Path, color: str) -> bool:
    """Return whether an image has pixels of a color."""
    pixels = (imread(path)[..., :3] * 255).round().astype(int)
    expected = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    # The palette of a PNG is rounded.
    return bool((abs(pixels - expected) <= 1).all(axis=-1).any())


@pytest.mark.slow
def test_training_validation_and_best_epoch_are_drawn(tmp_path: Path) -> None:
    path = tmp_path / "plots" / "loss.png"
    plot_curves(HISTORY, "loss", path, best_epoch=3, title="mnist")
    assert imread(path).shape[:2] == (650, 1000)
    assert all(has_color(path, color) for color in PALETTE[:3])


def test_without_validation_there_is_one_curve(tmp_path: Path) -> None:
    path = tmp_path / "accuracy.png"
    plot_curves(HISTORY, "accuracy", path)
    assert has_color(path, PALETTE[0])
    assert not has_color(path, PALETTE[1])
    assert not has_color(path, PALETTE[2])


def test_equal_numbers_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        plot_curves(HISTORY, "loss", tmp_path / name, best_epoch=3)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize(
    "losses",
    [
        [1.0],
        [math.nan],
        [1.0, 5.0, math.inf, math.nan],
        [0.0, 1e-9, 1e9],
        list(np.exp(-np.arange(3_500) / 300)),
        [],
    ],
)
def test_any_history_can_be_drawn(tmp_path: Path, losses: list[float]) -> None:
    plot_curves({"loss": losses}, "loss", tmp_path / "loss.png", best_epoch=len(losses))
    assert (tmp_path / "loss.png").stat().st_size > 1_000


def test_one_file_has_all_metrics_and_equal_numbers_give_equal_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    assert plot_overlay(HISTORIES, ["loss", "accuracy"], first) == [first]
    plot_overlay(HISTORIES, ["loss", "accuracy"], second)
    assert ET.parse(first).getroot().tag.endswith("svg")  # noqa: S314 - our own file
    assert first.read_bytes() == second.read_bytes()


def test_folder_gets_a_png_per_metric(tmp_path: Path) -> None:
    files = plot_overlay(HISTORIES, ["loss", "accuracy"], tmp_path / "new")
    assert [file.name for file in files] == ["loss.png", "accuracy.png"]
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)


def test_unsupported_suffix_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"\.svg or \.png"):
        plot_overlay(HISTORIES, ["loss"], tmp_path / "curves.jpg")
