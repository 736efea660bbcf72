from __future__ import annotations

import os
import subprocess
import sys

from nnlab.config.vocabulary.datasets import Dataset
from nnlab.data.datasets.catalog import catalogue


def test_every_data_set_is_listed_with_a_sentence() -> None:
    facts = catalogue()
    assert [each.name for each in facts] == list(Dataset.members)
    assert all(each.description.endswith((".", ")")) and each.rows > 0 for each in facts)


def test_offline_sets_come_first() -> None:
    offline = [each.offline for each in catalogue()]
    assert offline == sorted(offline, reverse=True)


def test_arguments_come_with_their_defaults() -> None:
    (moons,) = (each for each in catalogue() if each.name == "moons")
    assert moons.arguments == {"n_samples": 400, "noise": 0.2, "random_state": None}


def test_each_download_names_an_offline_set_of_its_task_in_its_place() -> None:
    for dataset in Dataset.members.values():
        assert issubclass(dataset, Dataset)
        if dataset.source == "download":
            other = Dataset.members[dataset.instead]
            assert issubclass(other, Dataset)
            assert (other.task, other.source) == (dataset.task, "packaged")


def test_listing_loads_no_heavy_library() -> None:
    code = (
        "import sys; from nnlab.data.datasets.catalog import catalogue; catalogue();"
        "print(sorted({'sklearn', 'pandas', 'pyarrow', 'tensorflow'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert run.stdout.strip() == "[]"
