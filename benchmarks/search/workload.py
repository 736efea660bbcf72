"""(h) A search over depth, units, dropout and optimizer: Keras Tuner's script against nnlab's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from benchmarks.bench import Bench
from benchmarks.pairs import BY_HAND
from benchmarks.rows import Row, in_turn

_TRIALS, _QUICK_TRIALS = 60, 12
_GOAL = 5.0


@dataclass(frozen=True)
class Search:
    """The same space, the same rows, as many trials of 20 epochs; start and end included.

    How many times as long the script takes is how many times as many trials nnlab makes a minute.
    nnlab's time holds what the script leaves out: the best trained once more and tested, tables,
    pictures, TensorBoard's logs.
    """

    key: ClassVar[str] = "h"

    def measure(self, bench: Bench) -> Iterator[Row]:
        """See `benchmarks.bench.Workload`."""
        trials = str(_QUICK_TRIALS if bench.quick else _TRIALS)

        def script() -> float:
            words = ("-m", "benchmarks.search.by_hand", "--trials", trials)
            # Keras Tuner goes on with a search that it finds.
            folder = f"by_hand_{len(list((bench.folder / 'search').glob('by_hand_*')))}"
            return bench.python(*words, "--folder", folder, cwd="search").seconds

        def nnlab() -> float:
            bench.forget()
            words = ("-m", "nnlab", "tune", "config.yaml", "--trials", trials, "--json")
            return bench.python(*words, cwd="search").seconds

        by_hand, ours = in_turn(bench.rounds(2), script, nnlab)
        # Of few trials a process is mostly its start: another ratio than the one aimed at.
        goal = None if bench.quick else _GOAL
        case = f"search by Keras Tuner, {trials} trials of 20 epochs"
        yield Row(self.key, case, "whole process", BY_HAND, by_hand, ours, goal)
