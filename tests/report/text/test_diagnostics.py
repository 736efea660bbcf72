"""Faults point at their place in the file."""

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
    """The lines that a pipe gets."""
    out = io.StringIO()
    print_diagnostics(diagnostics, warnings or [], out)
    return out.getvalue().splitlines()


def test_a_fault_shows_its_line_with_a_caret_its_path_and_its_remedy(config: str) -> None:
    message = "Expected an integer. Received: units='many'."
    where = Location(config, 3, 20)
    diagnostic = Diagnostic(
        message, "layers.0.Dense.units", where, "Write a whole number, units: 64."
    )
    assert printed([diagnostic]) == [
        f"{config}:3:20: error: Expected an integer. Received: units='many'.",
        "  3 |   - Dense: {units: many}",
        "    |                    ^",
        "  at layers.0.Dense.units",
        "  Write a whole number, units: 64.",
        "",
        f"1 fault in {config}",
    ]


def test_a_tab_before_the_column_does_not_move_the_caret(config: str) -> None:
    lines = printed([Diagnostic("No tabs.", location=Location(config, 4, 2))])
    assert lines[1:3] == ["  4 |     x: 1", "    |     ^"]


def test_a_long_line_is_cut_around_the_column(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_text("a" * 500 + "X" + "b" * 500)
    line, caret = printed([Diagnostic("Too long.", location=Location(str(path), 1, 501))])[1:3]
    assert len(line) < 100
    assert line[caret.index("^")] == "X"


@pytest.mark.parametrize(("columns", "most"), [("60", 60), ("300", 100)])
def test_an_excerpt_is_no_wider_than_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str, most: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    path = tmp_path / "long.yaml"
    path.write_text("a" * 500 + "X" + "b" * 500)
    line, caret = printed([Diagnostic("Too long.", location=Location(str(path), 1, 501))])[1:3]
    assert most - 10 < len(line) <= most
    assert line[caret.index("^")] == "X"


def test_places_without_a_line_and_files_that_are_gone_need_no_excerpt() -> None:
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
        "3 faults in gone.yaml",
    ]


def test_a_line_beyond_the_end_needs_no_excerpt(config: str) -> None:
    assert len(printed([Diagnostic("Unclosed bracket.", location=Location(config, 99, 1))])) == 3


def test_warnings_are_counted_apart(config: str) -> None:
    diagnostic = Diagnostic("Wrong.", location=Location(config, 1, 1))
    other = Diagnostic("Unwise.", location=Location("other.yaml", 1, 1))
    assert printed([diagnostic, diagnostic], [other])[-1] == "2 faults and 1 warning in 2 files"
    assert printed([], [other])[-1] == "1 warning in other.yaml"
    assert any("warning: Unwise." in line for line in printed([], [other]))


def test_nothing_wrong_prints_nothing() -> None:
    assert printed([]) == []


def test_a_terminal_gets_red_faults_and_yellow_warnings(terminal: Terminal, config: str) -> None:
    diagnostic = Diagnostic("Wrong [bold]here[/bold].", location=Location(config, 1, 1))
    print_diagnostics([diagnostic], [diagnostic], terminal.stream)
    text = terminal.close()
    assert "\x1b[1;31merror: \x1b[0m" in text
    assert "\x1b[1;33mwarning: \x1b[0m" in text
    assert "[bold]here[/bold]" in text


def test_a_config_cannot_send_escape_sequences_to_the_terminal(
    tmp_path: Path, terminal: Terminal
) -> None:
    path = tmp_path / "evil.yaml"
    path.write_text("name: \x1b]0;owned\x07\n")
    print_diagnostics(
        [Diagnostic("Wrong.", location=Location(str(path), 1, 1))], stream=terminal.stream
    )
    assert "\x1b]0;" not in terminal.close()


def test_json_rows_carry_everything(config: str) -> None:
    diagnostic = Diagnostic("Wrong.", "seed", Location(config, 1, 7), "Mend it.")
    assert diagnostic_rows([diagnostic], [Diagnostic("Unwise.", location=Location("--set"))]) == [
        {
            "file": config,
            "line": 1,
            "column": 7,
            "path": "seed",
            "message": "Wrong.",
            "remedy": "Mend it.",
            "level": "error",
        },
        {
            "file": "--set",
            "line": None,
            "column": None,
            "path": "",
            "message": "Unwise.",
            "remedy": "",
            "level": "warning",
        },
    ]
