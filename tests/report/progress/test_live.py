"""The live bar, in a real terminal."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING

import pytest

from nnlab.report.progress import RichProgress, StartInfo
from nnlab.report.text.console import terminal_console

if TYPE_CHECKING:
    from tests.report.conftest import Terminal

INFO = StartInfo("circles", "cpu", "keras", 3_500, 4, 320, 1_025, "val_loss")


@pytest.fixture
def progress(terminal: Terminal) -> RichProgress:
    return RichProgress(terminal_console(terminal.stream))


def plain(text: str) -> str:
    """Return a terminal's text without escape sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_bar_ends_with_the_last_epoch_the_best_and_the_outcome(
    progress: RichProgress, terminal: Terminal
) -> None:
    progress.start(INFO)
    for epoch in range(1, 3_501):
        logs = {"loss": 1 / epoch, "val_loss": 2 / epoch}
        progress.epoch(epoch, logs, best=epoch == 3_000, seconds=0.001)
    progress.stop("complete")
    lines = [line.rstrip() for line in plain(terminal.close()).splitlines()]
    assert lines[0].startswith("circles: 1,025 parameters, 320 rows, 3,500 epochs of 4 steps")
    assert lines[-3].startswith("epoch 3,500/3,500 ━")
    assert lines[-2] == "loss 2.86e-04  val_loss 5.71e-04  best val_loss 6.67e-04 (epoch 3,000)"
    assert lines[-1] == "complete"


def test_updates_within_an_epoch_advance_the_bar(
    progress: RichProgress, terminal: Terminal
) -> None:
    progress.start(INFO)
    for epoch in (1, 2):
        progress.epoch(epoch, {"loss": 0.5, "val_loss": 0.7}, best=True, seconds=0.2)
    progress.batch(3, 3, {"loss": 0.4})
    progress.stop()
    text = plain(terminal.close())
    assert "epoch     3/3,500" in text
    assert "loss 0.4000  val_loss 0.7000" in text
    assert " left" in text


def test_values_are_only_converted_when_rendered(
    progress: RichProgress, terminal: Terminal
) -> None:
    class Costly:
        """A value on a device, which is slow to fetch."""

        reads = 0

        def __float__(self) -> float:
            Costly.reads += 1
            return 0.5

    progress.start(INFO)
    for step in range(1, 1_001):
        progress.batch(1, step, {"loss": Costly()})
    progress.stop()
    assert "loss 0.5000" in plain(terminal.close())
    assert Costly.reads < 100


def test_message_is_above_the_bar(progress: RichProgress, terminal: Terminal) -> None:
    progress.start(INFO)
    progress.message("[1] reduced the learning rate")
    progress.stop()
    lines = plain(terminal.close()).splitlines()
    assert any(line.startswith("[1] reduced the learning rate") for line in lines)


def test_cursor_is_restored_and_standard_output_is_unchanged(
    progress: RichProgress, terminal: Terminal
) -> None:
    before = sys.stdout
    progress.start(INFO)
    assert sys.stdout is before
    progress.stop()
    progress.stop()
    assert terminal.close().rstrip().endswith("\x1b[?25h")


def test_progress_can_be_restarted(progress: RichProgress, terminal: Terminal) -> None:
    for name in ("first", "second"):
        progress.start(StartInfo(name, "cpu", "keras", 1, 1, 1, 1))
        progress.epoch(1, {"loss": 0.5}, best=True, seconds=0.1)
        progress.stop(f"{name} is complete")
    text = plain(terminal.close())
    assert "first is complete" in text
    assert "second is complete" in text


def test_events_are_cheap(progress: RichProgress) -> None:
    progress.start(INFO)
    start = time.process_time()
    for epoch in range(1, 3_501):
        logs = {"loss": 1 / epoch, "val_loss": 2 / epoch}
        progress.epoch(epoch, logs, best=epoch % 3 == 0, seconds=0.001)
    progress.stop()
    assert time.process_time() - start < 0.2
