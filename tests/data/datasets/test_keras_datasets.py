"""The readers are held against Keras' own, on small files of the same layout."""

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

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.config.vocabulary.datasets import downloads as words
from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.table import MemoryTable
from nnlab.data.datasets import class_names, keras_datasets
from nnlab.data.datasets.download import RemoteFile, keras_folders
from nnlab.data.datasets.keras_datasets import FASHION_MNIST, load_download, multi_hot
from nnlab.data.datasets.pickled_arrays import read_word_lists
from nnlab.errors import DataError

DRAWN = np.random.default_rng(0)
CIFAR_ROWS = 20

# Loads each of the files by Keras' own readers, in a process of its own, as it takes two seconds.
BY_KERAS = """
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
    held = np.empty(rows, object)
    for row in range(rows):
        held[row] = DRAWN.integers(1, 90, DRAWN.integers(1, 30)).tolist()
    return held


def pixels(rows: int, *shape: int) -> NDArray[np.uint8]:
    return DRAWN.integers(0, 256, (rows, *shape), np.uint8)


def write_cifar(folder: Path) -> dict[str, dict[bytes, Any]]:
    """Write an archive of small batches, and tell what is in them."""
    batches: dict[str, dict[bytes, Any]] = {}
    with tarfile.open(folder / "cifar-10-python.tar.gz", "w:gz", compresslevel=1) as archive:
        for name in ("test_batch", *(f"data_batch_{number}" for number in range(1, 6))):
            labels = DRAWN.integers(0, 10, CIFAR_ROWS).tolist()
            batches[name] = {b"data": pixels(CIFAR_ROWS, 3072), b"labels": labels}
            content = pickle.dumps(batches[name], protocol=4)
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return batches


@pytest.fixture
def files() -> Path:
    """Small files in the layout of the real ones, where Keras keeps them."""
    folder = keras_folders()[0]
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
        np.savez(
            folder / f"{name}.npz", x=DRAWN.normal(size=(53, columns)), y=DRAWN.normal(size=53)
        )
    np.savez(folder / "reuters.npz", x=texts(53), y=DRAWN.integers(0, 46, 53))
    np.savez(
        folder / "imdb.npz",
        x_train=texts(20),
        y_train=np.arange(20) % 2,
        x_test=texts(21),
        y_test=np.arange(21) % 2,
    )
    return folder


WORDS: dict[str, Dataset] = {
    "mnist": words.Mnist(),
    "fashion_mnist": words.FashionMnist(),
    "california_housing": words.CaliforniaHousing(),
    "boston_housing": words.BostonHousing(),
    "reuters": words.Reuters(num_words=50),
    "imdb": words.Imdb(num_words=50),
}


def ours(dataset: Dataset) -> tuple[NDArray[Any], NDArray[Any], int]:
    held = load_download(dataset)
    if isinstance(held, Arrays):
        target = held.targets["target"]
        assert isinstance(target, Categorical)
        return held.inputs["input"], target.codes, held.test_rows
    assert isinstance(held, MemoryTable)
    features = np.empty((held.rows, len(held.kinds) - 1))
    held.fill(features, [name for name in held.kinds if name != "target"])
    return features, held.numbers("target"), held.test_rows


def test_rows_and_test_rows_are_those_that_keras_gives(files: Path, tmp_path: Path) -> None:
    given = tmp_path / "given.npz"
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    arguments = [sys.executable, "-c", BY_KERAS, str(files), str(given)]
    subprocess.run(arguments, check=True, env=quiet, capture_output=True)
    with np.load(given) as by_keras:
        for name, dataset in WORDS.items():
            x, y, test_rows = ours(dataset)
            assert x.shape == by_keras[f"{name}_x"].shape
            assert (x == by_keras[f"{name}_x"]).all(), name
            assert (y == by_keras[f"{name}_y"]).all(), name
            assert test_rows == by_keras[f"{name}_test"], name


def test_sizes_are_those_of_the_files(files: Path) -> None:
    assert files.is_dir()
    sizes = {name: ours(dataset)[2] for name, dataset in WORDS.items()}
    assert sizes == {
        "mnist": 10,
        "fashion_mnist": 10,
        "california_housing": 11,
        "boston_housing": 11,
        "reuters": 11,
        "imdb": 21,
    }


def test_cifar_pixels_are_rows_of_colours(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_datasets, "_BATCH_ROWS", CIFAR_ROWS)
    batches = write_cifar(files)
    for _ in range(2):  # the second comes from the cache
        images, labels, test_rows = ours(words.Cifar10())
        assert images.shape == (6 * CIFAR_ROWS, 32, 32, 3)
        for start, name in ((0, "data_batch_1"), (-CIFAR_ROWS, "test_batch")):
            planes = batches[name][b"data"][0].reshape(3, 32, 32)
            assert images[start, 0, 1].tolist() == planes[:, 0, 1].tolist()
            assert labels[start] == batches[name][b"labels"][0]
        assert test_rows == CIFAR_ROWS


def test_small_california_is_a_fifth_of_600_for_the_test(files: Path) -> None:
    x, y = DRAWN.normal(size=(700, 8)), np.arange(700.0)
    np.savez(files / "california_housing.npz", x=x, y=y)
    _, targets, test_rows = ours(words.CaliforniaHousing(version="small"))
    assert (len(targets), test_rows, targets.max()) == (600, 120, 599)


def test_special_words_are_marked() -> None:
    one = np.empty(1, object)
    one[0] = [2, 500]
    assert np.flatnonzero(multi_hot(one, 10)[0]).tolist() == [1, 2, 5]


@pytest.mark.parametrize("name", WORDS)
def test_a_damaged_file_is_told_with_the_remedy(files: Path, name: str) -> None:
    path = files / (FASHION_MNIST[0].paths[0] if name == "fashion_mnist" else f"{name}.npz")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=rf"{path.name}: Expected .*"):
        load_download(WORDS[name])


def test_a_pickle_that_calls_something_is_refused(files: Path) -> None:
    class Call:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, ("exit 1",)

    held = np.empty(1, object)
    held[0] = Call()
    np.savez(files / "reuters.npz", x=held, y=np.zeros(1))
    with pytest.raises(pickle.UnpicklingError, match=r"refused to call \w+\.system"):
        read_word_lists(files / "reuters.npz")
    with pytest.raises(DataError, match="Delete it"):
        load_download(words.Reuters())


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
def test_addresses_and_hashes_are_those_of_the_installed_keras(
    module: str, files: list[RemoteFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NNLAB_DATASETS_URL", raising=False)
    source = keras_source(module)
    for file in files:
        assert file.origin in source
        assert file.name in source
        assert file.sha256 is None or file.sha256 in source
        assert file.url == f"{file.origin}/{file.name}"


def test_topics_are_those_of_the_installed_keras() -> None:
    listed = keras_source("reuters").split("def get_label_names", 1)[1]
    names = re.findall(r'^ {8}"([\w-]+)",$', listed, re.MULTILINE)
    assert names == list(class_names.REUTERS_CLASSES)


@pytest.mark.parametrize(
    ("names", "module"),
    [
        (class_names.FASHION_CLASSES, "fashion_mnist"),
        (class_names.CIFAR10_CLASSES, "cifar10"),
    ],
)
def test_classes_are_those_of_keras_documentation(names: tuple[str, ...], module: str) -> None:
    rows = re.findall(r"^ *\| +(\d) +\| (.+?) +\|$", keras_source(module), re.MULTILINE)
    assert [name for _, name in rows] == list(names)
