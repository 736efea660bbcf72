"""A workload of two parts: a hand-written script and a config of the same experiment."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.rows import Row, interleaved

BY_HAND = "script by hand"
LIMIT = "matrix products"
LIMIT_WITH_ADAM = "matrix products and Adam"
Seconds = tuple[float, ...]
_EPOCHS_WITH_SGD = 6


@dataclass(frozen=True)
class Goals:
    """Target ratios, or None without a target.

    Args:
        epoch: Time of an epoch, script over nnlab.
        process: Time of the whole process, script over nnlab.
        limit: Time of the matrix products of an epoch over that of nnlab's epoch.
    """

    epoch: float | None = None
    process: float | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Products:
    """The matrix products of an epoch: units per layer, inputs first, and training rows."""

    sizes: tuple[int, ...]
    rows: int


@dataclass(frozen=True)
class Pair:
    """A script and a config of the same experiment.

    Args:
        key: Its name for `--only`.
        title: A short description of the experiment.
        script: The module of the script.
        config: The config, relative to this folder.
        epochs: Maximum number of epochs.
        quick_epochs: The same with `--quick`.
        rounds: Number of pairs.
        goals: Target ratios.
        products: The limit of the machine, if arithmetic takes most of the time.
        again: Whether to time nnlab a second time, with its cache.
    """

    key: str
    title: str
    script: str
    config: str
    epochs: int
    quick_epochs: int
    rounds: int
    goals: Goals = Goals()
    products: Products | None = None
    again: bool = False

    def measure(self, bench: Bench) -> Iterator[Row]:
        """Measure pairs of the script and nnlab, and the limits."""
        parts = [lambda: self._by_hand(bench), lambda: self._nnlab(bench)]
        if self.products is not None:
            limits_of = [_limit(bench, self.products), _limit(bench, self.products, "--adam")]
            parts += [*limits_of, lambda: self._with_sgd(bench)]
        by_hand, nnlab, *limits = interleaved(bench.rounds(self.rounds), *parts)
        case = f"{self.title}, {_epochs(by_hand[0].epochs, nnlab[0].epochs)}"
        epochs = tuple(run.epoch_s for run in nnlab)
        # With few epochs, startup dominates the process: the target does not apply.
        process = None if bench.quick and self.quick_epochs < self.epochs else self.goals.process

        def row(what: str, other: Seconds, ours: Seconds, goal: float | None) -> Row:
            return Row(self.key, case, what, BY_HAND, other, ours, goal)

        yield row("epoch", tuple(run.epoch_s for run in by_hand), epochs, self.goals.epoch)
        whole = tuple(run.process_s for run in by_hand)
        yield row("whole process", whole, tuple(run.process_s for run in nnlab), process)
        if again := tuple(run.again_s for run in nnlab if run.again_s is not None):
            yield row("the second time", whole, again, None)
        if limits:
            bare, adam, sgd = (tuple(run.epoch_s for run in runs) for runs in limits)
            yield Row(self.key, case, "epoch", LIMIT, bare, epochs, self.goals.limit)
            yield Row(self.key, case, "epoch", LIMIT_WITH_ADAM, adam, epochs, None)
            yield Row(self.key, case, "epoch with SGD", LIMIT, bare, sgd, None)

    def _by_hand(self, bench: Bench) -> _Run:
        options = ["--epochs", str(self._max_epochs(bench))]
        timed = bench.python("-m", self.script, *options, cwd=str(Path(self.config).parent))
        epochs = timed.last_json()["epoch_seconds"]
        return _Run(timed.seconds, statistics.median(epochs[1:]), len(epochs))

    def _nnlab(self, bench: Bench) -> _Run:
        epochs = f"training.epochs={self._max_epochs(bench)}"
        bench.clear_cache()
        timed = bench.train(self.config, epochs)
        record = timed.json()
        again = bench.train(self.config, epochs).seconds if self.again else None
        return _Run(timed.seconds, record["timing"]["epoch_s"], record["epochs_run"], again)

    def _with_sgd(self, bench: Bench) -> _Run:
        """Train with SGD, the cheapest optimizer."""
        epochs = f"training.epochs={min(_EPOCHS_WITH_SGD, self._max_epochs(bench))}"
        timed = bench.train(self.config, epochs, "training.optimizer=sgd")
        return _Run(timed.seconds, timed.json()["timing"]["epoch_s"], 0)

    def _max_epochs(self, bench: Bench) -> int:
        return self.quick_epochs if bench.quick else self.epochs


@dataclass(frozen=True)
class _Run:
    """Seconds of a process and its median epoch, epochs, seconds of a second process."""

    process_s: float
    epoch_s: float
    epochs: int
    again_s: float | None = None


def _limit(bench: Bench, products: Products, *options: str) -> Callable[[], _Run]:
    sizes = [str(size) for size in products.sizes]
    arguments = ["-m", "benchmarks.matrix_products", "--rows", str(products.rows), *options, *sizes]

    def run() -> _Run:
        timed = bench.python(*arguments)
        forms = timed.last_json()
        # The limit is the faster of TensorFlow's two ways to run a loop.
        return _Run(timed.seconds, min(map(statistics.median, forms.values())), len(forms))

    return run


def _epochs(by_hand: int, nnlab: int) -> str:
    if by_hand == nnlab:
        return f"{nnlab:,} epochs"
    # Early stopping depends on the order of the rows.
    return f"{by_hand:,} epochs by hand, {nnlab:,} here"
