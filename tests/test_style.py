"""The prose of the project: plain technical English, checked against a list of words.

Covers docstrings, comments and messages of the package, docstrings and comments of the tests and
benchmarks, and all Markdown pages.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import nnlab

ROOT = Path(nnlab.__file__).parent.parent

BANNED = {
    r"told|tells? of|(?:is|are) said to": "reported, printed, documented; raises",
    r"faults?|faulty": "error, warning, issue",
    r"remed(?:y|ies)": "hint, fix",
    r"unwise": "likely a mistake, not recommended",
    r"sound|unsound": "valid, invalid",
    r"anew|once more": "again, re-*",
    r"mend(?:s|ed|ing)?": "fix",
    r"heed(?:s|ed|ing)?": "check, respect",
    r"whoever|nobody|somebody": "the caller, the user, no process",
    r"at work": "running",
    r"(?:go|goes|going|went|gone) on": "continue, resume",
    r"c[ao]mes? (?:to|of)(?! \d)": "result, outcome, total",
    r"begun|began": "started",
    r"parted|taken apart": "split",
    r"of (?:its|their|his|ours?) own": "separate, its",
    r"be had": "available",
    r"stands?|stood": "is, is defined, is written; replaces",
    r"lies?|lay|lain": "is, is in",
    r"beside": "next to, in addition to",
    r"shipped": "built-in",
    r"pictures?": "plot, figure, image",
    r"figures?": "metric, value, number",
    r"words?": "class, layer, argument, key, name",
    r"the house": "architecture",
    r"so that": "so, to",
    r"where there (?:is|are) (?:none|no)|where (?:it|there) is not": "if missing, without",
    r"wants? to be": "should be",
    r"likewise|whereof|thereof|thereby": "also",
    r"misspelt|spelt|learnt": "misspelled, learned",
}
"""Words of no style guide, each with those that replace it."""

ALLOWED = {
    "nnlab/report/plots": {"figures?"},
    "nnlab/engine/training/plots.py": {"figures?"},
    "nnlab/data/datasets": {"words?"},
    "nnlab/config/vocabulary/datasets": {"words?"},
    "tests/data/datasets": {"words?"},
    "tests/report/plots": {"figures?"},
    "tests/test_style.py": set(BANNED),
    "LICENSE": set(BANNED),
}
"""Where a word is the field's own: Matplotlib's figures, the words of a text data set."""

PATTERNS = {word: re.compile(rf"(?<![\w`-])(?:{word})(?![\w`(])", re.IGNORECASE) for word in BANNED}


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line number and text of each piece of prose in a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), start=1)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    tree = ast.parse(text)
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    in_package = ROOT / "nnlab" in path.parents
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_message = in_package and " " in node.value.strip()
            if node in docstrings or is_message:
                for number, line in enumerate(node.value.splitlines()):
                    yield node.lineno + number, line
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.lineno, node.name.replace("_", " ")


def violations(path: Path) -> Iterator[str]:
    """Yield a line for each banned word in a file."""
    place = path.relative_to(ROOT).as_posix()
    allowed = {
        word for prefix, words in ALLOWED.items() if place.startswith(prefix) for word in words
    }
    for number, line in prose(path):
        for word, pattern in PATTERNS.items():
            found = pattern.search(line) if word not in allowed else None
            if found:
                yield f"{place}:{number}: `{found[0]}`: write {BANNED[word]}"


def pages(*parts: str) -> list[Path]:
    """Return the Python and Markdown files below some folders or at some paths."""
    paths = [ROOT / part for part in parts]
    return sorted(
        file
        for path in paths
        for file in ([path] if path.is_file() else path.rglob("*"))
        if file.suffix in {".py", ".md"}
    )


@pytest.mark.slow
def test_prose_uses_plain_technical_english() -> None:
    files = pages("nnlab", "tests", "benchmarks", "docs", "README.md", "CHANGELOG.md")
    files += pages("CONTRIBUTING.md")
    found = [line for file in files for line in violations(file)]
    assert not found, f"{len(found)} violations:\n" + "\n".join(found)
