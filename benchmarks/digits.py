"""The digits of the larger workloads: MNIST, or as many rows made of the packaged digits."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.vocabulary.datasets.packaged import Mnist5k
from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.datasets.catalog import load_dataset

ALL, FEW = "digits.npz", "few_digits.npz"
_TRAINING, _TEST, _FEW = 60_000, 10_000, 20_000
_NOISE = 16


def write_digits(folder: Path, mnist: Path | None) -> str:
    """Write `digits.npz` and, with a third of its training rows, `few_digits.npz`."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    path = mnist or home / "datasets" / "mnist.npz"
    if mnist is None and not path.is_file():
        _save(folder / ALL, _synthetic(np.random.default_rng(0)))
        description = "60,000 and 10,000 rows made of the 5,000 packaged digits, with noise"
    else:
        shutil.copyfile(path, folder / ALL)
        description = "MNIST"
    with np.load(folder / ALL) as digits:
        arrays = dict(digits)
    for name in ("x_train", "y_train"):
        arrays[name] = arrays[name][:_FEW]
    _save(folder / FEW, arrays)
    return description


def _save(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    np.savez_compressed(path, allow_pickle=False, **arrays)


def _synthetic(random: np.random.Generator) -> dict[str, NDArray[np.uint8]]:
    """Create arrays of MNIST's shapes: same arithmetic, but different accuracy."""
    packaged = load_dataset(Mnist5k(), seed=0)
    assert isinstance(packaged, Arrays)  # noqa: S101 - for the type checker: images are no table
    (images,), (labels,) = packaged.inputs.values(), packaged.targets.values()
    codes = np.asarray(labels.codes if isinstance(labels, Categorical) else labels, np.uint8)
    parts = {}
    for part, rows in (("train", _TRAINING), ("test", _TEST)):
        chosen = random.permutation(np.arange(rows) % len(images))
        pixels = images[chosen].astype(np.int16)
        noise = random.integers(-_NOISE, _NOISE, pixels.shape, np.int16)
        # Noise on ink only: the background compresses as well as MNIST's.
        noisy = np.clip(pixels + noise * (pixels > 0), 0, 255)
        parts[f"x_{part}"] = noisy.astype(np.uint8)
        parts[f"y_{part}"] = codes[chosen]
    return parts
