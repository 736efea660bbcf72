"""`nnlab reproduce` as a user runs it: real trainings, compared to the bit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.running import Trained, call_nnlab, run_nnlab


@pytest.fixture
def runs(trained: Trained, tmp_path: Path) -> Path:
    """A folder with the small run, called `first`."""
    path = tmp_path / "runs" / "first"
    shutil.copytree(trained.run, path)
    record = path / "record.json"
    record.write_text(record.read_text().replace(trained.run.name, "first"))
    return tmp_path / "runs"


@pytest.mark.slow
def test_the_same_run_again_is_equal_to_the_bit(runs: Path) -> None:
    again = run_nnlab("reproduce", "first", cwd=runs.parent)
    assert again.code == 0, again.err
    assert again.out.endswith("Equal to the bit.\n")
    then, now = runs / "first", runs / "first-again"
    for name in ("config.yaml", "metrics.csv", "model.keras"):
        assert (then / name).read_bytes() == (now / name).read_bytes()


@pytest.mark.slow
def test_a_run_inside_a_search_is_repeated_and_what_differs_is_told(runs: Path) -> None:
    search = runs / "digits-tune"
    shutil.copytree(runs / "first", search / "best")
    shutil.copy(runs / "first" / "record.json", search)
    (search / "search.json").write_text("{}")
    path = search / "best" / "record.json"
    record = json.loads(path.read_text())
    record["environment"]["packages"]["keras"] = "3.14.0"
    record["metrics"]["val_loss"] += 1e-6
    path.write_text(json.dumps(record))
    again = run_nnlab("reproduce", "digits-tune/best", "--json", cwd=runs.parent)
    assert again.code == 1
    assert again.json["run"] == "digits-tune/best"
    assert again.json["path"] == "runs/digits-tune-best-again"
    assert again.json["equal"] is False
    assert [figure["name"] for figure in again.json["final"]] == ["val_loss"]
    assert [row["path"] for row in again.json["environment"]] == ["packages.keras"]
    assert again.json["weights_equal"] is True


def test_what_cannot_be_repeated_is_told(runs: Path) -> None:
    (runs / "first" / "config.yaml").unlink()
    refused = call_nnlab("reproduce", "first", cwd=runs.parent)
    assert refused.code == 2
    assert "without config.yaml" in refused.err
    assert [path.name for path in runs.iterdir()] == ["first"]
