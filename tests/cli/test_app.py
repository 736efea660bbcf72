"""Behavior of all commands: help, exit codes, no traceback, no unnecessary TensorFlow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runner import Command, TrainedRun, run_nnlab

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
    result = nnlab(command, "--help")
    assert result.code == 0
    assert f"nnlab {command}" in result.out
    assert "Examples" in result.out


def test_help_lists_every_command(nnlab: Command) -> None:
    result = nnlab("--help")
    assert all(f" {command} " in result.out for command in COMMANDS)


def test_version_is_printed(nnlab: Command) -> None:
    assert nnlab("--version").out.startswith("nnlab ")


@pytest.mark.parametrize(
    "arguments",
    [("train", "--unknown"), ("nonsense",), ("runs", "--limit", "0"), ("show", "no-such-run")],
)
def test_wrong_request_exits_with_2_and_no_traceback(
    nnlab: Command, arguments: tuple[str, ...]
) -> None:
    result = nnlab(*arguments)
    assert result.code == 2
    assert result.err
    assert "Traceback" not in result.err


def test_debug_shows_the_traceback(nnlab: Command) -> None:
    assert "Traceback" in nnlab("show", "no-such-run", "--debug").err


def test_error_with_json_is_one_document(nnlab: Command) -> None:
    result = nnlab("show", "no-such-run", "--json")
    assert result.code == 2
    assert result.json["error"]["type"] == "RunNotFoundError"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tune", "--unknown"), "--unknown. See: nnlab tune --help"),
        (("validate",), "'CONFIG'. See: nnlab validate --help"),
        (("runs", "--limit", "0"), "Received: --limit 0."),
        (("runs", "--limit", "x"), "Received: --limit x."),
        (("nonsense",), "'nonsense'"),
    ],
)
def test_usage_error_with_json_is_one_document(
    nnlab: Command, arguments: tuple[str, ...], message: str
) -> None:
    result = nnlab(*arguments, "--json")
    assert result.code == 2
    assert message in result.json["error"]["message"]
    assert nnlab(*arguments).err.startswith(result.json["error"]["message"][:20])


def test_no_command_shows_the_help(nnlab: Command) -> None:
    result = nnlab()
    assert "tune" in result.out + result.err
    assert "Received" not in result.err


def test_invalid_value_of_an_option_names_the_option(nnlab: Command) -> None:
    for option, value in (
        ("--jobs", "0"),
        ("--trials", "0"),
        ("--max-time", "9k"),
        ("--seed", "-1"),
    ):
        result = nnlab("tune", "search_layers", option, value)
        assert result.code == 2
        assert result.err.startswith(f"{option}: error: Expected ")


@pytest.mark.slow
def test_closed_pipe_is_not_an_error(trained: TrainedRun) -> None:
    shell = f"{sys.executable} -m nnlab schema | head -n 1"
    result = subprocess.run(
        ["/bin/sh", "-c", shell], cwd=trained.folder, capture_output=True, text=True, check=False
    )
    assert result.stdout == "{\n"
    assert result.stderr == ""


COMMANDS_WITHOUT_TENSORFLOW = [
    ("--help",),
    ("validate", "small.yaml"),
    ("runs",),
    ("show", "last"),
    ("schema",),
    ("init",),
    ("datasets",),
]


@pytest.mark.slow
@pytest.mark.parametrize("arguments", COMMANDS_WITHOUT_TENSORFLOW)
def test_command_does_not_import_tensorflow(
    trained: TrainedRun, arguments: tuple[str, ...]
) -> None:
    packages = ("tensorflow", "keras", "keras_tuner", "pandas", "sklearn", "matplotlib")
    program = (
        "import sys\n"
        "from nnlab.cli.app import main\n"
        f"sys.argv = ['nnlab', *{arguments!r}]\n"
        "try:\n    main()\n"
        "finally:\n"
        f"    print(sorted(set({packages!r}) & set(sys.modules)), file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=trained.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr.splitlines()[-1] == "[]"


def test_python_m_nnlab_runs_the_command(tmp_path: Path) -> None:
    assert run_nnlab("--version", cwd=tmp_path).code == 0


def test_completion_can_be_shown() -> None:
    # In bash, because completion depends on the shell.
    shell = f"{sys.executable} -m nnlab --show-completion; exit $?"
    result = subprocess.run(
        ["/usr/bin/env", "bash", "-c", shell], capture_output=True, text=True, check=True
    )
    assert "_NNLAB_COMPLETE" in result.stdout
