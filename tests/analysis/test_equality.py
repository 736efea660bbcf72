"""Bitwise comparison of a run and its reproduction."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from nnlab.analysis.equality import MetricDifference, compare_bits
from nnlab.runs import RunRecord, RunStatus, StoredRun


def write_model(path: Path, weights: list[float], keras: str = "3.15") -> None:
    """Write the weights of a saved model."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["layers/dense/vars/0"] = np.array(weights, np.float32)
        file["optimizer/vars/0"] = np.random.default_rng().normal(size=2)
    with zipfile.ZipFile(path, "w") as saved:
        saved.writestr("metadata.json", keras)
        saved.writestr("model.weights.h5", content.getvalue())


def make_run(folder: Path, name: str, rows: str = "1,0.5\n2,0.25\n", **fields: object) -> StoredRun:
    path = folder / name
    path.mkdir()
    (path / "metrics.csv").write_text(f"epoch,loss\n{rows}")
    (path / "config.yaml").write_text("data: {dataset: xor}\n")
    write_model(path / "model.keras", [1.0, 2.0])
    values = {"status": RunStatus.COMPLETE, "metrics": {"loss": 0.25}} | fields
    return StoredRun(path, RunRecord(name, "xor", **values))  # type: ignore[arg-type]


def test_optimizer_and_metadata_are_ignored(tmp_path: Path) -> None:
    original, reproduced = make_run(tmp_path, "original"), make_run(tmp_path, "reproduced")
    write_model(reproduced.model_keras, [1.0, 2.0], keras="3.16")
    result = compare_bits(original, reproduced)
    assert result.is_equal
    assert (result.epochs, result.weights_equal, result.largest_weight_difference) == (2, True, 0.0)


def test_first_difference_is_reported(tmp_path: Path) -> None:
    original = make_run(tmp_path, "original")
    reproduced = make_run(tmp_path, "reproduced", "1,0.5\n2,0.25000000000000006\n")
    result = compare_bits(original, reproduced)
    assert not result.is_equal
    assert result.first_difference == MetricDifference("loss", 0.25, 0.25000000000000006, 2)


def test_weights_are_compared_bit_by_bit(tmp_path: Path) -> None:
    original, reproduced = make_run(tmp_path, "original"), make_run(tmp_path, "reproduced")
    write_model(reproduced.model_keras, [1.0, float(np.nextafter(np.float32(2), np.float32(3)))])
    result = compare_bits(original, reproduced)
    assert not result.is_equal
    assert result.largest_weight_difference == pytest.approx(2.4e-7, rel=0.01)
    write_model(reproduced.model_keras, [1.0])
    result = compare_bits(original, reproduced)
    assert (result.weights_equal, result.largest_weight_difference) == (False, None)


def test_nan_equals_nan(tmp_path: Path) -> None:
    nan = {"metrics": {"loss": float("nan")}, "status": RunStatus.FAILED}
    original, reproduced = (
        make_run(tmp_path, name, "1,nan\n", **nan) for name in ("original", "reproduced")
    )
    assert compare_bits(original, reproduced).is_equal


def test_runs_that_diverge_in_the_first_epoch_are_equal(tmp_path: Path) -> None:
    nan = {"metrics": {"loss": float("nan")}, "status": RunStatus.FAILED}
    original, reproduced = (
        make_run(tmp_path, name, "", **nan) for name in ("original", "reproduced")
    )
    for run in (original, reproduced):
        run.model_keras.unlink()
    assert compare_bits(original, reproduced).is_equal


def test_missing_weights_are_reported(tmp_path: Path) -> None:
    original, reproduced = make_run(tmp_path, "original"), make_run(tmp_path, "reproduced")
    original.model_keras.unlink()
    result = compare_bits(original, reproduced)
    assert (result.weights_equal, result.weights_skipped) == (None, "original has no model.keras")
    assert result.is_equal
    reproduced.model_keras.unlink()
    assert (
        compare_bits(original, reproduced).weights_skipped
        == "original and reproduced have no model.keras"
    )


def test_missing_metrics_are_reported_not_compared(tmp_path: Path) -> None:
    original, reproduced = make_run(tmp_path, "original"), make_run(tmp_path, "reproduced")
    original.metrics_csv.unlink()
    result = compare_bits(original, reproduced)
    assert (result.first_difference, result.epochs) == (None, 0)
    assert result.epochs_skipped == "original has no metrics.csv"
    assert result.is_equal


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("epoch,loss\n1,0.5\n", "was changed after the run: it has 1 epochs of 2"),
        ("epoch,loss\n1,half\n", "metrics.csv"),
    ],
)
def test_incomplete_metrics_are_not_compared(tmp_path: Path, text: str, reason: str) -> None:
    original, reproduced = (
        make_run(tmp_path, "original", epochs_run=2),
        make_run(tmp_path, "reproduced"),
    )
    original.metrics_csv.write_text(text)
    result = compare_bits(original, reproduced)
    assert (result.first_difference, result.epochs) == (None, 0)
    assert reason in result.epochs_skipped


def test_changed_config_is_reported(tmp_path: Path) -> None:
    original, reproduced = (
        make_run(tmp_path, "original"),
        make_run(tmp_path, "reproduced", metrics={"loss": 9.0}),
    )
    trained_with = hashlib.sha256(original.config_yaml.read_bytes()).hexdigest()
    original.record = dataclasses.replace(original.record, config_hash=trained_with)
    assert compare_bits(original, reproduced).notes == ()
    original.config_yaml.write_text("data: {dataset: circles}\n")
    (note,) = compare_bits(original, reproduced).notes
    assert note.startswith("config.yaml of original was changed after the run")


def test_errors_of_failed_runs_are_compared(tmp_path: Path) -> None:
    failed = {"metrics": {}, "status": RunStatus.FAILED}
    original, reproduced = (
        make_run(tmp_path, name, "", **failed) for name in ("original", "reproduced")
    )
    for run, reason in ((original, "disk full"), (reproduced, "disk full")):
        run.model_keras.unlink()
        run.record = dataclasses.replace(run.record, error=f"{reason} in {run.path}. Free some.")
    result = compare_bits(original, reproduced)
    assert result.is_equal
    assert result.failure == "disk full in its folder. Free some."
    reproduced.record = dataclasses.replace(reproduced.record, error="diverged")
    result = compare_bits(original, reproduced)
    assert not result.is_equal
    assert result.failure is None
    assert result.to_dict()["failures"] == ["disk full in its folder. Free some.", "diverged"]


def test_other_number_of_epochs_is_a_difference(tmp_path: Path) -> None:
    result = compare_bits(
        make_run(tmp_path, "original"), make_run(tmp_path, "reproduced", "1,0.5\n")
    )
    assert result.first_difference == MetricDifference("epochs", 2, 1)
    assert isinstance(result.to_dict()["first_difference"]["original"], int)


def test_only_the_epochs_of_an_interrupted_run_are_compared(tmp_path: Path) -> None:
    original = make_run(
        tmp_path, "original", "1,0.5\n", status=RunStatus.INTERRUPTED, metrics={"loss": 9.0}
    )
    result = compare_bits(original, make_run(tmp_path, "reproduced"))
    assert (result.is_equal, result.epochs, result.weights_equal) == (True, 1, None)
    assert result.weights_skipped == "original was interrupted"


def test_runs_without_results_are_not_equal(tmp_path: Path) -> None:
    runs = [make_run(tmp_path, name, "", metrics={}) for name in ("original", "reproduced")]
    for run in runs:
        run.model_keras.unlink()
    assert not compare_bits(*runs).is_equal


def test_changed_data_file_is_reported(tmp_path: Path) -> None:
    data = tmp_path / "rows.csv"
    data.write_text("a\n1\n")
    os.utime(data, (1, 1))
    original = make_run(tmp_path, "original", created="2026-01-01T00:00:00.000000Z", engine="keras")
    original.config_yaml.write_text(f"data: {{file: {data}}}\n")
    reproduced = make_run(tmp_path, "reproduced", engine="compiled")
    result = compare_bits(original, reproduced)
    assert [row.path for row in result.environment] == ["engine"]
    assert result.notes == ()
    original.record = dataclasses.replace(original.record, created="1969-01-01T00:00:00.000000Z")
    assert "was changed after the run" in compare_bits(original, reproduced).notes[0]
    data.unlink()
    assert "no longer exists" in compare_bits(original, reproduced).notes[0]
