"""`nnlab tune` as a user runs it: what it leaves, what it survives, what it refuses."""

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

from nnlab.cli.tune import limits_of
from nnlab.runs.io.lock import lock_folder
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.records.search import SearchFiles, SearchRecord, read_search, read_trials
from nnlab.runs.records.trial import FrozenTrial, TrialStatus
from tests.cli.running import Command, call_nnlab, run_nnlab
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
    """A config with open values in the test's folder."""
    path = tmp_path / "space.yaml"
    path.write_text(SPACE)
    return path


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[SearchFiles, dict[str, Any]]:
    """One search, for all tests that only look at it."""
    folder = tmp_path_factory.mktemp("searched")
    (folder / "space.yaml").write_text(SPACE)
    finished = run_nnlab("tune", "space.yaml", "--json", cwd=folder)
    assert finished.code == 0, finished.err
    return SearchFiles(folder / "runs" / finished.json["id"]), finished.json


def rows_of(trials: list[FrozenTrial]) -> list[Any]:
    """What must be equal of two searches."""
    return [(one.number, one.values, one.status, one.scores, one.epochs) for one in trials]


@pytest.mark.slow
def test_search_ends_with_the_best_trained_once_more(
    searched: tuple[SearchFiles, dict[str, Any]],
) -> None:
    files, told = searched
    trials = read_trials(files.path)
    assert [trial.number for trial in trials] == [1, 2, 3, 4, 5, 6]
    assert {kind: count for kind, count in told["counts"].items() if count} == {"complete": 6}
    assert told["best"]["score"] == max(trial.score or 0 for trial in trials)
    assert told["stop_reason"] == "max_trials"
    assert told["retrained"]["test_accuracy"] >= 0
    assert told["retrained"]["val_accuracy"] == told["best"]["score"]
    assert read_search(files.path).to_dict().items() <= told.items()
    assert told["trials"] == [trial.to_dict() for trial in trials]
    assert told["path"] == str(files.path.relative_to(files.path.parents[1]))


@pytest.mark.slow
def test_no_trial_looks_at_the_test_rows(
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
def test_best_config_trains_to_the_same_figures(
    searched: tuple[SearchFiles, dict[str, Any]],
) -> None:
    files, told = searched
    trained = call_nnlab("train", files.best_yaml, "--json", cwd=files.path)
    assert trained.code == 0, trained.err
    assert trained.json["metrics"] == told["retrained"]


@pytest.mark.slow
def test_search_is_a_run_among_runs(searched: tuple[SearchFiles, dict[str, Any]]) -> None:
    files, told = searched
    (run,) = call_nnlab("runs", "--json", cwd=files.path.parent.parent).json
    assert run["id"] == told["id"]
    assert run["metrics"]["val_accuracy"] == told["best"]["score"]
    shown = call_nnlab("show", "last/trials/2", "--json", cwd=files.path.parent.parent)
    assert shown.code == 0


@pytest.mark.slow
def test_killed_search_goes_on_as_if_nothing_had_been(
    space: Path, searched: tuple[SearchFiles, dict[str, Any]]
) -> None:
    files, told = searched
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
    left = {trial.number: trial for trial in read_trials(path) if trial.is_finished}
    with lock_folder(path):
        refused = run_nnlab("tune", "--resume", "last", cwd=space.parent)
    assert refused.code == 2
    assert "nobody is at work on" in refused.err
    finished = run_nnlab("tune", "--resume", "last", "--json", cwd=space.parent)
    assert finished.code == 0, finished.err
    again = read_trials(path)
    assert rows_of(again) == rows_of(read_trials(files.path))
    assert left
    assert all(again[number - 1] == trial for number, trial in left.items())
    assert finished.json["retrained"] == told["retrained"]
    assert "of 6 trials done" in finished.err
    # With more trials, and then no more: the limit of the last command counts, not the config's.
    one_more = ["--trials", "7", "--no-retrain", "--json"]
    more = run_nnlab("tune", "--resume", "last", *one_more, cwd=space.parent)
    assert more.json["counts"]["complete"] == 7
    assert "Going on: 6 of 7 trials done, 1 to go" in more.err
    before = SearchFiles(path).search_json.read_bytes(), (path / "record.json").read_bytes()
    nothing = call_nnlab("tune", "--resume", "last", "--no-retrain", cwd=space.parent)
    assert nothing.code == 0
    assert "Nothing is left to do: all trials are done." in nothing.err
    assert f"nnlab tune --resume runs/{path.name} --trials 14" in nothing.err
    after = SearchFiles(path).search_json.read_bytes(), (path / "record.json").read_bytes()
    assert before == after
    less = call_nnlab("tune", "--resume", "last", "--trials", "5", cwd=space.parent)
    assert less.code == 2
    assert "--trials 12" in less.err


@pytest.mark.slow
def test_trials_that_fail_or_are_killed_are_failed_trials(space: Path) -> None:
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
        found = Path(f"/proc/{search.pid}/task/{search.pid}/children").read_text().split()
        if found and any(space.parent.glob("runs/*/trials/*/metrics.csv")):
            victim = int(found[0])
            os.kill(victim, signal.SIGKILL)
        time.sleep(0.01)
    search.stderr.read()
    search.stderr.close()
    assert search.wait() == 0
    (path,) = (space.parent / "runs").iterdir()
    errors = [trial.error or "" for trial in read_trials(path) if trial.status == "failed"]
    assert sum("killed by signal 9 (SIGKILL)" in error for error in errors) == 1
    assert any("diverged" in error for error in errors)
    assert read_search(path).counts["failed"] == len(errors) < 8


def interrupted_at(
    sign: str, space: Path, *arguments: str, number: signal.Signals = signal.SIGINT
) -> tuple[Path, str, str]:
    """The folder of a search that gets a signal when it tells of something, and its output."""
    search = subprocess.Popen(
        [sys.executable, "-m", "nnlab", "tune", space.name, *arguments],
        cwd=space.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert search.stderr is not None
    told = ""
    while sign not in told:
        line = search.stderr.readline()
        assert line, told
        told += line
    # A terminal, `timeout`, a batch system send it to all processes.
    os.killpg(search.pid, number)
    out, err = search.communicate(timeout=20)
    assert search.returncode == 130, err
    (path,) = (space.parent / "runs").iterdir()
    return path, out, err


@pytest.mark.slow
def test_interrupted_search_keeps_its_best_so_far_and_says_how_to_go_on(space: Path) -> None:
    path, out, err = interrupted_at("trial  2/99", space, "--trials", "99", "--set", WIDE)
    files, search, trials = SearchFiles(path), read_search(path), read_trials(path)
    done = [trial for trial in trials if trial.is_finished]
    assert (search.status, search.stop_reason) == ("interrupted", "user")
    assert {trial.status for trial in trials} == {"complete", "interrupted"}
    assert f"Interrupted after {len(done)} of 99 trials. Go on with:" in err
    assert f"nnlab tune --resume runs/{path.name}" in err
    assert "failed" not in out + err
    assert f"of {len(done)} complete trial" in out
    assert files.best_yaml.read_text().startswith(f"# The best trial of {files.path.name}: number ")
    assert len(files.trials_csv.read_text().splitlines()) == 1 + len(trials)
    (run,) = call_nnlab("runs", "--json", cwd=space.parent).json
    assert run["training"]["trials"]["complete"] == len(done)
    left = [files.trial(one.number) / "record.json" for one in trials if not one.is_finished]
    ends = {json.loads(one.read_text())["status"] for one in left if one.exists()}
    assert ends <= {"interrupted", "complete"}


@pytest.mark.slow
def test_interrupt_of_the_last_training_leaves_the_search_done(space: Path) -> None:
    long = ["--trials", "1", "--set", "training.epochs=20000"]
    sign, number = "Training the best once more", signal.SIGTERM
    path, out, err = interrupted_at(sign, space, *long, number=number)
    assert "The search is done, and its best, trial 1, is in best.yaml" in err
    assert "training it once more was interrupted. Go on with: nnlab tune --resume" in err
    assert "train the best once more, and test it" in out
    assert read_search(path).stop_reason == "max_trials"
    assert SearchFiles(path).best_yaml.exists()
    assert not SearchFiles(path).best.exists()


@pytest.mark.slow
def test_search_that_goes_on_refuses_other_data(space: Path) -> None:
    rows = "x,z,y\n" + "".join(f"{n},{n % 7},{n % 2}\n" for n in range(60))
    data = space.parent / "rows.csv"
    data.write_text(rows)
    file = "{file: rows.csv, target: y, scaling: standard, validation_split: 0.25}"
    space.write_text(re.sub(r"(?m)^data:\n(  .*\n)+", f"data: {file}\n", SPACE))
    begun = run_nnlab("tune", space, "--trials", "1", "--no-retrain", cwd=space.parent)
    assert begun.code == 0, begun.err
    data.write_text(rows.replace("59,", "60,"))
    refused = call_nnlab("tune", "--resume", "last", "--trials", "2", cwd=space.parent)
    assert refused.code == 2
    assert "Expected the data that the search was begun with" in refused.err
    assert "Put the file back, or begin a new search: nnlab tune" in refused.err


@pytest.mark.slow
def test_search_whose_first_trials_fail_alike_gives_up(space: Path) -> None:
    bad = ["--set", "training.optimizer={SGD: 1.0e30}", "--set", "training.loss=mse"]
    linear = ["--set", "model.layers.1.Dense.activation=linear", "--trials", "6", "--jobs", "1"]
    finished = run_nnlab("tune", space, *bad, *linear, "--set", WIDE, cwd=space.parent)
    assert finished.code == 1
    assert "5 trials in a row failed alike, so no more were tried." in finished.err
    assert "Lower the learning rate" in finished.err
    assert "go on all the same" in finished.out
    (path,) = (space.parent / "runs").iterdir()
    assert read_search(path).stop_reason == "failures"
    assert read_search(path).counts["failed"] == 5


@pytest.mark.slow
def test_what_was_no_fault_of_a_trial_is_made_good(
    searched: tuple[SearchFiles, dict[str, Any]], tmp_path: Path
) -> None:
    whole, _ = searched
    files = SearchFiles(tmp_path / whole.path.name)
    shutil.copytree(whole.path, files.path)
    killed = replace(read_trials(files.path)[2], status=TrialStatus.FAILED, score=None, scores=())
    killed.write(files.trial_json(3))
    with mounted(files.trial(7), "size=24k"):
        seven = ["--trials", "7", "--no-retrain"]
        full = run_nnlab("tune", "--resume", files.path, *seven, cwd=tmp_path)
        assert full.code == 1
        assert "No space left on device" in full.err
        assert "5 complete, 1 failed, 1 interrupted" in full.out
        remount(files.trial(7), "size=10m")
        again = ["--retry-failed", "--json"]
        done = run_nnlab("tune", "--resume", files.path, *seven, *again, cwd=tmp_path)
        assert done.code == 0, done.err
        assert done.json["counts"] == dict.fromkeys(TrialStatus, 0) | {"complete": 7}
        assert rows_of(read_trials(files.path))[:6] == rows_of(read_trials(whole.path))


@pytest.mark.slow
def test_hyperband_goes_on_from_the_weights_of_the_rung_before(space: Path, nnlab: Command) -> None:
    hyperband = ["--algorithm", "hyperband", "--trials", "6", "--no-retrain", "--json"]
    small = ["--set", "tune.max_epochs=4", "--set", "tune.jobs=1"]
    finished = run_nnlab("tune", space, *hyperband, *small, cwd=space.parent)
    assert finished.code == 0, finished.err
    (path,) = (space.parent / "runs").iterdir()
    files = SearchFiles(path)
    later = [trial for trial in read_trials(path) if trial.parent_trial is not None]
    assert later
    for trial in later[-1:]:
        before = (files.trial(trial.parent_trial or 0) / "metrics.csv").read_text()
        after = (files.trial(trial.number) / "metrics.csv").read_text().splitlines()[1:]
        whole = nnlab("train", files.trial(trial.number) / "config.yaml", "--json").json
        curves = (space.parent / "runs" / whole["id"] / "metrics.csv").read_text()
        assert before + "\n".join(after) + "\n" == curves
    assert finished.json["retrained"] is None
    assert not files.best.exists()


@pytest.mark.slow
def test_repeated_trainings_differ_in_their_weights_alone(space: Path) -> None:
    twice = ["--set", "tune.executions_per_trial=2", "--set", "tune.max_trials=2"]
    finished = run_nnlab("tune", space, *twice, "--max-time", "5m", "--json", cwd=space.parent)
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
def test_time_that_is_up_ends_the_search(space: Path) -> None:
    limits = ["--trials", "500", "--max-time", "2s", "--no-retrain", "--json"]
    finished = run_nnlab("tune", space, *limits, "--set", WIDE, cwd=space.parent)
    assert finished.code == 0, finished.err
    assert finished.json["stop_reason"] == "max_time"
    assert 1 <= finished.json["counts"]["complete"] < 100
    assert finished.json["timing"]["search_s"] < 5


def test_search_in_which_all_fails_says_why(space: Path) -> None:
    bad = ["--set", "model.layers.1.Dense.units=3", "--set", "training.loss=mse"]
    finished = run_nnlab("tune", space, "--trials", "2", *bad, cwd=space.parent)
    assert finished.code != 0
    assert "units=3" in finished.err
    assert "Traceback" not in finished.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--max-time", "soon"], "--max-time: error: Expected a time, such as 90s"),
        (["--device", "gpu:7"], "Expected a device of this machine. Received: device='gpu:7'"),
        (["--retry-failed"], "Expected --retry-failed with --resume."),
        (["--resume", "last"], "--resume to go on with the search as it was begun"),
        (["--set", "tune.jobs=none"], "tune.jobs"),
        (["--set", "training.optimizer=adam", "--algorithm", "best"], "algorithm"),
    ],
)
def test_wrong_requests_are_refused_before_anything_is_made(
    space: Path, nnlab: Command, arguments: list[str], words: str
) -> None:
    finished = nnlab("tune", space, *arguments)
    assert finished.code == 2
    assert words in finished.err
    assert not (space.parent / "runs").exists()


def test_config_without_open_values_cannot_be_searched(nnlab: Command, config: Path) -> None:
    finished = nnlab("tune", config)
    assert finished.code == 2
    assert "open" in finished.err


def test_nothing_named_is_told_which_config_it_takes(nnlab: Command) -> None:
    finished = nnlab("tune", "--set", "tune.jobs=none")
    assert finished.code == 2
    assert "search_layers.yaml" in finished.err


def test_only_limits_of_later_commands_are_given_again(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("tune: {max_trials: 14, max_time: 1m}\n")
    begun = SearchRecord("a-tune", "a", max_trials=14, max_time=60.0)
    assert limits_of(begun, tmp_path) == []
    later = SearchRecord("a-tune", "a", max_trials=20, max_time=90.0)
    options = ["--trials tune.max_trials=20", "--max-time tune.max_time=90.0"]
    assert limits_of(later, tmp_path) == options
