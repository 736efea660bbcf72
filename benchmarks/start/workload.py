"""(f) The start: commands that load no TensorFlow, and the least there is to train."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from benchmarks.bench import Bench
from benchmarks.rows import Row, in_turn

_ROUNDS = 4
# `nnlab train` may take 1.25 times as long as the script.
_GOAL = 1 / 1.25


@dataclass(frozen=True)
class Start:
    """Commands against importing Keras; one epoch on four rows against that and one `fit`."""

    key: ClassVar[str] = "f"

    def measure(self, bench: Bench) -> Iterator[Row]:
        """See `benchmarks.bench.Workload`."""
        keras, script, *ours = in_turn(
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
        for case, (other, words, goal), seconds in zip(cases, others, ours, strict=True):
            yield Row(self.key, case, "whole process", words, other, seconds, goal)


def _timed(bench: Bench, *words: str) -> Callable[[], float]:
    def run() -> float:
        bench.forget()
        return bench.python(*words, cwd="start").seconds

    return run
