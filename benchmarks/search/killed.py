"""Kill a search with -9 at random moments, resume it, and compare it with an uninterrupted one.

python -m benchmarks.search.killed --times 20
python -m benchmarks.search.killed --times 20 --algorithm hyperband --jobs 1

With several jobs, the suggestions of Hyperband and Bayesian search depend on which trial finishes
first: use one job.

Each time, a new search is started, killed once, and resumed until it finishes. It must have run
every trial exactly once, and end with the same table as a search without interruption.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CONFIG = """\
name: killed
seed: 5
data: {dataset: {moons: {n_samples: 80, noise: 0.2}}, validation_split: 0.25, test_split: 0.25}
model:
  layers:
    - Repeat:
        times: {Int: {min_value: 0, max_value: 3}}
        layers:
          - Dense: {units: {Int: {min_value: 4, max_value: 32, step: 4}}, activation: relu}
    - Dense: {units: 1, activation: sigmoid}
training:
  optimizer: {Choice: [adam, sgd, rmsprop]}
  loss: binary_crossentropy
  metrics: [accuracy]
  batch_size: 16
  epochs: 5
tune: {algorithm: random, objective: val_loss, max_trials: 20}
"""


def main() -> None:
    """Kill and resume a search several times, and print each result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--algorithm", default="random")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    rng = random.Random(args.seed)  # noqa: S311 - chooses moments, guards no secret
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "killed.yaml"
        config.write_text(CONFIG)
        jobs = ["--jobs", str(args.jobs)]
        command = ["tune", str(config), "--algorithm", args.algorithm, *jobs]
        started = time.monotonic()
        whole = _finish(Path(folder) / "whole", command)
        seconds = time.monotonic() - started
        equal = 0
        for number in range(1, args.times + 1):
            runs, moment = Path(folder) / str(number), rng.uniform(0, seconds)
            _kill(runs, command, moment)
            left = _statuses(runs)
            again = ["tune", "--resume", "last", *jobs] if left is not None else command
            table = _finish(runs, again)
            equal += table == whole
            words = "the same" if table == whole else "ANOTHER TABLE"
            print(f"{number:>3}  killed after {moment:4.1f} s, with {left}: {words}", flush=True)
    print(f"{equal} of {args.times} ended with the table of a search without interruption")
    sys.exit(equal < args.times)


def _kill(runs: Path, command: list[str], moment: float) -> None:
    """Start a search, and kill it after some seconds."""
    search = subprocess.Popen(
        [sys.executable, "-m", "nnlab", *command, "--runs-dir", str(runs)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(moment)
    os.kill(search.pid, signal.SIGKILL)
    search.wait()
    # Its workers must have ended, too.
    deadline = time.monotonic() + 5
    while _has_members(search.pid):
        if time.monotonic() > deadline:
            message = "Workers are still running after their search was killed."
            raise RuntimeError(message)
        time.sleep(0.02)


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _finish(runs: Path, command: list[str]) -> list[Any]:
    """Run a search to its end."""
    subprocess.run(
        [sys.executable, "-m", "nnlab", *command, "--runs-dir", str(runs), "--json"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    (file,) = runs.glob("*/search.json")
    search = file.parent
    trials = [json.loads(path.read_text()) for path in search.glob("trials/*/trial.json")]
    kept = ("number", "values", "status", "scores", "score", "epochs", "params", "parent_trial")
    rows: list[Any] = [
        {name: trial[name] for name in kept}
        for trial in sorted(trials, key=lambda trial: int(trial["number"]))
    ]
    found = json.loads(file.read_text())
    curves = [(search / f"trials/{row['number']}/metrics.csv").read_text() for row in rows]
    return [*rows, *curves, found["trial_counts"], found["best"]["number"], found["final_metrics"]]


def _statuses(runs: Path) -> dict[str, int] | None:
    """How many trials of each status a killed search has left; None: it had not started."""
    found = list(runs.glob("*/search.json"))
    if not found:
        return None
    trials = found[0].parent.glob("trials/*/trial.json")
    statuses = [json.loads(file.read_text())["status"] for file in trials]
    return {status: statuses.count(status) for status in sorted(set(statuses))}


if __name__ == "__main__":
    main()
