"""The JSON of records: strict where it is written, checked where it is read."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Collection, Mapping
from enum import StrEnum
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeVar

from nnlab.errors import DataError, RunNotFoundError
from nnlab.runs.io.atomic import atomic_write, translate_os_errors

Status = TypeVar("Status", bound=StrEnum)
Named = TypeVar("Named", bound="JsonRecord")
Kind = tuple[type | tuple[type, ...], str]

TEXT: Kind = (str, "a text")
COUNT: Kind = (int, "a whole number")
NUMBER: Kind = ((int, float, str), "a number")
TABLE: Kind = (dict, "an object")
LIST: Kind = (list, "a list")


@dataclasses.dataclass(frozen=True)
class JsonRecord:
    """A record that is kept as a JSON object with a key for each of its fields."""

    def to_dict(self) -> dict[str, Any]:
        """The record as strict JSON can carry it: NaN is None, infinity is the text "Infinity"."""
        return {item.name: strict(getattr(self, item.name)) for item in dataclasses.fields(self)}

    def to_json(self) -> str:
        """The text of the record's file: two blanks of indent, a new line at the end."""
        text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
        return f"{text}\n"

    def write(self, path: Path) -> None:
        """Writes the record's file, whole or not at all.

        Args:
            path: The file.

        Raises:
            RunFailedError: The disk refused.
        """
        with translate_os_errors(path):
            atomic_write(path, self.to_json())


def with_id_from_folder(record: Named, path: Path) -> Named:
    """A record with the id that its folder's name is.

    A folder may have been renamed, or be a copy of another.

    Args:
        record: The record; it has an `id`.
        path: Its folder.
    """
    known: Any = record
    named: Named = dataclasses.replace(known, id=Path(os.path.abspath(path)).name)  # noqa: PTH100 - a link has its own name
    return named


def record_text(source: Path, missing: str | None = None) -> str:
    """The text of a record's file.

    Args:
        source: The file.
        missing: What to say where there is no such file; None: it should be there.

    Raises:
        RunNotFoundError: There is no such file.
        DataError: It cannot be read.
    """
    try:
        return source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        if missing is not None and isinstance(error, FileNotFoundError | NotADirectoryError):
            raise RunNotFoundError(missing) from error
        raise broken(str(source), f"text that can be read. Received: {error}") from error


def read_object(
    text: str, kinds: Mapping[str, Kind], required: Collection[str], source: str
) -> dict[str, Any]:
    """Reads the text of a record; keys that this version does not know are left out, so are nulls.

    Args:
        text: The file's text.
        kinds: What each key holds.
        required: Keys that must be there.
        source: The file's name, for messages.

    Returns:
        The values by key.

    Raises:
        DataError: The text is not JSON, or holds something else.

    Example:
        >>> read_object('{"id": "a", "new": 1, "seed": null}', {"id": TEXT}, ["id"], "a.json")
        {'id': 'a'}
    """
    try:
        values = json.loads(text)
    except ValueError as error:
        raise broken(source, f"JSON. Received: {error}") from error
    if not isinstance(values, dict):
        raise broken(source, f"a JSON object. Received: {type(values).__name__}")
    known = {key: values[key] for key in kinds if values.get(key) is not None}
    for key, (kind, words) in kinds.items():
        wrong = key in known and not isinstance(known[key], kind)
        if wrong or (key in required and key not in known):
            raise broken(source, f"{words} as {key!r}. Received: {key}={values.get(key)!r}")
    return known


def read_status(kind: type[Status], known: Mapping[str, Any], source: str) -> Status:
    """The status of what a record tells of.

    Args:
        kind: The words that there are.
        known: The record's values, `status` among them.
        source: The file's name, for messages.

    Raises:
        DataError: The status is none of the words.
    """
    try:
        return kind(known["status"])
    except ValueError as error:
        message = f"a status of {', '.join(kind)}. Received: status={known['status']!r}"
        raise broken(source, message) from error


def broken(source: str, expected: str) -> DataError:
    """The error for a record that nobody can read.

    Args:
        source: The file.
        expected: What it should hold, and what it does.
    """
    hint = "The file was changed by something else: restore it, or delete the run's folder."
    return DataError(f"Expected {source} to hold {expected}. {hint}")


def strict(value: Any) -> Any:
    """What strict JSON takes for a value: RFC 8259 has neither NaN nor infinity.

    Args:
        value: Plain data, NumPy's numbers and dataclasses among them.

    Returns:
        The same; NaN is None, infinity is the text "Infinity".

    Example:
        >>> strict({"loss": float("nan"), "steps": (1, float("inf"))})
        {'loss': None, 'steps': [1, 'Infinity']}
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return _strict_number(float(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return {str(key): strict(item) for key, item in value.items()}
    return [strict(item) for item in value] if isinstance(value, (list, tuple)) else str(value)


def _strict_number(number: float) -> float | str | None:
    if math.isnan(number):
        return None
    return number if math.isfinite(number) else ("Infinity" if number > 0 else "-Infinity")


def number(value: float | str | None) -> float:
    """The float that `strict` wrote.

    Args:
        value: A number, "Infinity", or None for NaN.

    Raises:
        ValueError: It is a text that is no number.

    Example:
        >>> number("-Infinity"), number(None)
        (-inf, nan)
    """
    return math.nan if value is None else float(value)
