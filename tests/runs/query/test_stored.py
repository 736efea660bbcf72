"""Reading runs from their folders."""

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
from tests.runs.builders import write_run


def test_full_id_of_a_child_run_starts_with_that_of_its_parent(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = write_run(runs_dir, "search-1")
    atomic_write(runs_dir / "search-1" / "search.json", "{}")
    write_run(runs_dir / "search-1" / "trials", "3")
    assert read_run(runs_dir / "search-1" / "trials" / "3").full_id == "search-1/trials/3"
    # A record.json in the working directory does not make it a search.
    atomic_write(runs_dir.parent / "record.json", search.to_json())
    monkeypatch.chdir(runs_dir.parent)
    assert read_run(Path("runs/search-1")).full_id == "search-1"


def test_copied_run_has_the_id_of_its_folder(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = write_run(runs_dir, "xor-1")
    atomic_write(runs_dir / "copy" / "record.json", record.to_json())
    assert read_run(runs_dir / "copy").record.id == "copy"
    assert {"xor-1", "copy"} <= {listed.id for listed in list_runs(runs_dir)}
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
            "benchmark.json",
            BenchmarkRecord("old", "xor", "complete", (), (8,), (), "random"),
            read_benchmark,
        ),
    ],
)
def test_copied_search_comparison_or_benchmark_has_the_id_of_its_folder(
    tmp_path: Path, file: str, record: JsonRecord, read: Callable[[Path], Any]
) -> None:
    atomic_write(tmp_path / "copy" / file, record.to_json())
    assert read(tmp_path / "copy").id == "copy"


def test_folder_without_a_record_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match=r"without record\.json.*nnlab runs"):
        read_run(tmp_path)


def test_default_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NNLAB_RUNS_DIR", raising=False)
    assert default_runs_dir() == Path("runs")
    monkeypatch.setenv("NNLAB_RUNS_DIR", "")
    assert default_runs_dir() == Path("runs")
    monkeypatch.setenv("NNLAB_RUNS_DIR", "elsewhere")
    assert default_runs_dir() == Path("elsewhere")


def test_trial_of_several_runs_is_read_as_a_run_with_its_status(
    runs_dir: Path, search: Path
) -> None:
    atomic_write(search / "search.json", "{}")
    trial = FrozenTrial(4, {}, TrialStatus.FAILED, error="The loss is not finite.", epochs=3)
    trial.write(search / "trials" / "4" / "trial.json")
    write_run(search / "trials" / "4", "1")
    run = find_run("deep/trials/4", runs_dir)
    assert run.kind is RunKind.TRIAL
    assert (run.record.status, run.record.error) == (RunStatus.FAILED, trial.error)
    assert run.child_runs() == ["1"]
    assert find_run("deep/trials/4/1", runs_dir).full_id == f"{search.name}/trials/4/1"


def test_running_trial_of_an_ended_search_is_interrupted(runs_dir: Path, search: Path) -> None:
    atomic_write(search / "search.json", "{}")
    FrozenTrial(4, {}).write(search / "trials" / "4" / "trial.json")
    assert read_run(search / "trials" / "4").record.status is RunStatus.INTERRUPTED
    write_run(runs_dir, search.name, status=RunStatus.RUNNING)
    assert read_run(search / "trials" / "4").record.status is RunStatus.RUNNING


def test_child_runs_are_in_numerical_order(runs_dir: Path, search: Path) -> None:
    for number in (10, 9):
        write_run(search / "trials", str(number))
    names = ["best", "trials/0", "trials/9", "trials/10"]
    assert read_run(runs_dir / search.name).child_runs() == names
