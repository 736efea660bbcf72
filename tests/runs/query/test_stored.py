"""A run on the disk reads as it ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.errors import RunNotFoundError
from nnlab.runs import (
    RunKind,
    RunStatus,
    atomic_write,
    default_runs_dir,
    find_run,
    list_runs,
    read_run,
)
from nnlab.runs.io.json_record import JsonRecord
from nnlab.runs.records.benchmark import BenchmarkRecord, read_benchmark
from nnlab.runs.records.comparison import ComparisonRecord, read_comparison_record
from nnlab.runs.records.search import SearchRecord, read_search
from nnlab.runs.records.trial import FrozenTrial, TrialStatus
from tests.runs.made import keep


def test_a_run_inside_another_has_its_id_before_its_own(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = keep(runs_dir, "search-1")
    atomic_write(runs_dir / "search-1" / "search.json", "{}")
    keep(runs_dir / "search-1" / "trials", "3")
    assert read_run(runs_dir / "search-1" / "trials" / "3").full_id == "search-1/trials/3"
    # The output of `train --json`, say, in the folder where one works.
    atomic_write(runs_dir.parent / "record.json", search.to_json())
    monkeypatch.chdir(runs_dir.parent)
    assert read_run(Path("runs/search-1")).full_id == "search-1"


def test_a_copy_has_the_id_of_its_own_folder(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = keep(runs_dir, "xor-1")
    atomic_write(runs_dir / "copy" / "record.json", record.to_json())
    assert read_run(runs_dir / "copy").record.id == "copy"
    assert {"xor-1", "copy"} <= {one.id for one in list_runs(runs_dir)}
    monkeypatch.chdir(runs_dir / "copy")
    assert read_run(Path()).record.id == "copy"


@pytest.mark.parametrize(
    ("file", "record", "read"),
    [
        ("search.json", SearchRecord("old", "xor"), read_search),
        (
            "comparison.json",
            ComparisonRecord("old", "xor", "complete", "loss", "a", (1,), ()),
            read_comparison_record,
        ),
        (
            "devices.json",
            BenchmarkRecord("old", "xor", "complete", (), (8,), (), "random"),
            read_benchmark,
        ),
    ],
)
def test_a_copy_of_several_runs_has_it_as_well(
    tmp_path: Path, file: str, record: JsonRecord, read: Callable[[Path], Any]
) -> None:
    atomic_write(tmp_path / "copy" / file, record.to_json())
    assert read(tmp_path / "copy").id == "copy"


def test_a_folder_without_a_record_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match=r"without record\.json.*nnlab runs"):
        read_run(tmp_path)


def test_the_default_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NNLAB_RUNS_DIR", raising=False)
    assert default_runs_dir() == Path("runs")
    monkeypatch.setenv("NNLAB_RUNS_DIR", "")
    assert default_runs_dir() == Path("runs")
    monkeypatch.setenv("NNLAB_RUNS_DIR", "elsewhere")
    assert default_runs_dir() == Path("elsewhere")


def test_a_trial_of_several_runs_reads_as_one_that_ended_like_it(
    runs_dir: Path, search: Path
) -> None:
    atomic_write(search / "search.json", "{}")
    trial = FrozenTrial(4, {}, TrialStatus.FAILED, error="The loss is not finite.", epochs=3)
    trial.write(search / "trials" / "4" / "trial.json")
    keep(search / "trials" / "4", "1")
    run = find_run("deep/trials/4", runs_dir)
    assert run.kind is RunKind.TRIAL
    assert (run.record.status, run.record.error) == (RunStatus.FAILED, trial.error)
    assert run.inside() == ["1"]
    assert find_run("deep/trials/4/1", runs_dir).full_id == f"{search.name}/trials/4/1"


def test_a_trial_that_nobody_works_at_is_no_running_one(runs_dir: Path, search: Path) -> None:
    atomic_write(search / "search.json", "{}")
    FrozenTrial(4, {}).write(search / "trials" / "4" / "trial.json")
    assert read_run(search / "trials" / "4").record.status is RunStatus.INTERRUPTED
    keep(runs_dir, search.name, status=RunStatus.RUNNING)
    assert read_run(search / "trials" / "4").record.status is RunStatus.RUNNING


def test_runs_inside_stand_in_the_order_of_their_numbers(runs_dir: Path, search: Path) -> None:
    for number in (10, 9):
        keep(search / "trials", str(number))
    names = ["best", "trials/0", "trials/9", "trials/10"]
    assert read_run(runs_dir / search.name).inside() == names
