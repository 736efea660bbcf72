"""Compares the loaders with Keras' on small files of the same layout."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import re
import subprocess
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnlab.config.vocabulary.datasets import Dataset, downloads
from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.table import MemoryTable
from nnlab.data.datasets import class_names, keras_datasets
from nnlab.data.datasets.download import RemoteFile, keras_dataset_folders
from nnlab.data.datasets.keras_datasets import (
    FASHION_MNIST,
    load_download,
    multi_hot,
    read_word_lists,
)
from nnlab.errors import DataError

RNG = np.random.default_rng(0)
CIFAR_ROWS = 20

# Loads each file with Keras, in a separate process.
LOAD_WITH_KERAS = """
import sys
from pathlib import Path
import numpy as np
from keras.src.datasets import boston_housing, california_housing, fashion_mnist, imdb
from keras.src.datasets import mnist, reuters
folder, out = Path(sys.argv[1]), {}
modules = dict(boston_housing=boston_housing, california_housing=california_housing,
    fashion_mnist=fashion_mnist, imdb=imdb, mnist=mnist, reuters=reuters)
arguments = {"imdb": {"num_words": 50}, "reuters": {"num_words": 50}}

def local(fname, cache_subdir="", **_):
    return str(folder / ("fashion-mnist" if "fashion" in cache_subdir else "") / fname)

for name, module in modules.items():
    module.get_file = local
    parts = module.load_data(**arguments.get(name, {}))
    x, y = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    if x.dtype == object:
        hot = np.zeros((len(x), 50), bool)
        for row, text in enumerate(x):
            hot[row, text] = True
        x = hot
    out |= {name + "_x": x, name + "_y": y.ravel(), name + "_test": len(parts[1][0])}
np.savez(sys.argv[2], **out)
"""


def texts(rows: int) -> NDArray[Any]:
    word_lists = np.empty(rows, object)
    for row in range(rows):
        word_lists[row] = RNG.integers(1, 90, RNG.integers(1, 30)).tolist()
    return word_lists


def pixels(rows: int, *shape: int) -> NDArray[np.uint8]:
    return RNG.integers(0, 256, (rows, *shape), np.uint8)


def write_cifar(folder: Path) -> dict[str, dict[bytes, Any]]:
    """Write an archive of small batches, and return their content."""
    batches: dict[str, dict[bytes, Any]] = {}
    with tarfile.open(folder / "cifar-10-python.tar.gz", "w:gz", compresslevel=1) as archive:
        for name in ("test_batch", *(f"data_batch_{number}" for number in range(1, 6))):
            labels = RNG.integers(0, 10, CIFAR_ROWS).tolist()
            batches[name] = {b"data": pixels(CIFAR_ROWS, 3072), b"labels": labels}
            content = pickle.dumps(batches[name], protocol=4)
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return batches


@pytest.fixture
def files() -> Path:
    """Write small files with the layout and location of the real ones."""
    folder = keras_dataset_folders()[0]
    (folder / "fashion-mnist").mkdir(parents=True)
    np.savez(
        folder / "mnist.npz",
        x_train=pixels(30, 28, 28),
        y_train=np.arange(30, dtype=np.uint8) % 10,
        x_test=pixels(10, 28, 28),
        y_test=np.arange(10, dtype=np.uint8),
    )
    for file, rows in zip(FASHION_MNIST, (30, 10, 30, 10), strict=True):
        images = "images" in file.name
        content = pixels(rows, 28, 28) if images else np.arange(rows, dtype=np.uint8) % 10
        header = bytes(16 if images else 8)
        path = folder / file.paths[0]
        path.write_bytes(gzip.compress(header + content.tobytes(), 1))
    for name, columns in (("california_housing", 8), ("boston_housing", 13)):
        np.savez(folder / f"{name}.npz", x=RNG.normal(size=(53, columns)), y=RNG.normal(size=53))
    np.savez(folder / "reuters.npz", x=texts(53), y=RNG.integers(0, 46, 53))
    np.savez(
        folder / "imdb.npz",
        x_train=texts(20),
        y_train=np.arange(20) % 2,
        x_test=texts(21),
        y_test=np.arange(21) % 2,
    )
    return folder


DATASETS: dict[str, Dataset] = {
    "mnist": downloads.Mnist(),
    "fashion_mnist": downloads.FashionMnist(),
    "california_housing": downloads.CaliforniaHousing(),
    "boston_housing": downloads.BostonHousing(),
    "reuters": downloads.Reuters(num_words=50),
    "imdb": downloads.Imdb(num_words=50),
}


def load(dataset: Dataset) -> tuple[NDArray[Any], NDArray[Any], int]:
    data = load_download(dataset)
    if isinstance(data, Arrays):
        target = data.targets["target"]
        assert isinstance(target, Categorical)
        return data.inputs["input"], target.codes, data.test_rows
    assert isinstance(data, MemoryTable)
    features = np.empty((data.rows, len(data.kinds) - 1))
    data.fill(features, [name for name in data.kinds if name != "target"])
    return features, data.read_numbers("target"), data.test_rows


@pytest.mark.slow
def test_rows_equal_keras(files: Path, tmp_path: Path) -> None:
    output = tmp_path / "keras.npz"
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    arguments = [sys.executable, "-c", LOAD_WITH_KERAS, str(files), str(output)]
    subprocess.run(arguments, check=True, env=env, capture_output=True)
    with np.load(output) as expected:
        for name, dataset in DATASETS.items():
            x, y, test_rows = load(dataset)
            assert x.shape == expected[f"{name}_x"].shape
            assert (x == expected[f"{name}_x"]).all(), name
            assert (y == expected[f"{name}_y"]).all(), name
            assert test_rows == expected[f"{name}_test"], name


def test_test_row_counts(files: Path) -> None:
    assert files.is_dir()
    test_rows = {name: load(dataset)[2] for name, dataset in DATASETS.items()}
    assert test_rows == {
        "mnist": 10,
        "fashion_mnist": 10,
        "california_housing": 11,
        "boston_housing": 11,
        "reuters": 11,
        "imdb": 21,
    }


def test_cifar_images_have_channels_last(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_datasets, "_BATCH_ROWS", CIFAR_ROWS)
    batches = write_cifar(files)
    for _ in range(2):  # the second time from the cache
        images, labels, test_rows = load(downloads.Cifar10())
        assert images.shape == (6 * CIFAR_ROWS, 32, 32, 3)
        for start, name in ((0, "data_batch_1"), (-CIFAR_ROWS, "test_batch")):
            planes = batches[name][b"data"][0].reshape(3, 32, 32)
            assert images[start, 0, 1].tolist() == planes[:, 0, 1].tolist()
            assert labels[start] == batches[name][b"labels"][0]
        assert test_rows == CIFAR_ROWS


def test_small_california_housing_has_600_rows(files: Path) -> None:
    x, y = RNG.normal(size=(700, 8)), np.arange(700.0)
    np.savez(files / "california_housing.npz", x=x, y=y)
    _, targets, test_rows = load(downloads.CaliforniaHousing(version="small"))
    assert (len(targets), test_rows, targets.max()) == (600, 120, 599)


def test_multi_hot_marks_start_and_unknown_words() -> None:
    lists = np.empty(2, object)
    lists[:] = [[2, 500], [1, 2, 6]]
    hot = multi_hot(lists, num_words=10)
    assert [np.flatnonzero(row).tolist() for row in hot] == [[1, 2, 5], [1, 4, 5, 9]]


@pytest.mark.parametrize("name", DATASETS)
def test_damaged_file_is_reported(files: Path, name: str) -> None:
    path = files / (FASHION_MNIST[0].paths[0] if name == "fashion_mnist" else f"{name}.npz")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=rf"{path.name}: Expected"):
        load_download(DATASETS[name])


def test_pickle_that_calls_a_function_is_rejected(files: Path) -> None:
    class Call:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, ("exit 1",)

    array = np.empty(1, object)
    array[0] = Call()
    np.savez(files / "reuters.npz", x=array, y=np.zeros(1))
    with pytest.raises(pickle.UnpicklingError, match=r"refused to call \w+\.system"):
        read_word_lists(files / "reuters.npz")
    with pytest.raises(DataError, match="Delete it"):
        load_download(downloads.Reuters())


def keras_source(name: str) -> str:
    package = find_spec("keras")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent.joinpath("src", "datasets", f"{name}.py").read_text()


@pytest.mark.parametrize(
    ("module", "files"),
    [
        ("mnist", [keras_datasets.MNIST]),
        ("fashion_mnist", FASHION_MNIST),
        ("cifar10", [keras_datasets.CIFAR10]),
        ("california_housing", [keras_datasets.CALIFORNIA_HOUSING]),
        ("boston_housing", [keras_datasets.BOSTON_HOUSING]),
        ("reuters", [keras_datasets.REUTERS]),
        ("imdb", [keras_datasets.IMDB]),
    ],
)
def test_urls_and_hashes_equal_the_installed_keras(
    module: str, files: list[RemoteFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NNLAB_DATASETS_URL", raising=False)
    source = keras_source(module)
    for file in files:
        assert file.origin in source
        assert file.name in source
        assert file.sha256 is None or file.sha256 in source
        assert file.url == f"{file.origin}/{file.name}"


def test_reuters_classes_equal_the_installed_keras() -> None:
    listing = keras_source("reuters").split("def get_label_names", 1)[1]
    names = re.findall(r'^ {8}"([\w-]+)",$', listing, re.MULTILINE)
    assert names == list(class_names.REUTERS_CLASSES)


@pytest.mark.parametrize(
    ("names", "module"),
    [
        (class_names.FASHION_CLASSES, "fashion_mnist"),
        (class_names.CIFAR10_CLASSES, "cifar10"),
    ],
)
def test_classes_equal_the_documentation_of_keras(names: tuple[str, ...], module: str) -> None:
    rows = re.findall(r"^ *\| +(\d) +\| (.+?) +\|$", keras_source(module), re.MULTILINE)
    assert [name for _, name in rows] == list(names)
