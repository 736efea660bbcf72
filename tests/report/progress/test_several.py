"""Progress of several runs at once, as lines."""

from __future__ import annotations

import io

from rich.console import Console

from nnlab.report.progress.several import (
    PlainStudyProgress,
    RichStudyProgress,
    StudyProgress,
    make_study_progress,
)


def work(progress: StudyProgress) -> None:
    progress.start("widths: 2 variants", 2, 1)
    progress.epoch("small/1", 1, 30, {"loss": 0.5, "accuracy": 0.25})
    progress.ended("small/1", "val_loss 0.4000", 1.5)
    progress.ended("large/1", "failed: diverged at epoch 1", 0.5)
    progress.stop("complete")
    progress.stop("complete")


def test_a_line_a_run_with_what_is_left() -> None:
    stream = io.StringIO()
    work(PlainStudyProgress(stream))
    assert stream.getvalue().splitlines() == [
        "widths: 2 variants",
        "1/2  small/1  val_loss 0.4000  1.5 s  1.5 s left",
        "2/2  large/1  failed: diverged at epoch 1  500 ms",
        "complete",
    ]


def test_long_runs_tell_of_themselves_now_and_then() -> None:
    stream = io.StringIO()
    work(PlainStudyProgress(stream, interval_s=0.0))
    assert "small/1  epoch 1/30  loss 0.5000  accuracy 0.2500" in stream.getvalue()


def test_a_reader_that_has_left_does_not_stop_the_work() -> None:
    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    work(PlainStudyProgress(Gone()))


def test_a_terminal_keeps_a_line_of_each_run_and_gets_its_cursor_back() -> None:
    stream = io.StringIO()
    work(RichStudyProgress(Console(file=stream, force_terminal=True, width=100)))
    shown = stream.getvalue()
    assert "small/1  val_loss 0.4000  1.5 s" in shown
    assert "0/2 runs" in shown
    assert shown.rstrip().endswith("complete")
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


def test_a_pipe_gets_plain_lines() -> None:
    assert isinstance(make_study_progress(io.StringIO()), PlainStudyProgress)
