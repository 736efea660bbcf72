"""JSON records: strict when written, validated when read."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar

from nnlab.errors import DataError, RunNotFoundError
from nnlab.runs.io.atomic import atomic_write, translate_os_errors

StatusT = TypeVar("StatusT", bound=StrEnum)
RecordT = TypeVar("RecordT", bound="JsonRecord")

# The type of a JSON value, and its name in messages, by the type of the record's field. Fields of
# other types, such as enums, are strings.
_JSON_TYPES: dict[str, tuple[type | UnionType, str]] = {
    "int": (int, "an integer"),
    # Infinity is written as a string.
    "float": (int | float | str, "a number"),
    "dict": (dict, "an object"),
    "Process": (dict, "an object"),
    "tuple": (list, "an array"),
}


@dataclasses.dataclass(frozen=True)
class JsonRecord:
    """A record that is stored as a JSON object with one key per field."""

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain data for strict JSON, see `to_strict_json`."""
        return {
            item.name: to_strict_json(getattr(self, item.name)) for item in dataclasses.fields(self)
        }

    def to_json(self) -> str:
        """Return the content of the record's file."""
        text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
        return f"{text}\n"

    def write(self, path: Path) -> None:
        """Write the record's file atomically."""
        with translate_os_errors(path):
            atomic_write(path, self.to_json())


def with_id_from_folder(record: RecordT, path: Path) -> RecordT:
    """Return a record with its folder's name as `id`; folders may be renamed or copied."""
    any_record: Any = record
    name = Path(os.path.abspath(path)).name  # noqa: PTH100 - resolve() would follow a link
    renamed: RecordT = dataclasses.replace(any_record, id=name)
    return renamed


def read_record_text(source: Path, missing: str | None = None) -> str:
    """Read a record's file; if it does not exist, raise RunNotFoundError with message `missing`."""
    try:
        return source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        if missing is not None and isinstance(error, FileNotFoundError | NotADirectoryError):
            raise RunNotFoundError(missing) from error
        raise invalid_record(str(source), f"readable text. Received: {error}") from error


def parse_record(
    record: type[Any], text: str, required: Collection[str], source: str
) -> dict[str, Any]:
    """Parse and validate a record's JSON; unknown keys and nulls are dropped, arrays are tuples.

    Args:
        record: The class of the record, whose annotations are the types of the keys.
        text: The content of the file.
        required: The keys that must be present.
        source: The file's name, for messages.

    Raises:
        DataError: The text is not JSON, or a value is missing or has a wrong type.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise invalid_record(source, f"JSON. Received: {error}") from error
    if not isinstance(document, dict):
        raise invalid_record(source, f"a JSON object. Received: {type(document).__name__}")
    values: dict[str, Any] = {}
    for key, (python_type, type_name) in _field_types(record).items():  # type: ignore[arg-type]
        value = document.get(key)
        if not isinstance(value, python_type) and (value is not None or key in required):
            raise invalid_record(source, f"{type_name} as {key!r}. Received: {key}={value!r}")
        if value is not None:
            values[key] = tuple(value) if isinstance(value, list) else value
    return values


@cache
def _field_types(record: type[Any]) -> dict[str, tuple[type | UnionType, str]]:
    """Return the JSON type of each field by the start of its annotation: `dict[str, float]`."""
    return {
        item.name: _JSON_TYPES.get(re.findall(r"\w+", str(item.type))[0], (str, "a string"))
        for item in dataclasses.fields(record)
    }


def parse_status(enum: type[StatusT], values: Mapping[str, Any], source: str) -> StatusT:
    """Return a record's status as a member of the enum, or raise DataError."""
    try:
        return enum(values["status"])
    except ValueError as error:
        expected = f"a status of {', '.join(enum)}. Received: status={values['status']!r}"
        raise invalid_record(source, expected) from error


def invalid_record(source: str, expected: str) -> DataError:
    """Return the error for a record with unexpected content."""
    hint = "Another program has changed the file: restore it, or delete the run's folder."
    return DataError(f"Expected {source} to contain {expected}. {hint}")


def to_strict_json(value: Any) -> Any:
    """Convert a value to plain data for JSON, which has neither NaN nor infinity (RFC 8259).

    NumPy numbers and dataclasses are converted, too. NaN becomes None, infinity the string
    "Infinity".

    Example:
        >>> to_strict_json({"loss": float("nan"), "steps": (1, float("inf"))})
        {'loss': None, 'steps': [1, 'Infinity']}
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        if math.isnan(number):
            return None
        return number if math.isfinite(number) else ("Infinity" if number > 0 else "-Infinity")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return {str(key): to_strict_json(item) for key, item in value.items()}
    is_sequence = isinstance(value, (list, tuple))
    return [to_strict_json(item) for item in value] if is_sequence else str(value)


def parse_number(value: float | str | None) -> float:
    """Return the number that `to_strict_json` converted, or raise ValueError.

    Example:
        >>> parse_number("-Infinity"), parse_number(None)
        (-inf, nan)
    """
    return math.nan if value is None else float(value)
