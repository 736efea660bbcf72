"""Trainings in worker processes: their outcomes, also of killed workers."""

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
from nnlab.engine.training.context import ScoreThreshold, TrainingOptions
from nnlab.engine.workers.pool import WorkerPool
from nnlab.engine.workers.worker import Event, Outcome, Task

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
    outcomes = {}
    while workers.unfinished:
        for message in workers.wait(10):
            if isinstance(message, Outcome):
                record = message.record
                outcomes[message.key] = {
                    "error": message.error,
                    "status": None if record is None else record.status,
                    "metrics": {} if record is None else record.metrics,
                }
            else:
                epochs.setdefault(message.key, []).append((message.epoch, message.epochs))
    return outcomes


quick = TrainingOptions(plots=False, test=False, keep_model=False)
epochs = {}
with WorkerPool(2) as workers:
    for seed in (1, 2, 3):
        workers.submit(Task(f"seed {seed}", experiment(seed), folder / "runs" / str(seed), quick))
    ordinary = TrainingOptions()
    workers.submit(Task("ordinary", experiment(), folder / "runs" / "ordinary", ordinary))
    workers.submit(Task("diverges", experiment(rate=1e20), folder / "runs" / "diverges", quick))
    workers.submit(Task("misfit", experiment(units=3), folder / "runs" / "misfit", quick))
    threshold = TrainingOptions(plots=False, keep_model=ScoreThreshold("val_loss", "min", 1e-9))
    workers.submit(Task("too bad", experiment(), folder / "runs" / "too bad", threshold))
    threshold = TrainingOptions(plots=False, keep_model=ScoreThreshold("val_loss", "min", 1e9))
    workers.submit(Task("good enough", experiment(), folder / "runs" / "good enough", threshold))
    save = TrainingOptions(plots=False, save_state_to=folder / "state.npz")
    workers.submit(Task("first half", experiment(epochs=2), folder / "runs" / "first", save))
    outcomes = drain(workers)
    load = TrainingOptions(plots=False, initial_epoch=2, load_state_from=folder / "state.npz")
    workers.submit(Task("second half", experiment(epochs=4), folder / "runs" / "second", load))
    workers.submit(Task("uninterrupted", experiment(epochs=4), folder / "runs" / "whole", quick))
    before = memory()
    for number in range(6):
        run_dir = folder / "repeated" / str(number)
        workers.submit(Task(f"repeated {number}", experiment(), run_dir, quick))
    outcomes |= drain(workers)
    grown = memory() / before

    workers.submit(Task("killed", experiment(epochs=10**6), folder / "runs" / "killed", quick))
    while not any(isinstance(message, Event) for message in workers.wait(10)):
        pass
    os.kill(next(iter(workers._running.values())).process.pid, signal.SIGKILL)
    outcomes |= drain(workers)

    workers.submit(Task("signaled", experiment(epochs=300), folder / "runs" / "signaled", quick))
    while not any(isinstance(message, Event) for message in workers.wait(10)):
        pass
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(next(iter(workers._running.values())).process.pid, number)
    outcomes |= drain(workers)

    workers.submit(Task("stopped", experiment(epochs=10**6), folder / "runs" / "stopped", quick))
    while not any(isinstance(message, Event) for message in workers.wait(10)):
        pass
    process = next(iter(workers._running.values())).process
    workers.stop()
    stopped = process.exitcode

    # The test kills this process now: the worker must exit with it.
    workers.submit(Task("orphan", experiment(epochs=10**6), folder / "runs" / "orphan", quick))
    while not any(isinstance(message, Event) for message in workers.wait(10)):
        pass
    orphan = next(iter(workers._running.values())).process.pid
    print(json.dumps({"outcomes": outcomes, "epochs": epochs, "grown": grown,
                      "stopped": stopped, "orphan": orphan}), flush=True)
    workers.wait()
    signal.pause()
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """Run the script, kill it at its end, and return its results and folder."""
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
def test_each_task_writes_a_run_to_its_folder(
    results: tuple[dict[str, Any], Path],
) -> None:
    values, folder = results
    assert values["outcomes"]["ordinary"]["error"] is None
    run = read_run(folder / "runs" / "ordinary")
    assert run.record.status == "complete"
    assert run.record.metrics == values["outcomes"]["ordinary"]["metrics"]
    assert run.model_keras.is_file()
    assert list(run.plots.iterdir())


@pytest.mark.slow
def test_options_skip_plots_test_and_model(results: tuple[dict[str, Any], Path]) -> None:
    values, folder = results
    run = read_run(folder / "runs" / "1")
    assert sorted(path.name for path in run.path.iterdir()) == [
        "config.yaml",
        "metrics.csv",
        "record.json",
    ]
    assert not any(name.startswith("test_") for name in values["outcomes"]["seed 1"]["metrics"])
    assert "test_loss" in values["outcomes"]["ordinary"]["metrics"]


@pytest.mark.slow
def test_model_is_saved_if_the_metric_reaches_the_threshold(
    results: tuple[dict[str, Any], Path],
) -> None:
    _, folder = results
    assert not (folder / "runs" / "too bad" / "model.keras").exists()
    assert (folder / "runs" / "good enough" / "model.keras").exists()


@pytest.mark.slow
def test_metrics_equal_those_of_a_training_in_this_process(
    results: tuple[dict[str, Any], Path],
) -> None:
    values, folder = results
    from nnlab.config import load_config
    from nnlab.engine.training.train import train
    from nnlab.report.progress import SilentProgress

    experiment = load_config(folder / "runs" / "2" / "config.yaml")
    record = train(experiment, runs_dir=folder / "here", progress=SilentProgress())
    metrics = values["outcomes"]["seed 2"]["metrics"]
    assert {name: record.metrics[name] for name in metrics} == metrics


@pytest.mark.slow
def test_failures_have_a_reason(results: tuple[dict[str, Any], Path]) -> None:
    outcomes = results[0]["outcomes"]
    assert "diverged at epoch" in outcomes["diverges"]["error"]
    assert outcomes["diverges"]["status"] == "failed"
    assert "units=3" in outcomes["misfit"]["error"]
    assert outcomes["misfit"]["status"] is None
    assert "killed by signal 9 (SIGKILL)" in outcomes["killed"]["error"]


@pytest.mark.slow
def test_workers_ignore_stop_signals(
    results: tuple[dict[str, Any], Path],
) -> None:
    values, folder = results
    assert values["outcomes"]["signaled"]["error"] is None
    assert read_run(folder / "runs" / "signaled").record.epochs_run == 300


@pytest.mark.slow
def test_training_continues_from_a_saved_state(results: tuple[dict[str, Any], Path]) -> None:
    _, folder = results
    first, second, whole = (
        (folder / "runs" / name / "metrics.csv").read_text().splitlines()
        for name in ("first", "second", "whole")
    )
    assert [*first, *second[1:]] == whole


@pytest.mark.slow
def test_last_epoch_is_reported(results: tuple[dict[str, Any], Path]) -> None:
    assert results[0]["epochs"]["seed 1"][-1] == [3, 3]


@pytest.mark.slow
def test_memory_does_not_grow(results: tuple[dict[str, Any], Path]) -> None:
    assert results[0]["grown"] < 1.1


@pytest.mark.slow
def test_workers_exit_when_stopped_and_with_their_parent(
    results: tuple[dict[str, Any], Path],
) -> None:
    values, folder = results
    assert values["stopped"] == -signal.SIGKILL
    stopped = read_run(folder / "runs" / "stopped").record
    assert (stopped.status, stopped.finished is None) == ("interrupted", False)
    assert stopped.error
    deadline = time.monotonic() + 5
    while Path(f"/proc/{values['orphan']}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_pool_is_an_error_after_a_computation() -> None:
    import tensorflow as tf

    assert float(tf.constant(1.0)) == 1.0
    with pytest.raises(NnlabError, match="already initialized"):
        WorkerPool(1)


def test_automatic_jobs_are_one_per_gpu_or_core() -> None:
    assert automatic_jobs(gpus=3) == 3
    assert 1 <= automatic_jobs(gpus=0) <= cores()
