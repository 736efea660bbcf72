"""Finding runs by path, id, prefix, name or `last`."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.errors import RunNotFoundError
from nnlab.runs import RunKind, atomic_write, find_run
from tests.runs.builders import write_run


@pytest.mark.parametrize("name", ["xor", "x", "xor-20261121T031400Z-ccc", "xor-2026"])
def test_run_is_found_by_id_or_prefix(runs_dir: Path, name: str) -> None:
    run = find_run(name, runs_dir)
    assert run.record.id == "xor-20261121T031400Z-ccc"
    assert run.path == runs_dir / run.record.id
    assert run.model_keras == run.path / "model.keras"


def test_last_is_the_newest_run(runs_dir: Path) -> None:
    assert find_run("last", runs_dir).record.id.endswith("bbb")


def test_run_is_found_by_its_folder(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(runs_dir / "search" / "trials", "3")
    folder = runs_dir / "search" / "trials" / "3"
    for name in (str(folder), f"{folder}/", "search/trials/3"):
        assert find_run(name, runs_dir).path.resolve() == folder
    monkeypatch.chdir(folder.parent)
    assert find_run("3", runs_dir).record.id == "3"
    monkeypatch.chdir(folder)
    assert find_run(".", runs_dir).record.id == "3"


def test_parent_references_in_paths_are_resolved(runs_dir: Path) -> None:
    run_id = "xor-20261121T031400Z-ccc"
    for name in (f"{run_id}/../{run_id}", f"{run_id}/tensorboard/.."):
        (runs_dir / run_id / "tensorboard").mkdir(exist_ok=True)
        assert find_run(name, runs_dir).path == runs_dir.resolve() / run_id
    (runs_dir / "link").symlink_to(runs_dir / run_id)
    assert find_run(f"{run_id}/../link", runs_dir).path.is_symlink()


def test_exact_id_takes_precedence_over_prefixes(runs_dir: Path) -> None:
    write_run(runs_dir, "xor")
    assert find_run("xor", runs_dir).record.id == "xor"


def test_ambiguous_prefix_lists_the_runs(runs_dir: Path) -> None:
    with pytest.raises(RunNotFoundError) as caught:
        find_run("mnist", runs_dir)
    message = str(caught.value)
    assert "run='mnist', the prefix of 2 ids" in message
    assert "mnist-20261121T031500Z-aaa, mnist-20261121T031600Z-bbb" in message


@pytest.mark.parametrize("name", ["mnsit", "mnsit-2026"])
def test_misspelled_name_suggests_the_nearest_run(runs_dir: Path, name: str) -> None:
    with pytest.raises(RunNotFoundError, match=rf"run='{name}'. Did you mean 'mnist-2026"):
        find_run(name, runs_dir)


@pytest.mark.parametrize("name", ["", "zzz", "notes", "/nowhere/at/all"])
def test_unknown_name_lists_the_runs(runs_dir: Path, name: str) -> None:
    with pytest.raises(RunNotFoundError) as caught:
        find_run(name, runs_dir)
    assert f"run={name!r}. The runs in {runs_dir}: xor-" in str(caught.value)


def test_long_lists_of_runs_are_shortened(tmp_path: Path) -> None:
    for number in range(30):
        write_run(tmp_path, f"run-{number:02}")
    with pytest.raises(RunNotFoundError, match=r"run-22, .*run-29, and 22 more"):
        find_run("zzz", tmp_path)


@pytest.mark.parametrize("name", ["last", "xor"])
def test_without_runs_the_error_names_the_train_command(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunNotFoundError, match="nnlab train CONFIG"):
        find_run(name, tmp_path / "runs")


@pytest.mark.parametrize("name", ["deep/trials/0", "deep-tune-2026/trials/0/", "deep/best"])
def test_child_run_is_found_by_its_path(runs_dir: Path, search: Path, name: str) -> None:
    child = name.partition("/")[2].strip("/")
    assert find_run(name, runs_dir).path.resolve() == search / child


def test_unknown_child_run_lists_the_available_ones(runs_dir: Path, search: Path) -> None:
    with pytest.raises(RunNotFoundError, match=r"'trials/7'. Available: best, trials/0"):
        find_run(f"{search.name}/trials/7", runs_dir)


def test_path_inside_a_run_names_the_run(
    runs_dir: Path, search: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = search / "trials" / "table.csv"
    file.write_text("")
    for name in (str(file), f"{search.name}/trials/table.csv"):
        with pytest.raises(RunNotFoundError) as caught:
            find_run(name, runs_dir, RunKind.SEARCH)
        assert f"run='{name}', a file." in str(caught.value)
        assert str(caught.value).endswith(f"Name its run: {search}")
    monkeypatch.chdir(search.parent)
    with pytest.raises(RunNotFoundError, match="a folder without a run"):
        find_run(f"{search.name}/trials", runs_dir.parent / "others")


def test_misspelled_path_suggests_the_nearest_run_of_its_folder(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(runs_dir.parent)
    run_id = find_run("last", runs_dir).path.name
    for name in (run_id[:-1], f"{run_id[:-1]}x"):
        with pytest.raises(RunNotFoundError, match=f"Did you mean '{run_id}'"):
            find_run(f"{runs_dir.name}/{name}", Path("others"))


def test_name_takes_precedence_over_longer_names(runs_dir: Path) -> None:
    write_run(runs_dir, "xor_deep-20261121T031700Z-ddd", created="5")
    assert find_run("xor", runs_dir).record.id == "xor-20261121T031400Z-ccc"
    with pytest.raises(RunNotFoundError):
        find_run("mnist", runs_dir)


def test_repetitions_do_not_make_names_ambiguous(runs_dir: Path) -> None:
    original = "xor-20261121T031400Z-ccc"
    write_run(runs_dir, f"{original}-again", created="6")
    write_run(runs_dir, f"{original}-again-2", created="7")
    for name in ("xor", "x", "xor-2026", original):
        assert find_run(name, runs_dir).record.id == original
    assert find_run(f"{original}-again", runs_dir).record.id == f"{original}-again"
    write_run(runs_dir, "c1-compare-20261121T031700Z-ddd", created="8")
    write_run(runs_dir, "c1-compare-20261121T031700Z-ddd-fast-1-again", created="9")
    assert find_run("c1", runs_dir).record.id == "c1-compare-20261121T031700Z-ddd"


def test_repetition_is_found_by_name_without_its_original(runs_dir: Path) -> None:
    write_run(runs_dir, "deep-20261121T031700Z-eee-again", created="6")
    assert find_run("deep", runs_dir).record.id == "deep-20261121T031700Z-eee-again"
    write_run(runs_dir, "deep-20261121T031700Z-eee-again-2", created="7")
    with pytest.raises(RunNotFoundError, match="2 ids"):
        find_run("deep", runs_dir)


def test_repetition_does_not_resolve_an_ambiguous_name(runs_dir: Path) -> None:
    write_run(runs_dir, "mnist-20261121T031500Z-aaa-again", created="6")
    with pytest.raises(RunNotFoundError, match="3 ids"):
        find_run("mnist", runs_dir)


def test_listed_runs_are_the_newest(tmp_path: Path) -> None:
    for hour in range(9):
        write_run(tmp_path, f"{'zyxwvutsr'[hour]}-20261121T{hour:02}0000Z-abc")
    with pytest.raises(RunNotFoundError) as caught:
        find_run("none", tmp_path)
    assert "r-20261121T080000Z-abc, and 1 more" in str(caught.value)
    assert "z-20261121T000000Z-abc" not in str(caught.value)


def test_last_of_a_kind_is_the_newest_of_that_kind(runs_dir: Path, search: Path) -> None:
    atomic_write(search / "search.json", "{}")
    assert find_run("last", runs_dir, RunKind.SEARCH).path == search
    with pytest.raises(RunNotFoundError, match=r"Expected a comparison.*nnlab compare variants"):
        find_run("last", runs_dir, RunKind.COMPARISON)


def test_run_of_another_kind_is_an_error(runs_dir: Path, search: Path) -> None:
    atomic_write(search / "search.json", "{}")
    with pytest.raises(RunNotFoundError, match=rf"which is a run\. Available: {search.name}"):
        find_run("xor", runs_dir, RunKind.SEARCH)
    with pytest.raises(RunNotFoundError, match=r"which is a search\. .*nnlab compare variants"):
        find_run("deep", runs_dir, RunKind.COMPARISON)


def test_child_of_last_skips_runs_without_it(runs_dir: Path, search: Path) -> None:
    assert find_run("last", runs_dir).record.id.endswith("bbb")
    assert find_run("last/trials/0", runs_dir).path == search / "trials" / "0"
    with pytest.raises(RunNotFoundError, match=r"'trials/9'\. Available: best, trials/0"):
        find_run("last/trials/9", runs_dir)


def test_required_kind_resolves_equal_names(runs_dir: Path, search: Path) -> None:
    atomic_write(search / "search.json", "{}")
    write_run(runs_dir, "deep-20261121T031900Z-eee", created="9")
    assert find_run("deep", runs_dir).record.id == "deep-20261121T031900Z-eee"
    assert find_run("deep", runs_dir, RunKind.SEARCH).path == search
