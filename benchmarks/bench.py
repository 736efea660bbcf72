"""What a workload works with: a folder with the data, and processes that are timed as a whole."""

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
    """A process that was to be timed did not do what it should."""


@dataclass(frozen=True)
class Timed:
    """A process that has ended well.

    Args:
        seconds: How long it took, from before its start until after its end.
        output: What it wrote to standard output.
    """

    seconds: float
    output: str

    def json(self) -> Any:
        """Its output, where that is one JSON document."""
        return json.loads(self.output)

    def last_json(self) -> Any:
        """The last line of its output, where that is JSON."""
        return json.loads(self.output.splitlines()[-1])


class Bench:
    """Where workloads are measured.

    Args:
        folder: A folder with the configs, each in its workload's folder, and the digits beside.
        quick: Whether one round and few epochs must do.
    """

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self.folder = folder
        self.quick = quick
        self._environment = os.environ | {"PYTHONPATH": str(SOURCES.parent)}
        self._environment.pop("NNLAB_RUNS_DIR", None)
        self._environment["NNLAB_CACHE_DIR"] = str(folder / _CACHE)
        self._environment["TERM"] = "xterm-256color"

    def rounds(self, usual: int) -> int:
        """How many rounds to measure."""
        return 1 if self.quick else usual

    def forget(self) -> None:
        """Empty nnlab's cache: what comes next is as slow as on a machine that never did it."""
        shutil.rmtree(self.folder / _CACHE, ignore_errors=True)

    def python(self, *words: str, cwd: str = ".", terminal: bool = False) -> Timed:
        """Run this Python once, and time it."""
        with (
            tempfile.TemporaryFile() as output,
            tempfile.TemporaryFile() as errors,
            _terminal(errors.fileno()) if terminal else _file(errors.fileno()) as error_stream,
        ):
            start = time.perf_counter()
            try:
                finished = subprocess.run(
                    [sys.executable, *words],
                    cwd=self.folder / cwd,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=error_stream,
                    timeout=_TIMEOUT_S,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise BenchmarkError(f"Ended after {_TIMEOUT_S} s: {' '.join(words)}") from error
            seconds = time.perf_counter() - start
            text = [_read(output.fileno()), _read(errors.fileno())]
        if finished.returncode:
            lines = "\n".join("".join(text).splitlines()[-_LAST_LINES:])
            raise BenchmarkError(f"Exit code {finished.returncode}: {' '.join(words)}\n{lines}")
        return Timed(seconds, text[0])

    def train(self, config: str, *changes: str, terminal: bool = False) -> Timed:
        """Run `nnlab train --json` once, and time it."""
        options = [word for change in changes for word in ("--set", change)]
        path = Path(config)
        words = ("-m", "nnlab", "train", path.name, "--json", *options)
        return self.python(*words, cwd=str(path.parent), terminal=terminal)


class Workload(Protocol):
    """Something to measure: in a folder or a file of its own, and in `benchmarks.workloads`."""

    @property
    def key(self) -> str:
        """What `--only` calls it."""

    def measure(self, bench: Bench) -> Iterator[Row]:
        """Measure it."""


@contextmanager
def make_bench(digits: Path | None, *, quick: bool) -> Iterator[tuple[Bench, str]]:
    """A bench in a folder of its own, which is gone in the end."""
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
    """A terminal that copies what it is shown to a file; reading it is a terminal's own work."""
    reader, writer = pty.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", *_TERMINAL_SIZE, 0, 0))

    def copy() -> None:
        while True:
            try:
                os.write(log, os.read(reader, 65536))
            except OSError:  # nobody holds the other end any more
                return

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    try:
        yield writer
    finally:
        os.close(writer)
        thread.join()
        os.close(reader)
