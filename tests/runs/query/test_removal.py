"""Deletion of runs, and its checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.errors import RequestError
from nnlab.runs import RunDirectory, RunRecord, RunStatus, StoredRun, list_runs, read_run
from nnlab.runs.query.removal import check_removable, folder_size, remove_run


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
