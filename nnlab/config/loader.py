"""From a file to an experiment: read, extend, override, fill, spread, validate.

Every fault on the way is gathered, with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path as FilePath

from nnlab.config.diagnostics.issues import Collector, Problem
from nnlab.config.diagnostics.locate import in_file_order, located
from nnlab.config.schema.experiment import Experiment
from nnlab.config.space.checks import search_problems
from nnlab.config.space.corner_cases import merged_faults, sample_picks
from nnlab.config.space.declaration import declared
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.search_space import OpenValue, fill, find_markers, has_misspelt_marker
from nnlab.config.yaml.document import Document, dotted, undotted
from nnlab.config.yaml.extends import load_document
from nnlab.config.yaml.layer_defaults import spread_defaults
from nnlab.errors import ConfigError, Fault, Location


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
        return declared(self.document)


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
    document, markers, problems = find_markers(document)
    faults = dict.fromkeys([*document.faults, *located(document, problems)])
    outcomes = [(sample, *_examined(fill(document, sample))) for sample in sample_picks(markers)]
    wrong = merged_faults([(sample, found) for sample, _, _, found in outcomes], faults)
    faults |= dict.fromkeys(_blamed_on_markers(document, markers, wrong))
    is_sound = all(fault.path.startswith("tune.") for fault in faults)
    unfit = search_problems(document, is_sound=is_sound)
    faults |= dict.fromkeys(located(document, unfit))
    if faults:
        raise ConfigError(in_file_order(faults))
    experiment, resolved = next((made, tree) for _, made, tree, _ in outcomes if made is not None)
    # What stands in layers that are repeated no time is open, yet nobody asks for it.
    asked = {one.path for one in declared(document)}
    space = tuple(one for one in markers if one.is_open and one.path in asked)
    return Config(document, experiment, resolved, space)


def _blamed_on_markers(
    document: Document, markers: Sequence[OpenValue], faults: Iterable[Fault]
) -> Iterator[Fault]:
    """Faults; where a marker stands at the place, with the remedy to change the marker."""
    names = {document.locate(value.path): value.marker.called() for value in markers}
    for fault in faults:
        name = names.get(fault.where)
        if name in ("Int", "Float", "Boolean"):
            remedy = f"{name} can give this value: change its range, or take another marker."
            yield replace(fault, remedy=remedy)
        else:
            yield fault


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
    return read_closed_config(file, overrides).experiment


def read_closed_config(file: str | FilePath, overrides: Sequence[str] = ()) -> Config:
    """Read a config that says everything a training needs, with the places of its values.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, as `--set` takes them, applied in turn.

    Returns:
        The config; nothing in it is open.

    Raises:
        ConfigError: With every fault that was found; for each value that is still open.
    """
    return closed(read_config(file, overrides))


def closed(config: Config) -> Config:
    """A config, if nothing in it is open.

    Args:
        config: The config.

    Returns:
        The config.

    Raises:
        ConfigError: For each value that is still open.
    """
    if config.space:
        problems = [_open_value(value) for value in config.space]
        raise ConfigError(located(config.document, problems))
    return config


@contextmanager
def placing(config: Config) -> Iterator[None]:
    """Give faults that are found later, when data and layers meet, their places in the file.

    Args:
        config: The config that is being used.

    Raises:
        ConfigError: What the block raised, its faults with places.
    """
    try:
        yield
    except ConfigError as error:
        faults = tuple(_placed(config.resolved, fault) for fault in error.faults)
        raise ConfigError(faults) from error


def _placed(document: Document, fault: Fault) -> Fault:
    if fault.where is not None or not fault.path:
        return fault
    path = undotted(fault.path)
    written = dotted(document.origin(path))
    return replace(fault, path=written, where=document.locate(path))


def _open_value(value: OpenValue) -> Problem:
    name = value.marker.called()
    remedy = f"Search it with `nnlab tune`, or choose a value: --set {value.name}=VALUE."
    return Problem(value.path, f"The value is open: a search marker, {name}, stands here.", remedy)


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
    cleaned, _, problems = find_markers(document)
    faults: tuple[Fault, ...] = ()
    # A marker that cannot be read is told as such: something was meant to be open.
    if not problems and not declared(cleaned):
        message = "No value of the config is open: there is nothing to search."
        remedy = "Mark one, `units: {Int: {min_value: 8, max_value: 64}}`, or use `nnlab train`."
        faults = (Fault(message, "", Location(str(file)), remedy),)
    try:
        config = examine(document)
    except ConfigError as error:
        if has_misspelt_marker(document.tree):
            faults = ()
        # Where nothing is open, that its score cannot be had is beside the point.
        others = [one for one in error.faults if not (faults and one.path.startswith("tune."))]
        raise ConfigError(in_file_order([*faults, *others])) from error
    if faults:
        raise ConfigError(faults)
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
    experiment, resolved, faults = _examined(document)
    if experiment is None or faults:
        raise ConfigError(faults)
    return experiment, resolved


def _examined(document: Document) -> tuple[Experiment | None, Document, tuple[Fault, ...]]:
    """The experiment, if one can be made; the document with defaults spread; what is wrong."""
    spread, problems = spread_defaults(document)
    collector = Collector()
    collector.add(*problems)
    experiment = None
    with collector.reading():
        experiment = Experiment.model_validate(spread.tree)
    judged = [problem for problem in collector.problems() if spread.can_judge(problem.path)]
    return experiment, spread, located(spread, judged)
