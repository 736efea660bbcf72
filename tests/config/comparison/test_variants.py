"""Tests of dumped comparisons: they read back as they were, in any folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nnlab.config.comparison.loader import read_comparison
from nnlab.config.comparison.variants import Comparison, dump_comparison
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


def summarize(comparison: Comparison) -> dict[str, object]:
    """Return what determines the runs and the results of a comparison."""
    return {
        "baseline": comparison.baseline,
        "metric": comparison.metric,
        "experiments": {
            (variant.name, seed): variant.experiment(comparison.name, seed)
            for variant in comparison.variants
            for seed in comparison.seeds
        },
    }


def test_a_comparison_reads_back_in_another_folder(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    for base in ("stack.yaml", "graph.yaml"):
        shutil.copy(BAD / base, here)
    (here / "widths.yaml").write_text(TEXT)
    before = read_comparison(here / "widths.yaml", ["model.name=net", "data.scaling=none"])
    for name, text in dump_comparison(before).items():
        (there / name).write_text(text)
    shutil.rmtree(here)
    assert summarize(read_comparison(there / "comparison.yaml")) == summarize(before)


@pytest.mark.parametrize("data", [[], ["data.file=other.csv"]])
def test_changes_of_the_command_line_read_back(
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
    for name, text in dump_comparison(before).items():
        (there / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert summarize(read_comparison(there / "comparison.yaml")) == summarize(before)
    for variant in before.variants:
        assert variant.changes["training.device"] == "cpu"
        assert "seed" not in variant.changes


def test_shared_values_are_written_without_aliases(tmp_path: Path) -> None:
    shutil.copy(BAD / "stack.yaml", tmp_path)
    text = "base: stack.yaml\nchanges: {training.optimizer: {SGD: 0.1}}\nvariants: {a: , b: }\n"
    (tmp_path / "same.yaml").write_text(text)
    written = dump_comparison(read_comparison(tmp_path / "same.yaml"))
    assert "*" not in written["comparison.yaml"]
