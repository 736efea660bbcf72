"""Helpers of the hand-written scripts: arguments, a stopwatch, plots.

Imports Keras first, like a script that starts with `import keras`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras


class Stopwatch(keras.callbacks.Callback):  # type: ignore[misc]
    """Measure the seconds of each epoch, validation included."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._start = 0.0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Start the clock."""
        del epoch, logs
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Store the seconds of the epoch."""
        del epoch, logs
        self.seconds.append(time.perf_counter() - self._start)


@dataclass(frozen=True)
class Arguments:
    """The arguments of a script: maximum number of epochs, folder for model and plots."""

    epochs: int
    folder: Path


def arguments(epochs: int) -> Arguments:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--folder", type=Path, default=Path())
    return Arguments(**vars(parser.parse_args()))


def draw_curves(history: Mapping[str, Sequence[float]], folder: Path) -> None:
    """Plot the training and validation curve of each metric."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    for name, values in history.items():
        if name.startswith("val_"):
            continue
        plt.figure()
        plt.plot(values, label="training")
        if f"val_{name}" in history:
            plt.plot(history[f"val_{name}"], label="validation")
        plt.xlabel("epoch")
        plt.ylabel(name)
        plt.legend()
        plt.savefig(folder / f"{name}.png")
        plt.close()


def print_times(stopwatch: Stopwatch, **values: Any) -> None:
    """Print the seconds of each epoch as one line of JSON."""
    print(json.dumps({"epoch_seconds": stopwatch.seconds} | values))
