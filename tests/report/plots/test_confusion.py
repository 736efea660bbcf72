"""Confusion matrices, from two classes to very many."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from nnlab.report.plots import plot_confusion_matrix


@pytest.mark.slow
@pytest.mark.parametrize("classes", [2, 10, 100, 250])
def test_any_number_of_classes_can_be_drawn(tmp_path: Path, classes: int) -> None:
    random = np.random.default_rng(0)
    true, predicted = random.integers(0, classes, (2, 1_000))
    names = [f"class {code}" for code in range(classes)]
    plot_confusion_matrix(true, predicted, names, tmp_path / "confusion.png", title="data")
    height, width, _ = imread(tmp_path / "confusion.png").shape
    assert 700 < height < 1_800
    assert 700 < width < 1_800


def test_correct_predictions_are_dark_on_the_diagonal(tmp_path: Path) -> None:
    codes = np.arange(2).repeat(50)
    plot_confusion_matrix(codes, codes, ["no", "yes"], tmp_path / "confusion.png")
    pixels = imread(tmp_path / "confusion.png")[..., :3].mean(axis=-1)
    assert 0.2 < (pixels < 0.5).mean() < 0.45


def test_equal_predictions_give_equal_bytes(tmp_path: Path) -> None:
    codes = np.array([0, 1, 2, 1])
    for name in ("a.png", "b.png"):
        plot_confusion_matrix(codes, codes[::-1], ["a", "b", "$c$"], tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_rows_of_unknown_classes_are_ignored(tmp_path: Path) -> None:
    true, predicted = np.array([0, 1, -1, 2]), np.array([0, 1, 0, 0])
    plot_confusion_matrix(true, predicted, ["a", "b"], tmp_path / "a.png")
    plot_confusion_matrix(true[:2], predicted[:2], ["a", "b"], tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_no_rows_and_long_names_can_be_drawn(tmp_path: Path) -> None:
    empty = np.empty(0, dtype=np.int64)
    plot_confusion_matrix(empty, empty, ["n" * 500, "数字"], tmp_path / "confusion.png")
    assert imread(tmp_path / "confusion.png").shape[1] < 1_500
