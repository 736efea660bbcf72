"""Listing and sorting of runs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from nnlab.errors import DataError, RequestError
from nnlab.runs import RunStatus, find_run, list_runs
from nnlab.runs.records.run import Process
from tests.runs.builders import id_suffixes, write_run


def test_runs_are_listed_newest_first(runs_dir: Path) -> None:
    assert id_suffixes(list_runs(runs_dir)) == ["bbb", "aaa", "ccc"]


def test_missing_folder_has_no_runs(tmp_path: Path) -> None:
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
def test_sorting_is_best_first_with_missing_values_last(
    runs_dir: Path, sort: str, order: list[str]
) -> None:
    if sort == "auc":
        write_run(runs_dir, "xor-20261121T031300Z-ddd", metrics={"auc": 0.9}, created="1")
    assert id_suffixes(list_runs(runs_dir, sort)) == order


def test_missing_values_are_last_in_reverse_order_too(runs_dir: Path) -> None:
    write_run(runs_dir, "xor-20261121T031300Z-ddd", metrics={}, created="1")
    assert id_suffixes(list_runs(runs_dir, "loss", reverse=True)) == ["aaa", "ccc", "bbb", "ddd"]
    assert id_suffixes(list_runs(runs_dir, reverse=True))[0] == "ddd"


def test_diverged_run_is_last(runs_dir: Path) -> None:
    metrics = {"loss": float("nan")}
    write_run(runs_dir, "xor-20261121T031300Z-nan", metrics=metrics, created="9")
    assert id_suffixes(list_runs(runs_dir, "loss"))[-1] == "nan"


def test_unknown_key_suggests_the_nearest_and_lists_all(runs_dir: Path) -> None:
    with pytest.raises(RequestError) as caught:
        list_runs(runs_dir, "los")
    message = str(caught.value)
    assert "sort='los'. Did you mean 'loss'?" in message
    assert "auc, created, epochs_run" in message


def test_broken_record_is_listed_as_failed(runs_dir: Path) -> None:
    (runs_dir / "xor-20261121T031400Z-ccc" / "record.json").write_text("{")
    broken = list_runs(runs_dir)[-1]
    assert (broken.id, broken.status) == ("xor-20261121T031400Z-ccc", RunStatus.FAILED)
    assert "to contain JSON" in (broken.error or "")
    with pytest.raises(DataError, match="to contain JSON"):
        find_run("xor", runs_dir)


def test_run_of_a_dead_process_is_listed_as_failed_without_changing_it(tmp_path: Path) -> None:
    dead = dataclasses.replace(Process.current(), started=1, pid=2**22 + 1)
    write_run(tmp_path, "a", process=dead)
    before = (tmp_path / "a" / "record.json").read_bytes()
    (record,) = list_runs(tmp_path)
    assert record.status is RunStatus.FAILED
    assert (tmp_path / "a" / "record.json").read_bytes() == before


def test_child_runs_are_not_listed_by_default(runs_dir: Path, search: Path) -> None:
    assert id_suffixes(list_runs(runs_dir)) == ["bbb", "aaa", "ccc", "ddd"]
    assert list_runs(runs_dir, "loss")[0].id == search.name


def test_column_names_are_sort_keys_and_tables_are_not(runs_dir: Path) -> None:
    assert id_suffixes(list_runs(runs_dir, "run")) == ["aaa", "bbb", "ccc"]
    with pytest.raises(RequestError):
        list_runs(runs_dir, "metrics")


def test_child_runs_are_listed_by_their_full_id(runs_dir: Path, search: Path) -> None:
    all_ids = {record.id for record in list_runs(runs_dir, include_children=True)}
    child_ids = all_ids - {record.id for record in list_runs(runs_dir)}
    assert child_ids == {f"{search.name}/best", f"{search.name}/trials/0"}
    assert all(find_run(run_id, runs_dir).record.status for run_id in child_ids)
