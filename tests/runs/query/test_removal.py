"""Which runs may be deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.errors import RequestError
from nnlab.runs import RunDirectory, RunRecord, RunStatus, StoredRun, list_runs, read_run
from nnlab.runs.query.removal import check_removable, remove_run, size_of


def made(folder: Path, name: str, status: RunStatus = RunStatus.COMPLETE) -> StoredRun:
    path = folder / name
    path.mkdir(parents=True)
    (path / "record.json").write_text(RunRecord(name, name, status).to_json())
    return StoredRun(path, RunRecord(name, name, status))


def test_a_deleted_run_is_gone_and_no_other(tmp_path: Path) -> None:
    gone, stays = made(tmp_path, "gone"), made(tmp_path, "stays")
    check_removable([gone], tmp_path)
    remove_run(gone)
    assert [path.name for path in tmp_path.iterdir()] == ["stays"]
    assert [record.id for record in list_runs(tmp_path)] == [stays.record.id]


def test_all_that_must_stay_are_told(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    elsewhere, trial = made(tmp_path / "other", "a"), made(runs / "search", "b")
    running = made(runs, "c", RunStatus.RUNNING)
    (runs / "link").symlink_to(elsewhere.path)
    several = [elsewhere, trial, running, read_run(runs / "link")]
    with pytest.raises(RequestError) as caught:
        check_removable(several, runs)
    told = str(caught.value).splitlines()
    assert ["directly in" in line for line in told] == [True, True, False, False]
    assert "is at work" in told[2]
    assert "is a link" in told[3]


def test_a_run_that_holds_one_at_work_stays(tmp_path: Path) -> None:
    outer = made(tmp_path, "outer")
    inner = RunDirectory.create(outer.path / "relu", "inner", "name: x")
    with pytest.raises(RequestError, match="at work"):
        check_removable([outer], tmp_path)
    inner.finish(RunStatus.COMPLETE)
    check_removable([outer], tmp_path)


def test_a_part_of_a_search_stays(tmp_path: Path) -> None:
    search = made(tmp_path, "digits-tune")
    (search.path / "search.json").write_text("{}")
    trial = made(tmp_path / "digits-tune" / "trials", "3")
    with pytest.raises(RequestError, match="is a part of digits-tune"):
        check_removable([trial], tmp_path)


def test_size_counts_all_files_but_no_links(tmp_path: Path) -> None:
    run = made(tmp_path, "a")
    before = size_of(run)
    (run.path / "plots").mkdir()
    (run.path / "plots" / "loss.png").write_bytes(b"x" * 1000)
    (run.path / "big").symlink_to("/proc/self/exe")
    assert size_of(run) == before + 1000
