"""Running a command, in its own process or in this one, and what it leaves."""

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
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, which must be one JSON document."""
        return json.loads(self.out)


Command = Callable[..., Finished]


PLAIN = {"NO_COLOR": "1", "COLUMNS": "120"}


def call_nnlab(*arguments: str | Path, cwd: Path, **environment: str) -> Finished:
    """Run `nnlab` in a folder, in this process: no Python starts, no TensorFlow is loaded."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        # Also what the command changes itself, for TensorFlow.
        mock.patch.dict(os.environ, PLAIN | environment),
        warnings.catch_warnings(action="ignore", category=UserWarning),  # no fault for a user
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["nnlab", *map(str, arguments)])
        code: Any = 0
        try:
            main()
        except SystemExit as ending:
            code = ending.code
        except Exception:  # noqa: BLE001 - as Python ends a program
            traceback.print_exc()
            code = 1
    return Finished(code or 0, out.getvalue(), err.getvalue())


def run_nnlab(*arguments: str | Path, cwd: Path, **environment: str) -> Finished:
    """Run `nnlab` in a folder, in its own process: where signals, memory or forks matter."""
    finished = subprocess.run(
        [sys.executable, "-m", "nnlab", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | PLAIN | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Finished(finished.returncode, finished.stdout, finished.stderr)


@dataclass(frozen=True)
class Trained:
    """A folder in which a small run was trained once."""

    folder: Path
    command: Finished

    @property
    def run(self) -> Path:
        """The run's folder."""
        (found,) = (self.folder / "runs").iterdir()
        return found
