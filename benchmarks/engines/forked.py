"""Train configs with two engines in turn, each in a forked process.

TensorFlow is imported once and runs nothing in this process: a fork starts like a new process, but
without the import. The times are those of the work, and many are affordable.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.rows import interleaved
from nnlab.config import load_config
from nnlab.engine.training.train import train
from nnlab.report.progress import SilentProgress

ENGINES = ("keras", "auto")
Times = dict[str, float]


def timed(config: Path, changes: Sequence[str], folder: Path) -> Times:
    """Train in a forked process and return the times."""
    _clear_cache()
    result = folder / "timing.json"
    child = os.fork()
    if not child:
        code = 1
        try:
            experiment = load_config(config, list(changes))
            record = train(experiment, runs_dir=folder, progress=SilentProgress())
            result.write_text(json.dumps(record.timing))
            code = 0
        finally:
            # Skip the parent's exit handlers.
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        message = f"Expected a training. Received: wait status {status}, {' '.join(changes)}."
        raise RuntimeError(message)
    times: Times = json.loads(result.read_text())
    return times


def _clear_cache() -> None:
    """Delete the files of nnlab's cache; TensorFlow holds the paths of its folders."""
    for file in Path(os.environ["NNLAB_CACHE_DIR"]).rglob("*"):
        if file.is_file():
            file.unlink()


def main() -> None:
    """Print the times of each task, engine and round as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("tasks", type=json.loads, help="A list of lists of overrides, as JSON.")
    parser.add_argument("rounds", type=int)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:

        def part(changes: list[str], engine: str) -> Callable[[], Times]:
            overrides = [*changes, f"training.engine={engine}"]
            return lambda: timed(args.config, overrides, Path(name))

        parts = [part(changes, engine) for changes in args.tasks for engine in ENGINES]
        times = interleaved(args.rounds, *parts)
    sys.stdout.write(json.dumps([times[i : i + 2] for i in range(0, len(times), 2)]) + "\n")


if __name__ == "__main__":
    main()
