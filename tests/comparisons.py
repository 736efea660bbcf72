"""Comparisons made in one other process, which loads TensorFlow once for many of them.

The process of a test has computed with TensorFlow: one that has cannot be forked.
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
import json, sys
from pathlib import Path

from nnlab.config.comparison.loader import read_comparison
from nnlab.engine.comparison.runner import compare_variants
from nnlab.errors import NnlabError
from nnlab.report.progress.several import SilentStudyProgress

for line in sys.stdin:
    wanted = json.loads(line)
    try:
        compared = compare_variants(
            read_comparison(wanted["file"], wanted["overrides"], seeds=wanted["seeds"]),
            runs_dir=Path(wanted["runs_dir"]),
            progress=SilentStudyProgress(),
            resume=Path(wanted["resume"]) if wanted["resume"] else None,
            pictures=False,
        )
        told = {"path": str(compared.path)}
    except NnlabError as error:
        told = {"error": str(error), "kind": type(error).__name__}
    print(json.dumps(told), flush=True)
"""


@dataclass(frozen=True)
class Made:
    """A comparison that was made.

    Args:
        path: Its folder.
        record: What its `comparison.json` says.
    """

    path: Path
    record: dict[str, Any]

    def row(self, variant: str) -> dict[str, Any]:
        """What came of a variant."""
        return next(row for row in self.record["variants"] if row["name"] == variant)

    def values(self, variant: str) -> list[float]:
        """The metric of each of its runs."""
        return list(self.row(variant)["values"].values())


class Comparing:
    """The other process.

    Args:
        runs_dir: The folder of all runs.
    """

    def __init__(self, runs_dir: Path) -> None:
        self._runs_dir = runs_dir
        self._process: subprocess.Popen[str] | None = None

    def compare(
        self, file: Path, *overrides: str, seeds: int | None = None, resume: Path | None = None
    ) -> Made:
        """Make a comparison.

        Args:
            file: Its file.
            *overrides: As `--set` takes them.
            seeds: How many.
            resume: The folder of one to go on with.

        Raises:
            AssertionError: It failed; the message says why.
        """
        told = self.tell(file, *overrides, seeds=seeds, resume=resume)
        assert "path" in told, told
        path = Path(told["path"])
        return Made(path, json.loads((path / "comparison.json").read_text()))

    def tell(
        self, file: Path, *overrides: str, seeds: int | None = None, resume: Path | None = None
    ) -> dict[str, str]:
        """Make a comparison, or hear why that cannot be: `path`, or `error` and its `kind`."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _LOOP],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        wanted = {
            "file": str(file),
            "overrides": overrides,
            "seeds": seeds,
            "resume": str(resume) if resume else None,
            "runs_dir": str(self._runs_dir),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "The process that compares has ended."
        told: dict[str, str] = json.loads(line)
        return told

    def __enter__(self) -> Self:
        """The process, which begins with the first comparison."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(timeout=60)
            assert self._process.stdout is not None
            self._process.stdout.close()
