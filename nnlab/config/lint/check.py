"""Check a config or a comparison without training it: errors, and warnings if there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.config.diagnostics import locate_issues, sort_diagnostics
from nnlab.config.lint.comparability import comparability_diagnostics
from nnlab.config.lint.rules import lint_experiment
from nnlab.config.loader import Config, read_config
from nnlab.config.space.checks import lint_search
from nnlab.config.space.hyperband import trials_per_round
from nnlab.config.space.hyperparameter import format_space_size, space_size
from nnlab.config.space.markers import Repeat
from nnlab.config.yaml.extends import is_comparison_file
from nnlab.config.yaml.layer_defaults import find_unused_defaults
from nnlab.errors import ConfigError, Diagnostic, Location
from nnlab.text import plural

if TYPE_CHECKING:
    from nnlab.config.comparison.loader import Comparison


@dataclass(frozen=True)
class Check:
    """The result of checking one config or one comparison.

    Args:
        file: The file, as the user named it.
        errors: What makes the config unusable.
        warnings: What is legal and likely a mistake.
        search_markers: The number of search markers in the file.
        hyperparameters: The number of hyperparameters; those inside `Repeat` count once for each
            repetition.
        space_size: The number of configs in the search space. None: infinitely many.
        trials_per_round: The number of trials in one round of Hyperband; 0 with another algorithm.
        runs: The number of trainings of a comparison; 0 for a config.
    """

    file: str
    errors: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    search_markers: int = 0
    hyperparameters: int = 0
    space_size: int | None = 1
    trials_per_round: int = 0
    runs: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether the config can be used."""
        return not self.errors

    @property
    def remark(self) -> str:
        """What to print behind "valid": the size of the search space or of the comparison."""
        if self.runs:
            return f"; a comparison of {plural(self.runs, 'run')}"
        if not self.hyperparameters:
            return ""
        count = plural(self.hyperparameters, "hyperparameter")
        space = f"{count}, {format_space_size(self.space_size)}"
        if self.trials_per_round:
            space += f", {self.trials_per_round:,} trials per round of Hyperband"
        return f"; {space}: search with `nnlab tune`"


def check_config(file: str | Path, overrides: Sequence[str] = ()) -> Check:
    """Check a config, or all variants of a comparison."""
    try:
        if is_comparison_file(file):
            from nnlab.config.comparison.loader import read_comparison

            comparison = read_comparison(file, overrides)
            unique: dict[tuple[Location | None, str], Diagnostic] = {}
            for variant in comparison.variants:
                for diagnostic in lint_config(variant.config):
                    unique.setdefault((diagnostic.location, diagnostic.message), diagnostic)
            warnings = sort_diagnostics([*unique.values(), *lint_comparison(comparison)])
            return Check(str(file), warnings=warnings, runs=comparison.runs)
        config = read_config(file, overrides)
    except ConfigError as error:
        return Check(str(file), error.diagnostics)
    tune, epochs = config.experiment.tune, config.experiment.training.epochs
    space = config.hyperparameters
    uses_hyperband = bool(space) and tune is not None and tune.algorithm == "hyperband"
    return Check(
        str(file),
        warnings=lint_config(config),
        search_markers=len(config.markers),
        hyperparameters=len(space),
        space_size=space_size(space),
        trials_per_round=(
            trials_per_round(tune.max_epochs or epochs) if uses_hyperband and tune else 0
        ),
    )


def lint_config(config: Config) -> tuple[Diagnostic, ...]:
    """Return the warnings about a valid config, in the order of the file."""
    varied = [placed.path for placed in config.markers if not isinstance(placed.marker, Repeat)]
    # Rules do not judge the defaults of values that the search varies.
    concrete = []
    for issue in lint_experiment(config.experiment):
        written = config.resolved.origin(issue.path)
        if not any(written[: len(path)] == path for path in varied):
            concrete.append(issue)
    diagnostics = locate_issues(config.resolved, concrete)
    issues = find_unused_defaults(config.document.tree)
    if config.markers:
        issues += lint_search(config.document, config.experiment)
    return sort_diagnostics([*diagnostics, *locate_issues(config.document, issues)])


def lint_comparison(comparison: Comparison) -> tuple[Diagnostic, ...]:
    """Return the warnings about a comparison itself, without those about its configs."""
    return (*duplicate_variants(comparison), *comparability_diagnostics(comparison))


def duplicate_variants(comparison: Comparison) -> tuple[Diagnostic, ...]:
    """Return a warning for each variant whose config is that of an earlier one."""
    first: dict[str, str] = {}
    diagnostics = []
    for variant in comparison.variants:
        text = repr(variant.config.experiment)
        if text in first:
            message = f"Variants `{first[text]}` and `{variant.name}` are the same config."
            path, location = f"variants.{variant.name}", Location(comparison.file)
            diagnostics.append(Diagnostic(message, path, location, "Remove one of them."))
        first.setdefault(text, variant.name)
    return tuple(diagnostics)
