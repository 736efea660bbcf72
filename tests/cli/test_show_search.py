"""`nnlab show` and `nnlab runs` on searches and trials."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from nnlab.runs import RunRecord, RunStatus, atomic_write
from nnlab.runs.records.run import Process
from nnlab.runs.records.search import SearchFiles
from nnlab.runs.records.trial import FrozenTrial
from tests.cli.runner import Command
from tests.report.searches import search, trials


@pytest.fixture
def search_folder(tmp_path: Path) -> Path:
    """Write a search of 20 trials whose process was killed."""
    trials_of_search = trials(20, runs=2, failed=(4,))
    record = dataclasses.replace(search(trials_of_search), status=RunStatus.RUNNING)
    path = tmp_path / "runs" / record.id
    record.write(SearchFiles(path).search_json)
    for trial in trials_of_search:
        trial.write(SearchFiles(path).trial_json(trial.number))
    run = RunRecord(
        record.id,
        record.name,
        created="2026-11-21T03:15:00.000000Z",
        metrics={"val_accuracy": 0.9},
        training={"search": "random", "trials": record.trial_counts},
        process=dataclasses.replace(Process.current(), started=1, pid=2**22 + 1),
    )
    atomic_write(path / "record.json", run.to_json())
    return path


def test_show_lists_the_best_trials_the_failures_and_the_resume_command(
    nnlab: Command, search_folder: Path
) -> None:
    result = nnlab("show", "last")
    assert result.code == 0
    assert "Best 10 of 19 complete trials" in result.out
    assert "The loss is not a number: the training diverged." in result.out
    assert "The process died" in result.out
    assert f"nnlab tune --resume runs/{search_folder.name}" in result.out


def test_show_suggests_only_existing_files(nnlab: Command, search_folder: Path) -> None:
    assert "best.yaml" not in nnlab("show", "last").out
    (search_folder / "best.yaml").touch()
    assert f"nnlab train runs/{search_folder.name}/best.yaml" in nnlab("show", "last").out


def test_running_trial_of_a_dead_search_is_interrupted(nnlab: Command, search_folder: Path) -> None:
    FrozenTrial(21, {}).write(SearchFiles(search_folder).trial_json(21))
    assert "19 complete, 1 failed, 1 interrupted" in nnlab("show", "last").out
    assert nnlab("show", "last", "--json").json["trial_counts"]["running"] == 0


def test_show_json_is_the_search_with_its_trials(nnlab: Command, search_folder: Path) -> None:
    result = nnlab("show", search_folder.name, "--json").json
    assert (result["status"], result["objective"]) == ("failed", "val_accuracy")
    assert [trial["number"] for trial in result["trials"]] == list(range(1, 21))


@pytest.mark.usefixtures("search_folder")
def test_runs_counts_the_trials(nnlab: Command) -> None:
    assert "20 trials" in nnlab("runs").out


def test_trial_is_shown_with_its_values_score_and_runs(nnlab: Command, search_folder: Path) -> None:
    for number in (1, 2):
        path = search_folder / "trials" / "3" / str(number)
        atomic_write(path / "record.json", RunRecord(str(number), "small").to_json())
    result = nnlab("show", "last/trials/3").out
    assert f"Trial 3 of {search_folder.name}" in result
    assert "\nval_accuracy" in result
    assert "\nmodel.layers" in result
    assert f"nnlab show runs/{search_folder.name}/trials/3/2" in result
    document = nnlab("show", "last/trials/3", "--json").json
    assert document["trial"]["number"] == 3
    assert document["status"] == "complete"


@pytest.mark.usefixtures("search_folder")
def test_trial_without_a_training_is_shown_with_its_error(nnlab: Command) -> None:
    result = nnlab("show", "last/trials/4")
    assert result.code == 0
    assert "The loss is not a number" in result.out


def test_trial_that_is_a_run_is_shown_as_both(nnlab: Command, search_folder: Path) -> None:
    record = RunRecord("5", "small", RunStatus.COMPLETE, metrics={"val_loss": 0.25})
    atomic_write(search_folder / "trials" / "5" / "record.json", record.to_json())
    result = nnlab("show", "last/trials/5").out
    assert "Values" in result
    assert "validation" in result
    assert "0.2500" in result
