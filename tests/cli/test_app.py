"""What holds for every command: help, exit codes, no traceback, no needless TensorFlow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import Command, Trained, run_nnlab

COMMANDS = [
    "init",
    "train",
    "validate",
    "summary",
    "runs",
    "show",
    "dashboard",
    "datasets",
    "devices",
    "schema",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_examples(nnlab: Command, command: str) -> None:
    shown = nnlab(command, "--help")
    assert shown.code == 0
    assert f"nnlab {command}" in shown.out
    assert "Examples" in shown.out


def test_help_lists_every_command(nnlab: Command) -> None:
    shown = nnlab("--help")
    assert all(f" {command} " in shown.out for command in COMMANDS)


def test_version_is_printed(nnlab: Command) -> None:
    assert nnlab("--version").out.startswith("nnlab ")


@pytest.mark.parametrize(
    "arguments",
    [("train", "--unknown"), ("nonsense",), ("runs", "--limit", "0"), ("show", "no-such-run")],
)
def test_wrong_request_exits_with_2_and_no_traceback(
    nnlab: Command, arguments: tuple[str, ...]
) -> None:
    refused = nnlab(*arguments)
    assert refused.code == 2
    assert refused.err
    assert "Traceback" not in refused.err


def test_debug_shows_the_traceback(nnlab: Command) -> None:
    assert "Traceback" in nnlab("show", "no-such-run", "--debug").err


def test_error_with_json_is_one_document(nnlab: Command) -> None:
    refused = nnlab("show", "no-such-run", "--json")
    assert refused.code == 2
    assert refused.json["error"]["type"] == "RunNotFoundError"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tune", "--unknown"), "No such option: --unknown. See: nnlab tune --help"),
        (("validate",), "Missing argument 'CONFIG...'. See: nnlab validate --help"),
        (("runs", "--limit", "0"), "Expected 1 or more. Received: --limit 0."),
        (("runs", "--limit", "x"), "Expected a whole number. Received: --limit x."),
        (("nonsense",), "No such command 'nonsense'."),
    ],
)
def test_wrong_command_line_with_json_is_one_document_too(
    nnlab: Command, arguments: tuple[str, ...], words: str
) -> None:
    refused = nnlab(*arguments, "--json")
    assert refused.code == 2
    assert words in refused.json["error"]["message"]
    assert nnlab(*arguments).err.startswith(refused.json["error"]["message"][:20])


def test_no_command_shows_the_help(nnlab: Command) -> None:
    shown = nnlab()
    assert "tune" in shown.out + shown.err
    assert "Received" not in shown.err


def test_fault_of_an_option_names_the_option(nnlab: Command) -> None:
    for option, value in (
        ("--jobs", "0"),
        ("--trials", "0"),
        ("--max-time", "9k"),
        ("--seed", "-1"),
    ):
        refused = nnlab("tune", "search_layers", option, value)
        assert refused.code == 2
        assert refused.err.startswith(f"{option}: error: Expected ")


def test_reader_that_leaves_early_is_no_fault(trained: Trained) -> None:
    shell = f"{sys.executable} -m nnlab schema | head -n 1"
    finished = subprocess.run(
        ["/bin/sh", "-c", shell], cwd=trained.folder, capture_output=True, text=True, check=False
    )
    assert finished.stdout == "{\n"
    assert finished.stderr == ""


LIGHT = [
    ("--help",),
    ("validate", "small.yaml"),
    ("runs",),
    ("show", "last"),
    ("schema",),
    ("init",),
    ("datasets",),
]


@pytest.mark.parametrize("arguments", LIGHT)
def test_light_commands_load_no_tensorflow(trained: Trained, arguments: tuple[str, ...]) -> None:
    heavy = ("tensorflow", "keras", "keras_tuner", "pandas", "sklearn", "matplotlib")
    program = (
        "import sys\n"
        "from nnlab.cli.app import main\n"
        f"sys.argv = ['nnlab', *{arguments!r}]\n"
        "try:\n    main()\n"
        "finally:\n"
        f"    print(sorted(set({heavy!r}) & set(sys.modules)), file=sys.stderr)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=trained.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.splitlines()[-1] == "[]"


def test_python_m_nnlab_is_nnlab(tmp_path: Path) -> None:
    assert run_nnlab("--version", cwd=tmp_path).code == 0


def test_completion_can_be_shown() -> None:
    """It is that of the shell in which the command is typed."""
    shell = f"{sys.executable} -m nnlab --show-completion; exit $?"
    shown = subprocess.run(
        ["/usr/bin/env", "bash", "-c", shell], capture_output=True, text=True, check=True
    )
    assert "_NNLAB_COMPLETE" in shown.stdout
