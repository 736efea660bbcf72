"""Comparisons at work: ordinary runs side by side, kept where nothing that matters has changed."""

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
    """A small config, its data, and a comparison of three variants, one of which diverges."""
    path = tmp_path_factory.mktemp("comparing")
    (path / "base.yaml").write_text(BASE)
    (path / "widths.yaml").write_text(VARIANTS)
    with (path / "rows.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["a", "b", "y"])
        rows.writerows([i % 7, (i * i) % 5, int(i % 7 > 3)] for i in range(60))
    return path


@pytest.fixture(scope="module")
def comparing(folder: Path) -> Iterator[CompareProcess]:
    with CompareProcess(folder / "runs") as process:
        yield process


@pytest.fixture(scope="module")
def made(comparing: CompareProcess, folder: Path) -> FinishedComparison:
    return comparing.compare(folder / "widths.yaml")


def test_every_variant_with_every_seed_is_an_ordinary_run(made: FinishedComparison, folder: Path) -> None:
    for variant in ("slow", "quick"):
        for seed in (3, 4):
            run = read_run(made.path / variant / str(seed))
            assert run.record.status == "complete"
            assert run.record.seed == seed
            assert run.record.name == f"widths-{variant}"
            assert run.model_keras.is_file()
            assert load_config(run.config_yaml).seed == seed
    run = read_run(made.path / "quick" / "4")
    alone = train(
        load_config(run.config_yaml), runs_dir=folder / "alone", progress=SilentProgress()
    )
    assert alone.metrics == run.record.metrics


def test_results_are_those_of_the_runs(made: FinishedComparison) -> None:
    losses = [
        read_run(made.path / "quick" / seed).record.metrics["val_loss"] for seed in ("3", "4")
    ]
    row = made.row("quick")
    assert row["values"] == {"3": losses[0], "4": losses[1]}
    assert row["mean"] == pytest.approx(sum(losses) / 2)
    assert row["interval"][0] < row["mean"] < row["interval"][1]
    assert made.record["direction"] == "min"
    assert row["difference"] == pytest.approx(row["mean"] - made.row("slow")["mean"])
    assert row["params"] == 17
    assert "2 seeds" in made.record["verdict"]


def test_runs_that_diverge_are_counted_and_named(made: FinishedComparison) -> None:
    row = made.row("wild")
    assert (row["seeds"], row["failed"]) == (0, 2)
    assert row["mean"] is None
    assert row["failures"]["3"].startswith("diverged at epoch 1")
    assert row["verdict"] == "all 2 runs of wild failed: no comparison with slow is possible"
    assert made.record["runs"] == {"complete": 4, "failed": 2, "remaining": 0, "reused": 0}
    assert made.record["status"] == "complete"


def test_the_folder_tells_the_same_to_who_reads_it(made: FinishedComparison, folder: Path) -> None:
    table = read_variants(made.path)
    rows = [json.loads(json.dumps(row.to_dict())) for row in table.rows]
    told = [{key: row[key] for key in row if key != "verdict"} for row in made.record["variants"]]
    assert rows == told
    found = find_run("last", folder / "runs", RunKind.COMPARISON)
    assert found.path == made.path
    assert found.record.status == "complete"


def test_runs_are_kept_while_nothing_that_matters_changes(
    comparing: CompareProcess, made: FinishedComparison, folder: Path
) -> None:
    """Also those that diverged: they will again."""
    before = (made.path / "quick" / "3" / "record.json").read_bytes()
    again = comparing.compare(folder / "widths.yaml", seeds=3, resume=made.path)
    assert again.path == made.path
    assert again.record["runs"] == {"complete": 6, "failed": 3, "remaining": 0, "reused": 6}
    assert (made.path / "quick" / "3" / "record.json").read_bytes() == before
    changed = (folder / "widths.yaml").read_text().replace("0.1}}", "0.2}}")
    (folder / "changed.yaml").write_text(f"name: widths\n{changed}")
    other = comparing.compare(folder / "changed.yaml", seeds=3, resume=made.path)
    assert other.record["runs"]["reused"] == 6
    assert (made.path / "quick" / "3" / "record.json").read_bytes() != before


def test_its_own_copy_repeats_it(comparing: CompareProcess, made: FinishedComparison) -> None:
    again = comparing.compare(made.path / "comparison.yaml", resume=made.path)
    assert again.record["runs"]["reused"] == 9


def test_other_versions_and_newer_data_make_runs_anew(
    comparing: CompareProcess, made: FinishedComparison, folder: Path
) -> None:
    file = made.path / "slow" / "3" / "record.json"
    record = json.loads(file.read_text())
    record["environment"]["packages"]["keras"] = "0.1"
    file.write_text(json.dumps(record))
    again = comparing.compare(made.path / "comparison.yaml", resume=made.path)
    assert again.record["runs"]["reused"] == 8
    (folder / "rows.csv").touch()
    again = comparing.compare(made.path / "comparison.yaml", resume=made.path)
    assert again.record["runs"]["reused"] == 0


def test_without_its_data_what_is_done_is_kept_and_what_is_not_is_refused(
    comparing: CompareProcess, folder: Path
) -> None:
    gone = folder / "gone.csv"
    gone.write_text((folder / "rows.csv").read_text())
    made = comparing.compare(folder / "widths.yaml", f"data.file={gone}", seeds=1)
    record = (made.path / "slow" / "3" / "record.json").read_bytes()
    gone.unlink()
    file = made.path / "comparison.yaml"
    assert comparing.compare(file, resume=made.path).record["runs"]["reused"] == 3
    before = (made.path / "record.json").read_bytes()
    for changes in (["training.epochs=2"], []):
        seeds = None if changes else 2
        told = comparing.request(file, *changes, seeds=seeds, resume=made.path)
        assert told["kind"] == "DataError"
        assert "gone.csv" in told["error"]
    assert (made.path / "record.json").read_bytes() == before
    assert (made.path / "slow" / "3" / "record.json").read_bytes() == record


def test_a_comparison_of_which_no_run_is_complete_fails_with_the_reason(
    comparing: CompareProcess, folder: Path
) -> None:
    text = "base: base.yaml\nmetric: val_loss\nvariants: {wild: , wilder: {training.epochs: 2}}\n"
    changes = "changes: {training: {optimizer: {SGD: 1e30}, loss: mse, epochs: 3}}\n"
    (folder / "wild.yaml").write_text(f"{text}{changes}")
    told = comparing.request(folder / "wild.yaml", "model.layers.1={Dense: 1}", seeds=1)
    assert told["kind"] == "RunFailedError"
    assert "No run could be completed. The first: diverged at epoch 1" in told["error"]
    found = find_run("last", folder / "runs", RunKind.COMPARISON)
    assert found.record.status == "failed"
    assert read_run(found.path / "wild" / "3").record.status == "failed"


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ("data.target=z", "RequestError", "Received: `z`."),
        ("data.file=nowhere.csv", "DataError", "nowhere.csv"),
        ("training.device=gpu:7", "DeviceError", "gpu:7"),
    ],
)
def test_what_would_let_every_run_fail_is_told_before_there_is_a_folder(
    comparing: CompareProcess, folder: Path, change: str, kind: str, words: str
) -> None:
    before = sorted((folder / "runs").glob("*"))
    told = comparing.request(folder / "widths.yaml", change)
    assert told["kind"] == kind
    assert words in told["error"]
    assert sorted((folder / "runs").glob("*")) == before


def test_a_whole_config_can_be_called_as_the_base_is(comparing: CompareProcess, folder: Path) -> None:
    text = "base: base.yaml\nvariants: {base: base.yaml, two: {training.epochs: 2}}\n"
    (folder / "whole.yaml").write_text(text)
    made = comparing.compare(folder / "whole.yaml", seeds=1)
    again = comparing.compare(made.path / "comparison.yaml", resume=made.path)
    assert again.record["runs"]["reused"] == 2
