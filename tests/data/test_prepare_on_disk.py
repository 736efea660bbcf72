"""Data that are prepared on disk are identical to those prepared in memory."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows, is_on_disk, prepare
from nnlab.data.containers import memory
from nnlab.data.readers import csv_and_parquet
from nnlab.data.transforms import imputation, partition
from nnlab.errors import DataError, NnlabError, RunFailedError

MakeExperiment = Callable[..., Experiment]
WriteNpz = Callable[..., Path]

ROWS = 4000


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use small chunks: a small table has many of them."""
    monkeypatch.setattr(memory, "_CHUNK_BYTES", 5000)
    monkeypatch.setattr(partition, "_BUCKET_BYTES", 10_000)
    monkeypatch.setattr(imputation, "_BLOCK_BYTES", 30_000)
    monkeypatch.setattr(csv_and_parquet, "_BATCH_ROWS", 150)
    monkeypatch.setattr(csv_and_parquet, "_TEXT_BATCH_ROWS", 170)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a table with columns of every kind."""
    random = np.random.default_rng(3)

    def with_gaps(values: np.ndarray) -> pa.Array:
        return pa.array(values, mask=random.random(ROWS) < 0.05)

    share = random.random(ROWS)
    columns = {
        "age": random.integers(18, 90, ROWS),
        "income": with_gaps(random.lognormal(9, 1, ROWS)),
        "height": with_gaps(random.normal(170, 10, ROWS)),
        "constant": np.full(ROWS, 4.5),
        "town": with_gaps(np.array([f"town {code}" for code in random.integers(0, 40, ROWS)])),
        "member": random.random(ROWS) < 0.3,
        "floor": with_gaps(random.integers(-2, 60, ROWS).astype(float)),
        "weight": random.random(ROWS),
        "price": random.normal(size=ROWS),
        "rent": random.normal(size=ROWS),
        "some_price": with_gaps(random.normal(size=ROWS)),
        "kind": np.array(["no", "yes", "maybe"])[random.choice(3, ROWS, p=[0.7, 0.2, 0.1])],
        "sold": random.integers(0, 2, ROWS),
        "share": share,
        "rest": 1 - share,
    }
    path = tmp_path_factory.mktemp("table") / "table.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=700)
    return path


NUMBERS = ["age", "income", "height", "constant"]
MIXED = ["town", "age", "income", "member", "constant", "height", "floor"]
SPLITS = {"validation_split": 0.2, "test_split": 0.1}
PRICE = (1, "mean_squared_error")
KIND = (3, "categorical_crossentropy")


def prepare_both(experiment: Experiment) -> tuple[PreparedData, PreparedData]:
    """Prepare the data in memory and on disk."""
    return prepare(experiment), prepare(experiment, memory=0)


def arrays(part: Rows) -> list[np.ndarray]:
    weights = [] if part.sample_weight is None else [part.sample_weight]
    return [*part.inputs.values(), *part.targets.values(), *weights]


def check_equal(in_memory: PreparedData, on_disk: PreparedData) -> None:
    assert on_disk.targets == in_memory.targets
    assert on_disk.inputs.keys() == in_memory.inputs.keys()
    for name, spec in in_memory.inputs.items():
        other = on_disk.inputs[name]
        assert (other.shape, other.dtype, other.columns) == (spec.shape, spec.dtype, spec.columns)
        for factor in ("scale", "offset"):
            assert np.array_equal(getattr(other, factor), getattr(spec, factor))
    for part in ("train", "validation", "test"):
        expected_rows, disk_rows = getattr(in_memory, part), getattr(on_disk, part)
        if expected_rows is None:
            assert disk_rows is None
            continue
        for expected, array in zip(arrays(expected_rows), arrays(disk_rows), strict=True):
            assert (array.shape, array.dtype) == (expected.shape, expected.dtype)
            assert (array == expected).all()
            assert is_on_disk(array)
            assert not is_on_disk(expected)
            assert array.ctypes.data % 64 == 0
            assert array.flags.writeable
            assert array.flags.c_contiguous


@pytest.mark.parametrize("missing", ["drop", "mean", "median"])
@pytest.mark.parametrize("scaling", ["minmax", "standard"])
@pytest.mark.parametrize("features", [NUMBERS, MIXED], ids=["numbers", "mixed"])
def test_table_with_missing_values_is_identical_on_disk(
    experiment: MakeExperiment, table: Path, missing: str, scaling: str, features: list[str]
) -> None:
    config = {"file": str(table), "features": features, "missing": missing, "scaling": scaling}
    table_experiment = experiment(
        {**config, **SPLITS, "target": "kind", "sample_weight": "weight"}, *KIND
    )
    in_memory, on_disk = prepare_both(table_experiment)
    check_equal(in_memory, on_disk)
    assert len(in_memory.train) > ROWS / 2


@pytest.mark.parametrize(
    ("config", "output"),
    [
        ({"features": ["age"], "target": "price"}, PRICE),
        ({"features": MIXED, "target": "price", "test_split": 0.25}, PRICE),
        ({"features": NUMBERS, "target": "some_price", **SPLITS}, PRICE),
        ({"features": ["age", "floor"], "categorical": ["floor"], "target": "price"}, PRICE),
        ({"features": ["town", "member"], "target": "price", **SPLITS}, PRICE),
        (
            {
                "features": ["town", "floor", "member"],
                "categorical": ["floor", "member"],
                "encoding": "integer",
                "target": "price",
                **SPLITS,
            },
            PRICE,
        ),
        ({"features": ["age"], "target": ["price", "rent"], **SPLITS}, (2, "mae")),
        ({"features": ["age"], "target": ["share", "rest"], **SPLITS}, (2, KIND[1])),
        ({"features": ["age"], "target": "member", **SPLITS}, (1, "binary_crossentropy")),
        ({"features": ["age"], "target": "sold", **SPLITS}, (1, "hinge")),
        ({"features": ["age"], "target": "kind", **SPLITS, "stratify": False}, KIND),
        ({"features": ["age"], "target": "kind", **SPLITS}, (3, "sparse_categorical_crossentropy")),
    ],
)
def test_all_kinds_of_columns_are_identical_on_disk(
    experiment: MakeExperiment, table: Path, config: dict[str, Any], output: tuple[int, str]
) -> None:
    check_equal(
        *prepare_both(experiment({"file": str(table), "missing": "drop", **config}, *output))
    )


def test_several_inputs_and_outputs_are_identical_on_disk(
    functional: MakeExperiment, table: Path
) -> None:
    config = {
        "file": str(table),
        "inputs": {"person": ["age", "town", "income"], "house": ["floor", "town"]},
        "target": {"cost": ["price", "rent"], "state": "kind", "again": "kind"},
        "missing": "mean",
        "scaling": "standard",
        **SPLITS,
    }
    outputs = {"cost": (2, "mse"), "state": KIND, "again": KIND}
    table_experiment = functional(config, {"person": 42, "house": 41}, outputs)
    in_memory, on_disk = prepare_both(table_experiment)
    check_equal(in_memory, on_disk)
    assert list(in_memory.train.targets) == ["cost", "state", "again"]


@pytest.mark.parametrize("splits", [{}, {"validation_split": 0.3}], ids=["whole", "split"])
@pytest.mark.parametrize("kind", [np.uint8, np.float64, np.bool_])
def test_npz_arrays_are_identical_on_disk(
    experiment: MakeExperiment, write_npz: WriteNpz, splits: dict[str, float], kind: type
) -> None:
    random = np.random.default_rng(0)
    path = write_npz(
        x_train=random.integers(0, 200, (701, 5, 5)).astype(kind),
        y_train=random.integers(0, 3, 701),
        x_test=random.integers(0, 200, (99, 5, 5)).astype(kind),
        y_test=random.integers(0, 3, 99),
    )
    config = {"file": str(path), "scaling": "standard", **splits}
    check_equal(*prepare_both(experiment(config, *KIND)))


def test_only_arrays_beyond_the_limit_are_on_disk(experiment: MakeExperiment, table: Path) -> None:
    config = {"file": str(table), "features": NUMBERS, "missing": "drop", "target": "price"}
    data = prepare(experiment({**config, **SPLITS}), memory=60_000)
    assert is_on_disk(data.train.inputs["input"])
    assert not is_on_disk(data.train.targets["output"])


@pytest.mark.parametrize(
    "config",
    [
        {"features": MIXED, "target": "price"},
        {"features": NUMBERS, "target": "some_price", "sample_weight": "income"},
        {"features": [*NUMBERS, "town"], "target": "kind"},
        {"features": ["when"], "target": "price"},
    ],
)
def test_issues_are_identical_on_disk(
    experiment: MakeExperiment, table: Path, config: dict[str, Any]
) -> None:
    errors = []
    for limit in (None, 0):
        with pytest.raises(NnlabError) as error:
            prepare(experiment({"file": str(table), **config}), limit)
        errors.append((type(error.value), str(error.value)))
    assert errors[0] == errors[1]


def test_too_many_categories_are_reported_before_missing_disk_space(
    experiment: MakeExperiment, tmp_path: Path
) -> None:
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"id": [f"{row}!" for row in range(3000)], "y": range(3000)}), path)
    with pytest.raises(DataError, match="3000 in the column `id`"):
        prepare(experiment({"file": str(path), "target": "y"}), memory=0)


@pytest.mark.skipif(sys.platform != "linux", reason="reserves disk space in advance")
def test_full_disk_is_reported_and_leaves_no_files(
    experiment: MakeExperiment, table: Path, own_caches: Path
) -> None:
    table_experiment = experiment(
        {"file": str(table), "features": ["age", "constant"], "target": "price"}
    )
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROWS, hard))
    try:
        with pytest.raises(RunFailedError, match=rf"to {own_caches}\..*File too large"):
            prepare(table_experiment, memory=0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(own_caches.iterdir()) == []


# Prints what is in the folder for temporary files while the arrays exist, then waits.
HOLD = """
import os, sys, time
from nnlab.config import Experiment
from nnlab.data import is_on_disk, prepare

data = prepare(Experiment.model_validate({
    "data": {"file": sys.argv[1], "target": "price", "features": ["age", "constant"],
             "test_split": 0.1},
    "model": {"layers": [{"Dense": 1}]},
    "training": {"optimizer": "adam", "loss": "mse", "epochs": 1},
}), memory=0)
maps = open("/proc/self/maps").read()
folder = os.environ["TMPDIR"]
print(is_on_disk(data.train.inputs["input"]), maps.count(folder), os.listdir(folder), flush=True)
time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_killed_process_leaves_no_files(table: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(table)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert process.stdout is not None
    try:
        on_disk, mapped, listing = process.stdout.readline().split(maxsplit=2)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    assert (on_disk, listing.strip()) == ("True", "[]")
    assert int(mapped) >= 4
    assert list(tmp_path.iterdir()) == []
