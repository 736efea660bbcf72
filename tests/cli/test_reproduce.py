"""`nnlab reproduce`: repeated trainings, compared bit by bit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.runner import TrainedRun, call_nnlab, run_nnlab


@pytest.fixture
def runs(trained: TrainedRun, tmp_path: Path) -> Path:
    """Return a folder with the small run, named `first`."""
    path = tmp_path / "runs" / "first"
    shutil.copytree(trained.run, path)
    record = path / "record.json"
    record.write_text(record.read_text().replace(trained.run.name, "first"))
    return tmp_path / "runs"


@pytest.mark.slow
def test_repeated_run_is_equal_bit_by_bit(runs: Path) -> None:
    result = run_nnlab("reproduce", "first", cwd=runs.parent)
    assert result.code == 0, result.err
    original, repeated = runs / "first", runs / "first-again"
    for name in ("config.yaml", "metrics.csv", "model.keras"):
        assert (original / name).read_bytes() == (repeated / name).read_bytes()


@pytest.mark.slow
def test_differences_of_a_run_inside_a_search_are_listed(runs: Path) -> None:
    search = runs / "digits-tune"
    shutil.copytree(runs / "first", search / "best")
    shutil.copy(runs / "first" / "record.json", search)
    (search / "search.json").write_text("{}")
    path = search / "best" / "record.json"
    record = json.loads(path.read_text())
    record["environment"]["packages"]["keras"] = "3.14.0"
    record["metrics"]["val_loss"] += 1e-6
    path.write_text(json.dumps(record))
    result = run_nnlab("reproduce", "digits-tune/best", "--json", cwd=runs.parent)
    assert result.code == 1
    assert result.json["run"] == "digits-tune/best"
    assert result.json["path"] == "runs/digits-tune-best-again"
    assert result.json["equal"] is False
    assert [metric["name"] for metric in result.json["metric_differences"]] == ["val_loss"]
    assert [row["path"] for row in result.json["environment"]] == ["packages.keras"]
    assert result.json["weights_equal"] is True


def test_run_without_a_config_cannot_be_repeated(runs: Path) -> None:
    (runs / "first" / "config.yaml").unlink()
    result = call_nnlab("reproduce", "first", cwd=runs.parent)
    assert result.code == 2
    assert "without config.yaml" in result.err
    assert [path.name for path in runs.iterdir()] == ["first"]
