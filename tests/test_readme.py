"""The README tells the truth: its commands print what it shows, its counts are the code's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from docs.refresh_readme import README, Outcome, fit, masked, read_steps, run_steps
from nnlab.cli.app import app
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.optimizers import Optimizer

TEXT = README.read_text(encoding="utf-8")
STEPS = read_steps(TEXT)

# What these print differs in figures and times from run to run, from machine to machine.
MEASURING = (
    "nnlab train",
    "nnlab tune",
    "nnlab runs",
    "nnlab show",
    "nnlab compare",
    "nnlab reproduce",
)
# Of this one the first line alone is the same everywhere, its columns apart.
OF_THE_MACHINE = "nnlab devices"


def shows_what_it_printed(outcome: Outcome) -> bool:
    shown, printed = outcome.step.shown, outcome.printed
    command = outcome.step.command
    if command == OF_THE_MACHINE:
        return masked(shown[0]) == masked(printed[0])
    like = masked if command.startswith(MEASURING) else str
    return fit(shown, printed, like) is not None


@pytest.mark.slow
def test_commands_print_what_the_readme_shows(tmp_path: Path) -> None:
    outcomes = list(run_steps(STEPS, tmp_path))
    failed = {out.step.command: out.printed for out in outcomes if not out.is_expected}
    assert failed == {}
    others = {out.step.command: out.printed for out in outcomes if not shows_what_it_printed(out)}
    assert others == {}, "if this is right, run `make readme`"
    (folder,) = (tmp_path / "runs").glob("mnist_5k-[0-9]*")
    told = re.findall(r"^      (\S+?)/?  ", TEXT, flags=re.MULTILINE)
    assert sorted(told) == sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("cpu  1.08 ms  1.05 to 1.36 ms", "cpu   990 us  978 us to 1.28 ms"),
        ("407.0 MiB", "1.2 GiB"),
        ("146 G", "1.21 T"),
        ("launch 51 %  -  33.8 ms", "compute 62 %  -  ~ 1.20 s"),
        ("time    4.1 s: 2.3 s to start", "time    1 min 3 s: 59.1 s to start"),
        ("training   386 ms", "training   1 min 3 s"),
    ],
)
def test_what_another_machine_measures_reads_the_same(here: str, there: str) -> None:
    assert masked(here) == masked(there)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mae     0.8667*  0.0243 to 1.7788", "mae     0.8667  0.0243 to 1.7788"),
        ("mae beats mse by 0.6723", "no difference shown between mae and mse"),
        ("weights  equal", "weights  not equal"),
        ("1.08 ms  -", "1.08 ms  1.05 to 1.36 ms"),
    ],
)
def test_what_says_something_else_reads_otherwise(one: str, other: str) -> None:
    assert masked(one) != masked(other)


def test_every_command_is_followed_by_one_that_uses_it_or_by_its_output() -> None:
    quiet = [step.command for step in STEPS if not step.shown]
    assert all(" > " in command for command in quiet), "run `make readme`"


def commands(command: Any, name: str = "") -> list[str]:
    """What can be typed behind `nnlab`: commands, those of groups, groups that are one."""
    inner = getattr(command, "commands", {})
    below = [word for key, one in inner.items() for word in commands(one, f"{name} {key}".strip())]
    is_one = not inner or (name and command.invoke_without_command)
    return [name, *below] if is_one else below


def test_every_command_is_in_the_table() -> None:
    told = re.findall(r"^\| `nnlab ([a-z-]+(?: [a-z-]+)?)", TEXT, flags=re.MULTILINE)
    assert sorted(told) == sorted(commands(get_command(app)))


@pytest.mark.parametrize("family", [Layer, Optimizer, Loss, Metric])
def test_number_of_words_is_right(family: type[Component]) -> None:
    noun = family.family.split(" ")[1]
    (told,) = re.findall(rf"(\d+) {noun}(?:e?s)\b", TEXT)
    assert int(told) == len(family.members)
