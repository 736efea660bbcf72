"""`nnlab show` and `nnlab runs` tell of a search by its trials."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from nnlab.runs import RunRecord, RunStatus, atomic_write
from nnlab.runs.io.process import Process
from nnlab.runs.records.search import SearchFiles
from nnlab.runs.records.trial import FrozenTrial
from tests.cli.running import Command
from tests.report.searches import search, trials


@pytest.fixture
def searched(tmp_path: Path) -> Path:
    """The folder of a search of 20 trials whose process was killed."""
    several = trials(20, runs=2, failed=(4,))
    record = dataclasses.replace(search(several), status=RunStatus.RUNNING)
    path = tmp_path / "runs" / record.id
    record.write(SearchFiles(path).search_json)
    for trial in several:
        trial.write(SearchFiles(path).trial_json(trial.number))
    run = RunRecord(
        record.id,
        record.name,
        created="2026-11-21T03:15:00.000000Z",
        metrics={"val_accuracy": 0.9},
        training={"search": "random", "trials": record.counts},
        process=dataclasses.replace(Process.current(), started=1, pid=2**22 + 1),
    )
    atomic_write(path / "record.json", run.to_json())
    return path


def test_show_has_the_best_ten_why_others_failed_and_how_to_go_on(
    nnlab: Command, searched: Path
) -> None:
    shown = nnlab("show", "last")
    assert shown.code == 0
    assert "The best 10 of 19 complete trials" in shown.out
    assert "The loss is not a number: the training diverged." in shown.out
    assert "The process died" in shown.out
    assert f"nnlab tune --resume runs/{searched.name}" in shown.out


def test_show_recommends_no_file_that_is_not_there(nnlab: Command, searched: Path) -> None:
    assert "best.yaml" not in nnlab("show", "last").out
    (searched / "best.yaml").touch()
    assert f"nnlab train runs/{searched.name}/best.yaml" in nnlab("show", "last").out


def test_a_trial_is_not_running_where_nobody_is_at_work(nnlab: Command, searched: Path) -> None:
    FrozenTrial(21, {}).write(SearchFiles(searched).trial_json(21))
    assert "19 complete, 1 failed, 1 interrupted" in nnlab("show", "last").out
    assert nnlab("show", "last", "--json").json["counts"]["running"] == 0


def test_show_json_is_the_search_with_its_trials(nnlab: Command, searched: Path) -> None:
    shown = nnlab("show", searched.name, "--json").json
    assert (shown["status"], shown["objective"]) == ("failed", "val_accuracy")
    assert [trial["number"] for trial in shown["trials"]] == list(range(1, 21))


@pytest.mark.usefixtures("searched")
def test_runs_counts_the_trials(nnlab: Command) -> None:
    assert "20 trials" in nnlab("runs").out


def test_a_trial_is_shown_with_its_values_score_and_its_own_runs(
    nnlab: Command, searched: Path
) -> None:
    for number in (1, 2):
        path = searched / "trials" / "3" / str(number)
        atomic_write(path / "record.json", RunRecord(str(number), "small").to_json())
    shown = nnlab("show", "last/trials/3").out
    assert f"Trial 3 of {searched.name}" in shown
    assert "\nval_accuracy" in shown
    assert "\nmodel.layers" in shown
    assert f"nnlab show runs/{searched.name}/trials/3/2" in shown
    told = nnlab("show", "last/trials/3", "--json").json
    assert told["trial"]["number"] == 3
    assert told["status"] == "complete"


@pytest.mark.usefixtures("searched")
def test_a_trial_that_came_to_no_training_is_shown_with_its_reason(nnlab: Command) -> None:
    shown = nnlab("show", "last/trials/4")
    assert shown.code == 0
    assert "The loss is not a number" in shown.out


def test_a_trial_that_is_a_run_is_shown_as_both(nnlab: Command, searched: Path) -> None:
    record = RunRecord("5", "small", RunStatus.COMPLETE, metrics={"val_loss": 0.25})
    atomic_write(searched / "trials" / "5" / "record.json", record.to_json())
    shown = nnlab("show", "last/trials/5").out
    assert "Values" in shown
    assert "validation" in shown
    assert "0.2500" in shown
