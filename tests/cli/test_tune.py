"""`nnlab tune`: results, interruption, failures, resuming."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.tune import changed_limits
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.query.lock import lock_folder
from nnlab.runs.records.search import SearchFiles, SearchRecord, read_search, read_trials
from nnlab.runs.records.trial import FrozenTrial, TrialStatus
from tests.cli.runner import Command, call_nnlab, run_nnlab
from tests.disks import mounted, remount

SPACE = """\
name: space
seed: 3
data:
  dataset: {moons: {n_samples: 60, noise: 0.1}}
  validation_split: 0.25
  test_split: 0.25
model:
  layers:
    - Repeat:
        times: {Int: {min_value: 0, max_value: 2}}
        layers:
          - Dense: {units: {Choice: [4, 8]}, activation: relu}
    - Dense: {units: 1, activation: sigmoid}
training:
  optimizer: {Choice: [adam, sgd]}
  loss: binary_crossentropy
  metrics: [accuracy]
  batch_size: 8
  epochs: 3
tune: {objective: val_accuracy, max_trials: 6, jobs: 2}
"""
WIDE = "model.layers.0.Repeat.layers.0.Dense.units={Int: {min_value: 4, max_value: 99}}"


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """Write a config with a search space to the test's folder."""
    path = tmp_path / "space.yaml"
    path.write_text(SPACE)
    return path


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[SearchFiles, dict[str, Any]]:
    """Run a search once, for tests that only read it."""
    folder = tmp_path_factory.mktemp("searched")
    (folder / "space.yaml").write_text(SPACE)
    finished = run_nnlab("tune", "space.yaml", "--json", cwd=folder)
    assert finished.code == 0, finished.err
    return SearchFiles(folder / "runs" / finished.json["id"]), finished.json


def reproducible_fields(trials: list[FrozenTrial]) -> list[Any]:
    """Return the fields of trials that are equal in two equal searches."""
    return [
        (trial.number, trial.values, trial.status, trial.scores, trial.epochs) for trial in trials
    ]


@pytest.mark.slow
def test_search_retrains_the_best_config(
    searched: tuple[SearchFiles, dict[str, Any]],
) -> None:
    files, document = searched
    trials = read_trials(files.path)
    assert [trial.number for trial in trials] == [1, 2, 3, 4, 5, 6]
    assert {kind: count for kind, count in document["trial_counts"].items() if count} == {
        "complete": 6
    }
    assert document["best"]["score"] == max(trial.score or 0 for trial in trials)
    assert document["stop_reason"] == "max_trials"
    assert document["final_metrics"]["test_accuracy"] >= 0
    assert document["final_metrics"]["val_accuracy"] == document["best"]["score"]
    assert read_search(files.path).to_dict().items() <= document.items()
    assert document["trials"] == [trial.to_dict() for trial in trials]
    assert document["path"] == str(files.path.relative_to(files.path.parents[1]))


@pytest.mark.slow
def test_trials_do_not_use_the_test_rows(
    searched: tuple[SearchFiles, dict[str, Any]],
) -> None:
    files, _ = searched
    for number in range(1, 7):
        record = json.loads((files.trial(number) / "record.json").read_text())
        assert record["status"] == "complete"
        assert not any(name.startswith("test_") for name in record["metrics"])
        history = read_history(files.trial(number) / "metrics.csv")
        assert record["metrics"]["val_accuracy"] == max(history["val_accuracy"])


@pytest.mark.slow
def test_curves_of_all_trials_and_weights_of_the_best_three_are_kept(
    searched: tuple[SearchFiles, dict[str, Any]],
) -> None:
    files, _ = searched
    assert len(list(files.trials.glob("*/tensorboard/events.*"))) == 6
    ranking = sorted(read_trials(files.path), key=lambda trial: (-(trial.score or 0), trial.number))
    kept = {int(path.parent.name) for path in files.trials.glob("*/model.keras")}
    assert kept == {trial.number for trial in ranking[:3]}


@pytest.mark.slow
def test_best_config_trains_to_the_same_metrics(
    searched: tuple[SearchFiles, dict[str, Any]],
) -> None:
    files, document = searched
    trained = call_nnlab("train", files.best_yaml, "--json", cwd=files.path)
    assert trained.code == 0, trained.err
    assert trained.json["metrics"] == document["final_metrics"]


@pytest.mark.slow
def test_search_is_listed_as_a_run(searched: tuple[SearchFiles, dict[str, Any]]) -> None:
    files, document = searched
    (run,) = call_nnlab("runs", "--json", cwd=files.path.parent.parent).json
    assert run["id"] == document["id"]
    assert run["metrics"]["val_accuracy"] == document["best"]["score"]
    shown = call_nnlab("show", "last/trials/2", "--json", cwd=files.path.parent.parent)
    assert shown.code == 0


@pytest.mark.slow
def test_killed_search_resumes_to_the_same_results(
    space: Path, searched: tuple[SearchFiles, dict[str, Any]]
) -> None:
    files, document = searched
    search = subprocess.Popen(
        [sys.executable, "-m", "nnlab", "tune", space.name],
        cwd=space.parent,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert search.stderr is not None
    with search.stderr:
        while "trial 2/6" not in (line := search.stderr.readline()):
            assert line, "the search ended too soon"
        os.kill(search.pid, signal.SIGKILL)
    search.wait()
    (path,) = (space.parent / "runs").iterdir()
    kept = {trial.number: trial for trial in read_trials(path) if trial.is_finished}
    with lock_folder(path):
        result = run_nnlab("tune", "--resume", "last", cwd=space.parent)
    assert result.code == 2
    assert "in use by another process" in result.err
    finished = run_nnlab("tune", "--resume", "last", "--json", cwd=space.parent)
    assert finished.code == 0, finished.err
    resumed = read_trials(path)
    assert reproducible_fields(resumed) == reproducible_fields(read_trials(files.path))
    assert kept
    assert all(resumed[number - 1] == trial for number, trial in kept.items())
    assert finished.json["final_metrics"] == document["final_metrics"]
    # The limit of the last command applies, not the config's.
    one_more = ["--trials", "7", "--no-retrain", "--json"]
    more = run_nnlab("tune", "--resume", "last", *one_more, cwd=space.parent)
    assert more.json["trial_counts"]["complete"] == 7
    assert "Resuming: 6 of 7 trials finished, 1 remaining" in more.err
    before = SearchFiles(path).search_json.read_bytes(), (path / "record.json").read_bytes()
    nothing = call_nnlab("tune", "--resume", "last", "--no-retrain", cwd=space.parent)
    assert nothing.code == 0
    assert f"nnlab tune --resume runs/{path.name} --trials 14" in nothing.err
    after = SearchFiles(path).search_json.read_bytes(), (path / "record.json").read_bytes()
    assert before == after
    less = call_nnlab("tune", "--resume", "last", "--trials", "5", cwd=space.parent)
    assert less.code == 2
    assert "--trials 12" in less.err


@pytest.mark.slow
def test_diverging_and_killed_trials_fail_without_stopping_the_search(space: Path) -> None:
    text = SPACE.replace("[adam, sgd]", "[adam, {SGD: 1.0e30}]").replace("epochs: 3", "epochs: 300")
    space.write_text(text.replace("activation: sigmoid", "activation: linear"))
    search = subprocess.Popen(
        [sys.executable, "-m", "nnlab", "tune", space.name, "--trials", "8", "--jobs", "1"],
        cwd=space.parent,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert search.stderr is not None
    victim = None
    while victim is None and search.poll() is None:
        children = Path(f"/proc/{search.pid}/task/{search.pid}/children").read_text().split()
        if children and any(space.parent.glob("runs/*/trials/*/metrics.csv")):
            victim = int(children[0])
            os.kill(victim, signal.SIGKILL)
        time.sleep(0.01)
    search.stderr.read()
    search.stderr.close()
    assert search.wait() == 0
    (path,) = (space.parent / "runs").iterdir()
    errors = [trial.error or "" for trial in read_trials(path) if trial.status == "failed"]
    assert sum("SIGKILL" in error for error in errors) == 1
    assert any("diverged" in error for error in errors)
    assert read_search(path).trial_counts["failed"] == len(errors) < 8


def interrupt_at(
    trigger: str, space: Path, *arguments: str, number: signal.Signals = signal.SIGINT
) -> tuple[Path, str, str]:
    """Send a signal to a search once it prints a text, and return its folder and its output."""
    search = subprocess.Popen(
        [sys.executable, "-m", "nnlab", "tune", space.name, *arguments],
        cwd=space.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert search.stderr is not None
    output = ""
    while trigger not in output:
        line = search.stderr.readline()
        assert line, output
        output += line
    # As a terminal, `timeout` or a batch system does, to all processes of the group.
    os.killpg(search.pid, number)
    out, err = search.communicate(timeout=20)
    assert search.returncode == 130, err
    (path,) = (space.parent / "runs").iterdir()
    return path, out, err


@pytest.mark.slow
def test_interrupted_search_keeps_the_best_trial_and_prints_the_resume_command(space: Path) -> None:
    path, out, err = interrupt_at("trial  2/99", space, "--trials", "99", "--set", WIDE)
    files, search, trials = SearchFiles(path), read_search(path), read_trials(path)
    finished = [trial for trial in trials if trial.is_finished]
    assert (search.status, search.stop_reason) == ("interrupted", "user")
    assert {trial.status for trial in trials} == {"complete", "interrupted"}
    assert f"{len(finished)} of 99 trials" in err
    assert f"nnlab tune --resume runs/{path.name}" in err
    assert "failed" not in out + err
    assert f"of {len(finished)} complete trial" in out
    assert files.path.name in files.best_yaml.read_text().splitlines()[0]
    assert len(files.trials_csv.read_text().splitlines()) == 1 + len(trials)
    (run,) = call_nnlab("runs", "--json", cwd=space.parent).json
    assert run["training"]["trials"]["complete"] == len(finished)
    records = [
        files.trial(trial.number) / "record.json" for trial in trials if not trial.is_finished
    ]
    statuses = {json.loads(record.read_text())["status"] for record in records if record.exists()}
    assert statuses <= {"interrupted", "complete"}


@pytest.mark.slow
def test_interrupt_during_retraining_keeps_the_finished_search(space: Path) -> None:
    long = ["--trials", "1", "--set", "training.epochs=20000"]
    trigger, number = "Retraining the best trial", signal.SIGTERM
    path, _, err = interrupt_at(trigger, space, *long, number=number)
    assert "best.yaml" in err
    assert "nnlab tune --resume" in err
    assert read_search(path).stop_reason == "max_trials"
    assert SearchFiles(path).best_yaml.exists()
    assert not SearchFiles(path).best.exists()


@pytest.mark.slow
def test_resume_refuses_changed_data(space: Path) -> None:
    rows = "x,z,y\n" + "".join(f"{n},{n % 7},{n % 2}\n" for n in range(60))
    data = space.parent / "rows.csv"
    data.write_text(rows)
    file = "{file: rows.csv, target: y, scaling: standard, validation_split: 0.25}"
    space.write_text(re.sub(r"(?m)^data:\n(  .*\n)+", f"data: {file}\n", SPACE))
    started = run_nnlab("tune", space, "--trials", "1", "--no-retrain", cwd=space.parent)
    assert started.code == 0, started.err
    data.write_text(rows.replace("59,", "60,"))
    result = call_nnlab("tune", "--resume", "last", "--trials", "2", cwd=space.parent)
    assert result.code == 2
    assert "rows.csv" in result.err
    assert "nnlab tune" in result.err


@pytest.mark.slow
def test_search_stops_if_the_first_trials_fail_with_the_same_error(space: Path) -> None:
    diverging = ["--set", "training.optimizer={SGD: 1.0e30}", "--set", "training.loss=mse"]
    linear = ["--set", "model.layers.1.Dense.activation=linear", "--trials", "6", "--jobs", "1"]
    finished = run_nnlab("tune", space, *diverging, *linear, "--set", WIDE, cwd=space.parent)
    assert finished.code == 1
    assert "5 trials" in finished.err
    assert "learning rate" in finished.err
    assert "nnlab tune --resume" in finished.out
    (path,) = (space.parent / "runs").iterdir()
    assert read_search(path).stop_reason == "failures"
    assert read_search(path).trial_counts["failed"] == 5


@pytest.mark.slow
def test_resume_retries_interrupted_and_failed_trials(
    searched: tuple[SearchFiles, dict[str, Any]], tmp_path: Path
) -> None:
    original, _ = searched
    files = SearchFiles(tmp_path / original.path.name)
    shutil.copytree(original.path, files.path)
    killed = replace(read_trials(files.path)[2], status=TrialStatus.FAILED, score=None, scores=())
    killed.write(files.trial_json(3))
    with mounted(files.trial(7), "size=24k"):
        limits = ["--trials", "7", "--no-retrain"]
        full = run_nnlab("tune", "--resume", files.path, *limits, cwd=tmp_path)
        assert full.code == 1
        assert "No space left on device" in full.err
        assert "5 complete, 1 failed, 1 interrupted" in full.out
        remount(files.trial(7), "size=10m")
        retry = ["--retry-failed", "--json"]
        retried = run_nnlab("tune", "--resume", files.path, *limits, *retry, cwd=tmp_path)
        assert retried.code == 0, retried.err
        assert retried.json["trial_counts"] == dict.fromkeys(TrialStatus, 0) | {"complete": 7}
        assert reproducible_fields(read_trials(files.path))[:6] == reproducible_fields(
            read_trials(original.path)
        )


@pytest.mark.slow
def test_hyperband_continues_from_the_weights_of_the_parent_trial(
    space: Path, nnlab: Command
) -> None:
    hyperband = ["--algorithm", "hyperband", "--trials", "6", "--no-retrain", "--json"]
    small = ["--set", "tune.max_epochs=4", "--set", "tune.jobs=1"]
    finished = run_nnlab("tune", space, *hyperband, *small, cwd=space.parent)
    assert finished.code == 0, finished.err
    (path,) = (space.parent / "runs").iterdir()
    files = SearchFiles(path)
    continued = [trial for trial in read_trials(path) if trial.parent_trial is not None]
    assert continued
    for trial in continued[-1:]:
        before = (files.trial(trial.parent_trial or 0) / "metrics.csv").read_text()
        after = (files.trial(trial.number) / "metrics.csv").read_text().splitlines()[1:]
        record = nnlab("train", files.trial(trial.number) / "config.yaml", "--json").json
        curves = (space.parent / "runs" / record["id"] / "metrics.csv").read_text()
        assert before + "\n".join(after) + "\n" == curves
    assert finished.json["final_metrics"] is None
    assert not files.best.exists()


@pytest.mark.slow
def test_executions_of_a_trial_differ_only_in_their_weights(space: Path) -> None:
    options = ["--set", "tune.executions_per_trial=2", "--set", "tune.max_trials=2"]
    finished = run_nnlab("tune", space, *options, "--max-time", "5m", "--json", cwd=space.parent)
    assert finished.code == 0, finished.err
    (path,) = (space.parent / "runs").iterdir()
    for trial in read_trials(path):
        assert len(trial.scores) == 2
        assert trial.score == pytest.approx(sum(trial.scores) / 2)
        first, second = (
            json.loads((path / f"trials/{trial.number}/{number}/record.json").read_text())
            for number in (1, 2)
        )
        assert first["training"]["rows"] == second["training"]["rows"]
        assert first["metrics"]["loss"] != second["metrics"]["loss"]
        text = (path / f"trials/{trial.number}/2/config.yaml").read_text()
        assert "seed: 4" in text
        assert "seed: 3" in text


@pytest.mark.slow
def test_max_time_ends_the_search(space: Path) -> None:
    limits = ["--trials", "500", "--max-time", "2s", "--no-retrain", "--json"]
    finished = run_nnlab("tune", space, *limits, "--set", WIDE, cwd=space.parent)
    assert finished.code == 0, finished.err
    assert finished.json["stop_reason"] == "max_time"
    assert 1 <= finished.json["trial_counts"]["complete"] < 100
    assert finished.json["timing"]["search_s"] < 5


@pytest.mark.slow
def test_search_with_failed_trials_only_prints_the_error(space: Path) -> None:
    mismatch = ["--set", "model.layers.1.Dense.units=3", "--set", "training.loss=mse"]
    finished = run_nnlab("tune", space, "--trials", "2", *mismatch, cwd=space.parent)
    assert finished.code != 0
    assert "units=3" in finished.err
    assert "Traceback" not in finished.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--max-time", "soon"], "--max-time: error: "),
        (["--device", "gpu:7"], "device='gpu:7'"),
        (["--retry-failed"], "--retry-failed"),
        (["--resume", "last"], "Received: CONFIG."),
        (["--set", "tune.jobs=none"], "tune.jobs"),
        (["--set", "training.optimizer=adam", "--algorithm", "best"], "algorithm"),
    ],
)
def test_wrong_request_writes_no_run(
    space: Path, nnlab: Command, arguments: list[str], message: str
) -> None:
    finished = nnlab("tune", space, *arguments)
    assert finished.code == 2
    assert message in finished.err
    assert not (space.parent / "runs").exists()


def test_config_without_hyperparameters_cannot_be_searched(nnlab: Command, config: Path) -> None:
    finished = nnlab("tune", config)
    assert finished.code == 2
    assert str(config) in finished.err


def test_default_config_is_named(nnlab: Command) -> None:
    finished = nnlab("tune", "--set", "tune.jobs=none")
    assert finished.code == 2
    assert "search_layers.yaml" in finished.err


def test_only_changed_limits_are_applied_again(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("tune: {max_trials: 14, max_time: 1m}\n")
    first = SearchRecord("a-tune", "a", max_trials=14, max_time=60.0)
    assert changed_limits(first, tmp_path) == []
    resumed = SearchRecord("a-tune", "a", max_trials=20, max_time=90.0)
    options = ["--trials tune.max_trials=20", "--max-time tune.max_time=90.0"]
    assert changed_limits(resumed, tmp_path) == options
