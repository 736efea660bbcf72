"""A table of bad configs, each with every fault as `nnlab validate` tells it.

`bad/*.txt` hold the table. A case is a title, `--set` flags if any, the config, and its faults:
place and path, message, remedy. Most configs extend `bad/stack.yaml` or `bad/graph.yaml`, which are
sound. After a message was changed on purpose, `python tests/config/test_bad_configs.py` writes the
faults anew; read the difference as a user would.
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

TABLE = Path(__file__).parent / "bad"
FILE = "bad.yaml"


@dataclass(frozen=True)
class Case:
    """One bad config."""

    table: str
    title: str
    overrides: tuple[str, ...]
    yaml: str
    diagnostics: str

    def __str__(self) -> str:
        flags = "".join(f"$ --set {assignment}\n" for assignment in self.overrides)
        return f"=== {self.title}\n{flags}{self.yaml}{self.diagnostics}"

    def check(self, folder: Path) -> Check:
        """Check the config in a folder, which must be the working directory."""
        for base in TABLE.glob("*.yaml"):
            shutil.copy(base, folder)
        (folder / FILE).write_text(self.yaml, encoding="utf-8")
        return check_config(FILE, self.overrides)


def told(diagnostic: Diagnostic) -> str:
    """A fault as the table has it."""
    place = str(diagnostic.location).removeprefix(f"{FILE}:")
    lines = [f"=> {place} {diagnostic.path}".rstrip(), f"   {diagnostic.message}"]
    return "\n".join([*lines, *([f"   {diagnostic.hint}"] if diagnostic.hint else [])]) + "\n"


def cases(table: Path) -> Iterator[Case]:
    _, *parts = re.split(r"^=== (.*)\n", table.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        config, diagnostics = re.split(r"^(?==> )", body, maxsplit=1, flags=re.MULTILINE)
        flags = re.findall(r"^\$ --set (.*)\n", config, flags=re.MULTILINE)
        yaml = re.sub(r"^\$ --set .*\n", "", config, flags=re.MULTILINE)
        yield Case(table.stem, title, tuple(flags), yaml, diagnostics.rstrip("\n") + "\n")


TABLES = sorted(TABLE.glob("*.txt"))
CASES = [case for table in TABLES for case in cases(table)]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.title) for case in CASES])
def test_every_fault_is_told_at_its_place(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    checked = case.check(tmp_path)
    assert "".join(map(told, checked.diagnostics)) == case.diagnostics


def test_each_case_has_a_title_of_its_own() -> None:
    titles = [case.title for case in CASES]
    assert len(titles) == len(set(titles))
    assert len(titles) >= 80


@pytest.mark.parametrize("base", ["stack.yaml", "graph.yaml"])
def test_the_sound_configs_are_sound(base: str) -> None:
    assert check_config(TABLE / base) == Check(str(TABLE / base))


def test_no_fault_speaks_python() -> None:
    """Not None, True or a class of pydantic's: what the file says, in YAML."""
    python = re.compile(r"\bNone\b|\bTrue\b|\bFalse\b|pydantic|Literal|function-|\[key\]|<class")
    assert [case.title for case in CASES if python.search(case.diagnostics)] == []


@pytest.mark.parametrize(
    ("content", "place", "told_first"),
    [
        (b"name: gr\xf6\xdfe\n", "bad.yaml", "bad.yaml is not text in UTF-8. Save it as UTF-8."),
        (b"\x93NUMPY\x01\x00v\x00\xff", "bad.yaml", "bad.yaml is not text in UTF-8."),
        (b"name: a\x00b\n", "bad.yaml:1:8", "A character here cannot be shown. Remove it."),
        ("name: größe\x07\n".encode(), "bad.yaml:1:12", "A character here cannot be shown."),
        (b"[" * 200_000, "bad.yaml:1:51", "Expected at most 50 values inside each other."),
        (b"- " * 60 + b"1", "bad.yaml:1:101", "Expected at most 50 values inside each other."),
        (b"a: " + b"9" * 5_000, "bad.yaml:1:4", "a: Expected a number of 64 bits at most."),
    ],
)
def test_files_that_are_no_text_or_no_config(
    content: bytes, place: str, told_first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(FILE).write_bytes(content)
    (diagnostic,) = check_config(FILE).diagnostics
    assert str(diagnostic).startswith(f"{place}: {told_first}")


def test_aliases_that_stand_for_millions_of_values_are_refused(tmp_path: Path) -> None:
    levels = [f"a{level}: &a{level} [{', '.join(9 * [f'*a{level - 1}'])}]" for level in range(1, 9)]
    (tmp_path / FILE).write_text("\n".join(["a0: &a0 [1, 2]", *levels]))
    (diagnostic,) = check_config(tmp_path / FILE).diagnostics
    assert diagnostic.message == "Expected at most 100,000 values. Received: more, by aliases."


def test_aliases_that_nest_too_deeply_are_refused(tmp_path: Path) -> None:
    levels = [f"a{level}: &a{level} [*a{level - 1}]" for level in range(1, 60)]
    (tmp_path / FILE).write_text("\n".join(["a0: &a0 [1, 2]", *levels]))
    (diagnostic,) = check_config(tmp_path / FILE).diagnostics
    assert diagnostic.message == "Expected at most 50 values inside each other. Received: more."


def test_a_folder_and_a_file_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mnist.yaml").mkdir()
    (folder,) = check_config("mnist.yaml").diagnostics
    assert str(folder) == "mnist.yaml: mnist.yaml is a folder. Name a YAML file in it."
    (near,) = check_config("mnits.yaml").diagnostics
    assert str(near) == "mnits.yaml: There is no file mnits.yaml. Did you mean `mnist.yaml`?"
    (far,) = check_config("nowhere/iris.yaml").diagnostics
    assert far.hint == "Check the path; `nnlab init` writes a config to start from."


IN_THE_COMMANDS = [
    "an unclosed bracket",
    "several keys twice, in several mappings",
    "a tag of Python",
    "a base that does not exist",
    "faulty options of a Choice",
    "ten faults over all sections",
]


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.title) for case in CASES if case.title in IN_THE_COMMANDS]
)
@pytest.mark.parametrize("command", ["validate", "train"])
def test_commands_refuse_it_without_a_traceback_or_a_file(
    command: str, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    diagnostics = case.check(tmp_path).diagnostics
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
    assert diagnostics[0].message in finished.stderr or command == "validate"
    document = json.loads(finished.stdout)
    rows = (
        document["configs"][0]["faults"] if command == "validate" else document["error"]["faults"]
    )
    assert [row["message"] for row in rows] == [diagnostic.message for diagnostic in diagnostics]


def rewrite() -> None:
    """Write the faults anew, as they are told now."""
    home = Path.cwd()
    for table in TABLES:
        found = []
        for case in cases(table):
            with tempfile.TemporaryDirectory() as folder:
                os.chdir(folder)
                checked = case.check(Path(folder))
                os.chdir(home)
            found.append(str(replace(case, diagnostics="".join(map(told, checked.diagnostics)))))
        table.write_text("\n".join(found), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
