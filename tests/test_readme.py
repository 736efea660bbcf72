"""README.md and docs/tour.md: their commands print what they show, their counts are the code's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from docs.scripts.listings import README, TOUR, Outcome, fit, masked, read_steps, run_steps
from nnlab.cli.app import app
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.optimizers import Optimizer

TEXT = README.read_text(encoding="utf-8")

# Commands whose numbers and times differ between machines and runs.
MEASURING = (
    "nnlab train",
    "nnlab tune",
    "nnlab runs",
    "nnlab show",
    "nnlab compare",
    "nnlab reproduce",
)
# Only the first line of its output is the same on all machines, apart from column widths.
MACHINE_SPECIFIC = "nnlab devices"
MAX_README_LINES = 200


def shows_what_it_printed(outcome: Outcome) -> bool:
    shown, printed = outcome.step.shown, outcome.printed
    command = outcome.step.command
    if command == MACHINE_SPECIFIC:
        return masked(shown[0]) == masked(printed[0])
    like = masked if command.startswith(MEASURING) else str
    return fit(shown, printed, like) is not None


@pytest.mark.slow
@pytest.mark.parametrize("page", [README, TOUR], ids=lambda page: str(page.name))
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    outcomes = list(run_steps(read_steps(page.read_text(encoding="utf-8")), tmp_path))
    failed = {out.step.command: out.printed for out in outcomes if not out.is_expected}
    assert failed == {}
    differing = {o.step.command: o.printed for o in outcomes if not shows_what_it_printed(o)}
    assert differing == {}, "if the new output is right, run `make readme`"
    if page == README:
        (folder,) = (tmp_path / "runs").glob("mnist_5k-[0-9]*")
        listed = re.findall(r"^      (\S+?)/?  ", TEXT, flags=re.MULTILINE)
        assert sorted(listed) == sorted(path.name for path in folder.iterdir())


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
def test_mask_hides_what_differs_between_machines(here: str, there: str) -> None:
    assert masked(here) == masked(there)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mae     0.8667*  0.0243 to 1.7788", "mae     0.8667  0.0243 to 1.7788"),
        ("mae beats mse by 0.6723", "no significant difference between mae and mse"),
        ("weights  equal", "weights  not equal"),
        ("1.08 ms  -", "1.08 ms  1.05 to 1.36 ms"),
    ],
)
def test_mask_keeps_what_differs_in_meaning(one: str, other: str) -> None:
    assert masked(one) != masked(other)


def test_every_command_of_a_page_shows_output_or_redirects_it() -> None:
    steps = [step for page in (README, TOUR) for step in read_steps(page.read_text("utf-8"))]
    silent = [step.command for step in steps if not step.shown]
    assert all(" > " in command for command in silent), "run `make readme`"


def test_readme_is_a_front_page_of_under_200_lines_with_its_images() -> None:
    assert len(TEXT.splitlines()) < MAX_README_LINES
    images = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
    assert len(images) == 3
    assert [image for image in images if not (README.parent / image).exists()] == []


def commands(command: Any, name: str = "") -> list[str]:
    """Return what can be typed after `nnlab`: commands, subcommands, and groups that run."""
    inner = getattr(command, "commands", {})
    below = [sub for key, one in inner.items() for sub in commands(one, f"{name} {key}".strip())]
    is_command = not inner or (name and command.invoke_without_command)
    return [name, *below] if is_command else below


def test_every_command_is_in_the_table() -> None:
    listed = re.findall(r"^\| `nnlab ([a-z-]+(?: [a-z-]+)?)", TEXT, flags=re.MULTILINE)
    assert sorted(listed) == sorted(commands(get_command(app)))


def test_counts_of_the_vocabulary_are_right() -> None:
    for family in (Layer, Optimizer, Loss, Metric):
        noun = family.family.split(" ")[1]
        (count,) = re.findall(rf"(\d+) {noun}(?:e?s)\b", TEXT)
        assert int(count) == len(family.members), noun
