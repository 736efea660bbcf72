"""Trainings in processes of their own: what comes of them, and of those that die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nnlab.engine.workers.pool import WorkerPool, automatic_jobs, cores
from nnlab.errors import NnlabError
from nnlab.runs import read_run

# A process that has computed with TensorFlow cannot be forked: this one must be new.
SCRIPT = """
import json, os, signal, sys
from pathlib import Path

from nnlab.config import Experiment
from nnlab.engine.training.options import ScoreThreshold, TrainingOptions
from nnlab.engine.workers.pool import Event, Outcome, Task, Workers

folder = Path(sys.argv[1])


def experiment(seed=1, epochs=3, rate=0.1, units=1):
    return Experiment.model_validate({
        "seed": seed,
        "data": {"dataset": {"moons": {"n_samples": 60}}, "validation_split": 0.25,
                 "test_split": 0.25, "seed": 7},
        "model": {"layers": [{"Dense": {"units": 4, "activation": "relu"}}, {"Dense": units}]},
        "training": {"optimizer": {"SGD": rate}, "loss": "mse", "epochs": epochs},
        "tensorboard": False,
    })


def memory():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))


def drain(workers):
    found = {}
    while workers.left:
        for news in workers.wait(10):
            if isinstance(news, Outcome):
                record = news.record
                found[news.key] = {
                    "error": news.error,
                    "status": None if record is None else record.status,
                    "metrics": {} if record is None else record.metrics,
                }
            else:
                epochs.setdefault(news.key, []).append((news.epoch, news.epochs))
    return found


quick = TrainingOptions(plots=False, test=False, keep_model=False)
epochs = {}
with Workers(2) as workers:
    for seed in (1, 2, 3):
        workers.submit(Task(f"seed {seed}", experiment(seed), folder / "runs" / str(seed), quick))
    ordinary = TrainingOptions()
    workers.submit(Task("ordinary", experiment(), folder / "runs" / "ordinary", ordinary))
    workers.submit(Task("diverges", experiment(rate=1e20), folder / "runs" / "diverges", quick))
    workers.submit(Task("misfit", experiment(units=3), folder / "runs" / "misfit", quick))
    bar = TrainingOptions(plots=False, keep_model=ScoreThreshold("val_loss", "min", 1e-9))
    workers.submit(Task("too bad", experiment(), folder / "runs" / "too bad", bar))
    bar = TrainingOptions(plots=False, keep_model=ScoreThreshold("val_loss", "min", 1e9))
    workers.submit(Task("good enough", experiment(), folder / "runs" / "good enough", bar))
    leave = TrainingOptions(plots=False, save_state_to=folder / "state.npz")
    workers.submit(Task("first half", experiment(epochs=2), folder / "runs" / "first", leave))
    outcomes = drain(workers)
    go_on = TrainingOptions(plots=False, initial_epoch=2, load_state_from=folder / "state.npz")
    workers.submit(Task("second half", experiment(epochs=4), folder / "runs" / "second", go_on))
    workers.submit(Task("in one", experiment(epochs=4), folder / "runs" / "whole", quick))
    before = memory()
    for number in range(6):
        workers.submit(Task(f"again {number}", experiment(), folder / "again" / str(number), quick))
    outcomes |= drain(workers)
    grown = memory() / before

    workers.submit(Task("killed", experiment(epochs=10**6), folder / "runs" / "killed", quick))
    while not any(isinstance(news, Event) for news in workers.wait(10)):
        pass
    os.kill(next(iter(workers._working.values())).process.pid, signal.SIGKILL)
    outcomes |= drain(workers)

    workers.submit(Task("asked", experiment(epochs=300), folder / "runs" / "asked", quick))
    while not any(isinstance(news, Event) for news in workers.wait(10)):
        pass
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(next(iter(workers._working.values())).process.pid, number)
    outcomes |= drain(workers)

    workers.submit(Task("stopped", experiment(epochs=10**6), folder / "runs" / "stopped", quick))
    while not any(isinstance(news, Event) for news in workers.wait(10)):
        pass
    process = next(iter(workers._working.values())).process
    workers.stop()
    stopped = process.exitcode

    # The test ends this process now: the worker must go with it.
    workers.submit(Task("orphan", experiment(epochs=10**6), folder / "runs" / "orphan", quick))
    while not any(isinstance(news, Event) for news in workers.wait(10)):
        pass
    orphan = next(iter(workers._working.values())).process.pid
    print(json.dumps({"outcomes": outcomes, "epochs": epochs, "grown": grown,
                      "stopped": stopped, "orphan": orphan}), flush=True)
    workers.wait()
    signal.pause()
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What the script found, and its folder; it was killed at its end."""
    folder = tmp_path_factory.mktemp("workers")
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        assert line, process.stderr.read()
    return json.loads(line), folder


@pytest.mark.slow
def test_each_task_leaves_an_ordinary_run_in_its_own_folder(
    told: tuple[dict[str, Any], Path],
) -> None:
    found, folder = told
    assert found["outcomes"]["ordinary"]["error"] is None
    run = read_run(folder / "runs" / "ordinary")
    assert run.record.status == "complete"
    assert run.record.metrics == found["outcomes"]["ordinary"]["metrics"]
    assert run.model_keras.is_file()
    assert list(run.plots.iterdir())


@pytest.mark.slow
def test_options_leave_out_pictures_test_and_model(told: tuple[dict[str, Any], Path]) -> None:
    found, folder = told
    run = read_run(folder / "runs" / "1")
    assert sorted(path.name for path in run.path.iterdir()) == [
        "config.yaml",
        "metrics.csv",
        "record.json",
    ]
    assert not any(name.startswith("test_") for name in found["outcomes"]["seed 1"]["metrics"])
    assert "test_loss" in found["outcomes"]["ordinary"]["metrics"]


@pytest.mark.slow
def test_model_is_kept_where_the_figure_is_good_enough(
    told: tuple[dict[str, Any], Path],
) -> None:
    _, folder = told
    assert not (folder / "runs" / "too bad" / "model.keras").exists()
    assert (folder / "runs" / "good enough" / "model.keras").exists()


@pytest.mark.slow
def test_figures_are_those_of_a_training_in_this_process(
    told: tuple[dict[str, Any], Path],
) -> None:
    found, folder = told
    from nnlab.config import load_config
    from nnlab.engine.training.train import train
    from nnlab.report.progress import SilentProgress

    experiment = load_config(folder / "runs" / "2" / "config.yaml")
    record = train(experiment, runs_dir=folder / "here", progress=SilentProgress())
    figures = found["outcomes"]["seed 2"]["metrics"]
    assert {name: record.metrics[name] for name in figures} == figures


@pytest.mark.slow
def test_failures_have_their_reason(told: tuple[dict[str, Any], Path]) -> None:
    outcomes = told[0]["outcomes"]
    assert "diverged at epoch" in outcomes["diverges"]["error"]
    assert outcomes["diverges"]["status"] == "failed"
    assert "units=3" in outcomes["misfit"]["error"]
    assert outcomes["misfit"]["status"] is None
    assert "killed by signal 9 (SIGKILL)" in outcomes["killed"]["error"]


@pytest.mark.slow
def test_what_asks_all_processes_to_end_is_for_the_owner_to_heed(
    told: tuple[dict[str, Any], Path],
) -> None:
    found, folder = told
    assert found["outcomes"]["asked"]["error"] is None
    assert read_run(folder / "runs" / "asked").record.epochs_run == 300


@pytest.mark.slow
def test_training_goes_on_where_another_stopped(told: tuple[dict[str, Any], Path]) -> None:
    _, folder = told
    first, second, whole = (
        (folder / "runs" / name / "metrics.csv").read_text().splitlines()
        for name in ("first", "second", "whole")
    )
    assert [*first, *second[1:]] == whole


@pytest.mark.slow
def test_epochs_are_told_at_least_the_last(told: tuple[dict[str, Any], Path]) -> None:
    assert told[0]["epochs"]["seed 1"][-1] == [3, 3]


@pytest.mark.slow
def test_memory_stays_as_it_is(told: tuple[dict[str, Any], Path]) -> None:
    assert told[0]["grown"] < 1.1


@pytest.mark.slow
def test_workers_end_when_they_are_stopped_and_with_their_parent(
    told: tuple[dict[str, Any], Path],
) -> None:
    found, folder = told
    assert found["stopped"] == -signal.SIGKILL
    stopped = read_run(folder / "runs" / "stopped").record
    assert (stopped.status, stopped.finished is None) == ("interrupted", False)
    assert stopped.error == "The search or comparison ended before this run did."
    deadline = time.monotonic() + 5
    while Path(f"/proc/{found['orphan']}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_process_that_has_computed_is_refused() -> None:
    import tensorflow as tf

    assert float(tf.constant(1.0)) == 1.0
    with pytest.raises(NnlabError, match="computed nothing yet"):
        WorkerPool(1)


def test_jobs_are_a_gpu_each_else_a_core_each() -> None:
    assert automatic_jobs(gpus=3) == 3
    assert 1 <= automatic_jobs(gpus=0) <= cores()
