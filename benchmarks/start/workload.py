"""(f) Startup: commands without TensorFlow, and the smallest training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from benchmarks.bench import Bench
from benchmarks.rows import Row, interleaved

_ROUNDS = 4
# `nnlab train` may take 1.25 times as long as the script.
_GOAL = 1 / 1.25


@dataclass(frozen=True)
class Start:
    """Commands against importing Keras; one epoch on four rows against that and one `fit`."""

    key: ClassVar[str] = "f"

    def measure(self, bench: Bench) -> Iterator[Row]:
        """Measure the commands and the scripts."""
        keras, script, *ours = interleaved(
            bench.rounds(_ROUNDS),
            _timed(bench, "-c", "import keras"),
            _timed(bench, "-m", "benchmarks.start.by_hand"),
            _timed(bench, "-m", "nnlab", "--help"),
            _timed(bench, "-m", "nnlab", "validate", "config.yaml"),
            _timed(bench, "-m", "nnlab", "train", "config.yaml", "--json"),
        )
        against = ((keras, "import keras", None), (keras, "import keras", None))
        others = (*against, (script, "import keras, one fit", _GOAL))
        cases = ("nnlab --help", "nnlab validate", "one epoch on 4 rows")
        for case, (other, name, goal), seconds in zip(cases, others, ours, strict=True):
            yield Row(self.key, case, "whole process", name, other, seconds, goal)


def _timed(bench: Bench, *arguments: str) -> Callable[[], float]:
    def run() -> float:
        bench.clear_cache()
        return bench.python(*arguments, cwd="start").seconds

    return run
