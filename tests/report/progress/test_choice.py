"""The choice between a live bar and plain lines."""

from __future__ import annotations

import io
import sys
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

if TYPE_CHECKING:
    from tests.report.conftest import Terminal


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
