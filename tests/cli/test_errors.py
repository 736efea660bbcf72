"""Errors as a user and as a program get them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nnlab.cli.errors import report_error
from nnlab.errors import RunInterrupted

if TYPE_CHECKING:
    import pytest


def test_json_has_what_there_is_beside_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    report_error(RunInterrupted("Stopped.", {"id": "a-tune-1", "error": None}), as_json=True)
    told = json.loads(capsys.readouterr().out)
    error = {"type": "RunInterrupted", "message": "Stopped."}
    assert told == {"id": "a-tune-1", "error": error}
