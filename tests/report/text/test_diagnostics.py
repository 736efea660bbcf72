"""Diagnostics as text and as JSON rows."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nnlab.errors import Diagnostic, Location
from nnlab.report.text.diagnostics import diagnostic_rows, print_diagnostics

if TYPE_CHECKING:
    from tests.report.conftest import Terminal


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "mnist.yaml"
    path.write_text("name: mnist\nlayers:\n  - Dense: {units: many}\n\tx: 1\n")
    return str(path)


def printed(diagnostics: list[Diagnostic], warnings: list[Diagnostic] | None = None) -> list[str]:
    """Return the lines that a pipe gets."""
    out = io.StringIO()
    print_diagnostics(diagnostics, warnings or [], out)
    return out.getvalue().splitlines()


def test_error_shows_its_source_line_caret_path_and_hint(config: str) -> None:
    message = "Expected an integer. Received: units='many'."
    location, hint = Location(config, 3, 20), "Write a whole number, units: 64."
    diagnostic = Diagnostic(message, "layers.0.Dense.units", location, hint)
    assert printed([diagnostic]) == [
        f"{config}:3:20: error: {message}",
        "  3 |   - Dense: {units: many}",
        "    |                    ^",
        "  at layers.0.Dense.units",
        f"  {hint}",
        "",
        f"1 error in {config}",
    ]


def test_caret_is_right_after_a_tab(config: str) -> None:
    lines = printed([Diagnostic("No tabs.", location=Location(config, 4, 2))])
    assert lines[1:3] == ["  4 |     x: 1", "    |     ^"]


def test_long_line_is_cut_around_the_column(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_text("a" * 500 + "X" + "b" * 500)
    line, caret = printed([Diagnostic("Too long.", location=Location(str(path), 1, 501))])[1:3]
    assert len(line) < 100
    assert line[caret.index("^")] == "X"


@pytest.mark.parametrize(("columns", "limit"), [("60", 60), ("300", 100)])
def test_excerpt_fits_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str, limit: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    path = tmp_path / "long.yaml"
    path.write_text("a" * 500 + "X" + "b" * 500)
    line, caret = printed([Diagnostic("Too long.", location=Location(str(path), 1, 501))])[1:3]
    assert limit - 10 < len(line) <= limit
    assert line[caret.index("^")] == "X"


def test_missing_line_or_file_has_no_excerpt() -> None:
    diagnostics = [
        Diagnostic("Expected a number.", location=Location("--set")),
        Diagnostic("Expected a file.", location=Location("gone.yaml", 1, 1)),
        Diagnostic("Expected a key.", "training"),
    ]
    assert printed(diagnostics) == [
        "--set: error: Expected a number.",
        "",
        "gone.yaml:1:1: error: Expected a file.",
        "",
        "error: Expected a key.",
        "  at training",
        "",
        "3 errors in gone.yaml",
    ]


def test_line_beyond_the_end_has_no_excerpt(config: str) -> None:
    assert len(printed([Diagnostic("Unclosed bracket.", location=Location(config, 99, 1))])) == 3


def test_warnings_are_counted_separately(config: str) -> None:
    diagnostic = Diagnostic("Wrong.", location=Location(config, 1, 1))
    other = Diagnostic("Suspicious.", location=Location("other.yaml", 1, 1))
    assert printed([diagnostic, diagnostic], [other])[-1] == "2 errors and 1 warning in 2 files"
    assert printed([], [other])[-1] == "1 warning in other.yaml"
    assert any("warning: Suspicious." in line for line in printed([], [other]))


def test_no_diagnostics_print_nothing() -> None:
    assert printed([]) == []


def test_terminal_gets_red_errors_and_yellow_warnings(terminal: Terminal, config: str) -> None:
    diagnostic = Diagnostic("Wrong [bold]here[/bold].", location=Location(config, 1, 1))
    print_diagnostics([diagnostic], [diagnostic], terminal.stream)
    text = terminal.close()
    assert "\x1b[1;31merror: \x1b[0m" in text
    assert "\x1b[1;33mwarning: \x1b[0m" in text
    assert "[bold]here[/bold]" in text


def test_escape_sequences_of_a_config_are_replaced(tmp_path: Path, terminal: Terminal) -> None:
    path = tmp_path / "evil.yaml"
    path.write_text("name: \x1b]0;owned\x07\n")
    print_diagnostics(
        [Diagnostic("Wrong.", location=Location(str(path), 1, 1))], stream=terminal.stream
    )
    assert "\x1b]0;" not in terminal.close()


def test_json_rows(config: str) -> None:
    diagnostic = Diagnostic("Wrong.", "seed", Location(config, 1, 7), "Fix it.")
    assert diagnostic_rows(
        [diagnostic], [Diagnostic("Suspicious.", location=Location("--set"))]
    ) == [
        {
            "file": config,
            "line": 1,
            "column": 7,
            "path": "seed",
            "message": "Wrong.",
            "hint": "Fix it.",
            "severity": "error",
        },
        {
            "file": "--set",
            "line": None,
            "column": None,
            "path": "",
            "message": "Suspicious.",
            "hint": "",
            "severity": "warning",
        },
    ]
