"""The results of the benchmarks as JSON, and the pages that show them."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rows import Row
from benchmarks.tables import (
    headline_table,
    main_rows,
    markdown_table,
    summary_sentence,
    sweep_rows,
)
from nnlab.runs.io.atomic import atomic_write

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "performance.json"
PAGES = (ROOT / "docs" / "performance.md", ROOT / "README.md")

_PART = re.compile(
    r"(?P<start>^(?P<indent> *)<!-- benchmarks: (?P<name>\w+) -->\n).*?(?P<end>^ *<!-- end -->)",
    flags=re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Results:
    """The measurements of one run: machine, description of the digits, ISO date, comparisons."""

    machine: dict[str, str]
    digits: str
    date: str
    rows: tuple[Row, ...]

    def write(self, path: Path) -> None:
        """Write the results as JSON."""
        values: dict[str, Any] = {
            "machine": self.machine,
            "digits": self.digits,
            "date": self.date,
            "rows": [row.to_dict() for row in self.rows],
        }
        atomic_write(path, json.dumps(values, indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read results from JSON."""
        values = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(Row.from_dict(row) for row in values.pop("rows"))
        return cls(**values, rows=rows)

    def description(self) -> str:
        """Describe the machine, the versions, the day and the digits."""
        facts = self.machine
        versions = f"Python {facts['python']}, TensorFlow {facts['tensorflow']}"
        versions += f", Keras {facts['keras']}, nnlab {facts['nnlab']}"
        machine = f"{facts['cpu']}, {facts['cores']} cores, {facts['system']}"
        return f"{machine}; {versions}; {self.date}. Digits: {self.digits}."


def updated(page: str, results: Results) -> str:
    """Return a page with the results between its markers, indented like them."""

    def part(match: re.Match[str]) -> str:
        text = textwrap.indent(_PARTS[match["name"]](results), match["indent"])
        return f"{match['start']}{text}\n{match['end']}"

    return _PART.sub(part, page)


def write_pages(results: Results) -> None:
    """Update the pages."""
    for page in PAGES:
        text = updated(page.read_text(encoding="utf-8"), results)
        page.write_text(text, encoding="utf-8")


_PARTS: dict[str, Callable[[Results], str]] = {
    "machine": Results.description,
    "table": lambda results: markdown_table(main_rows(results.rows)),
    "sweep": lambda results: markdown_table(sweep_rows(results.rows)),
    "headline": lambda results: headline_table(results.rows),
    "summary": lambda results: summary_sentence(results.rows),
}
