"""Equal to the bit, or what is not."""

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

from nnlab.analysis.equality import Figure, compare_bits
from nnlab.runs import RunRecord, RunStatus, StoredRun


def model(path: Path, weights: list[float], keras: str = "3.15") -> None:
    """A saved model, as far as weights go."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["layers/dense/vars/0"] = np.array(weights, np.float32)
        file["optimizer/vars/0"] = np.random.default_rng().normal(size=2)
    with zipfile.ZipFile(path, "w") as saved:
        saved.writestr("metadata.json", keras)
        saved.writestr("model.weights.h5", content.getvalue())


def made(folder: Path, name: str, rows: str = "1,0.5\n2,0.25\n", **fields: object) -> StoredRun:
    path = folder / name
    path.mkdir()
    (path / "metrics.csv").write_text(f"epoch,loss\n{rows}")
    (path / "config.yaml").write_text("data: {dataset: xor}\n")
    model(path / "model.keras", [1.0, 2.0])
    values = {"status": RunStatus.COMPLETE, "metrics": {"loss": 0.25}} | fields
    return StoredRun(path, RunRecord(name, "xor", **values))  # type: ignore[arg-type]


def test_equal_runs_are_equal_whatever_the_optimizer_and_the_metadata_say(tmp_path: Path) -> None:
    then, now = made(tmp_path, "then"), made(tmp_path, "now")
    model(now.model_keras, [1.0, 2.0], keras="3.16")
    found = compare_bits(then, now)
    assert found.is_equal
    assert (found.epochs, found.weights, found.largest) == (2, True, 0.0)


def test_the_first_figure_that_differs_is_told(tmp_path: Path) -> None:
    then = made(tmp_path, "then")
    now = made(tmp_path, "now", "1,0.5\n2,0.25000000000000006\n")
    found = compare_bits(then, now)
    assert not found.is_equal
    assert found.first == Figure("loss", 0.25, 0.25000000000000006, 2)


def test_weights_are_compared_to_the_bit(tmp_path: Path) -> None:
    then, now = made(tmp_path, "then"), made(tmp_path, "now")
    model(now.model_keras, [1.0, float(np.nextafter(np.float32(2), np.float32(3)))])
    found = compare_bits(then, now)
    assert not found.is_equal
    assert found.largest == pytest.approx(2.4e-7, rel=0.01)
    model(now.model_keras, [1.0])
    assert (compare_bits(then, now).weights, compare_bits(then, now).largest) == (False, None)


def test_nan_is_equal_to_itself(tmp_path: Path) -> None:
    nan = {"metrics": {"loss": float("nan")}, "status": RunStatus.FAILED}
    then, now = (made(tmp_path, name, "1,nan\n", **nan) for name in ("then", "now"))
    assert compare_bits(then, now).is_equal


def test_a_run_that_diverged_at_once_is_repeated_by_one_that_does(tmp_path: Path) -> None:
    nan = {"metrics": {"loss": float("nan")}, "status": RunStatus.FAILED}
    then, now = (made(tmp_path, name, "", **nan) for name in ("then", "now"))
    for run in (then, now):
        run.model_keras.unlink()
    assert compare_bits(then, now).is_equal


def test_who_keeps_no_weights_is_told(tmp_path: Path) -> None:
    then, now = made(tmp_path, "then"), made(tmp_path, "now")
    then.model_keras.unlink()
    found = compare_bits(then, now)
    assert (found.weights, found.left_out) == (None, "then keeps no model.keras")
    assert found.is_equal
    now.model_keras.unlink()
    assert compare_bits(then, now).left_out == "then and now keep no model.keras"


def test_a_run_without_its_metrics_is_not_said_to_have_other_epochs(tmp_path: Path) -> None:
    then, now = made(tmp_path, "then"), made(tmp_path, "now")
    then.metrics_csv.unlink()
    found = compare_bits(then, now)
    assert (found.first, found.epochs) == (None, 0)
    assert found.epochs_left_out == "then keeps no metrics.csv"
    assert found.is_equal


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("epoch,loss\n1,0.5\n", "was changed after the run: it has 1 epochs of 2"),
        ("epoch,loss\n1,half\n", "metrics.csv"),
    ],
)
def test_metrics_that_are_not_whole_are_not_compared(tmp_path: Path, text: str, why: str) -> None:
    then, now = made(tmp_path, "then", epochs_run=2), made(tmp_path, "now")
    then.metrics_csv.write_text(text)
    found = compare_bits(then, now)
    assert (found.first, found.epochs) == (None, 0)
    assert why in found.epochs_left_out


def test_a_config_that_was_changed_since_is_told(tmp_path: Path) -> None:
    then, now = made(tmp_path, "then"), made(tmp_path, "now", metrics={"loss": 9.0})
    trained_with = hashlib.sha256(then.config_yaml.read_bytes()).hexdigest()
    then.record = dataclasses.replace(then.record, config_hash=trained_with)
    assert compare_bits(then, now).notes == ()
    then.config_yaml.write_text("data: {dataset: circles}\n")
    (note,) = compare_bits(then, now).notes
    assert note.startswith("config.yaml of then was changed after the run")


def test_how_both_failed_is_compared(tmp_path: Path) -> None:
    failed = {"metrics": {}, "status": RunStatus.FAILED}
    then, now = (made(tmp_path, name, "", **failed) for name in ("then", "now"))
    for run, reason in ((then, "no room"), (now, "no room")):
        run.model_keras.unlink()
        run.record = dataclasses.replace(run.record, error=f"{reason} in {run.path}. Make some.")
    found = compare_bits(then, now)
    assert found.is_equal
    assert found.failure == "no room in its folder. Make some."
    now.record = dataclasses.replace(now.record, error="diverged")
    found = compare_bits(then, now)
    assert not found.is_equal
    assert found.failure is None
    assert found.to_dict()["failures"] == ["no room in its folder. Make some.", "diverged"]


def test_another_number_of_epochs_is_not_equal(tmp_path: Path) -> None:
    found = compare_bits(made(tmp_path, "then"), made(tmp_path, "now", "1,0.5\n"))
    assert found.first == Figure("epochs", 2, 1)
    assert isinstance(found.to_dict()["first_difference"]["then"], int)


def test_of_an_interrupted_run_the_epochs_that_it_has_count(tmp_path: Path) -> None:
    then = made(tmp_path, "then", "1,0.5\n", status=RunStatus.INTERRUPTED, metrics={"loss": 9.0})
    found = compare_bits(then, made(tmp_path, "now"))
    assert (found.is_equal, found.epochs, found.weights) == (True, 1, None)
    assert found.left_out == "then was interrupted"


def test_nothing_to_compare_is_not_equal(tmp_path: Path) -> None:
    runs = [made(tmp_path, name, "", metrics={}) for name in ("then", "now")]
    for run in runs:
        run.model_keras.unlink()
    assert not compare_bits(*runs).is_equal


def test_what_may_have_changed_is_told(tmp_path: Path) -> None:
    data = tmp_path / "rows.csv"
    data.write_text("a\n1\n")
    os.utime(data, (1, 1))
    then = made(tmp_path, "then", created="2026-01-01T00:00:00.000000Z", engine="keras")
    then.config_yaml.write_text(f"data: {{file: {data}}}\n")
    now = made(tmp_path, "now", engine="compiled")
    found = compare_bits(then, now)
    assert [row.path for row in found.environment] == ["engine"]
    assert found.notes == ()
    then.record = dataclasses.replace(then.record, created="1969-01-01T00:00:00.000000Z")
    assert "was changed after the run" in compare_bits(then, now).notes[0]
    data.unlink()
    assert "not there any more" in compare_bits(then, now).notes[0]
