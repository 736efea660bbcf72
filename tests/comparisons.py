"""Comparisons in another process, which imports TensorFlow once for many of them.

The process of a test has computed with TensorFlow and therefore cannot be forked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import nnlab

_ROOT = Path(nnlab.__file__).parent.parent

_LOOP = """
import io, json, sys
from pathlib import Path

from nnlab.config.comparison.loader import read_comparison
from nnlab.engine.comparison.runner import compare_variants
from nnlab.errors import NnlabError
from nnlab.report.progress.study import PlainStudyProgress

for line in sys.stdin:
    request = json.loads(line)
    try:
        compared = compare_variants(
            read_comparison(request["file"], request["overrides"], seeds=request["seeds"]),
            runs_dir=Path(request["runs_dir"]),
            progress=PlainStudyProgress(io.StringIO()),
            resume=Path(request["resume"]) if request["resume"] else None,
            plots=False,
        )
        reply = {"path": str(compared.path)}
    except NnlabError as error:
        reply = {"error": str(error), "kind": type(error).__name__}
    print(json.dumps(reply), flush=True)
"""


@dataclass(frozen=True)
class FinishedComparison:
    """The folder of a finished comparison, and its `comparison.json`."""

    path: Path
    record: dict[str, Any]

    def row(self, variant: str) -> dict[str, Any]:
        """Return the results of a variant."""
        return next(row for row in self.record["variants"] if row["name"] == variant)

    def values(self, variant: str) -> list[float]:
        """Return the metric of each run of a variant."""
        return list(self.row(variant)["values"].values())


class CompareProcess:
    """A process that runs comparisons below a folder; started with the first one."""

    def __init__(self, runs_dir: Path) -> None:
        self._runs_dir = runs_dir
        self._process: subprocess.Popen[str] | None = None

    def compare(
        self, file: Path, *overrides: str, seeds: int | None = None, resume: Path | None = None
    ) -> FinishedComparison:
        """Run or resume a comparison that succeeds."""
        reply = self.request(file, *overrides, seeds=seeds, resume=resume)
        assert "path" in reply, reply
        path = Path(reply["path"])
        return FinishedComparison(path, json.loads((path / "comparison.json").read_text()))

    def request(
        self, file: Path, *overrides: str, seeds: int | None = None, resume: Path | None = None
    ) -> dict[str, str]:
        """Run a comparison; return its `path`, or the `error` and its `kind`."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _LOOP],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        message = {
            "file": str(file),
            "overrides": overrides,
            "seeds": seeds,
            "resume": str(resume) if resume else None,
            "runs_dir": str(self._runs_dir),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "The process has exited."
        reply: dict[str, str] = json.loads(line)
        return reply

    def __enter__(self) -> Self:
        """Return the process."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the process."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(timeout=60)
            assert self._process.stdout is not None
            self._process.stdout.close()
