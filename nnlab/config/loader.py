"""Load a config: read, extend, override, find search markers, apply defaults, validate.

Errors are collected along the way and raised together, each with its location.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path as FilePath

from nnlab.config.diagnostics import (
    Issue,
    IssueCollector,
    locate_issues,
    sort_diagnostics,
)
from nnlab.config.schema.experiment import Experiment
from nnlab.config.space.checks import search_issues
from nnlab.config.space.corner_cases import corner_cases, merge_diagnostics
from nnlab.config.space.declaration import hyperparameters_of
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.search_space import (
    PlacedMarker,
    fill_markers,
    find_markers,
    has_misspelled_marker,
)
from nnlab.config.yaml.document import Document, format_path, parse_path
from nnlab.config.yaml.extends import load_document
from nnlab.config.yaml.layer_defaults import apply_defaults
from nnlab.errors import ConfigError, Diagnostic, Location


@dataclass(frozen=True)
class Config:
    """A valid config.

    Args:
        document: The data as written, after `extends` and `--set`, with its search markers.
        experiment: The experiment; a value that the search varies has its default.
        resolved: The data from which the experiment was built.
        markers: The search markers, in the order of the file. Defaults to none: the config is
            concrete.
    """

    document: Document
    experiment: Experiment
    resolved: Document
    markers: tuple[PlacedMarker, ...] = ()

    @cached_property
    def hyperparameters(self) -> tuple[Hyperparameter, ...]:
        """The values that a search varies; those inside `Repeat` once for each repetition."""
        return hyperparameters_of(self.document)


def read_config(file: str | FilePath, overrides: Sequence[str] = ()) -> Config:
    """Read and validate a config, which may contain search markers.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE` assignments, as `--set` takes them, applied in order. Defaults to
            none.

    Returns:
        The config.

    Raises:
        ConfigError: The config is invalid; lists all errors.
    """
    return validate_document(load_document(file, overrides))


def load_config(file: str | FilePath, overrides: Sequence[str] = ()) -> Experiment:
    """Read a concrete config and return its experiment.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE` assignments, as `--set` takes them, applied in order. Defaults to
            none.

    Returns:
        The experiment.

    Raises:
        ConfigError: The config is invalid or contains search markers; lists all errors.

    Example:
        >>> load_config("configs/mnist_5k.yaml", ["training.epochs=1"]).training.epochs
        1
    """
    return load_concrete_config(file, overrides).experiment


def load_concrete_config(file: str | FilePath, overrides: Sequence[str] = ()) -> Config:
    """Read a concrete config and keep the locations of its values.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE` assignments, as `--set` takes them, applied in order. Defaults to
            none.

    Returns:
        The config, without search markers.

    Raises:
        ConfigError: The config is invalid or contains search markers; lists all errors.
    """
    return require_concrete(read_config(file, overrides))


def require_concrete(config: Config) -> Config:
    """Return the config, or raise an error for each of its search markers."""
    if config.markers:
        issues = [
            Issue(
                placed.path,
                f"Expected a value. Received: a search marker, {placed.marker.display_name()}.",
                f"Search it with `nnlab tune`, or choose a value: --set {placed.name}=VALUE.",
            )
            for placed in config.markers
        ]
        raise ConfigError(locate_issues(config.document, issues))
    return config


def read_search_config(file: str | FilePath, overrides: Sequence[str] = ()) -> Config:
    """Read a config with search markers; add a default `tune` section if it has none."""
    document = load_document(file, overrides)
    if document.tree.get("tune") is None:
        document = document.with_tree({**document.tree, "tune": {}}, {})
    without_invalid, _, issues = find_markers(document)
    nothing_to_search: tuple[Diagnostic, ...] = ()
    # An invalid marker has a separate error.
    if not issues and not hyperparameters_of(without_invalid):
        message = "The config has no search markers: there is nothing to search."
        hint = "Add one, `units: {Int: {min_value: 8, max_value: 64}}`, or use `nnlab train`."
        nothing_to_search = (Diagnostic(message, "", Location(str(file)), hint),)
    try:
        config = validate_document(document)
    except ConfigError as error:
        diagnostics = error.diagnostics
        if has_misspelled_marker(document.tree):
            nothing_to_search = ()
        if nothing_to_search:
            # Without hyperparameters, errors about the objective are irrelevant.
            diagnostics = tuple(
                diagnostic for diagnostic in diagnostics if not diagnostic.path.startswith("tune.")
            )
        raise ConfigError(sort_diagnostics([*nothing_to_search, *diagnostics])) from error
    if nothing_to_search:
        raise ConfigError(nothing_to_search)
    return config


def validate_document(document: Document) -> Config:
    """Build a config from a document, which may contain search markers."""
    document, markers, issues = find_markers(document)
    diagnostics = dict.fromkeys([*document.diagnostics, *locate_issues(document, issues)])
    outcomes = [
        (case, *_build_experiment(fill_markers(document, case))) for case in corner_cases(markers)
    ]
    merged = merge_diagnostics([(case, errors) for case, _, _, errors in outcomes], diagnostics)
    diagnostics |= dict.fromkeys(_suggest_other_markers(document, markers, merged))
    is_valid = all(diagnostic.path.startswith("tune.") for diagnostic in diagnostics)
    space_issues = search_issues(document, is_valid=is_valid)
    diagnostics |= dict.fromkeys(locate_issues(document, space_issues))
    if diagnostics:
        raise ConfigError(sort_diagnostics(diagnostics))
    experiment, resolved = next(
        (experiment, resolved) for _, experiment, resolved, _ in outcomes if experiment is not None
    )
    # Markers inside a `Repeat` of 0 times have no hyperparameters.
    searched = {hyperparameter.path for hyperparameter in hyperparameters_of(document)}
    varied = (placed for placed in markers if placed.is_variable and placed.path in searched)
    return Config(document, experiment, resolved, tuple(varied))


def _suggest_other_markers(
    document: Document, markers: Sequence[PlacedMarker], diagnostics: Iterable[Diagnostic]
) -> Iterator[Diagnostic]:
    """Yield the diagnostics; one at a marker gets the hint to change the marker."""
    names = {document.locate(placed.path): placed.marker.display_name() for placed in markers}
    for diagnostic in diagnostics:
        name = names.get(diagnostic.location)
        if name in ("Int", "Float", "Boolean"):
            hint = f"{name} can produce this value: change its range, or use another marker."
            yield replace(diagnostic, hint=hint)
        else:
            yield diagnostic


def validate_concrete(document: Document) -> tuple[Experiment, Document]:
    """Build an experiment from a document without search markers, and return its resolved data."""
    experiment, resolved, diagnostics = _build_experiment(document)
    if experiment is None or diagnostics:
        raise ConfigError(diagnostics)
    return experiment, resolved


def _build_experiment(
    document: Document,
) -> tuple[Experiment | None, Document, tuple[Diagnostic, ...]]:
    """Apply the layer defaults and validate.

    Return the experiment, or None if it is invalid; the data after the defaults; the errors.
    """
    resolved, issues = apply_defaults(document)
    collector = IssueCollector()
    collector.add(*issues)
    experiment = None
    with collector.collect():
        experiment = Experiment.model_validate(resolved.tree)
    issues = [issue for issue in collector.issues() if resolved.can_validate(issue.path)]
    return experiment, resolved, locate_issues(resolved, issues)


@contextmanager
def locate_errors(config: Config) -> Iterator[None]:
    """Add file locations to config errors that the block raises, such as those about the data."""
    try:
        yield
    except ConfigError as error:
        diagnostics = []
        for diagnostic in error.diagnostics:
            located = diagnostic
            if diagnostic.location is None and diagnostic.path:
                path = parse_path(diagnostic.path)
                written = format_path(config.resolved.origin(path))
                located = replace(diagnostic, path=written, location=config.resolved.locate(path))
            diagnostics.append(located)
        raise ConfigError(tuple(diagnostics)) from error
