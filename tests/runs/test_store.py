"""Runs are listed, and found by whatever a user calls them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from nnlab.errors import DataError, RequestError, RunNotFoundError
from nnlab.runs import (
    RunRecord,
    RunStatus,
    atomic_write,
    default_runs_dir,
    find_run,
    list_runs,
    read_run,
)
from nnlab.runs.process import Process


def keep(runs_dir: Path, run_id: str, **fields: Any) -> RunRecord:
    """Puts a run on the disk."""
    record = RunRecord(id=run_id, name=run_id.split("-", maxsplit=1)[0], **fields)
    atomic_write(runs_dir / run_id / "record.json", record.to_json())
    return record


@pytest.fixture
def runs_dir(tmp_path: Path) -> Path:
    runs_dir = tmp_path / "runs"
    done = {"status": RunStatus.COMPLETE}
    keep(runs_dir, "mnist-20261121T031500Z-aaa", created="3", metrics={"loss": 0.3}, **done)
    keep(runs_dir, "mnist-20261121T031600Z-bbb", created="4", metrics={"loss": 0.1}, **done)
    keep(
        runs_dir,
        "xor-20261121T031400Z-ccc",
        created="2",
        metrics={"loss": 0.2, "auc": 0.5},
        directions={"auc": "max"},
        **done,
    )
    (runs_dir / ".gitkeep").touch()
    (runs_dir / "notes").mkdir()
    return runs_dir


def names(records: list[RunRecord]) -> list[str]:
    """The hashes of the runs, in their order."""
    return [record.id[-3:] for record in records]


def test_runs_are_listed_newest_first_and_other_things_are_left_out(runs_dir: Path) -> None:
    assert names(list_runs(runs_dir)) == ["bbb", "aaa", "ccc"]


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


def test_no_folder_has_no_runs(tmp_path: Path) -> None:
    assert list_runs(tmp_path / "none") == []
    assert list_runs(tmp_path / "none", sort="anything") == []


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("loss", ["bbb", "ccc", "aaa"]),
        ("created", ["ccc", "aaa", "bbb"]),
        ("name", ["bbb", "aaa", "ccc"]),
        ("auc", ["ddd", "ccc", "bbb", "aaa"]),
    ],
)
def test_sorting_puts_the_best_first_and_the_missing_last(
    runs_dir: Path, sort: str, order: list[str]
) -> None:
    if sort == "auc":
        keep(runs_dir, "xor-20261121T031300Z-ddd", metrics={"auc": 0.9}, created="1")
    assert names(list_runs(runs_dir, sort)) == order


def test_a_diverged_run_is_never_the_best(runs_dir: Path) -> None:
    metrics = {"loss": float("nan")}
    keep(runs_dir, "xor-20261121T031300Z-nan", metrics=metrics, created="9")
    assert names(list_runs(runs_dir, "loss"))[-1] == "nan"


def test_an_unknown_key_names_the_nearest_and_all_there_are(runs_dir: Path) -> None:
    with pytest.raises(RequestError) as caught:
        list_runs(runs_dir, "los")
    words = str(caught.value)
    assert "Received: sort='los'. Did you mean 'loss'?" in words
    assert "auc, config_hash, created" in words


def test_a_broken_record_is_listed_as_failed_with_the_reason(runs_dir: Path) -> None:
    (runs_dir / "xor-20261121T031400Z-ccc" / "record.json").write_text("{")
    broken = list_runs(runs_dir)[-1]
    assert (broken.id, broken.status) == ("xor-20261121T031400Z-ccc", RunStatus.FAILED)
    assert "to hold JSON" in (broken.error or "")
    with pytest.raises(DataError, match="to hold JSON"):
        find_run("xor", runs_dir)


def test_a_run_whose_process_is_gone_is_listed_as_failed_and_left_as_it_is(tmp_path: Path) -> None:
    dead = dataclasses.replace(Process.current(), started=1, pid=2**22 + 1)
    keep(tmp_path, "a", process=dead)
    before = (tmp_path / "a" / "record.json").read_bytes()
    (seen,) = list_runs(tmp_path)
    assert seen.status is RunStatus.FAILED
    assert (tmp_path / "a" / "record.json").read_bytes() == before


@pytest.mark.parametrize("name", ["xor", "x", "xor-20261121T031400Z-ccc", "xor-2026"])
def test_an_id_or_its_start_finds_the_run(runs_dir: Path, name: str) -> None:
    found = find_run(name, runs_dir)
    assert found.record.id == "xor-20261121T031400Z-ccc"
    assert found.path == runs_dir / found.record.id
    assert found.model_keras == found.path / "model.keras"


def test_last_is_the_newest(runs_dir: Path) -> None:
    assert find_run("last", runs_dir).record.id.endswith("bbb")


def test_a_folder_finds_the_run_wherever_it_lies(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(runs_dir / "search" / "trials", "3")
    folder = runs_dir / "search" / "trials" / "3"
    for name in (str(folder), f"{folder}/", "search/trials/3"):
        assert find_run(name, runs_dir).path.resolve() == folder
    monkeypatch.chdir(folder.parent)
    assert find_run("3", runs_dir).record.id == "3"
    monkeypatch.chdir(folder)
    assert find_run(".", runs_dir).record.id == "3"


def test_an_id_wins_over_being_the_start_of_another(runs_dir: Path) -> None:
    keep(runs_dir, "xor")
    assert find_run("xor", runs_dir).record.id == "xor"


def test_a_start_of_several_names_them(runs_dir: Path) -> None:
    with pytest.raises(RunNotFoundError) as caught:
        find_run("mnist", runs_dir)
    words = str(caught.value)
    assert "Received: run='mnist', where 2 begin" in words
    assert "mnist-20261121T031500Z-aaa, mnist-20261121T031600Z-bbb" in words


@pytest.mark.parametrize("name", ["mnsit", "mnsit-2026"])
def test_a_slip_names_the_nearest_run(runs_dir: Path, name: str) -> None:
    with pytest.raises(RunNotFoundError, match=rf"run='{name}'. Did you mean 'mnist-2026"):
        find_run(name, runs_dir)


@pytest.mark.parametrize("name", ["", "zzz", "notes", "/nowhere/at/all"])
def test_an_unknown_name_says_what_there_is(runs_dir: Path, name: str) -> None:
    with pytest.raises(RunNotFoundError) as caught:
        find_run(name, runs_dir)
    assert f"run={name!r}. The runs in {runs_dir}: xor-" in str(caught.value)


def test_many_runs_are_counted_not_listed(tmp_path: Path) -> None:
    for number in range(30):
        keep(tmp_path, f"run-{number:02}")
    with pytest.raises(RunNotFoundError, match=r"run-22, .*run-29, and 22 more"):
        find_run("zzz", tmp_path)


@pytest.mark.parametrize("name", ["last", "xor"])
def test_without_runs_the_way_to_one_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunNotFoundError, match=r"holds none\. Train one with: nnlab train CONFIG"):
        find_run(name, tmp_path / "runs")


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


@pytest.fixture
def search(runs_dir: Path) -> Path:
    """A search with one trial and the best trained again."""
    path = runs_dir / "deep-tune-20261121T031300Z-ddd"
    keep(runs_dir, path.name, status=RunStatus.COMPLETE, created="1", metrics={"loss": 0.05})
    keep(path / "trials", "0")
    keep(path, "best")
    return path


def test_a_search_is_listed_but_not_what_lies_in_it(runs_dir: Path, search: Path) -> None:
    assert names(list_runs(runs_dir)) == ["bbb", "aaa", "ccc", "ddd"]
    assert list_runs(runs_dir, "loss")[0].id == search.name


@pytest.mark.parametrize("name", ["deep/trials/0", "deep-tune-2026/trials/0/", "deep/best"])
def test_a_run_inside_a_search_is_found_behind_a_slash(
    runs_dir: Path, search: Path, name: str
) -> None:
    inside = name.partition("/")[2].strip("/")
    assert find_run(name, runs_dir).path.resolve() == search / inside


def test_a_trial_that_is_not_there_is_told_with_those_that_are(
    runs_dir: Path, search: Path
) -> None:
    with pytest.raises(RunNotFoundError, match=r"'trials/7'. There are: best, trials/0"):
        find_run(f"{search.name}/trials/7", runs_dir)


def test_a_name_that_one_run_has_finds_it_though_others_begin_alike(runs_dir: Path) -> None:
    keep(runs_dir, "xor_deep-20261121T031700Z-ddd", created="5")
    assert find_run("xor", runs_dir).record.id == "xor-20261121T031400Z-ccc"
    keep(runs_dir, "xor-20261121T031400Z-ccc-again", created="6")
    for several in ("mnist", "xor"):
        with pytest.raises(RunNotFoundError):
            find_run(several, runs_dir)


def test_headings_sort_and_tables_within_the_record_do_not(runs_dir: Path) -> None:
    assert names(list_runs(runs_dir, "run")) == ["aaa", "bbb", "ccc"]
    with pytest.raises(RequestError):
        list_runs(runs_dir, "metrics")


def test_runs_that_are_named_are_the_newest(tmp_path: Path) -> None:
    for hour in range(9):
        keep(tmp_path, f"{'zyxwvutsr'[hour]}-20261121T{hour:02}0000Z-abc")
    with pytest.raises(RunNotFoundError) as caught:
        find_run("none", tmp_path)
    assert "r-20261121T080000Z-abc, and 1 more" in str(caught.value)
    assert "z-20261121T000000Z-abc" not in str(caught.value)
