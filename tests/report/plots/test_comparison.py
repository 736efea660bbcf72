"""The plots of a comparison."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from nnlab.analysis.variants import Band
from nnlab.report.plots.comparison import plot_bands, plot_intervals
from nnlab.report.plots.figure import line_style
from tests.report.comparison.test_verdict import STRONG, WEAK, table

BLUE, ORANGE = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)


def columns_of(path: Path, color: tuple[int, int, int]) -> list[int]:
    """Return the columns of an image that contain a color."""
    pixels = (imread(path)[..., :3] * 255).round().astype(int)
    return sorted(set(np.nonzero((abs(pixels - color) <= 2).all(axis=-1))[1].tolist()))


@pytest.mark.slow
def test_better_variant_is_further_right(tmp_path: Path) -> None:
    plot_intervals(table(a=WEAK, b=STRONG), tmp_path / "a.png", title="mine")
    assert max(columns_of(tmp_path / "a.png", BLUE)) < min(columns_of(tmp_path / "a.png", ORANGE))


def test_wide_interval_is_drawn_wide(tmp_path: Path) -> None:
    plot_intervals(table(a=[0.5, 0.51, 0.49], b=[0.4, 0.6, 0.5]), tmp_path / "a.png")
    narrow, wide = (columns_of(tmp_path / "a.png", color) for color in (BLUE, ORANGE))
    assert len(wide) > 5 * len(narrow)


def test_variant_without_a_complete_run_has_a_row(tmp_path: Path) -> None:
    plot_intervals(table(a=WEAK, b=[math.nan] * 5), tmp_path / "a.png")
    plot_intervals(table(a=WEAK), tmp_path / "b.png")
    assert imread(tmp_path / "a.png").shape[0] > imread(tmp_path / "b.png").shape[0]


def test_variant_has_the_same_color_in_all_plots(tmp_path: Path) -> None:
    variants = table(a=[math.nan] * 5, b=STRONG)
    plot_intervals(variants, tmp_path / "intervals.png")
    names = [row.name for row in variants.rows]
    curve = Band((0.1, 0.9), (0.1, 0.9), (0.1, 0.9))
    plot_bands({"b": curve}, "accuracy", tmp_path / "curves.png", names=names)
    for name in ("intervals", "curves"):
        assert columns_of(tmp_path / f"{name}.png", ORANGE)
        assert not columns_of(tmp_path / f"{name}.png", BLUE)


def test_bands_are_drawn_on_a_logarithmic_axis(tmp_path: Path) -> None:
    steep = Band((100.0, 10.0, 0.5), (90.0, -5.0, -1.0), (110.0, 25.0, 2.0))
    plot_bands({"a": steep, "b": Band((1.0,), (1.0,), (1.0,))}, "val_loss", tmp_path / "a.png")
    plot_bands({"a": Band(steep.mean, steep.mean, steep.mean)}, "val_loss", tmp_path / "b.png")
    pale = [(imread(tmp_path / f"{name}.png")[..., 2] > 0.9).mean() for name in "ab"]
    assert (tmp_path / "a.png").stat().st_size > 5_000
    assert pale[0] != pale[1]


def test_very_wide_band_does_not_squeeze_the_curves(tmp_path: Path) -> None:
    rising, narrow, wide = (0.5, 0.6, 0.7), (0.5, 0.6, 0.7), (-90.0, -90.0, -90.0)
    for name, low in (("narrow", narrow), ("wide", wide)):
        plot_bands({"a": Band(rising, low, rising)}, "accuracy", tmp_path / f"{name}.png")
    heights = []
    for name in ("narrow", "wide"):
        pixels = (imread(tmp_path / f"{name}.png")[..., :3] * 255).round().astype(int)
        rows = np.nonzero((abs(pixels - BLUE) <= 2).all(axis=-1))[0]
        heights.append(rows.max() - rows.min())
    assert heights[1] > heights[0] / 4


@pytest.mark.slow
def test_legend_of_many_variants_is_below_the_axes(tmp_path: Path) -> None:
    curve = Band((0.1, 0.9), (0.1, 0.9), (0.1, 0.9))
    for count in (2, 20):
        many = {f"units={number},optimizer=adam,scaling=none": curve for number in range(count)}
        plot_bands(many, "accuracy", tmp_path / f"{count}.png")
    few, more = (imread(tmp_path / f"{count}.png").shape[0] for count in (2, 20))
    assert more > few + 300


def test_line_styles_are_distinct() -> None:
    assert len({tuple(line_style(number).values()) for number in range(32)}) == 32
