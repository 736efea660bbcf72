"""The environment of a workload: a folder with configs and data, and timed processes."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.digits import write_digits
from benchmarks.rows import Row

SOURCES = Path(__file__).parent
_CACHE = "cache"
_TERMINAL_SIZE = (30, 100)
_TIMEOUT_S = 600
_LAST_LINES = 20


class BenchmarkError(Exception):
    """A timed process failed."""


@dataclass(frozen=True)
class TimedProcess:
    """A finished process: its wall-clock seconds, and its standard output."""

    seconds: float
    output: str

    def json(self) -> Any:
        """Parse the output as one JSON document."""
        return json.loads(self.output)

    def last_json(self) -> Any:
        """Parse the last line of the output as JSON."""
        return json.loads(self.output.splitlines()[-1])


class Bench:
    """The folder and the environment in which workloads are measured.

    Args:
        folder: A folder with the configs, in the folders of their workloads, and the digits.
        quick: Whether to measure one round with few epochs.
    """

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self.folder = folder
        self.quick = quick
        self._environment = os.environ | {"PYTHONPATH": str(SOURCES.parent)}
        self._environment.pop("NNLAB_RUNS_DIR", None)
        self._environment["NNLAB_CACHE_DIR"] = str(folder / _CACHE)
        self._environment["TERM"] = "xterm-256color"

    def rounds(self, default: int) -> int:
        """Return the number of rounds to measure."""
        return 1 if self.quick else default

    def clear_cache(self) -> None:
        """Delete nnlab's cache of compiled programs."""
        shutil.rmtree(self.folder / _CACHE, ignore_errors=True)

    def python(self, *arguments: str, cwd: str = ".", terminal: bool = False) -> TimedProcess:
        """Run this Python once and time it."""
        with (
            tempfile.TemporaryFile() as output,
            tempfile.TemporaryFile() as errors,
            _terminal(errors.fileno()) if terminal else _file(errors.fileno()) as error_stream,
        ):
            start = time.perf_counter()
            try:
                finished = subprocess.run(
                    [sys.executable, *arguments],
                    cwd=self.folder / cwd,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=error_stream,
                    timeout=_TIMEOUT_S,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise BenchmarkError(
                    f"Ended after {_TIMEOUT_S} s: {' '.join(arguments)}"
                ) from error
            seconds = time.perf_counter() - start
            text = [_read(output.fileno()), _read(errors.fileno())]
        if finished.returncode:
            lines = "\n".join("".join(text).splitlines()[-_LAST_LINES:])
            raise BenchmarkError(f"Exit code {finished.returncode}: {' '.join(arguments)}\n{lines}")
        return TimedProcess(seconds, text[0])

    def train(self, config: str, *changes: str, terminal: bool = False) -> TimedProcess:
        """Run `nnlab train --json` once and time it."""
        options = [item for change in changes for item in ("--set", change)]
        path = Path(config)
        arguments = ("-m", "nnlab", "train", path.name, "--json", *options)
        return self.python(*arguments, cwd=str(path.parent), terminal=terminal)


class Workload(Protocol):
    """A measurement, defined in a folder or file here and listed in `benchmarks.workloads`."""

    @property
    def key(self) -> str:
        """Its name for `--only`."""

    def measure(self, bench: Bench) -> Iterator[Row]:
        """Measure and yield rows."""


@contextmanager
def make_bench(digits: Path | None, *, quick: bool) -> Iterator[tuple[Bench, str]]:
    """Create a bench in a temporary folder, and yield it with a description of the digits."""
    with tempfile.TemporaryDirectory(prefix="nnlab-bench-") as name:
        folder = Path(name)
        for config in SOURCES.glob("*/*.yaml"):
            target = folder / config.relative_to(SOURCES)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(config, target)
        yield Bench(folder, quick=quick), write_digits(folder, digits)


def _read(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, size, 0).decode(errors="replace")


@contextmanager
def _file(descriptor: int) -> Iterator[int]:
    yield descriptor


@contextmanager
def _terminal(log: int) -> Iterator[int]:
    """Open a pseudo terminal that copies its output to a file."""
    reader, writer = pty.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", *_TERMINAL_SIZE, 0, 0))

    def copy() -> None:
        while True:
            try:
                os.write(log, os.read(reader, 65536))
            except OSError:  # the other end is closed
                return

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    try:
        yield writer
    finally:
        os.close(writer)
        thread.join()
        os.close(reader)
