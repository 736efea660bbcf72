"""Trains configs with two engines in turn, each in a child of its own.

TensorFlow is imported once, and runs nothing here: a child that is forked after that starts like a
fresh process, but for the import. So the times are those of the work, and there can be many.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.rows import in_turn
from nnlab.config import load_config
from nnlab.engine.training.train import train
from nnlab.report.progress import SilentProgress

ENGINES = ("keras", "auto")
Times = dict[str, float]


def timed(config: Path, changes: Sequence[str], folder: Path) -> Times:
    """Train in a child."""
    _forget()
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
            # Nothing of the parent's is the child's to end.
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        message = f"Expected a training. Received: wait status {status}, {' '.join(changes)}."
        raise RuntimeError(message)
    times: Times = json.loads(result.read_text())
    return times


def _forget() -> None:
    """Empty nnlab's cache, but for its folders: TensorFlow was told of them."""
    for kept in Path(os.environ["NNLAB_CACHE_DIR"]).rglob("*"):
        if kept.is_file():
            kept.unlink()


def main() -> None:
    """Print the times of each task, engine and round as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("tasks", type=json.loads, help="a list of lists of changes")
    parser.add_argument("rounds", type=int)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:

        def part(changes: list[str], engine: str) -> Callable[[], Times]:
            settled = [*changes, f"training.engine={engine}"]
            return lambda: timed(args.config, settled, Path(name))

        parts = [part(changes, engine) for changes in args.tasks for engine in ENGINES]
        found = in_turn(args.rounds, *parts)
    sys.stdout.write(json.dumps([found[i : i + 2] for i in range(0, len(found), 2)]) + "\n")


if __name__ == "__main__":
    main()
