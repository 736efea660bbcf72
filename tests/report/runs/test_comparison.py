"""Runs side by side in tables."""

from __future__ import annotations

from pathlib import Path

from nnlab.analysis.differences import Difference
from nnlab.analysis.runs import MetricRow, RunComparison
from nnlab.report.runs.comparison import comparison_tables
from nnlab.report.text.table import Cell
from nnlab.runs import RunRecord, RunStatus, StoredRun

RUNS = tuple(
    StoredRun(Path(name), RunRecord(name, "net", RunStatus.COMPLETE)) for name in ("one", "two")
)


def compared(*config: Difference, notes: tuple[str, ...] = ()) -> RunComparison:
    metric = MetricRow("loss", "min", (0.2, 0.1), (1,))
    facts = (MetricRow("epochs_run", None, (3, 1200)), MetricRow("fit_s", None, (0.5, None)))
    return RunComparison(RUNS, config, (metric,), facts, (), ({}, {}), notes)


def test_each_run_has_a_letter_and_a_column() -> None:
    legend, config, metrics, facts, environment = comparison_tables(
        compared(Difference("seed", (1, 2)))
    )
    assert [row[:2] for row in legend.rows] == [(Cell("A"), Cell("one")), (Cell("B"), Cell("two"))]
    assert config.lines()[1:] == ["key   A  B", "seed  1  2"]
    assert metrics.rows[0][1:] == (
        Cell("0.2000"),
        Cell("0.1000", "best"),
        Cell("lower is better", "dim"),
    )
    assert "* the best of its row" in metrics.lines()
    assert [row[2].text for row in facts.rows] == ["1,200", "-"]
    assert environment.lines()[1:] == ["The environments are equal."]


def test_what_one_lacks_is_a_dash_that_is_explained() -> None:
    layer = {"Dropout": {"rate": 0.3}}
    config = comparison_tables(compared(Difference("model.layers.1", (None, layer))))[1]
    assert config.lines()[2] == "model.layers.1  -  Dropout: {rate: 0.3}"
    assert config.notes == ("- not there",)


def test_a_default_is_told_as_one() -> None:
    bias = Difference("model.layers.0.Dense.use_bias", (True, False), (True, False))
    penalty = Difference("model.layers.0.Dense.bias_regularizer", (None, "L2"), (True, False))
    config = comparison_tables(compared(bias, penalty))[1]
    assert [row[1] for row in config.rows] == [
        Cell("true (default)", "dim"),
        Cell("none (default)", "dim"),
    ]
    assert config.notes == ()


def test_equal_configs_are_told_to_be_and_notes_stand_with_the_runs() -> None:
    legend, config, *_ = comparison_tables(compared(notes=("two/metrics.csv cannot be read.",)))
    assert config.lines() == ["Config: what differs", "The configs are equal."]
    assert legend.lines()[-1] == "two/metrics.csv cannot be read."
