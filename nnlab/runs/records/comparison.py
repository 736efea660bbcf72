"""What a comparison of variants leaves behind: its folder, and what was compared.

The folder is a run's: its `record.json` says how the work went. Beside it, `comparison.json` says
what was compared and what came of it, and each variant's runs lie in `<variant>/<seed>`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.runs.io.json_record import (
    COUNT,
    LIST,
    TABLE,
    TEXT,
    JsonRecord,
    Kind,
    broken,
    read_object,
    record_text,
    with_id_from_folder,
)
from nnlab.runs.io.layout import RunFiles
from nnlab.runs.records.directory import RunDirectory
from nnlab.runs.records.orphans import mark_orphaned

if TYPE_CHECKING:
    from pathlib import Path


class ComparisonFiles(RunFiles):
    """Where each thing lies in a comparison's folder.

    Args:
        path: The folder.

    Example:
        >>> from pathlib import Path
        >>> ComparisonFiles(Path("runs/widths")).run("small", 3).as_posix()
        'runs/widths/small/3'
    """

    @property
    def config_yaml(self) -> Path:
        """The comparison with all that it refers to: running it repeats the comparison."""
        return self.path / "comparison.yaml"

    @property
    def base_yaml(self) -> Path:
        """The base that `comparison.yaml` names."""
        return self.path / "base.yaml"

    def whole_config(self, variant: str) -> Path:
        """The config of a variant that is a whole config, not changes of the base.

        Args:
            variant: The variant's name.
        """
        return self.path / f"{variant}.config.yaml"

    @property
    def comparison_json(self) -> Path:
        """What was compared and what came of it, see `ComparisonRecord`."""
        return self.path / "comparison.json"

    @property
    def values_csv(self) -> Path:
        """All final metrics of each run, one row a run."""
        return self.path / "values.csv"

    @property
    def report_html(self) -> Path:
        """The report, one file."""
        return self.path / "report.html"

    def run(self, variant: str, seed: int) -> Path:
        """The folder of a run.

        Args:
            variant: The variant's name.
            seed: The seed.
        """
        return self.path / variant / str(seed)

    def is_outdated(self, file: Path) -> bool:
        """Whether a file, such as a picture, is older than the results.

        Args:
            file: The file; one that is not there is not old.
        """
        try:
            return file.stat().st_mtime_ns < self.comparison_json.stat().st_mtime_ns
        except OSError:
            return False


class ComparisonDirectory(ComparisonFiles, RunDirectory):
    """A comparison at work: its folder, and the record that says how it goes."""


@dataclass(frozen=True)
class ComparisonRecord(JsonRecord):
    """What was compared and what came of it, as `comparison.json` and `--json` carry it.

    Args:
        id: The comparison's id, which is its folder's name.
        name: Its name.
        status: Where it stands: as in `record.json`.
        metric: What is compared, `test_accuracy`.
        direction: Whether smaller ("min") or larger ("max") is better; None before a run said it.
        baseline: The variant that the others are tested against.
        seeds: The seeds that each variant is trained with.
        variants: For each: `name`, `changes` by dotted key, `file` of a whole config, and what came
            of it: `mean`, `interval`, `values` by seed, `failures`, `difference`, `p_holm`,
            `verdict` and so on.
        verdict: What came of it all, one sentence.
        figure: What the configs tell of the metric: `unlike`, the variants of which it means
            another thing than of the baseline, each with why; `never_negative`, the losses
            that cannot fall below 0.
        notes: What is to be known of the metric, sentences.
        runs: How many there are: `complete`, `failed`, `left`, and `reused` from before.
        jobs: Runs at the same time.
        timing: Seconds: `total_s`.
        error: Why it failed, or what interrupted it.
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
    figure: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    runs: dict[str, int] = field(default_factory=dict)
    jobs: int = 1
    timing: dict[str, float] = field(default_factory=dict)
    error: str | None = None
    command: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, text: str, source: str = "comparison.json") -> ComparisonRecord:
        """Reads the text of a `comparison.json`; keys that this version does not know are left out.

        Args:
            text: The file's text.
            source: The file's name, for messages.

        Returns:
            The record.

        Raises:
            DataError: The text is not JSON, or not the record of a comparison.
        """
        known = read_object(text, _KINDS, _REQUIRED, source)
        variants = known["variants"]
        if not all(isinstance(row, dict) and {"name", "changes"} <= row.keys() for row in variants):
            raise broken(source, f"a name and changes of each variant. Received: {variants!r:.60}")
        known.update({key: tuple(known[key]) for key in _LISTS & known.keys()})
        return cls(**known)


_KINDS: dict[str, Kind] = {
    "id": TEXT,
    "name": TEXT,
    "status": TEXT,
    "metric": TEXT,
    "baseline": TEXT,
    "seeds": LIST,
    "variants": LIST,
    "direction": TEXT,
    "verdict": TEXT,
    "figure": TABLE,
    "notes": LIST,
    "runs": TABLE,
    "jobs": COUNT,
    "timing": TABLE,
    "error": TEXT,
    "command": LIST,
}
_LISTS = {"seeds", "variants", "command", "notes"}
_REQUIRED = ("id", "name", "status", "metric", "baseline", "seeds", "variants")


def read_comparison_record(path: Path) -> ComparisonRecord:
    """Reads what was compared in a folder.

    Args:
        path: The comparison's folder.

    Returns:
        The record; one that says `running` though its process is gone reads as failed.

    Raises:
        RunNotFoundError: The folder holds no comparison.
        DataError: The record cannot be read.
    """
    source = ComparisonFiles(path).comparison_json
    message = f"Expected the folder of a comparison. Received: {path}, without {source.name}."
    missing = f"{message} Start one with: nnlab compare variants COMPARISON.yaml"
    record = ComparisonRecord.from_json(record_text(source, missing), str(source))
    return mark_orphaned(with_id_from_folder(record, path), path)
