"""The pictures of a comparison."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from matplotlib.image import imread

from nnlab.analysis.bands import Band
from nnlab.report.plots.comparison import plot_bands, plot_intervals
from nnlab.report.plots.figure import line_look
from tests.report.comparison.test_verdict import STRONG, WEAK, table

BLUE, ORANGE = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)


def columns_of(path: Path, colour: tuple[int, int, int]) -> list[int]:
    """Where a colour stands in a picture, from the left."""
    pixels = (imread(path)[..., :3] * 255).round().astype(int)
    return sorted(set(np.nonzero((abs(pixels - colour) <= 2).all(axis=-1))[1].tolist()))


def test_the_better_variant_stands_further_right(tmp_path: Path) -> None:
    plot_intervals(table(a=WEAK, b=STRONG), tmp_path / "a.png", title="mine")
    assert max(columns_of(tmp_path / "a.png", BLUE)) < min(columns_of(tmp_path / "a.png", ORANGE))


def test_a_wide_interval_is_drawn_wide(tmp_path: Path) -> None:
    plot_intervals(table(a=[0.5, 0.51, 0.49], b=[0.4, 0.6, 0.5]), tmp_path / "a.png")
    narrow, wide = (columns_of(tmp_path / "a.png", colour) for colour in (BLUE, ORANGE))
    assert len(wide) > 5 * len(narrow)


def test_a_variant_without_a_complete_run_still_has_its_line(tmp_path: Path) -> None:
    plot_intervals(table(a=WEAK, b=[math.nan] * 5), tmp_path / "a.png")
    plot_intervals(table(a=WEAK), tmp_path / "b.png")
    assert imread(tmp_path / "a.png").shape[0] > imread(tmp_path / "b.png").shape[0]


def test_a_variant_has_one_colour_in_all_pictures(tmp_path: Path) -> None:
    variants = table(a=[math.nan] * 5, b=STRONG)
    plot_intervals(variants, tmp_path / "intervals.png")
    names = [row.name for row in variants.rows]
    curve = Band((0.1, 0.9), (0.1, 0.9), (0.1, 0.9))
    plot_bands({"b": curve}, "accuracy", tmp_path / "curves.png", names=names)
    for name in ("intervals", "curves"):
        assert columns_of(tmp_path / f"{name}.png", ORANGE)
        assert not columns_of(tmp_path / f"{name}.png", BLUE)


def test_bands_have_their_width_also_on_a_logarithmic_axis(tmp_path: Path) -> None:
    steep = Band((100.0, 10.0, 0.5), (90.0, -5.0, -1.0), (110.0, 25.0, 2.0))
    plot_bands({"a": steep, "b": Band((1.0,), (1.0,), (1.0,))}, "val_loss", tmp_path / "a.png")
    plot_bands({"a": Band(steep.mean, steep.mean, steep.mean)}, "val_loss", tmp_path / "b.png")
    washed = [(imread(tmp_path / f"{name}.png")[..., 2] > 0.9).mean() for name in "ab"]
    assert (tmp_path / "a.png").stat().st_size > 5_000
    assert washed[0] != washed[1]


def test_a_band_as_wide_as_can_be_does_not_squeeze_the_curves(tmp_path: Path) -> None:
    rising, narrow, wide = (0.5, 0.6, 0.7), (0.5, 0.6, 0.7), (-90.0, -90.0, -90.0)
    for name, low in (("narrow", narrow), ("wide", wide)):
        plot_bands({"a": Band(rising, low, rising)}, "accuracy", tmp_path / f"{name}.png")
    heights = []
    for name in ("narrow", "wide"):
        pixels = (imread(tmp_path / f"{name}.png")[..., :3] * 255).round().astype(int)
        rows = np.nonzero((abs(pixels - BLUE) <= 2).all(axis=-1))[0]
        heights.append(rows.max() - rows.min())
    assert heights[1] > heights[0] / 4


def test_the_legend_of_many_variants_stands_below_the_axes(tmp_path: Path) -> None:
    curve = Band((0.1, 0.9), (0.1, 0.9), (0.1, 0.9))
    for count in (2, 20):
        many = {f"units={number},optimizer=adam,scaling=none": curve for number in range(count)}
        plot_bands(many, "accuracy", tmp_path / f"{count}.png")
    few, more = (imread(tmp_path / f"{count}.png").shape[0] for count in (2, 20))
    assert more > few + 300


def test_no_two_of_many_lines_look_alike() -> None:
    assert len({tuple(line_look(number).values()) for number in range(32)}) == 32
