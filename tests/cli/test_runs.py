"""`nnlab runs` and `nnlab runs rm`."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runner import TrainedRun, call_nnlab


@pytest.fixture
def runs(trained: TrainedRun, tmp_path: Path) -> Path:
    """Return a folder with two copies of the small run, with seeds 3 and 7."""
    for name, seed in (("first", 3), ("second", 7)):
        path = tmp_path / "runs" / name
        shutil.copytree(trained.run, path)
        record = path / "record.json"
        text = record.read_text().replace(trained.run.name, name)
        record.write_text(text.replace('"seed": 3', f'"seed": {seed}'))
    return tmp_path / "runs"


def listed_ids(folder: Path, *arguments: str) -> list[str]:
    """Return the ids that `nnlab runs` lists."""
    rows = call_nnlab("runs", *arguments, "--json", cwd=folder.parent).json
    return [row["id"] for row in rows]


def test_conditions_filter_runs(runs: Path) -> None:
    assert listed_ids(runs, "--where", "seed == 7") == ["second"]
    both = ["--where", "config.training.epochs == 2", "--where", "metrics.val_loss < 100"]
    assert sorted(listed_ids(runs, *both)) == ["first", "second"]
    assert listed_ids(runs, "--where", "seed > 7") == []


def test_json_contains_the_path_of_each_run(runs: Path) -> None:
    rows = call_nnlab("runs", "--json", cwd=runs.parent).json
    assert sorted(row["path"] for row in rows) == ["runs/first", "runs/second"]


def test_runs_are_sorted_by_any_key(runs: Path) -> None:
    assert listed_ids(runs, "--sort", "seed") == ["first", "second"]
    assert sorted(listed_ids(runs, "--sort", "config.training.batch_size")) == ["first", "second"]


def test_number_of_selected_runs_is_printed(runs: Path) -> None:
    result = call_nnlab("runs", "--where", "seed == 7", cwd=runs.parent)
    assert result.out.endswith("1 of 2 runs\n")
    empty = call_nnlab("runs", "--where", "seed > 7", cwd=runs.parent)
    assert (empty.code, empty.out) == (0, "")
    assert "None of 2 runs" in empty.err


def test_misspelled_key_in_a_condition_is_an_error(runs: Path) -> None:
    result = call_nnlab("runs", "--where", "metrics.val_los < 1", cwd=runs.parent)
    assert result.code == 2
    assert "metrics.val_loss" in result.err


def test_rm_deletes_with_yes(runs: Path) -> None:
    result = call_nnlab("runs", "rm", "first", "--yes", "--json", cwd=runs.parent)
    assert result.json["deleted"] == ["first"]
    assert [path.name for path in runs.iterdir()] == ["second"]


def test_rm_deletes_a_run_with_a_broken_record(runs: Path) -> None:
    (runs / "first" / "record.json").write_text("{")
    assert call_nnlab("show", "first", cwd=runs.parent).code == 1
    result = call_nnlab("runs", "rm", "first", "--yes", cwd=runs.parent)
    assert result.code == 0, result.err
    assert [path.name for path in runs.iterdir()] == ["second"]


def test_rm_requires_yes_without_a_terminal(runs: Path) -> None:
    result = call_nnlab("runs", "rm", "first", cwd=runs.parent)
    assert result.code == 2
    assert "--yes" in result.err
    assert len(list(runs.iterdir())) == 2


@pytest.mark.parametrize(("answer", "left"), [("n\n", 2), ("\n", 2), ("y\n", 1)])
def test_rm_asks_for_confirmation_in_a_terminal(runs: Path, answer: str, left: int) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "nnlab", "runs", "rm", "first"]
    with subprocess.Popen(
        command, cwd=runs.parent, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        os.write(master, answer.encode())
        _, question = process.communicate(timeout=60)
    os.close(master)
    os.close(slave)
    assert b"1 run?" in question
    assert len(list(runs.iterdir())) == left


def test_options_before_rm_are_an_error(runs: Path) -> None:
    result = call_nnlab("runs", "--runs-dir", "elsewhere", "rm", "first", "--yes", cwd=runs.parent)
    assert result.code == 2
    assert len(list(runs.iterdir())) == 2
