"""What writing costs: a live terminal, metrics.csv and TensorBoard against none of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from benchmarks.bench import Bench
from benchmarks.rows import Row, in_turn

_ROUNDS = 4
# Writing may make the training longer by a tenth.
_GOAL = 1 / 1.1
_CONFIG = "circles/config.yaml"


@dataclass(frozen=True)
class Writing:
    """A training of many short epochs, of which each is shown and logged, against a silent one."""

    key: ClassVar[str] = "writing"

    def measure(self, bench: Bench) -> Iterator[Row]:
        """See `benchmarks.bench.Workload`."""

        def silent() -> tuple[float, int]:
            record = bench.python("-m", "benchmarks.writing.silent", _CONFIG).last_json()
            return record["timing"]["fit_s"], record["epochs_run"]

        def writing() -> tuple[float, int]:
            record = bench.train(_CONFIG, "tensorboard={}", terminal=True).json()
            return record["timing"]["fit_s"], record["epochs_run"]

        without, with_all = in_turn(bench.rounds(_ROUNDS), silent, writing)
        case = f"circles, {with_all[0][1]:,} epochs: terminal, CSV, TensorBoard"
        others, ours = (tuple(seconds for seconds, _ in runs) for runs in (without, with_all))
        yield Row(self.key, case, "fit", "nothing written", others, ours, _GOAL)
