"""From a file to an experiment: read, extend, override, fill, spread, validate.

Every fault on the way is gathered, with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path as FilePath

from nnlab.config.comparison import compares
from nnlab.config.defaults import spread_defaults
from nnlab.config.document import Document, Path, dotted, undotted
from nnlab.config.experiment import Experiment
from nnlab.config.hyperparameters import Hyperparameter, declared
from nnlab.config.merging import assignment_path, merge, override
from nnlab.config.problems import Collector, Problem, nearest, shown
from nnlab.config.sampling import merged_faults, sample_picks
from nnlab.config.searching import search_problems
from nnlab.config.space import OpenValue, fill, find_markers
from nnlab.config.yaml_source import read_yaml
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
    faults |= dict.fromkeys(located(document, search_problems(document)))
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
    faults: tuple[Fault, ...] = ()
    if not declared(find_markers(document)[0]):
        message = "No value of the config is open: there is nothing to search."
        remedy = "Mark one, `units: {Int: {min_value: 8, max_value: 64}}`, or use `nnlab train`."
        faults = (Fault(message, "", Location(str(file)), remedy),)
    try:
        config = examine(document)
    except ConfigError as error:
        raise ConfigError(in_file_order([*faults, *error.faults])) from error
    if faults:
        raise ConfigError(faults)
    return config


def load_document(file: str | FilePath, overrides: Sequence[str] = ()) -> Document:
    """Read a file, what it extends, and what the command line changes.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, applied in turn.

    Returns:
        The document, not yet validated; `data.file` in it is absolute. Its `faults` are those that
        leave data to judge: duplicate keys, and assignments that could not be applied.

    Raises:
        ConfigError: For files that cannot be read, are no YAML, or extend each other in a circle.
    """
    document = _read_chain(FilePath(file), ())
    for assignment in overrides:
        try:
            document = anchored(override(document, assignment), FilePath.cwd())
        except ConfigError as error:
            unread = assignment_path(assignment)
            document = replace(
                document,
                faults=(*document.faults, *error.faults),
                unread=(*document.unread, unread) if unread else document.unread,
            )
    return document


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


def _read_chain(
    file: FilePath, chain: tuple[FilePath, ...], where: Location | None = None
) -> Document:
    """A file merged over what it extends."""
    if file.resolve() in chain:
        ring = " -> ".join(link.name for link in (*chain, file))
        message = f"The configs extend each other in a circle: {ring}."
        raise ConfigError((Fault(message, "extends", where, "Remove one `extends`."),))
    document = anchored(read_mapping(file, where), file.parent)
    tree = document.tree
    if compares(tree):
        message = "This file is a comparison, not a config."
        remedy = f"Run it with `nnlab compare variants {file}`."
        raise ConfigError((Fault(message, "", where or Location(str(file), 1, 1), remedy),))
    if "extends" not in tree:
        return document
    base, place = tree["extends"], document.locate(("extends",))
    if not isinstance(base, str):
        message = f"Expected the name of one file. Received: extends={shown(base)}."
        remedy = "Let that file extend the next." if isinstance(base, list) else ""
        fault = Fault(message, "extends", place, remedy or "Write `extends: base.yaml`.")
        below = Document({}, faults=(fault,), is_part=True)
    else:
        try:
            below = _read_chain(file.parent / base, (*chain, file.resolve()), place)
        except ConfigError as error:
            below = Document({}, faults=error.faults, is_part=True)
    merged = merge(below, document)
    rest = {key: value for key, value in merged.tree.items() if key != "extends"}
    return merged.moved(rest, {})


def read_mapping(file: FilePath, where: Location | None = None) -> Document:
    """Read the keys and values of one YAML file, nothing of them judged.

    Args:
        file: The YAML file.
        where: What names it, where that is another file.

    Returns:
        The document, a mapping.

    Raises:
        ConfigError: For a file that cannot be read, is no YAML, or no mapping.
    """
    document = read_yaml(_text(file, where), str(file))
    tree = document.tree
    if isinstance(tree, Mapping):
        return document
    received = "an empty file" if tree is None else shown(tree)
    message = f"Expected keys such as `data`, `model` and `training`. Received: {received}."
    remedy = "`nnlab init` writes a config to start from."
    raise ConfigError((Fault(message, "", Location(str(file), 1, 1), remedy),))


def _text(file: FilePath, where: Location | None) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        message, remedy = f"There is no file {file}.", _other_file(file, extended=where is not None)
    except IsADirectoryError:
        message, remedy = f"{file} is a folder.", "Name a YAML file in it."
    except UnicodeDecodeError:
        message, remedy = f"{file} is not text in UTF-8.", "Save it as UTF-8."
    except OSError as error:
        message, remedy = f"{file} cannot be read: {error.strerror}.", "Check its permissions."
    except ValueError:
        message, remedy = f"{shown(str(file))} is no name of a file.", "Write its path."
    at = where or Location(str(file))
    raise ConfigError((Fault(message, "extends" if where else "", at, remedy),))


def _other_file(file: FilePath, *, extended: bool) -> str:
    """The remedy for a file that is not there."""
    close = None
    with suppress(OSError):
        close = nearest(file.stem, (other.stem for other in file.parent.glob("*.yaml")))
    if close is not None:
        return f"Did you mean `{close}.yaml`?"
    if extended:
        return "Check the path: it starts at the folder of this file."
    return "Check the path; `nnlab init` writes a config to start from."


def anchored(document: Document, folder: FilePath) -> Document:
    """The document with `data.file` made absolute.

    Args:
        document: The document.
        folder: The folder of the file that names the data.

    Returns:
        The document; where its data are no file, or absolute already, as it was.
    """
    data = document.tree.get("data") if isinstance(document.tree, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(data.get("file"), str):
        return document
    file = data["file"]
    # A home that nobody has, a name that no file can have: the data's own reader tells of them.
    with suppress(RuntimeError, ValueError):
        file = str((folder / FilePath(file).expanduser()).resolve())
    return document.moved({**document.tree, "data": {**data, "file": file}}, {})


def located(document: Document, problems: Iterable[Problem]) -> tuple[Fault, ...]:
    """Problems with their places, each once, in the order of the file.

    Args:
        document: The config.
        problems: Problems, with paths from its top.

    Returns:
        Faults, their paths in the words of the file.
    """
    faults: dict[tuple[Location | None, str], Fault] = {}
    for problem in problems:
        path: Path = document.origin(problem.path)
        where = document.locate(problem.path, at_key=problem.at_key)
        fault = Fault(problem.message, dotted(path), where, problem.remedy)
        # What an alias repeats was written once.
        faults.setdefault((where, problem.message), fault)
    return in_file_order(faults.values())


def in_file_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults sorted by their places.

    Args:
        faults: In any order; those of no place come first.
    """
    return tuple(sorted(faults, key=lambda fault: fault.where or Location("")))
