"""The tables of a comparison of runs."""

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


def make_comparison(*config: Difference, notes: tuple[str, ...] = ()) -> RunComparison:
    metric = MetricRow("loss", "min", (0.2, 0.1), (1,))
    facts = (MetricRow("epochs_run", None, (3, 1200)), MetricRow("fit_s", None, (0.5, None)))
    return RunComparison(RUNS, config, (metric,), facts, (), ({}, {}), notes)


def test_each_run_has_a_letter_and_a_column() -> None:
    legend, config, metrics, facts, environment = comparison_tables(
        make_comparison(Difference("seed", (1, 2)))
    )
    assert [row[:2] for row in legend.rows] == [(Cell("A"), Cell("one")), (Cell("B"), Cell("two"))]
    assert config.lines()[1:] == ["key   A  B", "seed  1  2"]
    assert metrics.rows[0][1:] == (
        Cell("0.2000"),
        Cell("0.1000", "best"),
        Cell("lower is better", "dim"),
    )
    assert "* best in row" in metrics.lines()
    assert [row[2].text for row in facts.rows] == ["1,200", "-"]
    assert environment.lines()[1:] == ["The environments are equal."]


def test_missing_value_is_a_dash_with_a_note() -> None:
    layer = {"Dropout": {"rate": 0.3}}
    config = comparison_tables(make_comparison(Difference("model.layers.1", (None, layer))))[1]
    assert config.lines()[2] == "model.layers.1  -  Dropout: {rate: 0.3}"
    assert config.notes == ("- missing",)


def test_defaults_are_marked() -> None:
    bias = Difference("model.layers.0.Dense.use_bias", (True, False), (True, False))
    penalty = Difference("model.layers.0.Dense.bias_regularizer", (None, "L2"), (True, False))
    config = comparison_tables(make_comparison(bias, penalty))[1]
    assert [row[1] for row in config.rows] == [
        Cell("true (default)", "dim"),
        Cell("none (default)", "dim"),
    ]
    assert config.notes == ()


def test_equal_configs_and_notes_are_printed() -> None:
    legend, config, *_ = comparison_tables(
        make_comparison(notes=("two/metrics.csv cannot be read.",))
    )
    assert config.lines() == ["Config differences", "The configs are equal."]
    assert legend.lines()[-1] == "two/metrics.csv cannot be read."
