"""The folder of a running run, and how its end is recorded."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from nnlab.errors import RequestError, RunFailedError, RunInterrupted
from nnlab.runs import RunDirectory, RunRecord, RunStatus, read_run

CONFIG = "name: xor\nseed: 42\n"


def on_disk(run: RunDirectory) -> dict[str, Any]:
    """Return the content of record.json."""
    values: dict[str, Any] = json.loads(run.record_json.read_text())
    return values


def create_id(runs_dir: Path) -> str:
    """Create a run and return its id; called in other processes."""
    return RunDirectory.create(runs_dir, "xor", CONFIG).record.id


def train(run: RunDirectory, epochs: int, error: BaseException | None = None) -> None:
    """Log some epochs, then raise the error if there is one."""
    with run:
        for epoch in range(1, epochs + 1):
            run.log_epoch(epoch, {"loss": 1 / epoch})
        if error:
            raise error


def test_new_run_has_a_config_and_a_running_record(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path / "runs", "xor", CONFIG, seed=42, device="cpu")
    assert run.config_yaml.read_text() == CONFIG
    record = RunRecord.from_json(run.record_json.read_text())
    assert record == run.record
    assert (record.status, record.seed, record.device) == (RunStatus.RUNNING, 42, "cpu")
    assert record.process is not None
    assert record.process.pid == os.getpid()
    assert re.fullmatch(r"xor-\d{8}T\d{6}Z-[0-9a-f]{7}", record.id)
    assert run.path == tmp_path / "runs" / record.id


def test_runs_of_one_config_have_equal_hashes_and_different_folders(tmp_path: Path) -> None:
    runs = [RunDirectory.create(tmp_path, "xor", CONFIG) for _ in range(20)]
    assert len({run.path for run in runs}) == 20
    assert len({run.record.config_hash for run in runs}) == 1
    created = [run.record.created for run in runs]
    assert created == sorted(created)


@pytest.mark.slow
def test_concurrent_processes_create_different_folders(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        ids = list(pool.map(create_id, [tmp_path] * 40))
    assert len(set(ids)) == 40
    assert {path.name for path in tmp_path.iterdir()} == set(ids)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("a/b\\c d", "a-b-c-d"),
        ("../up", "up"),
        ("größe_1.5", "größe_1.5"),
        ("///", "run"),
        ("x" * 300, "x" * 50),
    ],
)
def test_folder_names_are_sanitized(tmp_path: Path, name: str, folder: str) -> None:
    run = RunDirectory.create(tmp_path, name, CONFIG)
    assert run.path.parent == tmp_path
    assert run.path.name.startswith(f"{folder}-2")
    assert run.record.name == name


def test_update_replaces_the_record_and_its_file(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path, "xor", CONFIG)
    before = run.record
    run.update(params=9, epochs_run=1)
    assert before.params is None
    assert run.record.params == on_disk(run)["params"] == 9


def test_finish_writes_the_rows_and_the_record(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path, "xor", CONFIG)
    for epoch in range(1, 4):
        run.log_epoch(epoch, {"loss": 1 / epoch})
    run.finish(RunStatus.COMPLETE, epochs_run=3, metrics={"loss": 1 / 3}, best_epoch=3)
    values = on_disk(run)
    assert values["status"] == "complete"
    assert values["finished"] >= values["created"]
    assert values["metrics"] == {"loss": 1 / 3}
    assert len(run.metrics_csv.read_text().splitlines()) == 4


def test_equal_runs_write_equal_metrics(tmp_path: Path) -> None:
    texts = set()
    for _ in range(2):
        with RunDirectory.create(tmp_path, "xor", CONFIG) as run:
            for epoch in range(1, 50):
                run.log_epoch(epoch, {"loss": 0.1**epoch, "accuracy": epoch / 7})
        texts.add(run.metrics_csv.read_bytes())
    assert len(texts) == 1


def test_block_without_an_exception_is_complete(tmp_path: Path) -> None:
    with RunDirectory.create(tmp_path, "xor", CONFIG) as run:
        run.log_epoch(1, {"loss": 0.5})
    assert on_disk(run)["status"] == "complete"
    assert run.metrics_csv.exists()


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ValueError("shapes differ"), "failed", "ValueError: shapes differ"),
        (MemoryError(), "failed", "MemoryError"),
        (RunFailedError("diverged at epoch 3"), "failed", "diverged at epoch 3"),
        (SystemExit(3), "failed", "SystemExit: 3"),
        (KeyboardInterrupt(), "interrupted", "Interrupted from the keyboard."),
        (RunInterrupted("Stopped at epoch 3."), "interrupted", "Stopped at epoch 3."),
    ],
)
def test_exception_is_recorded_and_raised(
    tmp_path: Path, error: BaseException, status: str, message: str
) -> None:
    run = RunDirectory.create(tmp_path, "xor", CONFIG)
    with pytest.raises(type(error)) as caught:
        train(run, 2, error)
    assert caught.value is error
    values = on_disk(run)
    assert (values["status"], values["error"]) == (status, message)
    assert values["finished"]
    assert len(run.metrics_csv.read_text().splitlines()) == 3


def test_error_recorded_by_finish_is_kept(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path, "xor", CONFIG)
    run.finish(RunStatus.FAILED, "diverged at epoch 3", epochs_run=3)
    with pytest.raises(RunFailedError, match="other message"):
        train(run, 0, RunFailedError("other message"))
    assert on_disk(run)["error"] == "diverged at epoch 3"


def test_failure_after_finish_is_recorded(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path, "xor", CONFIG)
    run.finish(RunStatus.COMPLETE)
    with pytest.raises(ValueError, match="no plots"):
        train(run, 0, ValueError("no plots"))
    assert on_disk(run)["status"] == "failed"


def test_full_disk_is_recorded(small_disk: Path) -> None:
    run = RunDirectory.create(small_disk, "xor", CONFIG)
    with pytest.raises(RunFailedError, match="No space left on device"):
        train(run, 5_000, RunFailedError("No space left on device"))
    values = on_disk(run)
    assert values["status"] == "failed"
    assert "No space left on device" in values["error"]
    assert {path.name for path in run.path.iterdir()} == {
        "config.yaml",
        "metrics.csv",
        "record.json",
    }


def test_full_disk_at_the_end_of_a_block_fails_the_run(small_disk: Path) -> None:
    run = RunDirectory.create(small_disk, "xor", CONFIG)
    with pytest.raises(RunFailedError, match="No space left on device"):
        train(run, 5_000)
    assert on_disk(run)["status"] == "failed"


def test_run_that_cannot_start_leaves_no_folder(small_disk: Path) -> None:
    with pytest.raises(RunFailedError, match=r"config\.yaml.*No space left on device"):
        RunDirectory.create(small_disk, "xor", "# \n" * 100_000)
    assert not list(small_disk.iterdir())


def test_read_only_disk_is_a_request_error(read_only_disk: Path) -> None:
    with pytest.raises(RequestError, match=r"Read-only file system.*--runs-dir"):
        RunDirectory.create(read_only_disk / "runs", "xor", CONFIG)


def test_invalid_runs_folder_is_a_request_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match=r"Not a directory.*--runs-dir"):
        RunDirectory.create(tmp_path / "file" / "runs", "xor", CONFIG)


WRITER = textwrap.dedent("""
    import signal
    import sys
    from itertools import count
    from pathlib import Path
    from nnlab.runs import RunDirectory, RunStatus
    # Background jobs of a shell ignore SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run = RunDirectory.create(Path(sys.argv[1]), "xor", "name: xor\\n" * 1000)
    run._metrics._interval_s = 0
    with run:
        for epoch in count(1):
            run.log_epoch(epoch, {"loss": 1 / epoch})
            run.update(epochs_run=epoch)
            if epoch == 3:
                print("started", flush=True)
""")


@pytest.mark.parametrize("delay_s", [0.02, 0.09, 0.16, 0.23])
def test_killed_run_has_complete_files_and_reads_as_failed(tmp_path: Path, delay_s: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(delay_s)
        writer.send_signal(signal.SIGKILL)
    (path,) = tmp_path.iterdir()
    run = read_run(path)
    assert json.loads(run.record_json.read_text())["status"] == "running"
    assert run.record.status is RunStatus.FAILED
    assert run.record.error is not None
    assert "process died" in run.record.error
    assert run.record.epochs_run >= 2
    assert run.config_yaml.read_text() == "name: xor\n" * 1000
    text = run.metrics_csv.read_text()
    assert text.endswith("\n")
    for epoch, line in enumerate(text.splitlines()[1:], 1):
        assert line == f"{epoch},{1 / epoch!r}"


@pytest.mark.slow
def test_repeated_ctrl_c_still_records_the_interrupt(tmp_path: Path) -> None:
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            for _ in range(3):
                writer.send_signal(signal.SIGINT)
                time.sleep(0.001)
    records = [json.loads((path / "record.json").read_text()) for path in tmp_path.iterdir()]
    assert [record["status"] for record in records] == ["interrupted"] * 5
