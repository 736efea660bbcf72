"""`nnlab train` as a user runs it."""

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

from tests.cli.running import SMALL_CONFIG, Command, Trained, call_nnlab


def record_of(runs: Path) -> dict[str, object]:
    (run,) = runs.iterdir()
    found: dict[str, object] = json.loads((run / "record.json").read_text())
    return found


def test_json_is_the_record_of_the_run(trained: Trained) -> None:
    assert trained.command.code == 0, trained.command.err
    assert trained.command.json == json.loads((trained.run / "record.json").read_text())


def test_record_carries_what_outside_checks_rely_on(trained: Trained) -> None:
    record = trained.command.json
    assert record["status"] == "complete"
    assert record["epochs_run"] == 2
    assert record["params"] == 2 * 4 + 4 + 4 + 1
    assert record["device"] == "cpu"
    wanted = {"loss", "accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy"}
    assert wanted <= record["metrics"].keys()
    seconds = {"start_s", "total_s", "load_s", "build_s", "compile_s", "fit_s", "epoch_s"}
    assert seconds <= record["timing"].keys()


def test_run_folder_holds_all_that_explains_it(trained: Trained) -> None:
    names = {path.name for path in trained.run.iterdir()}
    expected = {"config.yaml", "record.json", "metrics.csv", "model.keras", "tensorboard", "plots"}
    assert names == expected | {"summary.json", "plot_data.json"}
    assert re.fullmatch(r"small-\d{8}T\d{6}Z-[0-9a-f]+", trained.run.name)
    rows = list(csv.DictReader((trained.run / "metrics.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert any((trained.run / "plots").glob("*.png"))


def test_progress_stays_off_standard_output(trained: Trained) -> None:
    assert "epoch" in trained.command.err.lower()
    assert trained.command.out.startswith("{")
    assert trained.command.out.rstrip().endswith("}")


def test_resolved_config_repeats_the_run_to_the_bit(trained: Trained, nnlab: Command) -> None:
    again = nnlab("train", trained.run / "config.yaml", "--runs-dir", "again", "--json")
    assert again.code == 0, again.err
    repeated = trained.folder / "again"
    assert again.json["metrics"] == trained.command.json["metrics"]
    assert not repeated.exists()


def test_device_that_is_absent_is_refused_before_anything_is_made(
    nnlab: Command, config: Path
) -> None:
    refused = nnlab("train", config, "--device", "gpu:7")
    assert refused.code == 2
    assert "gpu:7" in refused.err
    assert "Traceback" not in refused.err
    assert not (config.parent / "runs").exists()


def test_open_values_are_refused_with_what_to_do(nnlab: Command, config: Path) -> None:
    marked = "model.layers.0.Dense.units={Int: {min_value: 2, max_value: 4}}"
    refused = nnlab("train", config, "--set", marked)
    assert refused.code == 2
    assert "model.layers.0.Dense.units" in refused.err
    assert "--set model.layers.0.Dense.units=VALUE" in refused.err
    assert not (config.parent / "runs").exists()


def test_diverging_run_fails_and_says_when(nnlab: Command, config: Path) -> None:
    failed = nnlab(
        "train", config, "--set", "training.optimizer={SGD: {learning_rate: 1e30}}",
        "--set", "training.loss=mse", "--set", "model.layers.1.Dense.activation=linear", "--json",
    )  # fmt: skip
    assert failed.code == 1, failed.err
    record = record_of(config.parent / "runs")
    assert record["status"] == "failed"
    assert "diverged at epoch" in str(record["error"])
    assert "Traceback" not in failed.err
    assert failed.json["error"]["message"]


def test_missing_data_file_leaves_no_run(nnlab: Command, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(
        SMALL_CONFIG.replace("dataset: {moons: {n_samples: 60, noise: 0.1}}", "file: absent.csv")
    )
    failed = nnlab("train", path, "--set", "data.target=y")
    assert failed.code == 1
    assert "absent.csv" in failed.err
    assert not (tmp_path / "runs").exists()


def test_interrupt_finishes_the_run_as_interrupted_and_saved(tmp_path: Path) -> None:
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


def test_killed_run_shows_as_failed(tmp_path: Path) -> None:
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
    """Until the one run has logged an epoch."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(runs.glob("*/metrics.csv")):
            return
        time.sleep(0.1)
    pytest.fail("the run logged no epoch within a minute")


def test_advice_stands_before_the_training(nnlab: Command, config: Path) -> None:
    done = nnlab("train", config, "--set", "model.layers.1.Dense.activation=softmax")
    assert done.code == 0
    assert "softmax over one unit" in done.err


def test_layer_that_does_not_fit_is_told_with_its_line(nnlab: Command, config: Path) -> None:
    config.write_text(
        config.read_text().replace(
            "    - Dense: {units: 4", "    - Reshape: [3, 5]\n    - Dense: {units: 4"
        )
    )
    refused = nnlab("train", config)
    assert refused.code == 2
    assert f"{config}:11:16: error: Reshape" in refused.err


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has loaded")
def test_interrupt_before_the_run_says_so(config: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "nnlab", "train", config], stderr=subprocess.PIPE, text=True
    )
    # Loading TensorFlow is the longest part of what comes before a run.
    while "tensorflow" not in Path(f"/proc/{process.pid}/maps").read_text():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted." in err
