"""From a file to an experiment: read, extend, override, fill, spread, validate.

Every fault on the way is gathered, with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path as FilePath

from nnlab.config.diagnostics.issues import Issue, IssueCollector
from nnlab.config.diagnostics.locate import in_file_order, located
from nnlab.config.schema.experiment import Experiment
from nnlab.config.space.checks import search_issues
from nnlab.config.space.corner_cases import corner_cases, merge_diagnostics
from nnlab.config.space.declaration import hyperparameters_of
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.search_space import OpenValue, fill, find_markers, has_misspelt_marker
from nnlab.config.yaml.document import Document, format_path, parse_path
from nnlab.config.yaml.extends import load_document
from nnlab.config.yaml.layer_defaults import apply_defaults
from nnlab.errors import ConfigError, Diagnostic, Location


@dataclass(frozen=True)
class Config:
    """A config that was read and found sound.

    Args:
        document: The data as written, extended and overridden, search markers in place.
        experiment: The experiment; where values are open, with the first of each.
        resolved: The data that the experiment was made of.
        space: The open values, as they stand in the file.
    """

    document: Document
    experiment: Experiment
    resolved: Document
    space: tuple[OpenValue, ...] = ()

    @cached_property
    def hyperparameters(self) -> tuple[Hyperparameter, ...]:
        """What a search chooses: the open values, those inside `Repeat` once a repetition."""
        return hyperparameters_of(self.document)


def read_config(file: str | FilePath, overrides: Sequence[str] = ()) -> Config:
    """Read and validate a config, which may leave values open.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, as `--set` takes them, applied in turn.

    Returns:
        The config.

    Raises:
        ConfigError: With every fault that was found.
    """
    return examine(load_document(file, overrides))


def examine(document: Document) -> Config:
    """Make a config of a document, which may leave values open.

    Args:
        document: The data as written, extended and overridden.

    Returns:
        The config.

    Raises:
        ConfigError: With every fault that was found.
    """
    document, markers, issues = find_markers(document)
    diagnostics = dict.fromkeys([*document.diagnostics, *located(document, issues)])
    outcomes = [(sample, *_examined(fill(document, sample))) for sample in corner_cases(markers)]
    wrong = merge_diagnostics([(sample, found) for sample, _, _, found in outcomes], diagnostics)
    diagnostics |= dict.fromkeys(_blamed_on_markers(document, markers, wrong))
    is_valid = all(diagnostic.path.startswith("tune.") for diagnostic in diagnostics)
    search_errors = search_issues(document, is_valid=is_valid)
    diagnostics |= dict.fromkeys(located(document, search_errors))
    if diagnostics:
        raise ConfigError(in_file_order(diagnostics))
    experiment, resolved = next((made, tree) for _, made, tree, _ in outcomes if made is not None)
    # What stands in layers that are repeated no time is open, yet nobody asks for it.
    asked = {one.path for one in hyperparameters_of(document)}
    space = tuple(one for one in markers if one.is_open and one.path in asked)
    return Config(document, experiment, resolved, space)


def _blamed_on_markers(
    document: Document, markers: Sequence[OpenValue], diagnostics: Iterable[Diagnostic]
) -> Iterator[Diagnostic]:
    """Faults; where a marker stands at the place, with the remedy to change the marker."""
    names = {document.locate(value.path): value.marker.display_name() for value in markers}
    for diagnostic in diagnostics:
        name = names.get(diagnostic.location)
        if name in ("Int", "Float", "Boolean"):
            hint = f"{name} can give this value: change its range, or take another marker."
            yield replace(diagnostic, hint=hint)
        else:
            yield diagnostic


def load_config(file: str | FilePath, overrides: Sequence[str] = ()) -> Experiment:
    """Read a config that says everything a training needs.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, as `--set` takes them, applied in turn.

    Returns:
        The experiment.

    Raises:
        ConfigError: With every fault that was found; for each value that is still open.

    Example:
        >>> load_config("configs/mnist_5k.yaml", ["training.epochs=1"]).training.epochs
        1
    """
    return load_concrete_config(file, overrides).experiment


def load_concrete_config(file: str | FilePath, overrides: Sequence[str] = ()) -> Config:
    """Read a config that says everything a training needs, with the places of its values.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, as `--set` takes them, applied in turn.

    Returns:
        The config; nothing in it is open.

    Raises:
        ConfigError: With every fault that was found; for each value that is still open.
    """
    return require_concrete(read_config(file, overrides))


def require_concrete(config: Config) -> Config:
    """A config, if nothing in it is open.

    Args:
        config: The config.

    Returns:
        The config.

    Raises:
        ConfigError: For each value that is still open.
    """
    if config.space:
        issues = [_open_value(value) for value in config.space]
        raise ConfigError(located(config.document, issues))
    return config


@contextmanager
def locate_errors(config: Config) -> Iterator[None]:
    """Give faults that are found later, when data and layers meet, their places in the file.

    Args:
        config: The config that is being used.

    Raises:
        ConfigError: What the block raised, its faults with places.
    """
    try:
        yield
    except ConfigError as error:
        diagnostics = tuple(
            _placed(config.resolved, diagnostic) for diagnostic in error.diagnostics
        )
        raise ConfigError(diagnostics) from error


def _placed(document: Document, diagnostic: Diagnostic) -> Diagnostic:
    if diagnostic.location is not None or not diagnostic.path:
        return diagnostic
    path = parse_path(diagnostic.path)
    written = format_path(document.origin(path))
    return replace(diagnostic, path=written, location=document.locate(path))


def _open_value(value: OpenValue) -> Issue:
    name = value.marker.display_name()
    hint = f"Search it with `nnlab tune`, or choose a value: --set {value.name}=VALUE."
    return Issue(value.path, f"The value is open: a search marker, {name}, stands here.", hint)


def read_search(file: str | FilePath, overrides: Sequence[str] = ()) -> Config:
    """Read a config that leaves values open, to search them.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, as `--set` takes them, applied in turn.

    Returns:
        The config. It has a `tune` section, be it one of defaults.

    Raises:
        ConfigError: With every fault that was found; where nothing is open.
    """
    document = load_document(file, overrides)
    if document.tree.get("tune") is None:
        document = document.moved({**document.tree, "tune": {}}, {})
    cleaned, _, issues = find_markers(document)
    diagnostics: tuple[Diagnostic, ...] = ()
    # A marker that cannot be read is told as such: something was meant to be open.
    if not issues and not hyperparameters_of(cleaned):
        message = "No value of the config is open: there is nothing to search."
        hint = "Mark one, `units: {Int: {min_value: 8, max_value: 64}}`, or use `nnlab train`."
        diagnostics = (Diagnostic(message, "", Location(str(file)), hint),)
    try:
        config = examine(document)
    except ConfigError as error:
        if has_misspelt_marker(document.tree):
            diagnostics = ()
        # Where nothing is open, that its score cannot be had is beside the point.
        others = [
            one for one in error.diagnostics if not (diagnostics and one.path.startswith("tune."))
        ]
        raise ConfigError(in_file_order([*diagnostics, *others])) from error
    if diagnostics:
        raise ConfigError(diagnostics)
    return config


def validate(document: Document) -> tuple[Experiment, Document]:
    """Make an experiment of a document without search markers.

    Args:
        document: The document.

    Returns:
        The experiment; the document with defaults spread over layers, which tells where its values
        were written.

    Raises:
        ConfigError: With every fault, in the order of the file.
    """
    experiment, resolved, diagnostics = _examined(document)
    if experiment is None or diagnostics:
        raise ConfigError(diagnostics)
    return experiment, resolved


def _examined(document: Document) -> tuple[Experiment | None, Document, tuple[Diagnostic, ...]]:
    """The experiment, if one can be made; the document with defaults spread; what is wrong."""
    spread, issues = apply_defaults(document)
    collector = IssueCollector()
    collector.add(*issues)
    experiment = None
    with collector.collect():
        experiment = Experiment.model_validate(spread.tree)
    judged = [issue for issue in collector.issues() if spread.can_judge(issue.path)]
    return experiment, spread, located(spread, judged)
