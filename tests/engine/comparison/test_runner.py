"""Comparisons: their runs and results, and which runs a resume keeps."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnlab.analysis.variants import read_variants
from nnlab.config import load_config
from nnlab.engine.training.train import train
from nnlab.report.progress import SilentProgress
from nnlab.runs import RunKind, find_run, read_run
from tests.comparisons import CompareProcess, FinishedComparison

# The process of the fixture imports TensorFlow.
pytestmark = pytest.mark.slow

BASE = """\
name: small
seed: 3
data: {file: rows.csv, target: y, validation_split: 0.25, test_split: 0.25}
model:
  layers:
    - Dense: {units: 4, activation: relu}
    - Dense: {units: 1, activation: sigmoid}
training:
  {optimizer: adam, loss: binary_crossentropy, metrics: [accuracy], batch_size: 8, epochs: 3}
tensorboard: false
"""
VARIANTS = """\
base: base.yaml
seeds: 2
metric: val_loss
variants:
  slow: {}
  quick: {training.optimizer: {Adam: {learning_rate: 0.1}}}
  wild:
    model.layers.1: {Dense: 1}
    training: {optimizer: {SGD: 1e30}, loss: mse, epochs: 3}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a config, its data, and a comparison of three variants, one of which diverges."""
    path = tmp_path_factory.mktemp("comparing")
    (path / "base.yaml").write_text(BASE)
    (path / "widths.yaml").write_text(VARIANTS)
    with (path / "rows.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["a", "b", "y"])
        rows.writerows([i % 7, (i * i) % 5, int(i % 7 > 3)] for i in range(60))
    return path


@pytest.fixture(scope="module")
def compare_process(folder: Path) -> Iterator[CompareProcess]:
    with CompareProcess(folder / "runs") as process:
        yield process


@pytest.fixture(scope="module")
def finished(compare_process: CompareProcess, folder: Path) -> FinishedComparison:
    return compare_process.compare(folder / "widths.yaml")


def test_every_variant_with_every_seed_is_a_run(finished: FinishedComparison, folder: Path) -> None:
    for variant in ("slow", "quick"):
        for seed in (3, 4):
            run = read_run(finished.path / variant / str(seed))
            assert run.record.status == "complete"
            assert run.record.seed == seed
            assert run.record.name == f"widths-{variant}"
            assert run.model_keras.is_file()
            assert load_config(run.config_yaml).seed == seed
    run = read_run(finished.path / "quick" / "4")
    alone = train(
        load_config(run.config_yaml), runs_dir=folder / "alone", progress=SilentProgress()
    )
    assert alone.metrics == run.record.metrics


def test_results_are_computed_from_the_runs(finished: FinishedComparison) -> None:
    losses = [
        read_run(finished.path / "quick" / seed).record.metrics["val_loss"] for seed in ("3", "4")
    ]
    row = finished.row("quick")
    assert row["values"] == {"3": losses[0], "4": losses[1]}
    assert row["mean"] == pytest.approx(sum(losses) / 2)
    assert row["interval"][0] < row["mean"] < row["interval"][1]
    assert finished.record["direction"] == "min"
    assert row["difference"] == pytest.approx(row["mean"] - finished.row("slow")["mean"])
    assert row["params"] == 17
    assert "2 seeds" in finished.record["verdict"]


def test_diverged_runs_are_counted_and_listed(finished: FinishedComparison) -> None:
    row = finished.row("wild")
    assert (row["seeds"], row["failed"]) == (0, 2)
    assert row["mean"] is None
    assert row["failures"]["3"].startswith("diverged at epoch 1")
    assert "wild failed" in row["verdict"]
    assert finished.record["runs"] == {"complete": 4, "failed": 2, "remaining": 0, "reused": 0}
    assert finished.record["status"] == "complete"


def test_folder_reads_back_as_the_same_results(finished: FinishedComparison, folder: Path) -> None:
    table = read_variants(finished.path)
    rows = [json.loads(json.dumps(row.to_dict())) for row in table.rows]
    variants = finished.record["variants"]
    recorded = [{key: row[key] for key in row if key != "verdict"} for row in variants]
    assert rows == recorded
    run = find_run("last", folder / "runs", RunKind.COMPARISON)
    assert run.path == finished.path
    assert run.record.status == "complete"


def test_resume_keeps_runs_with_unchanged_settings(
    compare_process: CompareProcess, finished: FinishedComparison, folder: Path
) -> None:
    """Diverged runs are kept as well: they would diverge again."""
    before = (finished.path / "quick" / "3" / "record.json").read_bytes()
    resumed = compare_process.compare(folder / "widths.yaml", seeds=3, resume=finished.path)
    assert resumed.path == finished.path
    assert resumed.record["runs"] == {"complete": 6, "failed": 3, "remaining": 0, "reused": 6}
    assert (finished.path / "quick" / "3" / "record.json").read_bytes() == before
    changed = (folder / "widths.yaml").read_text().replace("0.1}}", "0.2}}")
    (folder / "changed.yaml").write_text(f"name: widths\n{changed}")
    changed_run = compare_process.compare(folder / "changed.yaml", seeds=3, resume=finished.path)
    assert changed_run.record["runs"]["reused"] == 6
    assert (finished.path / "quick" / "3" / "record.json").read_bytes() != before


def test_written_comparison_yaml_repeats_the_comparison(
    compare_process: CompareProcess, finished: FinishedComparison
) -> None:
    resumed = compare_process.compare(finished.path / "comparison.yaml", resume=finished.path)
    assert resumed.record["runs"]["reused"] == 9


def test_resume_repeats_runs_after_new_versions_or_data(
    compare_process: CompareProcess, finished: FinishedComparison, folder: Path
) -> None:
    file = finished.path / "slow" / "3" / "record.json"
    record = json.loads(file.read_text())
    record["environment"]["packages"]["keras"] = "0.1"
    file.write_text(json.dumps(record))
    resumed = compare_process.compare(finished.path / "comparison.yaml", resume=finished.path)
    assert resumed.record["runs"]["reused"] == 8
    (folder / "rows.csv").touch()
    resumed = compare_process.compare(finished.path / "comparison.yaml", resume=finished.path)
    assert resumed.record["runs"]["reused"] == 0


def test_resume_without_data_keeps_finished_runs_and_refuses_others(
    compare_process: CompareProcess, folder: Path
) -> None:
    data = folder / "gone.csv"
    data.write_text((folder / "rows.csv").read_text())
    finished = compare_process.compare(folder / "widths.yaml", f"data.file={data}", seeds=1)
    record = (finished.path / "slow" / "3" / "record.json").read_bytes()
    data.unlink()
    file = finished.path / "comparison.yaml"
    assert compare_process.compare(file, resume=finished.path).record["runs"]["reused"] == 3
    before = (finished.path / "record.json").read_bytes()
    for changes in (["training.epochs=2"], []):
        seeds = None if changes else 2
        reply = compare_process.request(file, *changes, seeds=seeds, resume=finished.path)
        assert reply["kind"] == "DataError"
        assert "gone.csv" in reply["error"]
    assert (finished.path / "record.json").read_bytes() == before
    assert (finished.path / "slow" / "3" / "record.json").read_bytes() == record


def test_comparison_without_complete_runs_fails_with_the_reason(
    compare_process: CompareProcess, folder: Path
) -> None:
    text = "base: base.yaml\nmetric: val_loss\nvariants: {wild: , wilder: {training.epochs: 2}}\n"
    changes = "changes: {training: {optimizer: {SGD: 1e30}, loss: mse, epochs: 3}}\n"
    (folder / "wild.yaml").write_text(f"{text}{changes}")
    reply = compare_process.request(folder / "wild.yaml", "model.layers.1={Dense: 1}", seeds=1)
    assert reply["kind"] == "RunFailedError"
    assert "diverged at epoch 1" in reply["error"]
    run = find_run("last", folder / "runs", RunKind.COMPARISON)
    assert run.record.status == "failed"
    assert read_run(run.path / "wild" / "3").record.status == "failed"


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        ("data.target=z", "RequestError", "Received: `z`."),
        ("data.file=nowhere.csv", "DataError", "nowhere.csv"),
        ("training.device=gpu:7", "DeviceError", "gpu:7"),
    ],
)
def test_errors_of_all_runs_are_reported_before_the_folder_is_created(
    compare_process: CompareProcess, folder: Path, change: str, kind: str, text: str
) -> None:
    before = sorted((folder / "runs").glob("*"))
    reply = compare_process.request(folder / "widths.yaml", change)
    assert reply["kind"] == kind
    assert text in reply["error"]
    assert sorted((folder / "runs").glob("*")) == before


def test_variant_can_be_the_file_of_the_base(compare_process: CompareProcess, folder: Path) -> None:
    text = "base: base.yaml\nvariants: {base: base.yaml, two: {training.epochs: 2}}\n"
    (folder / "whole.yaml").write_text(text)
    finished = compare_process.compare(folder / "whole.yaml", seeds=1)
    resumed = compare_process.compare(finished.path / "comparison.yaml", resume=finished.path)
    assert resumed.record["runs"]["reused"] == 2
