"""The data sets of `keras.datasets`, loaded without Keras from the same files.

The seed 113, the test fraction of 0.2 and the order of the rows are Keras'.
"""

from __future__ import annotations

import gzip
import io
import pickle
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import singledispatch
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.vocabulary.datasets import Dataset, downloads
from nnlab.data.containers.arrays import UNNAMED_INPUT, Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.table import MemoryTable, Table
from nnlab.data.datasets.cache import cached_arrays
from nnlab.data.datasets.class_names import (
    BOSTON_COLUMNS,
    CALIFORNIA_COLUMNS,
    CIFAR10_CLASSES,
    FASHION_CLASSES,
    IMDB_CLASSES,
    REUTERS_CLASSES,
)
from nnlab.data.datasets.download import TORONTO, RemoteFile, fetch
from nnlab.data.datasets.generated import TARGET
from nnlab.data.readers.npz import NpzFile, read_header
from nnlab.errors import DataError

MNIST = RemoteFile(
    "mnist.npz", sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
)
FASHION_MNIST = tuple(
    RemoteFile(name, saved_as=(f"fashion-mnist/{name}",))
    for name in (
        "train-images-idx3-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    )
)
CIFAR10 = RemoteFile(
    "cifar-10-python.tar.gz",
    origin=TORONTO,
    sha256="6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    # The names in Keras 3, in the URL, and in Keras 2.
    saved_as=(
        "cifar-10-batches-py-target_archive",
        "cifar-10-python.tar.gz",
        "cifar-10-batches-py.tar.gz",
    ),
)
CALIFORNIA_HOUSING = RemoteFile(
    "california_housing.npz",
    sha256="1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
)
BOSTON_HOUSING = RemoteFile(
    "boston_housing.npz",
    sha256="f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
)
REUTERS = RemoteFile(
    "reuters.npz", sha256="d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
)
IMDB = RemoteFile(
    "imdb.npz", sha256="69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
)

_SEED = 113
_TEST_FRACTION = 0.2
_SMALL_ROWS = 600
_IMAGE_HEADER_BYTES = 16
_LABEL_HEADER_BYTES = 8
_BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")
_BATCH_ROWS = 10_000

# Codes in the word lists: 1 is the start, 2 is a word out of the vocabulary; words follow 3.
_START_WORD = 1
_UNKNOWN_WORD = 2
_FIRST_WORD = 3


@singledispatch
def load_download(dataset: Dataset) -> Table | Arrays:
    """Load a data set of `keras.datasets`, downloaded if it is missing; Keras' test rows are last.

    Raises a `DataError` if the download fails or the file is damaged.
    """
    raise TypeError(f"Expected a data set to download. Received: {dataset.display_name()}.")


@load_download.register
def _(dataset: downloads.Mnist) -> Arrays:
    file = NpzFile(fetch(MNIST, downloads.Mnist))
    with _translate_read_errors(file.path):
        images = file.read(["x_train", "x_test"], np.uint8)
        labels = file.read(["y_train", "y_test"], np.uint8)
        test_rows = file.members["y_test"].shape[0]
    return _arrays(dataset, images, Categorical.from_values(labels), test_rows)


@load_download.register
def _(dataset: downloads.FashionMnist) -> Arrays:
    paths = [fetch(file, downloads.FashionMnist) for file in FASHION_MNIST]
    train, test, train_labels, test_labels = (_read_idx(path) for path in paths)
    with _translate_read_errors(paths[0].parent):
        labels = np.frombuffer(train_labels + test_labels, np.uint8)
        images = np.frombuffer(train + test, np.uint8).reshape(len(labels), 28, 28)
    return _arrays(dataset, images, _categorical(labels, FASHION_CLASSES), len(test_labels))


@load_download.register
def _(dataset: downloads.Cifar10) -> Arrays:
    path = fetch(CIFAR10, downloads.Cifar10)
    with _translate_read_errors(path):
        arrays = cached_arrays(path, _parse_cifar)
    labels = _categorical(arrays["labels"], CIFAR10_CLASSES)
    return _arrays(dataset, arrays["images"], labels, _BATCH_ROWS)


@load_download.register
def _(dataset: downloads.CaliforniaHousing) -> MemoryTable:
    rows = _SMALL_ROWS if dataset.version == "small" else None
    path = fetch(CALIFORNIA_HOUSING, downloads.CaliforniaHousing)
    return _housing(dataset, path, CALIFORNIA_COLUMNS, rows)


@load_download.register
def _(dataset: downloads.BostonHousing) -> MemoryTable:
    return _housing(dataset, fetch(BOSTON_HOUSING, downloads.BostonHousing), BOSTON_COLUMNS)


@load_download.register
def _(dataset: downloads.Reuters) -> Arrays:
    path = fetch(REUTERS, downloads.Reuters)
    with _translate_read_errors(path):
        arrays = read_word_lists(path)
        (order,) = _shuffled(len(arrays["x"]))
        texts, labels = arrays["x"][order], arrays["y"][order]
        first_test = int(len(order) * (1 - _TEST_FRACTION))
    classes = _categorical(labels, REUTERS_CLASSES)
    features = multi_hot(texts, dataset.num_words)
    return _arrays(dataset, features, classes, len(order) - first_test)


@load_download.register
def _(dataset: downloads.Imdb) -> Arrays:
    path = fetch(IMDB, downloads.Imdb)
    with _translate_read_errors(path):
        arrays = read_word_lists(path)
        train, test = _shuffled(len(arrays["x_train"]), len(arrays["x_test"]))
        texts = np.concatenate([arrays["x_train"][train], arrays["x_test"][test]])
        labels = np.concatenate([arrays["y_train"][train], arrays["y_test"][test]])
    classes = _categorical(labels, IMDB_CLASSES)
    return _arrays(dataset, multi_hot(texts, dataset.num_words), classes, len(test))


def multi_hot(texts: NDArray[Any], num_words: int) -> NDArray[np.bool_]:
    """Return which of the most frequent words each text contains, `(texts, num_words)`.

    Args:
        texts: `(texts,)`: for each text the list of its words' ranks, 1 for the most frequent.
        num_words: The size of the vocabulary, with Keras' three special codes.
    """
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    numbers = np.fromiter((word for text in texts for word in text), np.int64) + _FIRST_WORD
    hot = np.zeros((len(texts), num_words), np.bool_)
    hot[rows, np.where(numbers < num_words, numbers, _UNKNOWN_WORD)] = True
    hot[:, _START_WORD] = True
    return hot


def read_word_lists(path: Path) -> dict[str, NDArray[Any]]:
    """Read an NPZ file that contains pickled arrays of word lists, and arrays of numbers."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            file = io.BytesIO(archive.read(name))
            _, _, dtype = read_header(file)
            if dtype.hasobject:
                array = _ArraysUnpickler(file).load()
            else:
                file.seek(0)
                array = np.lib.format.read_array(file)
            arrays[name.removesuffix(".npy")] = array
    return arrays


@contextmanager
def _translate_read_errors(path: Path) -> Iterator[None]:
    """Translate errors about a damaged file into a `DataError`."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        pickle.UnpicklingError,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        KeyError,
        IndexError,
    ) as error:
        raise DataError(
            f"{path}: Expected the complete file of the data set. Received: {error!r}. "
            "Delete it to download it again."
        ) from error


def _arrays(dataset: Dataset, inputs: NDArray[Any], classes: Categorical, test_rows: int) -> Arrays:
    return Arrays(dataset.display_name(), {UNNAMED_INPUT: inputs}, {TARGET: classes}, test_rows)


def _categorical(labels: NDArray[Any], classes: tuple[str, ...]) -> Categorical:
    return Categorical(np.asarray(labels, np.int32), classes)


def _shuffled(*sizes: int) -> list[NDArray[np.int64]]:
    """Return Keras' random order of each part, drawn one after the other."""
    rng = np.random.RandomState(_SEED)
    orders = [np.arange(size) for size in sizes]
    for order in orders:
        rng.shuffle(order)
    return orders


def _housing(
    dataset: Dataset, path: Path, columns: tuple[str, ...], rows: int | None = None
) -> MemoryTable:
    file = NpzFile(path)
    with _translate_read_errors(path):
        x, y = (file.read([name], np.float64)[:rows] for name in ("x", "y"))
        (order,) = _shuffled(len(x))
        first_test = int(len(order) * (1 - _TEST_FRACTION))
        named = dict(zip(columns, x[order].T, strict=True))
    values: Mapping[str, NDArray[Any]] = {**named, TARGET: y[order]}
    return MemoryTable(dataset.display_name(), values, (TARGET,), len(order) - first_test)


def _read_idx(path: Path) -> bytes:
    header = _IMAGE_HEADER_BYTES if "images" in path.name else _LABEL_HEADER_BYTES
    with _translate_read_errors(path), gzip.open(path) as file:
        return file.read()[header:]


def _parse_cifar(path: Path) -> dict[str, NDArray[np.uint8]]:
    images = np.empty((len(_BATCHES) * _BATCH_ROWS, 32, 32, 3), np.uint8)
    labels = np.empty(len(images), np.uint8)
    with tarfile.open(path) as archive:
        for entry in archive:
            name = Path(entry.name).name
            file = archive.extractfile(entry) if name in _BATCHES else None
            if file is None:
                continue
            start = _BATCHES.index(name) * _BATCH_ROWS
            batch = _ArraysUnpickler(file, encoding="bytes").load()
            planes = batch[b"data"].reshape(-1, 3, 32, 32)
            images[start : start + _BATCH_ROWS] = planes.transpose(0, 2, 3, 1)
            labels[start : start + _BATCH_ROWS] = batch[b"labels"]
    return {"images": images, "labels": labels}


class _ArraysUnpickler(pickle.Unpickler):
    """An unpickler that builds only arrays: a tampered file cannot run code."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a function that builds arrays; raise for any other."""
        if module in {"numpy.core.multiarray", "numpy._core.multiarray"} and name == "_reconstruct":
            return np._core.multiarray._reconstruct  # type: ignore[attr-defined] # noqa: SLF001 - the name in the file
        if (module, name) in {("numpy", "ndarray"), ("numpy", "dtype")}:
            return getattr(np, name)
        raise pickle.UnpicklingError(f"refused to call {module}.{name}")
