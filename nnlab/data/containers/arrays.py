"""Arrays of inputs and targets: images, multi-hot texts, and the content of NPZ files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.storage import Storage
from nnlab.data.readers.npz import Member, NpzFile
from nnlab.text import join_names

UNNAMED_INPUT = "input"
UNNAMED_TARGET = "y"

Part = Literal["train", "test"]
_HINT = "Name them x_train and y_train (optionally with x_test and y_test), or x and y."


@dataclass(frozen=True)
class Arrays:
    """Arrays of inputs and targets, without named columns.

    Args:
        name: The data's name in messages.
        inputs: For each input `(rows, *shape)`: uint8 pixels, float32 numbers or bools.
        targets: For each target the numbers `(rows,)` or `(rows, units)`, or the classes.
        test_rows: The number of last rows that the data define as test rows.
        sample_weight: `(rows,)`: each row's weight.
    """

    name: str
    inputs: dict[str, NDArray[Any]]
    targets: dict[str, NDArray[Any] | Categorical]
    test_rows: int = 0
    sample_weight: NDArray[np.float64] | None = None


def read_npz(
    path: Path, sample_weight: str | None = None, storage: Storage | None = None
) -> Arrays:
    """Read the inputs, targets and weights of an NPZ file, test rows last.

    The arrays are named `x_train` and `y_train`, optionally with `x_test` and `y_test`, or `x` and
    `y`. Each of several inputs or outputs has a suffix, `x_train.NAME`. Other arrays are ignored.

    Args:
        path: The file.
        sample_weight: The name of the weights: `NAME_train` or `NAME`. Defaults to no weights.
        storage: Allocates the arrays. Defaults to memory.

    Returns:
        The arrays; numbers become float32, only uint8 and bool keep their type.

    Raises:
        DataError: With all issues of the file.
    """
    file = NpzFile(path)
    issues = DataIssues(str(path))
    layout = _NpzLayout(file.members, sample_weight, issues)
    layout.check(issues)
    issues.raise_if_any()

    storage = Storage() if storage is None else storage
    inputs = {}
    for name, members in layout.members("x").items():
        dtype = np.result_type(*(member.dtype for member in members))
        keeps_dtype = dtype in {np.dtype(np.uint8), np.dtype(np.bool_)}
        member_names = [member.name for member in members]
        values = file.read(member_names, dtype if keeps_dtype else np.float32, storage.empty)
        shape = (-1, 1) if values.ndim == 1 else values.shape
        inputs[name or UNNAMED_INPUT] = values.reshape(shape)
    targets = {
        name or UNNAMED_TARGET: _read_target(file, members, storage)
        for name, members in layout.members("y").items()
    }
    weight = layout.members("weight").get("")
    return Arrays(
        name=str(path),
        inputs=inputs,
        targets=targets,
        test_rows=layout.row_count("test"),
        sample_weight=file.read([m.name for m in weight], np.float64) if weight else None,
    )


class _NpzLayout:
    """The arrays of a file by role (x, y or weight), name and part (train or test)."""

    def __init__(
        self, members: Mapping[str, Member], sample_weight: str | None, issues: DataIssues
    ) -> None:
        roles = {"x": "x", "y": "y"} | ({sample_weight: "weight"} if sample_weight else {})
        pattern = re.compile(rf"({'|'.join(map(re.escape, roles))})(_train|_test)?(?:\.(.+))?")
        self._members: dict[tuple[str, str], dict[Part, Member]] = {}
        suffixes = set()
        for key, member in members.items():
            match = pattern.fullmatch(key)
            if match is None:
                if key.startswith(("x_", "y_", "x.", "y.")):
                    issues.add_data_error(
                        f"Expected x or y with the suffix _train, _test or none. Received: {key}.",
                        hint="Rename it. For validation rows, set data.validation_split.",
                    )
                continue
            part: Part = "test" if match[2] == "_test" else "train"
            suffixes.add(match[2] or "")
            self._members.setdefault((roles[match[1]], match[3] or ""), {})[part] = member
        required = {"x": "x", "y": "y"} | ({"weight": sample_weight} if sample_weight else {})
        missing = [key for role, key in required.items() if not self.members(role)]
        if missing:
            issues.add_data_error(
                f"Expected arrays {', '.join(required.values())}. "
                f"Received: {join_names(list(members))}; missing: {', '.join(missing)}.",
                hint=_HINT,
            )
        elif "" in suffixes and len(suffixes) > 1:
            message = "Expected either x and y, or x_train and y_train. Received: both."
            issues.add_data_error(message, hint="Keep one pair.")

    def members(self, role: str) -> dict[str, list[Member]]:
        """Return by name the training array, then the test array, if present."""
        order: tuple[Part, Part] = ("train", "test")
        return {
            name: [parts[part] for part in order if part in parts]
            for (member_role, name), parts in self._members.items()
            if member_role == role
        }

    def row_count(self, part: Part) -> int:
        counts = (parts[part].shape[0] for parts in self._members.values() if part in parts)
        return next(counts, 0)

    def check(self, issues: DataIssues) -> None:
        """Report arrays that cannot be read, and shapes that do not match."""
        members = [member for parts in self._members.values() for member in parts.values()]
        for member in members:
            _check_member(member, issues)
        if issues:
            return
        for part in ("train", "test"):
            present = {key: parts[part] for key, parts in self._members.items() if part in parts}
            if present and len(present) < len(self._members):
                missing = [
                    ".".join(filter(None, key)) for key in self._members if key not in present
                ]
                issues.add_data_error(
                    f"Expected {part} rows for every array. Received: "
                    f"{join_names([m.name for m in present.values()])}; "
                    f"missing for: {join_names(missing)}.",
                    hint=_HINT,
                )
            if len({member.shape[0] for member in present.values()}) > 1:
                shapes = join_names([str(member) for member in present.values()])
                message = f"Expected arrays with the same number of rows. Received: {shapes}."
                issues.add_data_error(message, hint="Each example needs one row in every array.")
        for parts in self._members.values():
            if len({member.shape[1:] for member in parts.values()}) > 1:
                shapes = join_names([str(member) for member in parts.values()])
                issues.add_data_error(
                    f"Expected training and test rows of the same shape. Received: {shapes}."
                )


def _check_member(member: Member, issues: DataIssues) -> None:
    if member.dtype.hasobject:
        issues.add_data_error(
            f"Expected an array of numbers. Received: {member.name} with pickled Python objects, "
            "which are not read, as they could run code.",
            hint="Save it as an array of numbers; pad rows of different lengths.",
        )
    elif member.dtype.kind not in ("biufU" if member.name.startswith("y") else "biuf"):
        message = f"Expected an array of numbers. Received: {member}."
        issues.add_data_error(message, hint="Convert it to numbers.")
    elif not member.shape:
        issues.add_data_error(f"Expected an array with rows. Received: {member}.")


def _read_target(
    file: NpzFile, members: list[Member], storage: Storage
) -> NDArray[Any] | Categorical:
    dtype = np.result_type(*(member.dtype for member in members))
    names = [member.name for member in members]
    if dtype.kind in "biuf":
        values = file.read(names, np.float64, storage.empty)
        if values.ndim == 2 and values.shape[1] == 1:  # noqa: PLR2004 - (rows, 1) is (rows,)
            values = values[:, 0]
        if dtype.kind != "b":
            return values
        return Categorical.from_values(values.astype(bool))
    return Categorical.from_values(file.read(names, dtype).ravel())
