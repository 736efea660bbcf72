"""Runs are found by whatever a user calls them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.errors import RunNotFoundError
from nnlab.runs import (
    RunKind,
    atomic_write,
    find_run,
)
from tests.runs.made import keep


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


def test_a_path_that_goes_up_and_down_comes_to_one_that_can_be_renamed(runs_dir: Path) -> None:
    one = "xor-20261121T031400Z-ccc"
    for name in (f"{one}/../{one}", f"{one}/tensorboard/.."):
        (runs_dir / one / "tensorboard").mkdir(exist_ok=True)
        assert find_run(name, runs_dir).path == runs_dir.resolve() / one
    (runs_dir / "link").symlink_to(runs_dir / one)
    assert find_run(f"{one}/../link", runs_dir).path.is_symlink()


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


def test_what_is_no_run_is_told_with_the_run_that_it_lies_in(
    runs_dir: Path, search: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = search / "trials" / "table.csv"
    file.write_text("")
    for name in (str(file), f"{search.name}/trials/table.csv"):
        with pytest.raises(RunNotFoundError) as refused:
            find_run(name, runs_dir, RunKind.SEARCH)
        assert f"run='{name}', a file." in str(refused.value)
        assert str(refused.value).endswith(f"Name its run: {search}")
    monkeypatch.chdir(search.parent)
    with pytest.raises(RunNotFoundError, match="a folder that holds none"):
        find_run(f"{search.name}/trials", runs_dir.parent / "others")


def test_a_path_with_a_slip_names_the_nearest_run_of_its_folder(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(runs_dir.parent)
    there = find_run("last", runs_dir).path.name
    for slip in (there[:-1], f"{there[:-1]}x"):
        with pytest.raises(RunNotFoundError, match=f"Did you mean '{there}'"):
            find_run(f"{runs_dir.name}/{slip}", Path("others"))


def test_a_name_that_one_run_has_finds_it_though_others_begin_alike(runs_dir: Path) -> None:
    keep(runs_dir, "xor_deep-20261121T031700Z-ddd", created="5")
    assert find_run("xor", runs_dir).record.id == "xor-20261121T031400Z-ccc"
    with pytest.raises(RunNotFoundError):
        find_run("mnist", runs_dir)


def test_repeating_a_run_takes_nothing_from_its_short_names(runs_dir: Path) -> None:
    original = "xor-20261121T031400Z-ccc"
    keep(runs_dir, f"{original}-again", created="6")
    keep(runs_dir, f"{original}-again-2", created="7")
    for short in ("xor", "x", "xor-2026", original):
        assert find_run(short, runs_dir).record.id == original
    assert find_run(f"{original}-again", runs_dir).record.id == f"{original}-again"
    keep(runs_dir, "c1-compare-20261121T031700Z-ddd", created="8")
    keep(runs_dir, "c1-compare-20261121T031700Z-ddd-fast-1-again", created="9")
    assert find_run("c1", runs_dir).record.id == "c1-compare-20261121T031700Z-ddd"


def test_a_repetition_is_found_by_its_start_where_its_original_is_gone(runs_dir: Path) -> None:
    keep(runs_dir, "deep-20261121T031700Z-eee-again", created="6")
    assert find_run("deep", runs_dir).record.id == "deep-20261121T031700Z-eee-again"
    keep(runs_dir, "deep-20261121T031700Z-eee-again-2", created="7")
    with pytest.raises(RunNotFoundError, match="2 begin"):
        find_run("deep", runs_dir)


def test_two_originals_stay_two_though_one_was_repeated(runs_dir: Path) -> None:
    keep(runs_dir, "mnist-20261121T031500Z-aaa-again", created="6")
    with pytest.raises(RunNotFoundError, match="3 begin"):
        find_run("mnist", runs_dir)


def test_runs_that_are_named_are_the_newest(tmp_path: Path) -> None:
    for hour in range(9):
        keep(tmp_path, f"{'zyxwvutsr'[hour]}-20261121T{hour:02}0000Z-abc")
    with pytest.raises(RunNotFoundError) as caught:
        find_run("none", tmp_path)
    assert "r-20261121T080000Z-abc, and 1 more" in str(caught.value)
    assert "z-20261121T000000Z-abc" not in str(caught.value)


def test_last_of_a_kind_is_the_newest_of_that_kind(runs_dir: Path, search: Path) -> None:
    atomic_write(search / "search.json", "{}")
    assert find_run("last", runs_dir, RunKind.SEARCH).path == search
    with pytest.raises(RunNotFoundError, match=r"Expected a comparison.*holds none.*variants"):
        find_run("last", runs_dir, RunKind.COMPARISON)


def test_a_run_of_another_kind_is_refused_with_those_there_are(
    runs_dir: Path, search: Path
) -> None:
    atomic_write(search / "search.json", "{}")
    with pytest.raises(RunNotFoundError, match=rf"which is a run\. There are: {search.name}"):
        find_run("xor", runs_dir, RunKind.SEARCH)
    with pytest.raises(RunNotFoundError, match=r"which is a search\. Start one with: nnlab comp"):
        find_run("deep", runs_dir, RunKind.COMPARISON)


def test_what_lies_in_the_last_search_is_found_after_later_runs(
    runs_dir: Path, search: Path
) -> None:
    assert find_run("last", runs_dir).record.id.endswith("bbb")
    assert find_run("last/trials/0", runs_dir).path == search / "trials" / "0"
    with pytest.raises(RunNotFoundError, match=r"'trials/9'\. There are: best, trials/0"):
        find_run("last/trials/9", runs_dir)


def test_a_search_is_found_by_the_name_that_a_training_of_its_best_has_as_well(
    runs_dir: Path, search: Path
) -> None:
    atomic_write(search / "search.json", "{}")
    keep(runs_dir, "deep-20261121T031900Z-eee", created="9")
    assert find_run("deep", runs_dir).record.id == "deep-20261121T031900Z-eee"
    assert find_run("deep", runs_dir, RunKind.SEARCH).path == search
