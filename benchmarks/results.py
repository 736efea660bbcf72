"""What a run of the benchmarks found, as JSON, and the pages that show it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rows import Row
from benchmarks.tables import headline_table, main_rows, markdown_table, sweep_rows
from nnlab.runs.io.atomic import atomic_write

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "performance.json"
PAGES = (ROOT / "docs" / "performance.md", ROOT / "README.md")

_PART = re.compile(r"(<!-- benchmarks: (\w+) -->\n).*?(<!-- end -->)", flags=re.DOTALL)


@dataclass(frozen=True)
class Results:
    """All that was measured in one go.

    Args:
        machine: See `describe_machine`.
        digits: What the digits were.
        date: The day, ISO 8601.
        rows: The comparisons.
    """

    machine: dict[str, str]
    digits: str
    date: str
    rows: tuple[Row, ...]

    def write(self, path: Path) -> None:
        """Write them as JSON."""
        values: dict[str, Any] = {
            "machine": self.machine,
            "digits": self.digits,
            "date": self.date,
            "rows": [row.to_dict() for row in self.rows],
        }
        atomic_write(path, json.dumps(values, indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read what `write` wrote."""
        values = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(Row.from_dict(row) for row in values.pop("rows"))
        return cls(**values, rows=rows)

    def described(self) -> str:
        """The machine, the digits and the day in a sentence."""
        of = self.machine
        versions = f"Python {of['python']}, TensorFlow {of['tensorflow']}, Keras {of['keras']}"
        machine = f"{of['cpu']}, {of['cores']} cores, {of['system']}"
        return f"{machine}; {versions}, nnlab {of['nnlab']}; {self.date}. Digits: {self.digits}."


def refreshed(page: str, results: Results) -> str:
    """A page with what was measured."""
    return _PART.sub(lambda found: f"{found[1]}{_PARTS[found[2]](results)}\n{found[3]}", page)


def write_pages(results: Results) -> None:
    """Bring the pages up to date."""
    for page in PAGES:
        text = refreshed(page.read_text(encoding="utf-8"), results)
        page.write_text(text, encoding="utf-8")


_PARTS: dict[str, Callable[[Results], str]] = {
    "machine": Results.described,
    "table": lambda results: markdown_table(main_rows(results.rows)),
    "sweep": lambda results: markdown_table(sweep_rows(results.rows)),
    "headline": lambda results: headline_table(results.rows),
}
