"""All workloads. Add a new one as a file or folder here, and to `WORKLOADS`."""

from __future__ import annotations

from benchmarks.bench import Workload
from benchmarks.engines.workload import Engines
from benchmarks.pairs import Goals, Pair, Products
from benchmarks.search.workload import Search
from benchmarks.start.workload import Start
from benchmarks.writing.workload import Writing

WORKLOADS: tuple[Workload, ...] = (
    Pair(
        "a",
        "400 rows, batch 1",
        "benchmarks.batch_one.by_hand",
        "batch_one/config.yaml",
        epochs=15,
        quick_epochs=15,
        rounds=2,
        goals=Goals(epoch=80),
        again=True,
    ),
    Pair(
        "a",
        "400 rows, batch 1",
        "benchmarks.batch_one.by_hand",
        "batch_one/config.yaml",
        epochs=200,
        quick_epochs=40,
        rounds=2,
        goals=Goals(epoch=80, process=6),
    ),
    Pair(
        "b",
        "noisy circles, early stopping",
        "benchmarks.circles.by_hand",
        "circles/config.yaml",
        epochs=3500,
        quick_epochs=300,
        rounds=2,
        goals=Goals(epoch=25, process=6),
    ),
    Pair(
        "c",
        "1,000 rows, normalized, Dropout, L2",
        "benchmarks.regularized.by_hand",
        "regularized/config.yaml",
        epochs=50,
        quick_epochs=50,
        rounds=3,
        goals=Goals(epoch=25, process=1.3),
        again=True,
    ),
    Pair(
        "d",
        "MNIST 784-256-256-10",
        "benchmarks.mnist.by_hand",
        "mnist/config.yaml",
        epochs=20,
        quick_epochs=6,
        rounds=2,
        goals=Goals(epoch=2.3, process=1.5, limit=0.9),
        products=Products((784, 256, 256, 10), rows=60_000),
    ),
    Pair(
        "d",
        "MNIST with Dropout",
        "benchmarks.mnist.with_dropout_by_hand",
        "mnist/with_dropout.yaml",
        epochs=20,
        quick_epochs=6,
        rounds=2,
        goals=Goals(epoch=2.3, process=1.5),
    ),
    Pair(
        "e",
        "3 x 1024 units, 20,000 digits",
        "benchmarks.wide.by_hand",
        "wide/config.yaml",
        epochs=4,
        quick_epochs=3,
        rounds=2,
        goals=Goals(epoch=1.3, process=1.2, limit=0.8),
        products=Products((784, 1024, 1024, 1024, 10), rows=20_000),
    ),
    Start(),
    Writing(),
    Engines(),
    Search(),
)
