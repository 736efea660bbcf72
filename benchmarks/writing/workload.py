"""The cost of writing: a live terminal, metrics.csv and TensorBoard against none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from benchmarks.bench import Bench
from benchmarks.rows import Row, interleaved

_ROUNDS = 4
# Writing may take a tenth of the time of the training.
_GOAL = 1 / 1.1
_CONFIG = "circles/config.yaml"
_WHAT = ("terminal, CSV", "terminal, CSV, TensorBoard")


@dataclass(frozen=True)
class Writing:
    """A training of many short epochs with output for each, against a silent one."""

    key: ClassVar[str] = "writing"

    def measure(self, bench: Bench) -> Iterator[Row]:
        """Measure with and without output."""

        def silent() -> dict[str, Any]:
            timed = bench.python("-m", "benchmarks.writing.silent", _CONFIG)
            record: dict[str, Any] = timed.last_json()
            return record

        def writing(board: str) -> Callable[[], dict[str, Any]]:
            return lambda: bench.train(_CONFIG, f"tensorboard={board}", terminal=True).json()

        # Fill the cache of compiled programs: otherwise compilation hides the cost of writing.
        silent()
        without, *written = interleaved(
            bench.rounds(_ROUNDS), silent, writing(board="false"), writing(board="{}")
        )
        others = tuple(record["timing"]["fit_s"] for record in without)
        for what, records in zip(_WHAT, written, strict=True):
            case = f"{records[0]['epochs_run']:,} epochs of (b): {what}"
            ours = tuple(record["timing"]["fit_s"] for record in records)
            yield Row(self.key, case, "fit", "nothing written", others, ours, _GOAL)
