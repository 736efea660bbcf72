"""The data sets of `keras.datasets`: the same files, split in the same way, without Keras.

The seed 113, the fifth kept for the test and the order of the rows are Keras'.
"""

from __future__ import annotations

import gzip
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

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.config.vocabulary.datasets import downloads as words
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
from nnlab.data.datasets.pickled_arrays import ArraysUnpickler, read_word_lists
from nnlab.data.readers.npz import NpzFile
from nnlab.errors import DataError

MNIST = RemoteFile(
    "mnist.npz", sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
)
FASHION_MNIST = tuple(
    RemoteFile(name, kept_as=(f"fashion-mnist/{name}",))
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
    # Keras 3's name for the archive, the one it comes with, and that of Keras before 3.
    kept_as=(
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

# In the word lists 1 stands for the start and 2 for a word left out; real words begin after 3.
_START_WORD = 1
_LEFT_OUT_WORD = 2
_FIRST_WORD = 3


@singledispatch
def load_download(dataset: Dataset) -> Table | Arrays:
    """Read a data set of `keras.datasets`, downloaded if it is not there yet.

    Args:
        dataset: The data set and its arguments.

    Returns:
        A table with the column `target`, or arrays; Keras' test rows come last.

    Raises:
        DataError: If the file is not there and cannot be had, or is damaged.
    """
    message = f"Expected a data set to download. Received: {dataset.display_name()}."
    raise TypeError(message)


@load_download.register
def _(dataset: words.Mnist) -> Arrays:
    file = NpzFile(fetch(MNIST, words.Mnist))
    with _intact(file.path):
        images = file.read(["x_train", "x_test"], np.uint8)
        labels = file.read(["y_train", "y_test"], np.uint8)
        test_rows = file.members["y_test"].shape[0]
    return _images(dataset, images, Categorical.of(labels), test_rows)


@load_download.register
def _(dataset: words.FashionMnist) -> Arrays:
    paths = [fetch(file, words.FashionMnist) for file in FASHION_MNIST]
    train, test, train_labels, test_labels = (_read_idx(path) for path in paths)
    with _intact(paths[0].parent):
        labels = np.frombuffer(train_labels + test_labels, np.uint8)
        images = np.frombuffer(train + test, np.uint8).reshape(len(labels), 28, 28)
    return _images(dataset, images, _named(labels, FASHION_CLASSES), len(test_labels))


@load_download.register
def _(dataset: words.Cifar10) -> Arrays:
    path = fetch(CIFAR10, words.Cifar10)
    with _intact(path):
        arrays = cached_arrays(path, _parse_cifar)
    labels = _named(arrays["labels"], CIFAR10_CLASSES)
    return _images(dataset, arrays["images"], labels, _BATCH_ROWS)


@load_download.register
def _(dataset: words.CaliforniaHousing) -> MemoryTable:
    rows = _SMALL_ROWS if dataset.version == "small" else None
    path = fetch(CALIFORNIA_HOUSING, words.CaliforniaHousing)
    return _housing(dataset, path, CALIFORNIA_COLUMNS, rows)


@load_download.register
def _(dataset: words.BostonHousing) -> MemoryTable:
    return _housing(dataset, fetch(BOSTON_HOUSING, words.BostonHousing), BOSTON_COLUMNS)


@load_download.register
def _(dataset: words.Reuters) -> Arrays:
    path = fetch(REUTERS, words.Reuters)
    with _intact(path):
        arrays = read_word_lists(path)
        (order,) = _shuffled(len(arrays["x"]))
        texts, labels = arrays["x"][order], arrays["y"][order]
        first_test = int(len(order) * (1 - _TEST_FRACTION))
    classes = _named(labels, REUTERS_CLASSES)
    return _texts(dataset, texts, classes, len(order) - first_test, dataset.num_words)


@load_download.register
def _(dataset: words.Imdb) -> Arrays:
    path = fetch(IMDB, words.Imdb)
    with _intact(path):
        arrays = read_word_lists(path)
        train, test = _shuffled(len(arrays["x_train"]), len(arrays["x_test"]))
        texts = np.concatenate([arrays["x_train"][train], arrays["x_test"][test]])
        labels = np.concatenate([arrays["y_train"][train], arrays["y_test"][test]])
    classes = _named(labels, IMDB_CLASSES)
    return _texts(dataset, texts, classes, len(test), dataset.num_words)


def multi_hot(texts: NDArray[Any], num_words: int) -> NDArray[np.bool_]:
    """Which of the most frequent words each text holds.

    Args:
        texts: For each text the ranks of its words, 1 for the most frequent, as in Keras' files.
        num_words: Numbers of words that are told apart, Keras' three special ones included.

    Returns:
        [texts, num_words].

    Example:
        >>> texts = np.array([[1, 2], [1, 90]], dtype=object)
        >>> multi_hot(texts, num_words=6).astype(int).tolist()
        [[0, 1, 0, 0, 1, 1], [0, 1, 1, 0, 1, 0]]
    """
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    numbers = np.fromiter((dataset for text in texts for dataset in text), np.int64) + _FIRST_WORD
    hot = np.zeros((len(texts), num_words), np.bool_)
    hot[rows, np.where(numbers < num_words, numbers, _LEFT_OUT_WORD)] = True
    hot[:, _START_WORD] = True
    return hot


@contextmanager
def _intact(path: Path) -> Iterator[None]:
    """Turn what reading a damaged file raises into a `DataError`."""
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
        message = (
            f"{path}: Expected the file of the data set, whole. Received: {error!r}. "
            "Delete it, and it will be downloaded anew."
        )
        raise DataError(message) from error


def _images(
    dataset: Dataset, images: NDArray[np.uint8], labels: Categorical, test_rows: int
) -> Arrays:
    return Arrays(dataset.display_name(), {UNNAMED_INPUT: images}, {TARGET: labels}, test_rows)


def _texts(
    dataset: Dataset, texts: NDArray[Any], classes: Categorical, test_rows: int, num_words: int
) -> Arrays:
    features = multi_hot(texts, num_words)
    return Arrays(dataset.display_name(), {UNNAMED_INPUT: features}, {TARGET: classes}, test_rows)


def _named(labels: NDArray[Any], classes: tuple[str, ...]) -> Categorical:
    return Categorical(np.asarray(labels, np.int32), classes)


def _shuffled(*sizes: int) -> list[NDArray[np.int64]]:
    """Keras' orders of some parts, drawn one after the other."""
    random = np.random.RandomState(_SEED)
    orders = [np.arange(size) for size in sizes]
    for order in orders:
        random.shuffle(order)
    return orders


def _housing(
    dataset: Dataset, path: Path, columns: tuple[str, ...], rows: int | None = None
) -> MemoryTable:
    file = NpzFile(path)
    with _intact(path):
        x, y = (file.read([name], np.float64)[:rows] for name in ("x", "y"))
        (order,) = _shuffled(len(x))
        first_test = int(len(order) * (1 - _TEST_FRACTION))
        named = dict(zip(columns, x[order].T, strict=True))
    values: Mapping[str, NDArray[Any]] = {**named, TARGET: y[order]}
    return MemoryTable(dataset.display_name(), values, (TARGET,), len(order) - first_test)


def _read_idx(path: Path) -> bytes:
    header = _IMAGE_HEADER_BYTES if "images" in path.name else _LABEL_HEADER_BYTES
    with _intact(path), gzip.open(path) as file:
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
            batch = ArraysUnpickler(file, encoding="bytes").load()
            planes = batch[b"data"].reshape(-1, 3, 32, 32)
            images[start : start + _BATCH_ROWS] = planes.transpose(0, 2, 3, 1)
            labels[start : start + _BATCH_ROWS] = batch[b"labels"]
    return {"images": images, "labels": labels}
