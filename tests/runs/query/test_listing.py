"""Runs are listed, the newest or the best first."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from nnlab.errors import DataError, RequestError
from nnlab.runs import (
    RunStatus,
    find_run,
    list_runs,
)
from nnlab.runs.io.process import Process
from tests.runs.made import keep, names


def test_runs_are_listed_newest_first_and_other_things_are_left_out(runs_dir: Path) -> None:
    assert names(list_runs(runs_dir)) == ["bbb", "aaa", "ccc"]


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


def test_the_other_way_round_the_missing_stay_last(runs_dir: Path) -> None:
    keep(runs_dir, "xor-20261121T031300Z-ddd", metrics={}, created="1")
    assert names(list_runs(runs_dir, "loss", is_reversed=True)) == ["aaa", "ccc", "bbb", "ddd"]
    assert names(list_runs(runs_dir, is_reversed=True))[0] == "ddd"


def test_a_diverged_run_is_never_the_best(runs_dir: Path) -> None:
    metrics = {"loss": float("nan")}
    keep(runs_dir, "xor-20261121T031300Z-nan", metrics=metrics, created="9")
    assert names(list_runs(runs_dir, "loss"))[-1] == "nan"


def test_an_unknown_key_names_the_nearest_and_all_there_are(runs_dir: Path) -> None:
    with pytest.raises(RequestError) as caught:
        list_runs(runs_dir, "los")
    words = str(caught.value)
    assert "Received: sort='los'. Did you mean 'loss'?" in words
    assert "auc, created, epochs_run" in words


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


def test_a_search_is_listed_but_not_what_lies_in_it(runs_dir: Path, search: Path) -> None:
    assert names(list_runs(runs_dir)) == ["bbb", "aaa", "ccc", "ddd"]
    assert list_runs(runs_dir, "loss")[0].id == search.name


def test_headings_sort_and_tables_within_the_record_do_not(runs_dir: Path) -> None:
    assert names(list_runs(runs_dir, "run")) == ["aaa", "bbb", "ccc"]
    with pytest.raises(RequestError):
        list_runs(runs_dir, "metrics")


def test_what_lies_inside_is_listed_on_demand_by_the_id_that_finds_it(
    runs_dir: Path, search: Path
) -> None:
    inner = {record.id for record in list_runs(runs_dir, inside=True)} - {
        record.id for record in list_runs(runs_dir)
    }
    assert inner == {f"{search.name}/best", f"{search.name}/trials/0"}
    assert all(find_run(one, runs_dir).record.status for one in inner)
