"""A table of invalid configs, each with all errors as `nnlab validate` prints them.

The table is in `bad/*.txt`. A case is a title, `--set` flags if any, the config, and its errors:
location and path, message, hint. Most configs extend `bad/stack.yaml` or `bad/graph.yaml`, which
are valid. After a change of messages, `python tests/config/test_bad_configs.py` regenerates the
errors; read the difference as a user would.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from nnlab.config.lint.check import Check, check_config
from nnlab.errors import Diagnostic

FOLDER = Path(__file__).parent / "bad"
FILE = "bad.yaml"


@dataclass(frozen=True)
class Case:
    """One invalid config with its expected errors."""

    table: str
    title: str
    overrides: tuple[str, ...]
    yaml: str
    errors: str

    def __str__(self) -> str:
        flags = "".join(f"$ --set {assignment}\n" for assignment in self.overrides)
        return f"=== {self.title}\n{flags}{self.yaml}{self.errors}"

    def check(self, folder: Path) -> Check:
        """Check the config in a folder, which must be the working directory."""
        for base in FOLDER.glob("*.yaml"):
            shutil.copy(base, folder)
        (folder / FILE).write_text(self.yaml, encoding="utf-8")
        return check_config(FILE, self.overrides)


def format_error(diagnostic: Diagnostic) -> str:
    """Format an error as in the table."""
    location = str(diagnostic.location).removeprefix(f"{FILE}:")
    lines = [f"=> {location} {diagnostic.path}".rstrip(), f"   {diagnostic.message}"]
    if diagnostic.hint:
        lines.append(f"   {diagnostic.hint}")
    return "\n".join(lines) + "\n"


def format_errors(check: Check) -> str:
    return "".join(map(format_error, check.errors))


def read_cases(table: Path) -> Iterator[Case]:
    _, *parts = re.split(r"^=== (.*)\n", table.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        config, errors = re.split(r"^(?==> )", body, maxsplit=1, flags=re.MULTILINE)
        flags = re.findall(r"^\$ --set (.*)\n", config, flags=re.MULTILINE)
        yaml = re.sub(r"^\$ --set .*\n", "", config, flags=re.MULTILINE)
        yield Case(table.stem, title, tuple(flags), yaml, errors.rstrip("\n") + "\n")


TABLES = sorted(FOLDER.glob("*.txt"))
CASES = [case for table in TABLES for case in read_cases(table)]


def test_every_error_is_reported_at_its_location(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = []
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        errors = format_errors(case.check(folder))
        if errors != case.errors:
            failures.append(f"{case.table}: {case.title}\n{errors}instead of\n{case.errors}")
    assert not failures, "\n".join(failures)


def test_titles_are_unique() -> None:
    titles = [case.title for case in CASES]
    assert len(titles) == len(set(titles))
    assert len(titles) >= 80


@pytest.mark.parametrize("base", ["stack.yaml", "graph.yaml"])
def test_the_extended_configs_are_valid(base: str) -> None:
    assert check_config(FOLDER / base) == Check(str(FOLDER / base))


def test_messages_contain_no_python() -> None:
    """Messages show values as YAML, without None, True or the classes of pydantic."""
    python = re.compile(r"\bNone\b|\bTrue\b|\bFalse\b|pydantic|Literal|function-|\[key\]|<class")
    assert [case.title for case in CASES if python.search(case.errors)] == []


@pytest.mark.parametrize(
    ("content", "location", "expected"),
    [
        (b"name: gr\xf6\xdfe\n", "bad.yaml", "bad.yaml is not UTF-8 text."),
        (b"\x93NUMPY\x01\x00v\x00\xff", "bad.yaml", "bad.yaml is not UTF-8 text."),
        (b"name: a\x00b\n", "bad.yaml:1:8", "Control characters are not allowed."),
        ("name: größe\x07\n".encode(), "bad.yaml:1:12", "Control characters are not allowed."),
        (b"[" * 200_000, "bad.yaml:1:51", "Expected at most 50 nested levels."),
        (b"- " * 60 + b"1", "bad.yaml:1:101", "Expected at most 50 nested levels."),
        (b"a: " + b"9" * 5_000, "bad.yaml:1:4", "a: Expected a whole number of at most 64 bits."),
    ],
)
def test_files_that_are_not_text_or_not_a_config(
    content: bytes, location: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(FILE).write_bytes(content)
    (error,) = check_config(FILE).errors
    assert str(error).startswith(f"{location}: {expected}")


def test_aliases_that_expand_to_millions_of_values_are_refused(tmp_path: Path) -> None:
    levels = [f"a{level}: &a{level} [{', '.join(9 * [f'*a{level - 1}'])}]" for level in range(1, 9)]
    (tmp_path / FILE).write_text("\n".join(["a0: &a0 [1, 2]", *levels]))
    (error,) = check_config(tmp_path / FILE).errors
    assert error.message.startswith("Expected at most 100,000 values.")


def test_aliases_that_nest_too_deeply_are_refused(tmp_path: Path) -> None:
    levels = [f"a{level}: &a{level} [*a{level - 1}]" for level in range(1, 60)]
    (tmp_path / FILE).write_text("\n".join(["a0: &a0 [1, 2]", *levels]))
    (error,) = check_config(tmp_path / FILE).errors
    assert error.message.startswith("Expected at most 50 nested levels.")


def test_a_folder_and_a_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mnist.yaml").mkdir()
    (folder,) = check_config("mnist.yaml").errors
    assert str(folder).startswith("mnist.yaml: mnist.yaml is a folder.")
    (misspelled,) = check_config("mnits.yaml").errors
    assert str(misspelled.location) == "mnits.yaml"
    assert misspelled.hint == "Did you mean `mnist.yaml`?"
    (unknown,) = check_config("nowhere/iris.yaml").errors
    assert "`nnlab init`" in unknown.hint


CASES_OF_COMMANDS = [
    "an unclosed bracket",
    "several duplicate keys in several mappings",
    "a Python tag",
    "a base that does not exist",
    "invalid options of a Choice",
    "ten errors in all sections",
]


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.title) for case in CASES if case.title in CASES_OF_COMMANDS]
)
@pytest.mark.parametrize("command", ["validate", "train"])
def test_commands_refuse_an_invalid_config_without_traceback_or_new_files(
    command: str, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    errors = case.check(tmp_path).errors
    before = sorted(tmp_path.rglob("*"))
    finished = subprocess.run(
        [sys.executable, "-m", "nnlab", command, FILE, "--json"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert finished.returncode == 2
    assert "Traceback" not in finished.stderr
    assert sorted(tmp_path.rglob("*")) == before
    assert errors[0].message in finished.stderr or command == "validate"
    document = json.loads(finished.stdout)
    if command == "validate":
        rows = document["configs"][0]["errors"]
    else:
        rows = document["error"]["diagnostics"]
    assert [row["message"] for row in rows] == [error.message for error in errors]


def test_the_cases_of_commands_exist() -> None:
    assert set(CASES_OF_COMMANDS) <= {case.title for case in CASES}


def regenerate() -> None:
    """Rewrite the errors of all cases as they are reported now."""
    home = Path.cwd()
    for table in TABLES:
        cases = []
        for case in read_cases(table):
            with tempfile.TemporaryDirectory() as folder:
                os.chdir(folder)
                checked = case.check(Path(folder))
                os.chdir(home)
            cases.append(str(replace(case, errors=format_errors(checked))))
        table.write_text("\n".join(cases), encoding="utf-8")


if __name__ == "__main__":
    regenerate()
