"""From a file to an experiment: read, extend, override, fill, spread, validate; every fault with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

from nnlab.config.defaults import spread_defaults
from nnlab.config.document import Document, dotted
from nnlab.config.experiment import Experiment
from nnlab.config.merging import merge, override
from nnlab.config.problems import Collector, Problem
from nnlab.config.space import OpenValue, fill, find_markers, sample_picks
from nnlab.config.yaml_source import read_yaml
from nnlab.errors import ConfigError, Fault, Location


@dataclass(frozen=True)
class Config:
    """A config that was read and found sound.

    Args:
        document: The data as written, extended and overridden, search markers in place.
        experiment: The experiment; where values are open, with the first of each.
        resolved: The data that the experiment was made of.
        space: The open values.
    """

    document: Document
    experiment: Experiment
    resolved: Document
    space: tuple[OpenValue, ...]


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
    document = load_document(file, overrides)
    markers, problems = find_markers(document.tree)
    if problems:
        raise ConfigError(located(document, problems))
    faults: dict[Fault, None] = {}
    sound: list[tuple[Experiment, Document]] = []
    for pick in sample_picks(markers):
        try:
            sound.append(validate(fill(document, pick)))
        except ConfigError as error:
            faults.update(dict.fromkeys(error.faults))
    if faults:
        raise ConfigError(tuple(sorted(faults, key=_order)))
    return Config(document, *sound[0], tuple(markers))


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
    config = read_config(file, overrides)
    if config.space:
        problems = [_open_value(value) for value in config.space]
        raise ConfigError(located(config.document, problems))
    return config.experiment


def _open_value(value: OpenValue) -> Problem:
    name = value.marker.called()
    inner = isinstance(value.path[-1], int) and name == "Repeat"
    remedy = (
        "Search it with `nnlab tune`, or write the layers out."
        if inner
        else f"Search it with `nnlab tune`, or choose: --set {dotted(value.path)}=VALUE."
    )
    return Problem(value.path, f"The value is open: a search marker, {name}, stands here.", remedy)


def load_document(file: str | FilePath, overrides: Sequence[str] = ()) -> Document:
    """Read a file, what it extends, and what the command line changes.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, applied in turn.

    Returns:
        The document, not yet validated; `data.file` in it is absolute.

    Raises:
        ConfigError: For files that cannot be read, are no YAML, or extend each other in a circle.
    """
    document = _read_chain(FilePath(file), ())
    faults: list[Fault] = []
    for assignment in overrides:
        try:
            document = override(document, assignment)
        except ConfigError as error:
            faults += error.faults
        else:
            if assignment.split("=", 1)[0].strip() == "data.file":
                document = _anchored(document, FilePath.cwd())
    if faults:
        raise ConfigError(tuple(faults))
    return document


def validate(document: Document) -> tuple[Experiment, Document]:
    """Make an experiment of a document without search markers.

    Args:
        document: The document.

    Returns:
        The experiment; the document with defaults spread over layers, which tells where its values were written.

    Raises:
        ConfigError: With every fault, in the order of the file.
    """
    spread, problems = spread_defaults(document)
    collector = Collector()
    collector.add(*problems)
    with collector.reading():
        experiment = Experiment.model_validate(spread.tree)
        if not problems:
            return experiment, spread
    raise ConfigError(located(spread, collector.problems()))


def _read_chain(
    file: FilePath, chain: tuple[FilePath, ...], where: Location | None = None
) -> Document:
    """A file merged over what it extends."""
    if file.resolve() in chain:
        ring = " -> ".join(str(link.name) for link in (*chain, file))
        message = f"The configs extend each other in a circle: {ring}."
        raise ConfigError((Fault(message, "extends", where, "Remove one `extends`."),))
    document = read_yaml(_text(file, where), str(file))
    tree = document.tree if document.tree is not None else {}
    if not isinstance(tree, Mapping):
        message = f"Expected keys such as data, model, training. Received: {tree!r:.60}."
        raise ConfigError(
            (Fault(message, "", Location(str(file), 1, 1), "Start from `nnlab init`."),)
        )
    document = _anchored(replace(document, tree=tree), file.parent)
    if "extends" not in tree:
        return document
    base, place = tree["extends"], document.locate(("extends",))
    if not isinstance(base, str):
        message = f"Expected the name of one file. Received: extends={base!r}."
        raise ConfigError((Fault(message, "extends", place, "Let that file extend the next."),))
    below = _read_chain(file.parent / base, (*chain, file.resolve()), place)
    merged = merge(below, document)
    rest = {key: value for key, value in merged.tree.items() if key != "extends"}
    return merged.moved(rest, {})


def _text(file: FilePath, where: Location | None) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        message, remedy = (
            f"There is no file {file}.",
            "Check the path; `nnlab init` writes a config to start from.",
        )
    except IsADirectoryError:
        message, remedy = f"{file} is a folder.", "Name a YAML file in it."
    except UnicodeDecodeError:
        message, remedy = f"{file} is not text in UTF-8.", "Save it as UTF-8."
    except OSError as error:
        message, remedy = f"{file} cannot be read: {error.strerror}.", "Check its permissions."
    raise ConfigError(
        (Fault(message, "extends" if where else "", where or Location(str(file)), remedy),)
    )


def _anchored(document: Document, folder: FilePath) -> Document:
    """The document with `data.file` made absolute, from the folder of the file that names it."""
    data = document.tree.get("data") if isinstance(document.tree, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(data.get("file"), str):
        return document
    absolute = str((folder / FilePath(data["file"]).expanduser()).resolve())
    return document.moved({**document.tree, "data": {**data, "file": absolute}}, {})


def located(document: Document, problems: Iterable[Problem]) -> tuple[Fault, ...]:
    """Problems with their places, each once, in the order of the file.

    Args:
        document: The config.
        problems: Problems, with paths from its top.

    Returns:
        Faults, their paths in the words of the file.
    """
    faults = [
        Fault(
            problem.message,
            dotted(document.origin(problem.path)),
            document.locate(problem.path, at_key=problem.at_key),
            problem.remedy,
        )
        for problem in problems
    ]
    return tuple(dict.fromkeys(sorted(faults, key=_order)))


def _order(fault: Fault) -> Any:
    return fault.where or Location("")
