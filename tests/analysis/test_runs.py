"""Comparisons of runs: the best by direction, differences of configs and environments."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from nnlab.analysis.runs import RunComparison, compare_runs, environment_differences, metric_rows
from nnlab.errors import RequestError
from nnlab.runs import RunRecord, RunStatus, StoredRun


def stored(folder: Path, name: str, config: str = "seed: 1", **fields: Any) -> StoredRun:
    """Make a run's folder with a config and two epochs."""
    path = folder / name
    path.mkdir()
    (path / "config.yaml").write_text(config)
    (path / "metrics.csv").write_text("epoch,loss\n1,0.5\n2,nan\n")
    return StoredRun(path, RunRecord(name, name, RunStatus.COMPLETE, **fields))


@pytest.fixture
def comparison(tmp_path: Path) -> RunComparison:
    a = stored(tmp_path, "a", metrics={"loss": 0.3, "test_accuracy": 0.9})
    b = stored(tmp_path, "b", "seed: 2", metrics={"loss": 0.2})
    return compare_runs([a, b])


def test_best_follows_the_direction_and_test_metrics_come_first() -> None:
    records = [
        RunRecord(name, name, metrics={"loss": loss, "test_auc": auc}, directions={"auc": "max"})
        for name, loss, auc in (("a", 0.3, 0.9), ("b", math.nan, 0.8), ("c", 0.1, 0.9))
    ]
    rows = {row.name: row for row in metric_rows(records)}
    assert list(rows) == ["test_auc", "loss"]
    assert rows["test_auc"].best == (0, 2)
    assert rows["loss"].best == (2,)


@pytest.mark.parametrize("values", [(0.5, 0.5), (0.5, math.nan), (math.nan, math.nan)])
def test_equal_or_single_values_have_no_best(values: tuple[float, float]) -> None:
    records = [RunRecord(str(i), "x", metrics={"loss": value}) for i, value in enumerate(values)]
    assert metric_rows(records)[0].best == ()


def test_metric_of_unknown_direction_has_no_best() -> None:
    records = [RunRecord(str(i), "x", metrics={"flavour": float(i)}) for i in range(2)]
    assert metric_rows(records)[0].best == ()


def test_runs_of_a_comparison_have_unique_ids(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    for variant in ("slow", "fast"):
        (whole / variant).mkdir(parents=True)
    (whole / "comparison.json").write_text("{}")
    result = compare_runs([stored(whole / variant, "1") for variant in ("slow", "fast")])
    ids = ["whole/slow/1", "whole/fast/1"]
    assert [row["id"] for row in result.rows()] == ids
    assert [row["path"] for row in result.rows()] == [str(tmp_path / id_) for id_ in ids]
    plain = result.to_dict()
    assert [run["id"] for run in plain["runs"]] == ids
    assert list(plain["curves"]["loss"]) == ids


def test_environment_differences_are_those_that_may_affect_the_results() -> None:
    def record(keras: str, pid: int, threads: str, *, onednn: bool) -> RunRecord:
        return RunRecord(
            str(pid),
            "x",
            device="cpu",
            engine="compiled",
            environment={
                "python": "3.11",
                "packages": {"keras": keras, "numpy": "2.4"},
                "command": ["nnlab", str(pid)],
                "variables": {"OMP_NUM_THREADS": threads},
                "determinism": {"onednn": onednn},
                "git": None,
            },
        )

    records = [record("3.15", 1, "2", onednn=True), record("3.16", 2, "2", onednn=False)]
    result = {row.path: row.values for row in environment_differences(records)}
    assert result == {"packages.keras": ("3.15", "3.16"), "determinism.onednn": (True, False)}


def test_json_is_strict_and_has_the_curves(comparison: RunComparison) -> None:
    text = json.dumps(comparison.to_dict(), allow_nan=False)
    plain = json.loads(text)
    assert plain["config"] == [{"path": "seed", "values": [1, 2], "defaults": [False, False]}]
    assert plain["curves"]["loss"]["a"] == [0.5, None]
    assert [run["label"] for run in plain["runs"]] == ["A", "B"]


def test_rows_have_the_same_keys(comparison: RunComparison) -> None:
    first, second = comparison.rows()
    assert list(first) == list(second)
    assert (first["config.seed"], second["config.seed"]) == (1, 2)
    assert (first["metrics.test_accuracy"], second["metrics.test_accuracy"]) == (0.9, None)


def test_unreadable_files_are_reported_and_the_rest_compared(tmp_path: Path) -> None:
    a, b = stored(tmp_path, "a", metrics={"loss": 1.0}), stored(tmp_path, "b", "{")
    b.metrics_csv.write_text("epoch,loss\n1\n")
    comparison = compare_runs([a, b])
    assert len(comparison.notes) == 2
    assert "b/config.yaml" in comparison.notes[0]
    assert comparison.metrics[0].values == (1.0, None)


def test_single_and_duplicate_runs_are_errors(tmp_path: Path) -> None:
    run = stored(tmp_path, "a")
    with pytest.raises(RequestError, match=r"2 to 52 runs.*Received: 1\."):
        compare_runs([run])
    with pytest.raises(RequestError, match=r"Received more than once: a\."):
        compare_runs([run, run])


def make_child_run(outer: StoredRun, *parts: str, **fields: Any) -> Path:
    """Make a run in the folder of another, and return its folder."""
    path = outer.path.joinpath(*parts)
    path.mkdir(parents=True)
    record = RunRecord(parts[-1], "inner", RunStatus.COMPLETE, **fields)
    (path / "record.json").write_text(record.to_json())
    (outer.path / "record.json").write_text(outer.record.to_json())
    return path


def test_search_is_replaced_by_its_best_run(tmp_path: Path) -> None:
    search, run = stored(tmp_path, "a-tune"), stored(tmp_path, "b", metrics={"test_auc": 0.5})
    (search.path / "search.json").write_text("{}")
    make_child_run(search, "best", metrics={"test_auc": 0.9}, directions={"auc": "max"})
    result = compare_runs([search, run])
    assert [run.full_id for run in result.runs] == ["a-tune/best", "b"]
    assert [(row.direction, row.best) for row in result.metrics] == [("max", (0,))]


@pytest.mark.parametrize(
    ("mark", "child", "message"),
    [
        ("comparison.json", ("relu", "1"), "a comparison. Name one of its runs, such as a/relu/1."),
        ("search.json", ("trials", "1"), "a search without a best run. Name one of its runs"),
    ],
)
def test_other_kinds_of_runs_are_errors_that_name_their_runs(
    mark: str, child: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    outer = stored(tmp_path, "a")
    (outer.path / mark).write_text("{}")
    make_child_run(outer, *child)
    with pytest.raises(RequestError) as caught:
        compare_runs([outer, stored(tmp_path, "b")])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("configs", "best", "note"),
    [
        (("data: {dataset: iris}", "data: {dataset: wine}"), [(), ()], "use different data"),
        (("training: {loss: mse}", "training: {loss: mae}"), [(1,), ()], "have different losses"),
        (("seed: 1", "seed: 2"), [(1,), (1,)], ""),
        (
            ("data: {test_split: 0.2}\nseed: 1", "data: {test_split: 0.2}\nseed: 2"),
            [(1,), (1,)],
            "part of the difference is chance",
        ),
    ],
)
def test_incomparable_metrics_have_no_best(
    configs: tuple[str, str], best: list[tuple[int, ...]], note: str, tmp_path: Path
) -> None:
    runs = [
        stored(tmp_path, str(i), config, metrics={"r2": i, "loss": 1 - i}, directions={"r2": "max"})
        for i, config in enumerate(configs)
    ]
    result = compare_runs(runs)
    assert [row.best for row in result.metrics] == best
    assert (note in " ".join(result.notes)) is bool(note or not result.notes)


def test_run_without_epochs_has_no_epoch_time(tmp_path: Path) -> None:
    times: tuple[dict[str, float], ...] = ({}, {"epoch_s": 0.1})
    runs = [stored(tmp_path, str(i), timing=timing) for i, timing in enumerate(times)]
    (row,) = (row for row in compare_runs(runs).facts if row.name == "epoch_s")
    assert row.values == (None, 0.1)
