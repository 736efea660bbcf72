"""Reading and deleting runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.errors import RequestError, RunNotFoundError
from nnlab.runs import (
    RunDirectory,
    RunKind,
    RunRecord,
    RunStatus,
    StoredRun,
    atomic_write,
    default_runs_dir,
    find_run,
    list_runs,
    read_run,
)
from nnlab.runs.io.json_record import JsonRecord
from nnlab.runs.query.stored import check_removable, folder_size, remove_run
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


def make_run(folder: Path, name: str, status: RunStatus = RunStatus.COMPLETE) -> StoredRun:
    """Write a run that contains only a record."""
    path = folder / name
    path.mkdir(parents=True)
    (path / "record.json").write_text(RunRecord(name, name, status).to_json())
    return StoredRun(path, RunRecord(name, name, status))


def test_only_the_given_run_is_deleted(tmp_path: Path) -> None:
    removed, kept = make_run(tmp_path, "removed"), make_run(tmp_path, "kept")
    check_removable([removed], tmp_path)
    remove_run(removed)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert [record.id for record in list_runs(tmp_path)] == [kept.record.id]


def test_error_lists_all_runs_that_must_not_be_deleted(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    elsewhere, trial = make_run(tmp_path / "other", "a"), make_run(runs / "search", "b")
    running = make_run(runs, "c", RunStatus.RUNNING)
    (runs / "link").symlink_to(elsewhere.path)
    runs_to_keep = [elsewhere, trial, running, read_run(runs / "link")]
    with pytest.raises(RequestError) as caught:
        check_removable(runs_to_keep, runs)
    lines = str(caught.value).splitlines()
    assert ["directly in" in line for line in lines] == [True, True, False, False]
    assert "is running" in lines[2]
    assert "is a link" in lines[3]


def test_run_with_a_running_child_is_kept(tmp_path: Path) -> None:
    outer = make_run(tmp_path, "outer")
    inner = RunDirectory.create(outer.path / "relu", "inner", "name: x")
    with pytest.raises(RequestError, match="is running"):
        check_removable([outer], tmp_path)
    inner.finish(RunStatus.COMPLETE)
    check_removable([outer], tmp_path)


def test_trial_of_a_search_is_kept(tmp_path: Path) -> None:
    search = make_run(tmp_path, "digits-tune")
    (search.path / "search.json").write_text("{}")
    trial = make_run(tmp_path / "digits-tune" / "trials", "3")
    with pytest.raises(RequestError, match="is a part of digits-tune"):
        check_removable([trial], tmp_path)


def test_size_counts_files_but_not_links(tmp_path: Path) -> None:
    run = make_run(tmp_path, "a")
    before = folder_size(run)
    (run.path / "plots").mkdir()
    (run.path / "plots" / "loss.png").write_bytes(b"x" * 1000)
    (run.path / "big").symlink_to("/proc/self/exe")
    assert folder_size(run) == before + 1000
