"""A comparison that stands by itself: written, moved elsewhere, read back as the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nnlab.config.comparison.loader import read_comparison
from nnlab.config.comparison.variants import Comparison, comparison_files
from tests.config.conftest import BAD

TEXT = """\
base: stack.yaml
seeds: 2
baseline: whole,epochs=2
changes: {training.batch_size: full}
variants:
  adam: {training.optimizer: {Adam: {learning_rate: 1e-5}}}
  whole: graph.yaml
grid: {training.epochs: [1, 2]}
"""


def told(comparison: Comparison) -> dict[str, object]:
    """What of a comparison decides its runs and its results."""
    return {
        "baseline": comparison.baseline,
        "metric": comparison.metric,
        "experiments": {
            (variant.name, seed): variant.experiment(comparison.name, seed)
            for variant in comparison.variants
            for seed in comparison.seeds
        },
    }


def test_it_reads_back_as_the_same_wherever_it_lies(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    for base in ("stack.yaml", "graph.yaml"):
        shutil.copy(BAD / base, here)
    (here / "widths.yaml").write_text(TEXT)
    before = read_comparison(here / "widths.yaml", ["model.name=net", "data.scaling=none"])
    for name, text in comparison_files(before).items():
        (there / name).write_text(text)
    shutil.rmtree(here)
    assert told(read_comparison(there / "comparison.yaml")) == told(before)


@pytest.mark.parametrize("data", [[], ["data.file=other.csv"]])
def test_what_the_command_line_changes_reads_back_as_well(
    data: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, elsewhere = (tmp_path / name for name in ("here", "there", "elsewhere"))
    for folder in (here, there, elsewhere):
        folder.mkdir()
    shutil.copy(BAD / "stack.yaml", here)
    (here / "rows.yaml").write_text(
        "base: stack.yaml\n"
        "variants:\n"
        "  one: {data: {file: rows.csv, target: y}}\n"
        "  two: {data.file: rows.csv, data.target: y}\n"
    )
    monkeypatch.chdir(elsewhere)
    flags = ["--device training.device=cpu", "--seed seed=9", *data]
    before = read_comparison(here / "rows.yaml", flags)
    for name, text in comparison_files(before).items():
        (there / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert told(read_comparison(there / "comparison.yaml")) == told(before)
    for variant in before.variants:
        assert variant.changes["training.device"] == "cpu"
        assert "seed" not in variant.changes


def test_no_value_stands_behind_an_alias(tmp_path: Path) -> None:
    shutil.copy(BAD / "stack.yaml", tmp_path)
    text = "base: stack.yaml\nchanges: {training.optimizer: {SGD: 0.1}}\nvariants: {a: , b: }\n"
    (tmp_path / "same.yaml").write_text(text)
    written = comparison_files(read_comparison(tmp_path / "same.yaml"))
    assert "*" not in written["comparison.yaml"]
