"""`engine: auto` against Keras' `fit`: a sweep over sizes and lengths."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from benchmarks.bench import Bench
from benchmarks.rows import Row
from nnlab.text import plural

KEY = "auto"
_ROUNDS = 2
_GOAL = 0.95
_CONFIG = "engines/config.yaml"
_TIMES = {"fit": "fit_s", "run": "total_s"}


@dataclass(frozen=True)
class Shape:
    """The size and length of a training.

    Args:
        rows: Rows of two moons, a fifth of them for validation.
        batch: Batch size.
        hidden: Units of the hidden layers.
        epochs: Number of epochs.
        normalized: Whether BatchNormalization and Dropout follow each hidden layer.
    """

    rows: int
    batch: int
    hidden: tuple[int, ...]
    epochs: int
    normalized: bool = False

    @property
    def title(self) -> str:
        """A short description."""
        units = "-".join(map(str, self.hidden))
        kind = f"{units} normalized" if self.normalized else units
        size = f"{plural(self.rows, 'row')}, batch {self.batch}"
        return f"{size}, {kind}, {plural(self.epochs, 'epoch')}"

    @property
    def changes(self) -> list[str]:
        """The overrides that give the config this shape."""
        layers: list[dict[str, Any]] = []
        for units in self.hidden:
            layers.append({"Dense": {"units": units, "activation": "relu"}})
            if self.normalized:
                layers.extend(({"BatchNormalization": {}}, {"Dropout": {"rate": 0.3}}))
        layers.append({"Dense": {"units": 1, "activation": "sigmoid"}})
        return [
            f"data.dataset.moons.n_samples={self.rows}",
            f"training.batch_size={self.batch}",
            f"training.epochs={self.epochs}",
            f"model.layers={json.dumps(layers)}",
        ]


SHAPES = (
    Shape(20, 4, (4,), 1),
    Shape(400, 400, (10, 10), 5),
    Shape(400, 32, (10, 10), 1),
    Shape(400, 1, (10, 10), 1),
    Shape(400, 1, (10, 10), 5),
    Shape(1250, 32, (64, 64), 2, normalized=True),
    Shape(2000, 32, (32,) * 6, 5, normalized=True),
    Shape(20_000, 128, (256, 256), 1),
    Shape(20_000, 128, (1024, 1024), 1),
    Shape(20_000, 2000, (512, 512), 3),
)


@dataclass(frozen=True)
class Engines:
    """Each shape with `engine: auto` against `engine: keras`."""

    key: ClassVar[str] = KEY
    shapes: Sequence[Shape] = SHAPES

    def measure(self, bench: Bench) -> Iterator[Row]:
        """Measure all shapes in one process with forks."""
        tasks = json.dumps([shape.changes for shape in self.shapes])
        rounds = str(bench.rounds(_ROUNDS))
        runs = bench.python("-m", "benchmarks.engines.forked", _CONFIG, tasks, rounds).last_json()
        for shape, (keras, auto) in zip(self.shapes, runs, strict=True):
            for what, key in _TIMES.items():
                others, ours = (
                    tuple(times[key] for times in runs_of_engine)
                    for runs_of_engine in (keras, auto)
                )
                yield Row(KEY, shape.title, what, "engine: keras", others, ours, _GOAL)
