"""Access to a run's record and config by dotted keys, such as `metrics.test_accuracy`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from nnlab.errors import DataError

if TYPE_CHECKING:
    from nnlab.runs.io.layout import RunFiles
    from nnlab.runs.records.run import RunRecord

_CONFIG = "config"
_UNPREFIXED_FIELDS = ("metrics", "timing")
_COLUMN_KEYS = {"run": "id", "epochs": "epochs_run", "time": "total_s"}
_RESTORE_HINT = "Another program has changed the file: restore it."


class RunKeys:
    """The record and config of a run, by dotted keys.

    A key is looked up in the record, then in the config (with or without the prefix `config.`). A
    name without dots is also looked up in the metrics and timings: `test_accuracy` is
    `metrics.test_accuracy`. The column names `run`, `epochs` and `time` of the tables are keys,
    too. The value of a class with arguments, `{Adam: {...}}`, is the name of the class.

    Args:
        record: The run's record.
        files: The run's files; the config is read when a key is not in the record.

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
        """Return the value of a key, or None if the run does not have it."""
        path = key.split(".")
        if path[0] == _CONFIG:
            return _class_name(_get(self.config, path[1:]))
        value = _get(self._fields, path)
        if value is None and len(path) == 1:
            tables = (self._fields[name] for name in _UNPREFIXED_FIELDS)
            value = next((table[key] for table in tables if key in table), None)
            if value is None and key in _COLUMN_KEYS:
                return self[_COLUMN_KEYS[key]]
        return _class_name(_get(self.config, path)) if value is None else value

    def has(self, key: str) -> bool:
        """Return whether a key is a field of the record or has a value."""
        return key in self._fields or self[key] is not None

    def names(self) -> list[str]:
        """Return the keys that have a value; those of the config with the prefix `config.`."""
        trees = (flatten(self._fields), flatten(self.config, (_CONFIG,)))
        return [name for tree in trees for name, value in tree if value not in (None, {}, [], "")]

    def section(self, name: str) -> Any:
        """Return a top-level section of the config, or None.

        For many runs, this is much faster than reading the whole configs.
        """
        if "config" in self.__dict__:
            return self.config.get(name)
        try:
            text = self._files.config_yaml.read_text(encoding="utf-8")
            # In configs written by nnlab, a section is the indented lines below its key.
            match = re.search(rf"^{name}:.*\n(?:[ \n].*\n?)*", text, re.MULTILINE)
            tree = _parse_section(match[0]) if match else self.config
        except (OSError, UnicodeDecodeError, DataError):
            return None
        return tree.get(name)

    @cached_property
    def config(self) -> dict[str, Any]:
        """The resolved config as plain data; empty if it cannot be read."""
        # One broken config must not prevent a listing of all runs.
        try:
            return read_config_tree(self._files)
        except DataError:
            return {}

    @cached_property
    def _fields(self) -> dict[str, Any]:
        return {
            field.name: getattr(self.record, field.name)
            for field in dataclasses.fields(self.record)
            if field.name != "process"
        }


def read_config_tree(run: RunFiles) -> dict[str, Any]:
    """Read a run's resolved config as plain data; empty if there is none."""
    try:
        text = run.config_yaml.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(error, str(run.config_yaml)) from error
    return _parse(text, str(run.config_yaml))


@lru_cache(maxsize=1024)
def _parse_section(text: str) -> dict[str, Any]:
    """Parse a section of a config; cached, because many runs have equal sections."""
    return _parse(text, "config.yaml")


def _parse(text: str, source: str) -> dict[str, Any]:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # CSafeLoader is the safe loader in C, ten times as fast.
        tree = yaml.load(text, Loader=loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise _unreadable(error, source) from error
    if not isinstance(tree, dict):
        message = f"Expected {source} to contain a config. Received: {type(tree).__name__}."
        raise DataError(f"{message} {_RESTORE_HINT}")
    return tree


def _unreadable(error: Exception, source: str) -> DataError:
    reason = " ".join(str(error).split())
    message = f"Expected {source} to be readable YAML. Received: {reason}."
    return DataError(f"{message} {_RESTORE_HINT}")


def flatten(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the leaves of a tree with their dotted keys; a list of scalars is one leaf.

    Example:
        >>> dict(flatten({"layers": [{"Dense": {"units": 4}}], "metrics": ["mae"]}))
        {'layers.0.Dense.units': 4, 'metrics': ['mae']}
    """
    if isinstance(tree, Mapping) and tree:
        for name, value in tree.items():
            yield from flatten(value, (*path, str(name)))
    elif isinstance(tree, list) and any(isinstance(item, (Mapping, list)) for item in tree):
        for position, value in enumerate(tree):
            yield from flatten(value, (*path, str(position)))
    else:
        yield ".".join(path), tree


def _class_name(value: Any) -> Any:
    """Return the class of `{Adam: {learning_rate: 0.01}}`, and other values unchanged."""
    return next(iter(value)) if isinstance(value, Mapping) and len(value) == 1 else value


def _get(tree: Any, path: list[str]) -> Any:
    """Return the value at a path, or None."""
    for part in path:
        if isinstance(tree, Mapping):
            tree = tree.get(part)
        elif isinstance(tree, list) and part.isdecimal() and int(part) < len(tree):
            tree = tree[int(part)]
        else:
            return None
    return tree
