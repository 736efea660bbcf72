"""Peak memory while large Parquet tables are prepared, in memory and on disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

COLUMNS = 50

# Runs in a separate process, as the peak never falls. The libraries are imported before the
# measurement.
MEASURE = """
import resource, sys
import pyarrow.parquet
from nnlab.config import Experiment
from nnlab.data import prepare

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

experiment = Experiment.model_validate({
    "data": {"file": sys.argv[1], "target": "target", "scaling": "standard",
             "validation_split": 0.1, "test_split": 0.1},
    "model": {"layers": [{"Dense": 1}]},
    "training": {"optimizer": "adam", "loss": "mean_squared_error", "epochs": 1},
})
before = peak()
data = prepare(experiment)
rows = len(data.train) + len(data.validation) + len(data.test)
print(peak() - before, rows, data.train.inputs["input"].nbytes)
"""


def write_table(path: Path, rows: int) -> None:
    random = np.random.default_rng(0)
    names = [*(f"x{number}" for number in range(COLUMNS)), "target"]
    schema = pa.schema([(name, pa.float64()) for name in names])
    with pq.ParquetWriter(path, schema) as writer:
        writer.write_table(pa.table({name: random.normal(size=rows) for name in names}))


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB only on Linux")
@pytest.mark.parametrize("rows", [250_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_parquet_table_needs_less_than_three_times_its_float32_size(
    tmp_path: Path, rows: int
) -> None:
    path = tmp_path / "big.parquet"
    write_table(path, rows)
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    path.unlink()
    growth, read_rows, train_bytes = (int(number) for number in run.stdout.split())
    assert read_rows == rows
    assert train_bytes == rows * 8 // 10 * COLUMNS * 4
    assert growth < 2.5 * rows * COLUMNS * 4, f"{growth / (rows * COLUMNS * 4):.2f} times"


# Counts anonymous memory: the system can evict the pages of mapped files.
MEASURE_ON_DISK = """
import sys, threading, time
import pyarrow.parquet
from nnlab.config import Experiment
from nnlab.data import is_on_disk, prepare

def anonymous_memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) * 1024

def watch():
    while True:
        samples.append(anonymous_memory())
        time.sleep(0.002)

experiment = Experiment.model_validate({
    "data": {"file": sys.argv[1], "target": "target", "scaling": "standard", "missing": "mean",
             "validation_split": 0.1, "test_split": 0.1},
    "model": {"layers": [{"Dense": 1}]},
    "training": {"optimizer": "adam", "loss": "mean_squared_error", "epochs": 1},
})
before = anonymous_memory()
samples = []
threading.Thread(target=watch, daemon=True).start()
data = prepare(experiment, memory=0)
inputs = [part.inputs["input"] for part in (data.train, data.validation, data.test)]
print(max(samples) - before, len(samples), sum(map(len, inputs)), all(map(is_on_disk, inputs)))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_for_a_table_on_disk_does_not_depend_on_its_columns(tmp_path: Path) -> None:
    rows, columns = 800_000, 80
    values = np.random.default_rng(0).normal(size=rows).astype(np.float32)
    values[::50] = np.nan
    towns = pa.array([f"town {code}" for code in range(5)] * (rows // 5))
    path = tmp_path / "big.parquet"
    pq.write_table(
        pa.table(
            {f"x{number}": values for number in range(columns)}
            | {"town": towns, "target": np.arange(rows)}
        ),
        path,
        use_dictionary=["town"],
        compression="none",
        row_group_size=300_000,
    )
    run = subprocess.run(
        [sys.executable, "-c", MEASURE_ON_DISK, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    path.unlink()
    growth, samples, read_rows, on_disk = run.stdout.split()
    assert int(samples) > 50
    assert (int(read_rows), on_disk) == (rows, "True")
    assert int(growth) < 120e6 + 48 * rows < 0.65 * rows * columns * 4, (
        f"{int(growth) / 1e6:.0f} MB"
    )
