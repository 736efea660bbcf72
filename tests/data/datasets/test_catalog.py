from __future__ import annotations

import os
import subprocess
import sys

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.config.vocabulary.datasets.classification import Xor
from nnlab.config.vocabulary.datasets.packaged import Iris
from nnlab.data.containers.table import Table
from nnlab.data.datasets.catalog import list_datasets, load_dataset


def test_every_data_set_is_listed_with_a_description() -> None:
    datasets = list_datasets()
    assert [info.name for info in datasets] == list(Dataset.members)
    assert all(info.description.endswith((".", ")")) and info.rows > 0 for info in datasets)


def test_offline_data_sets_are_listed_first() -> None:
    offline = [info.offline for info in list_datasets()]
    assert offline == sorted(offline, reverse=True)


def test_arguments_have_their_defaults() -> None:
    (moons,) = (info for info in list_datasets() if info.name == "moons")
    assert moons.arguments == {"n_samples": 400, "noise": 0.2, "random_state": None}


def test_each_download_has_an_offline_alternative_for_its_task() -> None:
    for dataset in Dataset.members.values():
        assert issubclass(dataset, Dataset)
        if dataset.source == "download":
            alternative = Dataset.members[dataset.offline_alternative]
            assert issubclass(alternative, Dataset)
            assert (alternative.task, alternative.source) == (dataset.task, "packaged")


def test_listing_imports_no_heavy_library() -> None:
    code = (
        "import sys; from nnlab.data.datasets.catalog import list_datasets; list_datasets();"
        "print(sorted({'sklearn', 'pandas', 'pyarrow', 'tensorflow'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert run.stdout.strip() == "[]"


def test_generated_and_packaged_data_sets_are_loaded() -> None:
    xor, iris = load_dataset(Xor(), seed=42), load_dataset(Iris(), seed=42)
    assert isinstance(xor, Table)
    assert isinstance(iris, Table)
    assert (xor.rows, iris.rows) == (4, 150)
