"""Whether `engine: auto` is ever slower than Keras' `fit`: a sweep over sizes and lengths."""

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
    """A training's size and length.

    Args:
        rows: Rows of two moons, a fifth of them for validation.
        batch: Rows a step.
        hidden: Units of the hidden layers.
        epochs: Epochs.
        normalized: Whether BatchNormalization and Dropout follow each hidden layer.
    """

    rows: int
    batch: int
    hidden: tuple[int, ...]
    epochs: int
    normalized: bool = False

    @property
    def title(self) -> str:
        """The shape in words."""
        units = "-".join(map(str, self.hidden))
        kind = f"{units} normalized" if self.normalized else units
        size = f"{plural(self.rows, 'row')}, batch {self.batch}"
        return f"{size}, {kind}, {plural(self.epochs, 'epoch')}"

    @property
    def changes(self) -> list[str]:
        """What makes the config of this shape, for `--set`."""
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
    """Each shape with `engine: auto` against `engine: keras`.

    Args:
        shapes: The shapes.
    """

    key: ClassVar[str] = KEY
    shapes: Sequence[Shape] = SHAPES

    def measure(self, bench: Bench) -> Iterator[Row]:
        """See `benchmarks.bench.Workload`."""
        tasks = json.dumps([shape.changes for shape in self.shapes])
        rounds = str(bench.rounds(_ROUNDS))
        found = bench.python("-m", "benchmarks.engines.forked", _CONFIG, tasks, rounds).last_json()
        for shape, (keras, auto) in zip(self.shapes, found, strict=True):
            for what, key in _TIMES.items():
                others, ours = (tuple(times[key] for times in runs) for runs in (keras, auto))
                yield Row(KEY, shape.title, what, "engine: keras", others, ours, _GOAL)
