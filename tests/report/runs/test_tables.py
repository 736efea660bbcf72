"""The tables of runs: the best is marked, unknown values are a dash."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from nnlab.report.runs.tables import result_tables, run_tables, runs_table
from nnlab.report.text.table import Cell
from nnlab.runs import RunFiles
from nnlab.runs.query.keys import RunKeys
from nnlab.runs.records.run import RunRecord, RunStatus

MNIST = RunRecord(
    "mnist-1",
    "mnist",
    RunStatus.COMPLETE,
    epochs_run=20,
    best_epoch=17,
    params=269_322,
    device="cpu",
    engine="keras",
    seed=0,
    metrics={
        "loss": 0.0076,
        "accuracy": 0.999,
        "val_loss": 0.08,
        "test_loss": 0.0951,
        "test_accuracy": 0.9831,
    },
    directions={"accuracy": "max"},
    timing={"total_s": 61.2, "epoch_s": 2.7},
    environment={
        "python": "3.11.7",
        "git": {"revision": "abc", "dirty": True},
        "command": ["nnlab", "train", "mnist.yaml"],
        "variables": {},
    },
)
DROPOUT = RunRecord(
    "dropout-1",
    "dropout",
    RunStatus.COMPLETE,
    metrics={"test_loss": 0.0771, "test_accuracy": 0.9841},
    directions={"accuracy": "max"},
)
FAILED = RunRecord(
    "xor-1", "xor", RunStatus.FAILED, error="Diverged.", metrics={"test_loss": math.nan}
)


def keys(*records: RunRecord) -> list[RunKeys]:
    """Return runs without a folder, and so without a config."""
    return [RunKeys(record, RunFiles(Path("nowhere") / record.id)) for record in records]


def column(records: list[RunRecord], title: str) -> list[Cell]:
    """Return a column of the table of runs."""
    table = runs_table(keys(*records))
    index = [column.title for column in table.columns].index(title)
    return [row[index] for row in table.rows]


def test_best_of_each_metric_is_marked_by_its_direction() -> None:
    runs = [MNIST, DROPOUT, FAILED]
    losses, accuracies = column(runs, "test_loss"), column(runs, "test_accuracy")
    assert losses == [Cell("0.0951"), Cell("0.0771", "best"), Cell("nan", "error")]
    assert accuracies == [Cell("0.9831"), Cell("0.9841", "best"), Cell("-", "dim")]


def test_single_run_has_no_best() -> None:
    assert column([MNIST, FAILED], "test_loss")[0].tone == ""


def trained(folder: Path, name: str, dataset: str, loss: str, value: float) -> RunKeys:
    """Return a run whose config has data and loss."""
    path = folder / name
    path.mkdir()
    (path / "config.yaml").write_text(
        f"name: {name}\ndata:\n  dataset: {dataset}\ntraining:\n  loss: {loss}\n  epochs: 3\n"
    )
    metrics = {"test_loss": value, "test_accuracy": value}
    record = RunRecord(name, name, metrics=metrics, directions={"test_accuracy": "max"})
    return RunKeys(record, RunFiles(path))


def test_runs_on_different_data_have_no_best(tmp_path: Path) -> None:
    runs = [trained(tmp_path, data, data, "mse", i / 10) for i, data in enumerate(("xor", "iris"))]
    table = runs_table(runs, ["test_loss"])
    assert not [cell for row in table.rows for cell in row if cell.tone == "best"]
    assert table.notes == ("test_loss has no best value: the runs use different data.",)
    assert runs_table(runs, ["epochs"]).notes == ()


def test_different_losses_have_no_best(tmp_path: Path) -> None:
    runs = [trained(tmp_path, loss, "xor", loss, i / 10) for i, loss in enumerate(("mse", "mae"))]
    table = runs_table(runs, ["test_loss"])
    titles = [column.title for column in table.columns]
    best = {titles[i] for row in table.rows for i in range(len(row)) if row[i].tone == "best"}
    assert best == {"test_accuracy"}
    assert "different losses" in table.notes[0]


def test_metric_of_unknown_direction_has_no_best() -> None:
    runs = [RunRecord(name, name, metrics={"flavour": float(name)}) for name in ("1", "2")]
    assert [cell.tone for cell in column(runs, "flavour")] == ["", ""]


def test_missing_direction_is_taken_from_other_runs() -> None:
    without_direction = RunRecord("tune-1", "tune", metrics={"test_accuracy": 0.99})
    cells = column([MNIST, DROPOUT, without_direction], "test_accuracy")
    assert [cell.tone for cell in cells] == ["", "", "best"]


def test_test_metrics_come_first_and_four_are_shown() -> None:
    titles = [column.title for column in runs_table(keys(MNIST, DROPOUT)).columns]
    assert titles[3:7] == ["test_loss", "test_accuracy", "val_loss", "loss"]
    assert titles[7:] == ["time", "params", "device"]


def test_sort_metric_comes_first() -> None:
    assert runs_table(keys(MNIST, DROPOUT), ["accuracy"]).columns[3].title == "accuracy"


def test_keys_of_conditions_have_columns() -> None:
    table = runs_table(keys(MNIST, DROPOUT), ["timing.epoch_s", "seed", "loss", "status"])
    assert [column.title for column in table.columns[1:6]] == [
        "status",
        "epochs",
        "timing.epoch_s",
        "seed",
        "loss",
    ]
    assert [cell.text for cell in table.rows[0][3:6]] == ["2.7 s", "0", "0.0076"]
    assert [cell.text for cell in table.rows[1][3:6]] == ["-", "-", "-"]


def test_length_of_a_search_is_its_number_of_trials() -> None:
    counts = {"complete": 11, "failed": 1}
    search = RunRecord("a-tune-1", "a", training={"search": "random", "trials": counts})
    lengths = [row[2].text for row in runs_table(keys(MNIST, search)).rows]
    assert lengths == ["20", "12 trials"]


def test_length_of_a_comparison_is_its_number_of_runs() -> None:
    counts = {"complete": 5, "failed": 1, "remaining": 2, "reused": 0}
    run = RunRecord("a-compare-1", "a", training={"comparison": "test_mae", "runs": counts})
    assert runs_table(keys(run)).rows[0][2].text == "6 runs"


def test_equal_values_have_no_best() -> None:
    assert [cell.tone for cell in column([MNIST, MNIST], "test_loss")] == ["", ""]


def test_table_of_no_runs_is_empty() -> None:
    assert runs_table([]).rows == ()


def test_run_has_facts_metrics_times_and_environment() -> None:
    tables = {table.title: table.lines() for table in run_tables(MNIST, Path("runs/mnist-1"))}
    assert list(tables) == ["mnist", "Metrics", "Time", "Environment"]
    assert "folder      runs/mnist-1" in tables["mnist"]
    assert "seed        0" in tables["mnist"]
    assert "parameters  269,322" in tables["mnist"]
    assert tables["Metrics"][1:] == [
        "          training  validation    test",
        "loss        0.0076      0.0800  0.0951",
        "accuracy    0.9990           -  0.9831",
    ]
    assert "epoch (median)  2.7 s" in tables["Time"]
    assert "git      revision abc, dirty" in tables["Environment"]
    assert "command  nnlab train mnist.yaml" in tables["Environment"]
    assert not any("variables" in line for line in tables["Environment"])


def test_engine_has_its_reasons() -> None:
    choice = {"loop_reason": "requested_by_config", "jit_compile": True, "jit_requested": True}
    lines = run_tables(replace(MNIST, training=choice))[0].lines()
    engine = next(line for line in lines if line.startswith("engine"))
    assert "keras (requested by the config); XLA on (requested by the config)" in engine


def test_unknown_facts_are_left_out() -> None:
    tables = {table.title: table.lines() for table in run_tables(FAILED)}
    assert list(tables) == ["xor", "Metrics"]
    assert "error   Diverged." in tables["xor"]
    assert not any("device" in line for line in tables["xor"])


def test_results_have_the_folder_and_suggested_commands() -> None:
    commands = [("nnlab show last", "show the run")]
    tables = result_tables(MNIST, Path("runs/mnist-1"), commands)
    assert tables[0].lines()[1:] == [
        "status  complete",
        "epochs  20, best 17",
        "time    1 min 1 s",
        "folder  runs/mnist-1",
    ]
    assert tables[-1].lines() == ["Next steps", "nnlab show last  show the run"]


def test_results_have_the_total_time_with_its_parts() -> None:
    waited = replace(MNIST, timing={"total_s": 2.3, "start_s": 2.54})
    (line,) = (line for line in result_tables(waited, Path("runs"))[0].lines() if "time" in line)
    assert line == "time    4.8 s: 2.5 s to start TensorFlow, 2.3 s for the run"
    times = {table.title: table.lines() for table in run_tables(waited)}["Time"]
    assert times[1:] == ["starting TensorFlow  2.5 s", "run in total         2.3 s"]
