"""What is known of a run, by dotted keys: `metrics.test_accuracy`, `config.training.epochs`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from nnlab.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from nnlab.runs.io.layout import RunFiles
    from nnlab.runs.records.run import RunRecord

_CONFIG = "config"
_SHORT = ("metrics", "timing")
HEADINGS = {"run": "id", "epochs": "epochs_run", "time": "total_s"}
"""What tables call keys of the record."""


def read_config_tree(run: RunFiles) -> dict[str, Any]:
    """The resolved config of a run as plain data.

    Args:
        run: The run's files.

    Returns:
        Mappings, lists and scalars; nothing where the run has no config.

    Raises:
        DataError: The file cannot be read, or is no YAML mapping.
    """
    try:
        text = run.config_yaml.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(error, str(run.config_yaml)) from error
    return _tree(text, str(run.config_yaml))


def _tree(text: str, source: str) -> dict[str, Any]:
    """The mapping that a text holds."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # The loader is the safe one, in C: it reads a config ten times faster.
        tree = yaml.load(text, Loader=loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise _unreadable(error, source) from error
    if not isinstance(tree, dict):
        message = f"Expected {source} to hold a config. Received: {type(tree).__name__}."
        raise DataError(f"{message} Something else has changed the file: restore it.")
    return tree


@lru_cache(maxsize=1024)
def _section(text: str) -> dict[str, Any]:
    """A section of a config with its key; many runs have the same."""
    return _tree(text, "config.yaml")


def _unreadable(error: Exception, source: str) -> DataError:
    reason = " ".join(str(error).split())
    message = f"Expected {source} to be readable YAML. Received: {reason}."
    return DataError(f"{message} Something else has changed the file: restore it.")


def leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every value of a tree that holds no further ones, with its dotted key.

    Args:
        tree: Mappings, lists and scalars.
        path: The key of the tree itself.

    Yields:
        Keys, list positions as numbers, and values; a list of scalars is one value.

    Example:
        >>> dict(leaves({"layers": [{"Dense": {"units": 4}}], "metrics": ["mae"]}))
        {'layers.0.Dense.units': 4, 'metrics': ['mae']}
    """
    if isinstance(tree, Mapping) and tree:
        for name, value in tree.items():
            yield from leaves(value, (*path, str(name)))
    elif isinstance(tree, list) and any(isinstance(item, (Mapping, list)) for item in tree):
        for position, value in enumerate(tree):
            yield from leaves(value, (*path, str(position)))
    else:
        yield ".".join(path), tree


class RunKeys:
    """A run's record and config under dotted keys.

    A key is looked for in the record, under `config.` or not in the config, and by its bare name
    among the metrics and timings: `test_accuracy` is `metrics.test_accuracy`. What tables call
    `run`, `epochs` and `time` is a key, too. Of a word with
    arguments, `{Adam: {...}}`, the word is the value.

    Args:
        record: The run's record.
        files: Its files, of which the config is read where a key is not in the record.

    Example:
        >>> from pathlib import Path
        >>> from nnlab.runs import RunFiles, RunRecord
        >>> record = RunRecord("xor-1", "xor", metrics={"loss": 0.25})
        >>> keys = RunKeys(record, RunFiles(Path("runs/xor-1")))
        >>> keys["metrics.loss"], keys["loss"], keys["training.epochs"]
        (0.25, 0.25, None)
    """

    def __init__(self, record: RunRecord, files: RunFiles) -> None:
        self.record = record
        self._files = files

    def __getitem__(self, key: str) -> Any:
        """The value of a key; None where the run has none."""
        path = key.split(".")
        if path[0] == _CONFIG:
            return _word(_down(self.config, path[1:]))
        found = _down(self._plain, path)
        if found is None and len(path) == 1:
            tables = (self._plain[part] for part in _SHORT)
            found = next((table[key] for table in tables if key in table), None)
            if found is None and key in HEADINGS:
                return self[HEADINGS[key]]
        return _word(_down(self.config, path)) if found is None else found

    def has(self, key: str) -> bool:
        """Whether a key is one of the record's fields, or has a value."""
        return key in self._plain or self[key] is not None

    def names(self) -> list[str]:
        """The keys that have a value, those of the config under `config.`."""
        trees = (leaves(self._plain), leaves(self.config, (_CONFIG,)))
        return [name for tree in trees for name, value in tree if value not in (None, {}, [], "")]

    @cached_property
    def _plain(self) -> dict[str, Any]:
        return {
            field.name: getattr(self.record, field.name)
            for field in dataclasses.fields(self.record)
            if field.name != "process"
        }

    def section(self, name: str) -> Any:
        """A section of the config, or None: of many runs much faster to read than the whole.

        Args:
            name: Its key at the top level, `data`.
        """
        if "config" in self.__dict__:
            return self.config.get(name)
        try:
            text = self._files.config_yaml.read_text(encoding="utf-8")
            # nnlab writes a section as lines that are indented below its key.
            found = re.search(rf"^{name}:.*\n(?:[ \n].*\n?)*", text, re.MULTILINE)
            tree = _section(found[0]) if found else self.config
        except (OSError, UnicodeDecodeError, DataError):
            return None
        return tree.get(name)

    @cached_property
    def config(self) -> dict[str, Any]:
        """The resolved config as plain data; nothing where it cannot be read."""
        # A config that somebody has broken must not hide the other runs.
        try:
            return read_config_tree(self._files)
        except DataError:
            return {}


def keys_of(record: RunRecord, runs_dir: Path) -> RunKeys:
    """The keys of a run of a folder.

    Args:
        record: The run's record.
        runs_dir: The folder of all runs.
    """
    from nnlab.runs.io.layout import RunFiles

    return RunKeys(record, RunFiles(runs_dir / record.id))


def _word(value: Any) -> Any:
    """A word with its arguments, `{Adam: {learning_rate: 0.01}}`, counts as the word."""
    return next(iter(value)) if isinstance(value, Mapping) and len(value) == 1 else value


def _down(tree: Any, path: list[str]) -> Any:
    """The value at the end of a path; None where it leads nowhere."""
    for part in path:
        if isinstance(tree, Mapping):
            tree = tree.get(part)
        elif isinstance(tree, list) and part.isdecimal() and int(part) < len(tree):
            tree = tree[int(part)]
        else:
            return None
    return tree
