"""`nnlab runs` and `nnlab runs rm` as a user runs them."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import Trained, call_nnlab


@pytest.fixture
def runs(trained: Trained, tmp_path: Path) -> Path:
    """A folder of two runs of its own."""
    for name, seed in (("first", 3), ("second", 7)):
        path = tmp_path / "runs" / name
        shutil.copytree(trained.run, path)
        record = path / "record.json"
        text = record.read_text().replace(trained.run.name, name)
        record.write_text(text.replace('"seed": 3', f'"seed": {seed}'))
    return tmp_path / "runs"


def ids(folder: Path, *arguments: str) -> list[str]:
    rows = call_nnlab("runs", *arguments, "--json", cwd=folder.parent).json
    return [row["id"] for row in rows]


def test_conditions_choose_runs(runs: Path) -> None:
    assert ids(runs, "--where", "seed == 7") == ["second"]
    both = ["--where", "config.training.epochs == 2", "--where", "metrics.val_loss < 100"]
    assert sorted(ids(runs, *both)) == ["first", "second"]
    assert ids(runs, "--where", "seed > 7") == []


def test_json_says_where_each_run_lies(runs: Path) -> None:
    rows = call_nnlab("runs", "--json", cwd=runs.parent).json
    assert sorted(row["path"] for row in rows) == ["runs/first", "runs/second"]


def test_any_key_sorts(runs: Path) -> None:
    assert ids(runs, "--sort", "seed") == ["first", "second"]
    assert sorted(ids(runs, "--sort", "config.training.batch_size")) == ["first", "second"]


def test_a_part_of_the_runs_is_told_as_one(runs: Path) -> None:
    shown = call_nnlab("runs", "--where", "seed == 7", cwd=runs.parent)
    assert shown.out.endswith("1 of 2 runs\n")
    nothing = call_nnlab("runs", "--where", "seed > 7", cwd=runs.parent)
    assert (nothing.code, nothing.out) == (0, "")
    assert "None of 2 runs" in nothing.err


def test_a_slip_in_a_condition_is_told(runs: Path) -> None:
    refused = call_nnlab("runs", "--where", "metrics.val_los < 1", cwd=runs.parent)
    assert refused.code == 2
    assert "metrics.val_loss" in refused.err


def test_rm_deletes_with_yes_and_says_so(runs: Path) -> None:
    done = call_nnlab("runs", "rm", "first", "--yes", "--json", cwd=runs.parent)
    assert done.json["deleted"] == ["first"]
    assert [path.name for path in runs.iterdir()] == ["second"]


def test_rm_deletes_what_cannot_be_read_any_more(runs: Path) -> None:
    (runs / "first" / "record.json").write_text("{")
    assert call_nnlab("show", "first", cwd=runs.parent).code == 1
    done = call_nnlab("runs", "rm", "first", "--yes", cwd=runs.parent)
    assert done.code == 0, done.err
    assert [path.name for path in runs.iterdir()] == ["second"]


def test_rm_deletes_nothing_where_nobody_can_be_asked(runs: Path) -> None:
    refused = call_nnlab("runs", "rm", "first", cwd=runs.parent)
    assert refused.code == 2
    assert "--yes" in refused.err
    assert len(list(runs.iterdir())) == 2


@pytest.mark.parametrize(("answer", "left"), [("n\n", 2), ("\n", 2), ("y\n", 1)])
def test_rm_asks_in_a_terminal(runs: Path, answer: str, left: int) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "nnlab", "runs", "rm", "first"]
    with subprocess.Popen(
        command, cwd=runs.parent, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        os.write(master, answer.encode())
        _, asked = process.communicate(timeout=60)
    os.close(master)
    os.close(slave)
    assert b"Delete 1 run for good?" in asked
    assert len(list(runs.iterdir())) == left


def test_options_before_rm_are_refused_not_ignored(runs: Path) -> None:
    refused = call_nnlab("runs", "--runs-dir", "elsewhere", "rm", "first", "--yes", cwd=runs.parent)
    assert refused.code == 2
    assert len(list(runs.iterdir())) == 2
