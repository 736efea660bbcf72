"""Runners of `nnlab` commands, in this process or in a new one."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from nnlab.cli.app import main

SMALL_CONFIG = """\
name: small
seed: 3

data:
  dataset: {moons: {n_samples: 60, noise: 0.1}}
  validation_split: 0.25
  test_split: 0.25

model:
  layers:
    - Dense: {units: 4, activation: relu}
    - Dense: {units: 1, activation: sigmoid}

training:
  optimizer: adam
  loss: binary_crossentropy
  metrics: [accuracy]
  batch_size: 8
  epochs: 2
"""


@dataclass(frozen=True)
class Result:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, parsed as one JSON document."""
        return json.loads(self.out)


Command = Callable[..., Result]
PLAIN = {"NO_COLOR": "1", "COLUMNS": "120"}


def call_nnlab(*arguments: str | Path, cwd: Path, **environment: str) -> Result:
    """Run `nnlab` in a folder, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        # The command changes the environment, too.
        mock.patch.dict(os.environ, PLAIN | environment),
        warnings.catch_warnings(action="ignore", category=UserWarning),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["nnlab", *map(str, arguments)])
        code: Any = 0
        try:
            main()
        except SystemExit as error:
            code = error.code
        except Exception:  # noqa: BLE001 - as Python does at exit
            traceback.print_exc()
            code = 1
    return Result(code or 0, out.getvalue(), err.getvalue())


def run_nnlab(*arguments: str | Path, cwd: Path, **environment: str) -> Result:
    """Run `nnlab` in a folder, in a new process, for tests of signals, memory or forks."""
    process = subprocess.run(
        [sys.executable, "-m", "nnlab", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | PLAIN | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Result(process.returncode, process.stdout, process.stderr)


@dataclass(frozen=True)
class TrainedRun:
    """A small run, and the result of the command that trained it."""

    folder: Path
    command: Result

    @property
    def run(self) -> Path:
        """The run's folder."""
        (path,) = (self.folder / "runs").iterdir()
        return path
