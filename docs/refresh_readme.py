#!/usr/bin/env python3
"""Runs README.md's commands in an empty folder and writes down what they really print.

A command is a line of a ```console block that begins with `$ `; the lines below it are what it
prints. A line `...` there stands for any lines: a new output is cut at the same place.

    make readme

tests/test_readme.py runs the same commands, and compares.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
CUT = "..."
WIDEST = 110
EXIT_CODES = {"nnlab validate broken.yaml": 2}  # of all others 0

_PROMPT = "$ "
_TIMEOUT_S = 300
_ENVIRONMENT = {
    "NO_COLOR": "1",
    "COLUMNS": "100",
    "PYTHONUNBUFFERED": "1",  # both outputs in the order in which a terminal shows them
}


@dataclass(frozen=True)
class Step:
    """A command of the README.

    Args:
        command: What a reader types.
        shown: The lines below it.
        start: Number of the first of these lines, from 0.
    """

    command: str
    shown: tuple[str, ...]
    start: int


@dataclass(frozen=True)
class Outcome:
    """What came of a command.

    Args:
        step: The command.
        exit_code: Its exit code.
        printed: The lines of both its outputs.
    """

    step: Step
    exit_code: int
    printed: tuple[str, ...]

    @property
    def is_expected(self) -> bool:
        """Whether it ended as the README says."""
        return self.exit_code == EXIT_CODES.get(self.step.command, 0)


def read_steps(text: str) -> list[Step]:
    r"""Find the commands of a README.

    Args:
        text: Markdown.

    Returns:
        The commands, in order.

    Example:
        >>> read_steps("```console\n$ echo a\na\n$ true\n```")[0].shown
        ('a',)
    """
    lines = text.splitlines()
    steps: list[Step] = []
    inside = False
    for number, line in enumerate(lines):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith(_PROMPT):
            shown: list[str] = []
            for below in lines[number + 1 :]:
                if below.startswith((_PROMPT, "```")):
                    break
                shown.append(below)
            steps.append(Step(line.removeprefix(_PROMPT), tuple(shown), number + 1))
    return steps


def run_steps(steps: Sequence[Step], folder: Path) -> Iterator[Outcome]:
    """Run commands one after the other in one folder, with the environment of this Python.

    Args:
        steps: The commands.
        folder: Where they run.

    Yields:
        What came of each.
    """
    programs = str(Path(sys.executable).parent)
    environment = os.environ | _ENVIRONMENT
    environment["PATH"] = os.pathsep.join([programs, environment["PATH"]])
    environment.pop("NNLAB_RUNS_DIR", None)
    for step in steps:
        finished = subprocess.run(
            ["/usr/bin/env", "bash", "-c", step.command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        lines = tuple(line.rstrip() for line in finished.stdout.rstrip().splitlines())
        yield Outcome(step, finished.returncode, lines)


def fit(
    shown: Sequence[str], printed: Sequence[str], like: Callable[[str], str] = str
) -> list[str] | None:
    """The lines of an output that a README shows.

    Args:
        shown: Lines of the README, perhaps with cuts.
        printed: The whole output.
        like: What of a line counts.

    Returns:
        Lines of the output, cut as the README cuts them; None where they are not the same.

    Example:
        >>> fit(["a", "...", "d"], ["a", "b", "c", "d"])
        ['a', '...', 'd']
        >>> fit(["a", "...", "e"], ["a", "b", "c", "d"]) is None
        True
    """
    if not shown:
        return None if printed else []
    if shown[0] == CUT:
        starts = range(len(printed) + 1)
        fits = (fit(shown[1:], printed[start:], like) for start in starts)
        rest = next((found for found in fits if found is not None), None)
        return None if rest is None else [CUT, *rest]
    if not printed or like(shown[0]) != like(printed[0]):
        return None
    rest = fit(shown[1:], printed[1:], like)
    return None if rest is None else [printed[0], *rest]


def masked(line: str) -> str:
    """What of a line is the same on another machine, at another moment.

    Args:
        line: A line of an output.

    Returns:
        The line without figures, units of time and of memory, prefixes of FLOP/s, what bounds a
        step, whether an epoch was timed whole, ids of runs, the device, the width of columns.

    Example:
        >>> masked("loss 0.3355  78 ms  runs/a-20261121T041736Z-d3492f3") == masked(
        ...     "loss 0.34  1.5 s  runs/a-20261121T041822Z-03a5b8d"
        ... )
        True
    """
    for pattern, standing in _MASKS:
        line = re.sub(pattern, standing, line)
    return line.strip()


_MASKS = (
    (r"\d{8}T\d{6}Z-[0-9a-f]+", "#"),
    (r"\bgpu:\d+\b", "cpu"),
    (r"\d[\d,]*(\.\d+)?(e[-+]?\d+)?", "#"),
    (r"# (ns|us|ms|s|min|h)\b", "# s"),
    (r"# s to #", "# to #"),  # an interval across the border of two units
    (r"# ([KMGT]i)?B\b", "# B"),
    (r"# [kMGT]\b", "# G"),
    (r"\b(launch|copy) #", "compute #"),
    (r"~ #", "#"),
    (r"\s+", " "),
    (r"# s( # s)+", "# s"),  # one duration of several parts, or two of them
)


def refreshed(text: str, outcomes: Sequence[Outcome]) -> str:
    """A README with what its commands print now.

    Args:
        text: The README.
        outcomes: What came of its commands.

    Returns:
        The new README.
    """
    lines = text.splitlines()
    for outcome in reversed(outcomes):
        start, old = outcome.step.start, outcome.step.shown
        lines[start : start + len(old)] = _cut(old, outcome.printed)
    return "\n".join(lines) + "\n"


def _cut(shown: Sequence[str], printed: Sequence[str]) -> list[str]:
    """An output, cut where the README cuts; where it has changed, as far from its ends."""
    same = fit(shown, printed, masked)
    if same is not None:
        return same
    if CUT not in shown:
        return list(printed)
    head = list(shown).index(CUT)
    tail = list(reversed(shown)).index(CUT)
    if head + tail > len(printed):
        return list(printed)
    return [*printed[:head], CUT, *printed[len(printed) - tail :]]


def main() -> None:
    """Write README.md anew, unless a command ends as it should not; point out wide lines."""
    text = README.read_text(encoding="utf-8")
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for outcome in run_steps(read_steps(text), Path(folder)):
            sys.stdout.write(f"[{outcome.exit_code}] {outcome.step.command}\n")
            if not outcome.is_expected:
                sys.exit("\n".join([*outcome.printed, "README.md is left as it is."]))
            outcomes.append(outcome)
    README.write_text(refreshed(text, outcomes), encoding="utf-8")
    for outcome in outcomes:
        for line in _cut(outcome.step.shown, outcome.printed):
            if len(line) > WIDEST:
                sys.stdout.write(f"{len(line)} columns: {line}\n")


if __name__ == "__main__":
    main()
