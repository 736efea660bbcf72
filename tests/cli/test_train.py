"""`nnlab train`."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.runner import SMALL_CONFIG, Command, TrainedRun, call_nnlab


def record_of(runs: Path) -> dict[str, object]:
    """Return the record of the only run in a folder."""
    (run,) = runs.iterdir()
    record: dict[str, object] = json.loads((run / "record.json").read_text())
    return record


def test_json_is_the_record_of_the_run(trained: TrainedRun) -> None:
    assert trained.command.code == 0, trained.command.err
    assert trained.command.json == json.loads((trained.run / "record.json").read_text())


def test_record_has_the_documented_keys(trained: TrainedRun) -> None:
    record = trained.command.json
    assert record["status"] == "complete"
    assert record["epochs_run"] == 2
    assert record["params"] == 2 * 4 + 4 + 4 + 1
    assert record["device"] == "cpu"
    metrics = {"loss", "accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy"}
    assert metrics <= record["metrics"].keys()
    seconds = {"start_s", "total_s", "load_s", "build_s", "compile_s", "fit_s", "epoch_s"}
    assert seconds <= record["timing"].keys()


def test_run_folder_has_the_documented_files(trained: TrainedRun) -> None:
    names = {path.name for path in trained.run.iterdir()}
    expected = {"config.yaml", "record.json", "metrics.csv", "model.keras", "tensorboard", "plots"}
    assert names == expected | {"summary.json", "plot_data.json"}
    assert re.fullmatch(r"small-\d{8}T\d{6}Z-[0-9a-f]+", trained.run.name)
    rows = list(csv.DictReader((trained.run / "metrics.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert any((trained.run / "plots").glob("*.png"))


def test_progress_is_not_printed_to_standard_output(trained: TrainedRun) -> None:
    assert "epoch" in trained.command.err.lower()
    assert trained.command.out.startswith("{")
    assert trained.command.out.rstrip().endswith("}")


@pytest.mark.slow
def test_resolved_config_repeats_the_run_bit_by_bit(trained: TrainedRun, nnlab: Command) -> None:
    result = nnlab("train", trained.run / "config.yaml", "--runs-dir", "repeated", "--json")
    assert result.code == 0, result.err
    assert result.json["metrics"] == trained.command.json["metrics"]
    assert not (trained.folder / "repeated").exists()


def test_missing_device_writes_no_run(nnlab: Command, config: Path) -> None:
    result = nnlab("train", config, "--device", "gpu:7")
    assert result.code == 2
    assert "gpu:7" in result.err
    assert "Traceback" not in result.err
    assert not (config.parent / "runs").exists()


def test_search_space_needs_a_value_for_each_hyperparameter(nnlab: Command, config: Path) -> None:
    marked = "model.layers.0.Dense.units={Int: {min_value: 2, max_value: 4}}"
    result = nnlab("train", config, "--set", marked)
    assert result.code == 2
    assert "model.layers.0.Dense.units" in result.err
    assert "--set model.layers.0.Dense.units=VALUE" in result.err
    assert not (config.parent / "runs").exists()


def test_diverging_run_fails(nnlab: Command, config: Path) -> None:
    result = nnlab(
        "train", config, "--set", "training.optimizer={SGD: {learning_rate: 1e30}}",
        "--set", "training.loss=mse", "--set", "model.layers.1.Dense.activation=linear", "--json",
    )  # fmt: skip
    assert result.code == 1, result.err
    record = record_of(config.parent / "runs")
    assert record["status"] == "failed"
    assert "diverged" in str(record["error"])
    assert "Traceback" not in result.err
    assert result.json["error"]["message"]


def test_missing_data_file_writes_no_run(nnlab: Command, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(
        SMALL_CONFIG.replace("dataset: {moons: {n_samples: 60, noise: 0.1}}", "file: absent.csv")
    )
    result = nnlab("train", path, "--set", "data.target=y")
    assert result.code == 1
    assert "absent.csv" in result.err
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_interrupted_run_is_saved(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL_CONFIG.replace("epochs: 2", "epochs: 100000"))
    process = subprocess.Popen(
        [sys.executable, "-m", "nnlab", "train", "small.yaml"],
        cwd=tmp_path,
        env=os.environ | {"NO_COLOR": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for_rows(tmp_path / "runs")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    record = record_of(tmp_path / "runs")
    assert record["status"] == "interrupted"
    (run,) = (tmp_path / "runs").iterdir()
    assert (run / "model.keras").stat().st_size > 0


@pytest.mark.slow
def test_killed_run_is_listed_as_failed(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL_CONFIG.replace("epochs: 2", "epochs: 100000"))
    process = subprocess.Popen(
        [sys.executable, "-m", "nnlab", "train", "small.yaml"],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    wait_for_rows(tmp_path / "runs")
    process.kill()
    process.wait()
    shown = call_nnlab("runs", "--json", cwd=tmp_path)
    assert shown.json[0]["status"] == "failed"
    assert "died" in shown.json[0]["error"]


def wait_for_rows(runs: Path) -> None:
    """Wait until the run has logged an epoch."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(runs.glob("*/metrics.csv")):
            return
        time.sleep(0.1)
    pytest.fail("the run logged no epoch within a minute")


@pytest.mark.slow
def test_warnings_are_printed(nnlab: Command, config: Path) -> None:
    result = nnlab("train", config, "--set", "model.layers.1.Dense.activation=softmax")
    assert result.code == 0
    assert "softmax over one unit" in result.err


def test_layer_with_an_invalid_shape_is_located(nnlab: Command, config: Path) -> None:
    config.write_text(
        config.read_text().replace(
            "    - Dense: {units: 4", "    - Reshape: [3, 5]\n    - Dense: {units: 4"
        )
    )
    result = nnlab("train", config)
    assert result.code == 2
    assert f"{config}:11:16: error: Reshape" in result.err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="requires /proc")
def test_interrupt_during_the_import_of_tensorflow(config: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "nnlab", "train", config], stderr=subprocess.PIPE, text=True
    )
    # The import of TensorFlow is the longest part before a run.
    while "tensorflow" not in Path(f"/proc/{process.pid}/maps").read_text():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted." in err
