"""Plain lines of progress."""

from __future__ import annotations

import io
import os
import re
import time
from dataclasses import replace

import pytest

from nnlab.report.progress import PlainProgress, StartInfo

INFO = StartInfo("circles", "cpu", "keras", 3_500, 1, 320, 1_025, "val_loss")


def feed(progress: PlainProgress, epochs: int, seconds: float = 0.001) -> None:
    """Report some epochs, of which every third is the best."""
    for epoch in range(1, epochs + 1):
        logs = {"loss": 1 / epoch, "val_loss": 2 / epoch}
        progress.epoch(epoch, logs, best=epoch % 3 == 0, seconds=seconds)


def test_fast_epochs_print_the_first_and_the_last_line() -> None:
    out = io.StringIO()
    progress = PlainProgress(out, interval_s=60)
    progress.start(INFO)
    feed(progress, 3_500)
    progress.stop("complete: stopped early at epoch 3,500")
    last = "epoch 3500/3500  loss 2.86e-04  val_loss 5.71e-04"
    assert out.getvalue().splitlines() == [
        "circles: 1,025 parameters, 320 rows, 3,500 epochs of 1 step, on cpu with keras",
        "epoch    1/3500  loss 1.0000  val_loss 2.0000  1 ms",
        f"{last}  best val_loss 5.72e-04 (epoch 3,498)  1 ms",
        "complete: stopped early at epoch 3,500",
    ]


def test_slow_epochs_print_a_line_each() -> None:
    out = io.StringIO()
    progress = PlainProgress(out, interval_s=0)
    progress.start(INFO)
    feed(progress, 5, seconds=60)
    progress.stop()
    lines = out.getvalue().splitlines()
    assert [line.split("/")[0] for line in lines[1:]] == [f"epoch    {i}" for i in range(1, 6)]
    assert "best val_loss 0.6667 (epoch 3)" in lines[-1]


def test_remaining_time_ignores_compilation() -> None:
    out = io.StringIO()
    progress = PlainProgress(out, interval_s=0)
    progress.start(INFO)
    progress.epoch(1, {"loss": 1.0}, best=True, seconds=100)
    progress.epoch(2, {"loss": 1.0}, best=True, seconds=0.01)
    first, second = out.getvalue().splitlines()[1:]
    assert first.endswith("1 min 40 s")
    assert second.endswith("35.0 s left")


def test_remaining_time_in_the_first_epoch_uses_its_later_steps() -> None:
    out = io.StringIO()
    progress = PlainProgress(out, interval_s=0)
    progress.start(replace(INFO, steps_per_epoch=10, epochs=101))
    progress.batch(1, 1, {})
    time.sleep(0.09)
    progress.batch(1, 10, {})
    progress.epoch(1, {"loss": 1.0}, best=True, seconds=100)
    seconds = re.search(r"min 40 s  ([\d.]+) s left", out.getvalue())
    assert seconds is not None
    # A hundred epochs of ten steps of ten milliseconds, or more on a busy machine.
    assert 9 < float(seconds[1]) < 60


def test_message_is_printed_immediately() -> None:
    out = io.StringIO()
    PlainProgress(out).message("Loading mnist.")
    assert out.getvalue() == "Loading mnist.\n"


def test_stopping_twice_or_before_the_start_prints_nothing() -> None:
    out = io.StringIO()
    progress = PlainProgress(out)
    progress.stop("never started")
    progress.epoch(1, {}, best=False, seconds=0)
    progress.start(INFO)
    progress.stop("interrupted")
    progress.stop("again")
    assert out.getvalue().splitlines()[1:] == ["interrupted"]


def test_broken_pipe_does_not_stop_the_run() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w")
    progress = PlainProgress(stream, interval_s=0)
    progress.start(INFO)
    feed(progress, 10)
    progress.stop("complete")
    # The unwritten line is still in the stream's buffer.
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_events_are_cheap() -> None:
    progress = PlainProgress(io.StringIO())
    progress.start(INFO)
    start = time.process_time()
    feed(progress, 3_500)
    progress.stop()
    assert time.process_time() - start < 0.05
