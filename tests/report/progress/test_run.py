"""The progress of a run: plain lines, the live bar in a real terminal, and the choice of them."""

from __future__ import annotations

import io
import os
import re
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from nnlab.report.progress import (
    PlainProgress,
    Progress,
    RichProgress,
    SilentProgress,
    StartInfo,
    make_progress,
)
from nnlab.report.text.console import terminal_console

if TYPE_CHECKING:
    from tests.report.conftest import Terminal

INFO = StartInfo("circles", "cpu", "keras", 3_500, 4, 320, 1_025, "val_loss")


@pytest.fixture
def bar(terminal: Terminal) -> RichProgress:
    return RichProgress(terminal_console(terminal.stream))


def plain(text: str) -> str:
    """Return a terminal's text without escape sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def feed(progress: Progress, epochs: int, seconds: float = 0.001) -> None:
    """Report some epochs, of which every third is the best."""
    for epoch in range(1, epochs + 1):
        logs = {"loss": 1 / epoch, "val_loss": 2 / epoch}
        progress.epoch(epoch, logs, best=epoch % 3 == 0, seconds=seconds)


def test_fast_epochs_print_the_first_and_the_last_line() -> None:
    out = io.StringIO()
    progress = PlainProgress(out, interval_s=60)
    progress.start(replace(INFO, steps_per_epoch=1))
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


def test_events_of_plain_lines_are_cheap() -> None:
    progress = PlainProgress(io.StringIO())
    progress.start(INFO)
    start = time.process_time()
    feed(progress, 3_500)
    progress.stop()
    assert time.process_time() - start < 0.05


def test_bar_ends_with_the_last_epoch_the_best_and_the_outcome(
    bar: RichProgress, terminal: Terminal
) -> None:
    bar.start(INFO)
    for epoch in range(1, 3_501):
        logs = {"loss": 1 / epoch, "val_loss": 2 / epoch}
        bar.epoch(epoch, logs, best=epoch == 3_000, seconds=0.001)
    bar.stop("complete")
    lines = [line.rstrip() for line in plain(terminal.close()).splitlines()]
    assert lines[0].startswith("circles: 1,025 parameters, 320 rows, 3,500 epochs of 4 steps")
    assert lines[-3].startswith("epoch 3,500/3,500 ━")
    assert lines[-2] == "loss 2.86e-04  val_loss 5.71e-04  best val_loss 6.67e-04 (epoch 3,000)"
    assert lines[-1] == "complete"


def test_updates_within_an_epoch_advance_the_bar(bar: RichProgress, terminal: Terminal) -> None:
    bar.start(INFO)
    for epoch in (1, 2):
        bar.epoch(epoch, {"loss": 0.5, "val_loss": 0.7}, best=True, seconds=0.2)
    bar.batch(3, 3, {"loss": 0.4})
    bar.stop()
    text = plain(terminal.close())
    assert "epoch     3/3,500" in text
    assert "loss 0.4000  val_loss 0.7000" in text
    assert " left" in text


def test_values_are_only_converted_when_rendered(bar: RichProgress, terminal: Terminal) -> None:
    class Costly:
        """A value on a device, which is slow to fetch."""

        reads = 0

        def __float__(self) -> float:
            Costly.reads += 1
            return 0.5

    bar.start(INFO)
    for step in range(1, 1_001):
        bar.batch(1, step, {"loss": Costly()})
    bar.stop()
    assert "loss 0.5000" in plain(terminal.close())
    assert Costly.reads < 100


def test_message_is_above_the_bar(bar: RichProgress, terminal: Terminal) -> None:
    bar.start(INFO)
    bar.message("[1] reduced the learning rate")
    bar.stop()
    lines = plain(terminal.close()).splitlines()
    assert any(line.startswith("[1] reduced the learning rate") for line in lines)


def test_cursor_is_restored_and_standard_output_is_unchanged(
    bar: RichProgress, terminal: Terminal
) -> None:
    before = sys.stdout
    bar.start(INFO)
    assert sys.stdout is before
    bar.stop()
    bar.stop()
    assert terminal.close().rstrip().endswith("\x1b[?25h")


def test_bar_can_be_restarted(bar: RichProgress, terminal: Terminal) -> None:
    for name in ("first", "second"):
        bar.start(StartInfo(name, "cpu", "keras", 1, 1, 1, 1))
        bar.epoch(1, {"loss": 0.5}, best=True, seconds=0.1)
        bar.stop(f"{name} is complete")
    text = plain(terminal.close())
    assert "first is complete" in text
    assert "second is complete" in text


def test_events_of_the_bar_are_cheap(bar: RichProgress) -> None:
    bar.start(INFO)
    start = time.process_time()
    feed(bar, 3_500)
    bar.stop()
    assert time.process_time() - start < 0.2


def test_terminal_gets_a_bar(terminal: Terminal) -> None:
    assert isinstance(make_progress(terminal.stream), RichProgress)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_terminal_without_color_gets_lines(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert isinstance(make_progress(terminal.stream), PlainProgress)


def test_pipe_gets_lines_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = io.StringIO()
    monkeypatch.setattr(sys, "stderr", lines)
    progress = make_progress()
    progress.message("hello")
    assert isinstance(progress, PlainProgress)
    assert lines.getvalue() == "hello\n"
    assert capsys.readouterr().out == ""


def test_silent_progress_accepts_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    progress: Progress = SilentProgress()
    progress.start(StartInfo("xor", "cpu", "keras", 1, 1, 4, 9))
    progress.batch(1, 1, {})
    progress.epoch(1, {}, best=True, seconds=0.1)
    progress.message("hello")
    progress.stop("complete")
    assert capsys.readouterr() == ("", "")
