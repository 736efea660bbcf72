"""The progress of a study of runs."""

from __future__ import annotations

import io

from rich.console import Console

from nnlab.report.progress.study import (
    PlainStudyProgress,
    RichStudyProgress,
    StudyProgress,
    make_study_progress,
)


def report_runs(progress: StudyProgress) -> None:
    progress.start("widths: 2 variants", 2, 1)
    progress.epoch("small/1", 1, 30, {"loss": 0.5, "accuracy": 0.25})
    progress.run_finished("small/1", "val_loss 0.4000", 1.5)
    progress.run_finished("large/1", "failed: diverged at epoch 1", 0.5)
    progress.stop("complete")
    progress.stop("complete")


def test_each_finished_run_has_a_line_with_the_remaining_time() -> None:
    stream = io.StringIO()
    report_runs(PlainStudyProgress(stream))
    assert stream.getvalue().splitlines() == [
        "widths: 2 variants",
        "1/2  small/1  val_loss 0.4000  1.5 s  1.5 s left",
        "2/2  large/1  failed: diverged at epoch 1  500 ms",
        "complete",
    ]


def test_running_runs_are_printed_periodically() -> None:
    stream = io.StringIO()
    report_runs(PlainStudyProgress(stream, interval_s=0.0))
    assert "small/1  epoch 1/30  loss 0.5000  accuracy 0.2500" in stream.getvalue()


def test_broken_pipe_does_not_stop_the_study() -> None:
    class Broken(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    report_runs(PlainStudyProgress(Broken()))


def test_terminal_keeps_a_line_per_run_and_its_cursor_is_restored() -> None:
    stream = io.StringIO()
    report_runs(RichStudyProgress(Console(file=stream, force_terminal=True, width=100)))
    shown = stream.getvalue()
    assert "small/1  val_loss 0.4000  1.5 s" in shown
    assert "0/2 runs" in shown
    assert shown.rstrip().endswith("complete")
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


def test_pipe_gets_plain_lines() -> None:
    assert isinstance(make_study_progress(io.StringIO()), PlainStudyProgress)
