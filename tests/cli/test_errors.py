"""Printing of errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nnlab.cli.errors import report_error
from nnlab.errors import RunInterrupted

if TYPE_CHECKING:
    import pytest


def test_json_contains_partial_results_and_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    report_error(RunInterrupted("Stopped.", {"id": "a-tune-1", "error": None}), as_json=True)
    document = json.loads(capsys.readouterr().out)
    error = {"type": "RunInterrupted", "message": "Stopped."}
    assert document == {"id": "a-tune-1", "error": error}
