"""The folder of a comparison of variants, and its record.

It is also the folder of a run: `record.json` holds the status, `comparison.json` the results, and
`<variant>/<seed>` the runs of the variants.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.runs.io.json_record import (
    JsonRecord,
    invalid_record,
    parse_record,
    read_record_text,
    with_id_from_folder,
)
from nnlab.runs.io.layout import RunFiles, RunKind
from nnlab.runs.records.directory import RunDirectory
from nnlab.runs.records.run import mark_orphaned

if TYPE_CHECKING:
    from pathlib import Path


class ComparisonFiles(RunFiles):
    """The paths in a comparison's folder.

    Example:
        >>> from pathlib import Path
        >>> ComparisonFiles(Path("runs/widths")).run("small", 3).as_posix()
        'runs/widths/small/3'
    """

    @property
    def config_yaml(self) -> Path:
        """The resolved comparison; running it repeats the comparison."""
        return self.path / "comparison.yaml"

    @property
    def base_yaml(self) -> Path:
        """The base config of `comparison.yaml`."""
        return self.path / "base.yaml"

    @property
    def comparison_json(self) -> Path:
        """The comparison's record, see `ComparisonRecord`."""
        return self.path / "comparison.json"

    @property
    def values_csv(self) -> Path:
        """The final metrics, one row per run."""
        return self.path / "values.csv"

    @property
    def report_html(self) -> Path:
        """The HTML report."""
        return self.path / "report.html"

    def full_config(self, variant: str) -> Path:
        """Return the config of a variant that is a full config instead of changes of the base."""
        return self.path / f"{variant}.config.yaml"

    def run(self, variant: str, seed: int) -> Path:
        """Return the folder of a variant's run."""
        return self.path / variant / str(seed)

    def is_outdated(self, file: Path) -> bool:
        """Return whether a file, such as a plot, exists and is older than the results."""
        try:
            return file.stat().st_mtime_ns < self.comparison_json.stat().st_mtime_ns
        except OSError:
            return False


class ComparisonDirectory(ComparisonFiles, RunDirectory):
    """The folder of a running comparison."""


@dataclass(frozen=True)
class ComparisonRecord(JsonRecord):
    """The record of a comparison, as in `comparison.json` and `--json`.

    Args:
        id: The comparison's id, the name of its folder.
        name: The comparison's name.
        status: The status, as in `record.json`.
        metric: The compared metric: `test_accuracy`.
        baseline: The variant that the others are tested against.
        seeds: The seeds of each variant's runs.
        variants: One object per variant: `name`, `changes` by dotted key, `file` of a full config,
            and its results: `mean`, `interval`, `values` by seed, `failures`, `difference`,
            `p_holm`, `verdict`, ….
        direction: "min" or "max"; None before the first run is complete.
        verdict: The conclusion, one sentence.
        metric_spec: What the configs say about the metric: `not_comparable`, the reasons by variant
            why its values are not comparable with the baseline's; `nonnegative_losses`, the losses
            with a lower bound of 0.
        notes: Notes on the metric, sentences.
        runs: Number of runs: `complete`, `failed`, `remaining`, and `reused` from before a resume.
        jobs: Number of runs at the same time.
        timing: Seconds: `total_s`.
        error: Why the comparison failed or was interrupted.
        command: The command line.
    """

    id: str
    name: str
    status: str
    metric: str
    baseline: str
    seeds: tuple[int, ...]
    variants: tuple[dict[str, Any], ...]
    direction: str | None = None
    verdict: str = ""
    metric_spec: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    runs: dict[str, int] = field(default_factory=dict)
    jobs: int = 1
    timing: dict[str, float] = field(default_factory=dict)
    error: str | None = None
    command: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, text: str, source: str = "comparison.json") -> ComparisonRecord:
        """Parse a `comparison.json`; unknown keys are ignored."""
        values = parse_record(
            cls, text, ("id", "name", "status", "metric", "baseline", "seeds", "variants"), source
        )
        variants = values["variants"]
        if not all(isinstance(row, dict) and {"name", "changes"} <= row.keys() for row in variants):
            expected = f"a name and changes of each variant. Received: {list(variants)!r:.60}"
            raise invalid_record(source, expected)
        return cls(**values)


def read_comparison_record(path: Path) -> ComparisonRecord:
    """Read the record of a comparison; failed if it says `running` and its process is gone."""
    source = ComparisonFiles(path).comparison_json
    message = f"Expected the folder of a comparison. Received: {path}, without {source.name}."
    missing = f"{message} Start one with: {RunKind.COMPARISON.command}"
    record = ComparisonRecord.from_json(read_record_text(source, missing), str(source))
    return mark_orphaned(with_id_from_folder(record, path), path)
