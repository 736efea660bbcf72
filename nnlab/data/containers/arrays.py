"""Rows without named columns: images, word lists, and whatever an NPZ file holds."""

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
_HINT = "Name them x_train and y_train, with x_test and y_test beside them, or x and y."


@dataclass(frozen=True)
class Arrays:
    """Arrays of inputs and targets with one row for each example.

    Args:
        name: What messages call the data.
        inputs: For each input [rows, *shape]: uint8 pixels, float32 numbers, or bools.
        targets: For each target numbers [rows] or [rows, units], or the codes of classes.
        test_rows: How many of the last rows the data themselves keep for the test.
        sample_weight: Each row's weight, [rows].
    """

    name: str
    inputs: dict[str, NDArray[Any]]
    targets: dict[str, NDArray[Any] | Categorical]
    test_rows: int = 0
    sample_weight: NDArray[np.float64] | None = None


def read_npz(
    path: Path, sample_weight: str | None = None, storage: Storage | None = None
) -> Arrays:
    """Read the arrays of an NPZ file that nnlab's names make inputs and targets.

    These are `x_train` and `y_train`, perhaps with `x_test` and `y_test`, or `x` and `y`; of
    several inputs or outputs each has its own, `x_train.NAME`. Weights go by the name that the
    config gives: `NAME_train`, or `NAME` alone. Other arrays are left alone.

    Args:
        path: The file.
        sample_weight: Name of the weights' arrays, if there are any.
        storage: Takes the arrays; None: they are held in memory.

    Returns:
        The arrays, the test rows last.

    Raises:
        DataError: With every fault of the file.
    """
    file = NpzFile(path)
    issues = DataIssues(str(path))
    found = _Found(file.members, sample_weight, issues)
    found.check(issues)
    issues.raise_if_any()

    storage = Storage() if storage is None else storage
    inputs = {name: _read_input(file, found.of("x", name), storage) for name in found.names("x")}
    targets = {name: _read_target(file, found.of("y", name), storage) for name in found.names("y")}
    weight = found.of("weight", "")
    return Arrays(
        name=str(path),
        inputs={name or UNNAMED_INPUT: values for name, values in inputs.items()},
        targets={name or UNNAMED_TARGET: values for name, values in targets.items()},
        test_rows=found.rows("test"),
        sample_weight=file.read([m.name for m in weight], np.float64) if weight else None,
    )


class _Found:
    """Which array of a file is what: by use (x, y, weight), name, and part."""

    def __init__(
        self, members: Mapping[str, Member], sample_weight: str | None, issues: DataIssues
    ) -> None:
        uses = {"x": "x", "y": "y"} | ({sample_weight: "weight"} if sample_weight else {})
        pattern = re.compile(rf"({'|'.join(map(re.escape, uses))})(_train|_test)?(?:\.(.+))?")
        self._members: dict[tuple[str, str], dict[Part, Member]] = {}
        spellings = set()
        for key, member in members.items():
            match = pattern.fullmatch(key)
            if match is None:
                if key.startswith(("x_", "y_", "x.", "y.")):
                    message = f"Expected x or y with _train, _test or no ending. Received: {key}."
                    issues.data(message, hint="Rename it. Validation rows: data.validation_split.")
                continue
            part: Part = "test" if match[2] == "_test" else "train"
            spellings.add(match[2] or "")
            self._members.setdefault((uses[match[1]], match[3] or ""), {})[part] = member
        wanted = ["x", "y", *(["weight"] if sample_weight else [])]
        lacking = [use for use in wanted if not self.names(use)]
        if lacking:
            shown = [sample_weight if use == "weight" else use for use in lacking]
            issues.data(
                f"Expected arrays x and y{f' and {sample_weight}' if sample_weight else ''}. "
                f"Received: no {' and no '.join(str(use) for use in shown)} among "
                f"{join_names(list(members))}.",
                hint=_HINT,
            )
        elif "" in spellings and len(spellings) > 1:
            message = "Expected either x and y, or x_train and y_train. Received both."
            issues.data(message, hint="Keep one of the two.")

    def names(self, use: str) -> list[str]:
        return [name for found, name in self._members if found == use]

    def of(self, use: str, name: str) -> list[Member]:
        """The training array, then that of the test rows."""
        parts = self._members.get((use, name), {})
        order: tuple[Part, Part] = ("train", "test")
        return [parts[part] for part in order if part in parts]

    def rows(self, part: Part) -> int:
        counts = (parts[part].shape[0] for parts in self._members.values() if part in parts)
        return next(counts, 0)

    def check(self, issues: DataIssues) -> None:
        """Note what cannot be read, and arrays that do not fit each other."""
        members = [member for parts in self._members.values() for member in parts.values()]
        for member in members:
            _check_member(member, issues)
        if issues:
            return
        for part in ("train", "test"):
            held = {key: parts[part] for key, parts in self._members.items() if part in parts}
            if held and len(held) < len(self._members):
                lacking = [".".join(filter(None, key)) for key in self._members if key not in held]
                issues.data(
                    f"Expected {part} rows in every array. Received: none for "
                    f"{join_names(lacking)}, but {join_names([m.name for m in held.values()])}.",
                    hint=_HINT,
                )
            if len({member.shape[0] for member in held.values()}) > 1:
                shapes = join_names([str(member) for member in held.values()])
                message = f"Expected arrays of one number of rows. Received: {shapes}."
                issues.data(message, hint="Give each example one row in every array.")
        for parts in self._members.values():
            if len({member.shape[1:] for member in parts.values()}) > 1:
                shapes = join_names([str(member) for member in parts.values()])
                issues.data(f"Expected training and test rows of one shape. Received: {shapes}.")


def _check_member(member: Member, issues: DataIssues) -> None:
    if member.dtype.hasobject:
        issues.data(
            f"Expected arrays of numbers. Received: {member.name} of pickled Python objects, "
            "which could run code and are not read.",
            hint="Save it as an array of numbers; rows of different lengths need padding.",
        )
    elif member.dtype.kind not in ("biufU" if member.name.startswith("y") else "biuf"):
        message = f"Expected an array of numbers. Received: {member}."
        issues.data(message, hint="Convert it to numbers.")
    elif not member.shape:
        issues.data(f"Expected an array with rows. Received: {member}.")


def _read_input(file: NpzFile, members: list[Member], storage: Storage) -> NDArray[Any]:
    """Pixels stay bytes, bools bools; all other numbers become float32."""
    dtype = np.result_type(*(member.dtype for member in members))
    small = dtype in {np.dtype(np.uint8), np.dtype(np.bool_)}
    names = [member.name for member in members]
    values = file.read(names, dtype if small else np.float32, storage.empty)
    return values.reshape(len(values), -1) if values.ndim == 1 else values


def _read_target(
    file: NpzFile, members: list[Member], storage: Storage
) -> NDArray[Any] | Categorical:
    dtype = np.result_type(*(member.dtype for member in members))
    names = [member.name for member in members]
    if dtype.kind in "biuf":
        values = file.read(names, np.float64, storage.empty)
        if values.ndim == 2 and values.shape[1] == 1:  # noqa: PLR2004 - [rows, 1] is [rows]
            values = values[:, 0]
        if dtype.kind != "b":
            return values
        return Categorical.of(values.astype(bool))
    return Categorical.of(file.read(names, dtype).ravel())
