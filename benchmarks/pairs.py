"""A workload that is the same experiment twice: a script written by hand, and a config."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.rows import Row, in_turn

BY_HAND = "script by hand"
LIMIT = "matrix products"
LIMIT_OF_ADAM = "matrix products and Adam"
Seconds = tuple[float, ...]
_EPOCHS_WITH_SGD = 6


@dataclass(frozen=True)
class Goals:
    """The ratios that are aimed at, by hand over nnlab; None: none.

    Args:
        epoch: Of an epoch.
        process: Of the whole process.
        limit: Of the time that an epoch's bare matrix products take to that of the epoch.
    """

    epoch: float | None = None
    process: float | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Products:
    """The matrix products of an epoch, see `benchmarks.matrix_products`.

    Args:
        sizes: The units of each layer, the inputs first.
        rows: Training rows.
    """

    sizes: tuple[int, ...]
    rows: int


@dataclass(frozen=True)
class Pair:
    """A script and a config that do the same.

    Args:
        key: What `--only` calls it.
        title: The experiment in a few words.
        script: The script's module.
        config: The config, in the folder of this file.
        epochs: Epochs at most.
        quick_epochs: Epochs where it must be quick.
        rounds: Pairs to measure.
        goals: What is aimed at.
        products: The machine's own limit, where arithmetic takes most of the time.
        again: Whether nnlab is also timed when it does the same for the second time.
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
        """See `benchmarks.bench.Workload`."""
        parts = [lambda: self._by_hand(bench), lambda: self._nnlab(bench)]
        if self.products is not None:
            bare = [_limit(bench, self.products), _limit(bench, self.products, "--adam")]
            parts += [*bare, lambda: self._with_sgd(bench)]
        by_hand, nnlab, *limits = in_turn(bench.rounds(self.rounds), *parts)
        case = f"{self.title}, {_epochs(by_hand[0].epochs, nnlab[0].epochs)}"
        epochs = tuple(run.epoch_s for run in nnlab)
        # With few epochs a process is mostly its start: another ratio than the one aimed at.
        process = None if bench.quick and self.quick_epochs < self.epochs else self.goals.process

        def row(what: str, other: Seconds, ours: Seconds, goal: float | None) -> Row:
            return Row(self.key, case, what, BY_HAND, other, ours, goal)

        yield row("epoch", tuple(run.epoch_s for run in by_hand), epochs, self.goals.epoch)
        whole = tuple(run.process_s for run in by_hand)
        yield row("whole process", whole, tuple(run.process_s for run in nnlab), process)
        if again := tuple(run.again_s for run in nnlab if run.again_s is not None):
            yield row("the second time", whole, again, None)
        if limits:
            least, adam, sgd = (tuple(run.epoch_s for run in runs) for runs in limits)
            yield Row(self.key, case, "epoch", LIMIT, least, epochs, self.goals.limit)
            yield Row(self.key, case, "epoch", LIMIT_OF_ADAM, adam, epochs, None)
            yield Row(self.key, case, "epoch with SGD", LIMIT, least, sgd, None)

    def _by_hand(self, bench: Bench) -> _Run:
        options = ["--epochs", str(self._most(bench))]
        timed = bench.python("-m", self.script, *options, cwd=str(Path(self.config).parent))
        epochs = timed.last_json()["epoch_seconds"]
        return _Run(timed.seconds, statistics.median(epochs[1:]), len(epochs))

    def _nnlab(self, bench: Bench) -> _Run:
        epochs = f"training.epochs={self._most(bench)}"
        bench.forget()
        timed = bench.train(self.config, epochs)
        record = timed.json()
        again = bench.train(self.config, epochs).seconds if self.again else None
        return _Run(timed.seconds, record["timing"]["epoch_s"], record["epochs_run"], again)

    def _with_sgd(self, bench: Bench) -> _Run:
        """With the least work that an optimizer can do: what is left is all but the optimizer's."""
        epochs = f"training.epochs={min(_EPOCHS_WITH_SGD, self._most(bench))}"
        timed = bench.train(self.config, epochs, "training.optimizer=sgd")
        return _Run(timed.seconds, timed.json()["timing"]["epoch_s"], 0)

    def _most(self, bench: Bench) -> int:
        return self.quick_epochs if bench.quick else self.epochs


@dataclass(frozen=True)
class _Run:
    """A run: seconds of its process, of the median epoch after the first; its epochs.

    And seconds of the same process once more.
    """

    process_s: float
    epoch_s: float
    epochs: int
    again_s: float | None = None


def _limit(bench: Bench, products: Products, *options: str) -> Callable[[], _Run]:
    sizes = [str(size) for size in products.sizes]
    words = ["-m", "benchmarks.matrix_products", "--rows", str(products.rows), *options, *sizes]

    def run() -> _Run:
        timed = bench.python(*words)
        forms = timed.last_json()
        # TensorFlow has two ways to run a loop: the machine's limit is what the faster one takes.
        return _Run(timed.seconds, min(map(statistics.median, forms.values())), len(forms))

    return run


def _epochs(by_hand: int, nnlab: int) -> str:
    if by_hand == nnlab:
        return f"{nnlab:,} epochs"
    # Chance decides when early stopping does.
    return f"{by_hand:,} epochs by hand, {nnlab:,} here"
