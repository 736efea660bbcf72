"""Checking a config or a comparison without using it: its faults, and advice where it has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.config.diagnostics.issues import Issue
from nnlab.config.diagnostics.locate import in_file_order, located
from nnlab.config.lint.comparability import comparability_diagnostics
from nnlab.config.lint.rules import advice
from nnlab.config.loader import Config, read_config
from nnlab.config.space.checks import search_advice
from nnlab.config.space.hyperband import round_size
from nnlab.config.space.hyperparameter import size_text, space_size
from nnlab.config.space.markers import Repeat
from nnlab.config.yaml.extends import is_comparison
from nnlab.config.yaml.layer_defaults import idle_defaults
from nnlab.errors import ConfigError, Diagnostic, Location

if TYPE_CHECKING:
    from nnlab.config.comparison.variants import Comparison


@dataclass(frozen=True)
class Check:
    """What a check of one config, or of one comparison, found.

    Args:
        file: The file, as the user named it.
        diagnostics: What is wrong; a config with any cannot be used.
        advice: What is legal and yet unwise.
        open_values: How many search markers it holds.
        hyperparameters: How many values a search chooses: those inside `Repeat` once a repetition.
        space: How many configs they leave; None: infinitely many.
        round: Trials of a whole round of Hyperband; 0 with another algorithm.
        runs: How many trainings a comparison takes; 0 for a config.
    """

    file: str
    diagnostics: tuple[Diagnostic, ...] = ()
    advice: tuple[Diagnostic, ...] = ()
    open_values: int = 0
    hyperparameters: int = 0
    space: int | None = 1
    round: int = 0
    runs: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether the config can be used."""
        return not self.diagnostics

    @property
    def remark(self) -> str:
        """What a user should know of a config that is valid."""
        if self.runs:
            return f"; a comparison of {self.runs:,} runs"
        count = self.hyperparameters
        if not count:
            return ""
        space = f"{count:,} hyperparameter{'s' * (count > 1)}, {size_text(self.space)}"
        if self.round:
            space += f", {self.round:,} trials a round of Hyperband"
        return f"; {space}: `nnlab tune` searches them"


def check_config(file: str | Path, overrides: Sequence[str] = ()) -> Check:
    """Check a config; of a comparison, the config of each variant.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, as `--set` takes them.

    Returns:
        What was found.

    Example:
        >>> check_config("configs/mnist_5k.yaml").is_valid
        True
    """
    try:
        if is_comparison(file):
            from nnlab.config.comparison.loader import read_comparison

            comparison = read_comparison(file, overrides)
            return Check(str(file), (), _warnings_of_variants(comparison), runs=comparison.runs)
        config = read_config(file, overrides)
    except ConfigError as error:
        return Check(str(file), diagnostics=error.diagnostics)
    space, experiment = config.hyperparameters, config.experiment
    tune, epochs = experiment.tune, experiment.training.epochs
    by_hyperband = bool(space) and tune is not None and tune.algorithm == "hyperband"
    return Check(
        str(file),
        (),
        warnings_of(config),
        open_values=len(config.space),
        hyperparameters=len(space),
        space=space_size(space),
        round=round_size(tune.max_epochs or epochs) if by_hyperband and tune else 0,
    )


def warnings_of(config: Config) -> tuple[Diagnostic, ...]:
    """What is legal in a config and yet unwise, in the order of the file.

    Args:
        config: A sound config.
    """
    unwise = located(config.resolved, _of_what_is_closed(config))
    written = [*idle_defaults(config.document.tree)]
    if config.space:
        written += search_advice(config.document, config.experiment)
    return in_file_order([*unwise, *located(config.document, written)])


def _of_what_is_closed(config: Config) -> Iterator[Issue]:
    """Advice, without that on the first of several values: to know better is what they are for."""
    open_paths = [one.path for one in config.space if not isinstance(one.marker, Repeat)]
    for issue in advice(config.experiment):
        written = config.resolved.origin(issue.path)
        if not any(written[: len(path)] == path for path in open_paths):
            yield issue


def _warnings_of_variants(comparison: Comparison) -> tuple[Diagnostic, ...]:
    """What is unwise in a comparison's configs, each once; and which of them are the same."""
    told: dict[tuple[Location | None, str], Diagnostic] = {}
    for variant in comparison.variants:
        for diagnostic in warnings_of(variant.config):
            told.setdefault((diagnostic.location, diagnostic.message), diagnostic)
    return in_file_order([*told.values(), *warnings_of_comparison(comparison)])


def warnings_of_comparison(comparison: Comparison) -> tuple[Diagnostic, ...]:
    """What is unwise in a comparison itself, whatever its configs.

    Args:
        comparison: A sound comparison.

    Returns:
        Variants that are the same config, and why the figure does not say which is better.
    """
    return (*duplicate_variants(comparison), *comparability_diagnostics(comparison))


def duplicate_variants(comparison: Comparison) -> tuple[Diagnostic, ...]:
    """Which variants of a comparison are the same config: comparing them tells nothing.

    Args:
        comparison: A sound comparison.
    """
    first: dict[str, str] = {}
    twins = []
    for variant in comparison.variants:
        text = repr(variant.config.experiment)
        if text in first:
            message = f"Variants `{first[text]}` and `{variant.name}` are the same config."
            where = Location(comparison.file)
            twins.append(
                Diagnostic(message, f"variants.{variant.name}", where, "Remove one of them.")
            )
        first.setdefault(text, variant.name)
    return tuple(twins)
