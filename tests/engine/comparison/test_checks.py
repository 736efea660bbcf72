"""Data errors of variants are reported before the comparison starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config.comparison.loader import Comparison, read_comparison
from nnlab.data import prepare
from nnlab.engine.comparison.resume import ReusableRun
from nnlab.engine.comparison.runner import check_variants
from nnlab.errors import DataError
from nnlab.runs import RunRecord

ROWS = (
    "area,rooms,kind\n" + "".join(f"{at},{at % 5},{'abc'[at % 3]}\n" for at in range(30)) + ",2,a"
)
BASE = """\
data: {file: homes.csv, target: kind, missing: median, validation_split: 0.2}
model: {layers: [{Dense: {units: 3, activation: softmax}}]}
training: {optimizer: adam, loss: categorical_crossentropy, epochs: 1}
"""
COMPARISON = """\
base: base.yaml
seeds: [1, 2]
variants:
  filled: {}
  gaps: {data.missing: error}
  typing: {data.features: [area, romms]}
  again: {data.features: [area, romms], training.epochs: 2}
"""


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    files = {"homes.csv": ROWS, "base.yaml": BASE, "three.yaml": COMPARISON}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return read_comparison(tmp_path / "three.yaml")


def test_every_error_is_reported_once_with_its_variants(comparison: Comparison) -> None:
    runs = {
        (variant.name, seed): ReusableRun() for seed in (1, 2) for variant in comparison.variants
    }
    with pytest.raises(DataError) as raised:
        check_variants(comparison, runs, prepare)
    first, second = str(raised.value).splitlines()
    assert "none in row 31" in first
    assert first.endswith("In the variant gaps.")
    assert "`romms`. Did you mean `rooms`?" in second
    assert second.endswith("In the variants typing, again.")


def test_finished_variants_need_no_data(comparison: Comparison, tmp_path: Path) -> None:
    runs = {
        (variant.name, seed): ReusableRun(None if variant.name == "filled" else RunRecord("1", "a"))
        for seed in (1, 2)
        for variant in comparison.variants
    }
    check_variants(comparison, runs, prepare)
    (tmp_path / "homes.csv").unlink()
    with pytest.raises(DataError) as raised:
        check_variants(comparison, runs, prepare)
    assert "In the variant" not in str(raised.value), "only one variant has runs to train"
