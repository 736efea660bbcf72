"""(h) A search over depth, units, dropout and optimizer: a Keras Tuner script against nnlab."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from benchmarks.bench import Bench
from benchmarks.pairs import BY_HAND
from benchmarks.rows import Row, interleaved

_TRIALS, _QUICK_TRIALS = 60, 12
_GOAL = 5.0


@dataclass(frozen=True)
class Search:
    """The same space, rows and number of trials of 20 epochs, from start to end.

    nnlab's time includes what the script omits: retraining and testing the best config, tables,
    plots, TensorBoard logs.
    """

    key: ClassVar[str] = "h"

    def measure(self, bench: Bench) -> Iterator[Row]:
        """Measure the script and nnlab."""
        trials = str(_QUICK_TRIALS if bench.quick else _TRIALS)

        def script() -> float:
            arguments = ("-m", "benchmarks.search.by_hand", "--trials", trials)
            # Keras Tuner would resume a search in the same folder.
            folder = f"by_hand_{len(list((bench.folder / 'search').glob('by_hand_*')))}"
            return bench.python(*arguments, "--folder", folder, cwd="search").seconds

        def nnlab() -> float:
            bench.clear_cache()
            arguments = ("-m", "nnlab", "tune", "config.yaml", "--trials", trials, "--json")
            return bench.python(*arguments, cwd="search").seconds

        by_hand, ours = interleaved(bench.rounds(2), script, nnlab)
        # With few trials, startup dominates the process: the target does not apply.
        goal = None if bench.quick else _GOAL
        case = f"search by Keras Tuner, {trials} trials of 20 epochs"
        yield Row(self.key, case, "whole process", BY_HAND, by_hand, ours, goal)
