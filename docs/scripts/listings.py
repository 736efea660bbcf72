"""Run the commands of README.md and docs/tour.md, and update the output that these pages show.

A command is a line of a ```console block that starts with `$ `; the lines below it are its output.
A line `...` matches any lines: new output is cut at the same place.

    make readme

tests/test_readme.py runs the same commands and compares their output.
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

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TOUR = ROOT / "docs" / "tour.md"
CUT = "..."
MAX_WIDTH = 110
EXIT_CODES = {"nnlab validate broken.yaml": 2}
"""Exit codes of the commands that do not exit with 0."""

_PROMPT = "$ "
_TIMEOUT_S = 300
_ENVIRONMENT = {
    "NO_COLOR": "1",
    "COLUMNS": "100",
    "PYTHONUNBUFFERED": "1",  # keep both outputs in the order in which a terminal shows them
}


@dataclass(frozen=True)
class Step:
    """A command of a page.

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
    """The result of a command: its exit code and the lines of both its outputs."""

    step: Step
    exit_code: int
    printed: tuple[str, ...]

    @property
    def is_expected(self) -> bool:
        """Whether the exit code is the expected one."""
        return self.exit_code == EXIT_CODES.get(self.step.command, 0)


def read_steps(text: str) -> list[Step]:
    r"""Return the commands of a page, in order.

    Example:
        >>> read_steps("```console\n$ echo a\na\n$ true\n```")[0].shown
        ('a',)
    """
    lines = text.splitlines()
    steps: list[Step] = []
    in_console = False
    for number, line in enumerate(lines):
        if line.startswith("```"):
            in_console = line == "```console"
        elif in_console and line.startswith(_PROMPT):
            shown: list[str] = []
            for below in lines[number + 1 :]:
                if below.startswith((_PROMPT, "```")):
                    break
                shown.append(below)
            steps.append(Step(line.removeprefix(_PROMPT), tuple(shown), number + 1))
    return steps


def run_steps(steps: Sequence[Step], folder: Path) -> Iterator[Outcome]:
    """Run commands in one folder, with the environment of this Python, and yield their results."""
    scripts = str(Path(sys.executable).parent)
    environment = os.environ | _ENVIRONMENT
    environment["PATH"] = os.pathsep.join([scripts, environment["PATH"]])
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
    """Cut an output as a page cuts it, or return None if it differs from the page.

    Args:
        shown: Lines of the page, possibly with cuts.
        printed: The whole output.
        like: Maps a line to the part that is compared.

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
        rest = next((lines for lines in fits if lines is not None), None)
        return None if rest is None else [CUT, *rest]
    if not printed or like(shown[0]) != like(printed[0]):
        return None
    rest = fit(shown[1:], printed[1:], like)
    return None if rest is None else [printed[0], *rest]


def masked(line: str) -> str:
    """Mask what differs between machines and moments in a line of output.

    Masks numbers, units of time and memory, prefixes of FLOP/s, bottlenecks, whether an epoch was
    timed as a whole, run ids, devices and column widths.

    Example:
        >>> masked("loss 0.3355  78 ms  runs/a-20261121T041736Z-d3492f3") == masked(
        ...     "loss 0.34  1.5 s  runs/a-20261121T041822Z-03a5b8d"
        ... )
        True
    """
    for pattern, replacement in _MASKS:
        line = re.sub(pattern, replacement, line)
    return line.strip()


_MASKS = (
    (r"\d{8}T\d{6}Z-[0-9a-f]+", "#"),
    (r"\bgpu:\d+\b", "cpu"),
    (r"\d[\d,]*(\.\d+)?(e[-+]?\d+)?", "#"),
    (r"# (ns|us|ms|s|min|h)\b", "# s"),
    (r"# s to #", "# to #"),  # an interval across the boundary of two units
    (r"# ([KMGT]i)?B\b", "# B"),
    (r"# [kMGT]\b", "# G"),
    (r"\b(launch|copy) #", "compute #"),
    (r"~ #", "#"),
    (r"\s+", " "),
    (r"# s( # s)+", "# s"),  # one duration of several parts, or two durations
)


def updated(text: str, outcomes: Sequence[Outcome]) -> str:
    """Return a page with the current output of its commands."""
    lines = text.splitlines()
    for outcome in reversed(outcomes):
        start, old = outcome.step.start, outcome.step.shown
        lines[start : start + len(old)] = _cut(old, outcome.printed)
    return "\n".join(lines) + "\n"


def _cut(shown: Sequence[str], printed: Sequence[str]) -> list[str]:
    """Cut an output where the page cuts it; if it has changed, as far from both ends."""
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


def update(page: Path) -> None:
    """Update a page, unless a command fails; report lines that are too wide."""
    text = page.read_text(encoding="utf-8")
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for outcome in run_steps(read_steps(text), Path(folder)):
            sys.stdout.write(f"[{outcome.exit_code}] {outcome.step.command}\n")
            if not outcome.is_expected:
                sys.exit("\n".join([*outcome.printed, f"{page.name} is not changed."]))
            outcomes.append(outcome)
    page.write_text(updated(text, outcomes), encoding="utf-8")
    for outcome in outcomes:
        for line in _cut(outcome.step.shown, outcome.printed):
            if len(line) > MAX_WIDTH:
                sys.stdout.write(f"{len(line)} columns: {line}\n")


if __name__ == "__main__":
    for name in (README, TOUR):
        update(name)
