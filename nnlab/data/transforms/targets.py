"""Encodes targets as a loss wants them: one-hot classes, codes of classes, or numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.vocabulary.losses import Loss
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.prepared import TargetSpec
from nnlab.data.transforms.target_column import TargetColumn, any_column
from nnlab.text import join_names, plural

_PATH = "data.target"


@dataclass(frozen=True)
class Output:
    """What the model says of the output that a target is for.

    Args:
        loss: Its loss.
        width: Its units; None where the config does not tell them.
    """

    loss: Loss
    width: int | None

    @property
    def units(self) -> int | None:
        """The width that a target must fit; None where any does, as for vectors that embed rows."""
        return None if self.loss.outputs == "unit_vector" else self.width

    @property
    def encoding(self) -> str:
        """How the loss wants its targets: one_hot, integer or number."""
        return self.loss.targets if self.width is None else self.loss.targets_for(self.width)

    @property
    def two_sided(self) -> bool:
        """Whether a number tells between two classes: a probability, or which side of a margin."""
        return self.encoding == "number" and self.loss.outputs in {"probability", "margin"}


@dataclass(frozen=True)
class EncodedTarget:
    """A target, and how it becomes what its loss wants.

    Args:
        source: Codes of classes [rows] int32, or numbers [rows, units].
        spec: What they become.
        classes: The class of each row, where the target is one.
    """

    source: NDArray[Any]
    spec: TargetSpec
    classes: Categorical | None

    @property
    def dtype(self) -> type[np.generic]:
        """Type of the encoded target."""
        return np.int32 if self.spec.encoding == "integer" else np.float32

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a row of the encoded target."""
        return () if self.spec.encoding == "integer" else (self.spec.units,)

    def encode(self, rows: slice | NDArray[np.int64]) -> NDArray[Any]:
        """Some rows as the loss wants them.

        Args:
            rows: Which ones, in the order that they are to have.

        Returns:
            [rows, units] float32, or codes [rows] int32.
        """
        picked = self.source[rows]
        if self.spec.encoding == "one_hot" and picked.ndim == 1:
            return _one_hot(picked, self.spec.units)
        return picked.reshape(len(picked), *self.shape).astype(self.dtype)


def encode_target(target: TargetColumn, output: Output, issues: DataIssues) -> EncodedTarget | None:
    """Encode a target as its loss wants it.

    Text and bools are classes. Numbers are classes where the loss wants classes, or tells two apart
    and there are just two of them. Classes are numbered in sorted order; whole numbers below the
    output's width keep their own number as code.

    Args:
        target: The target, a value in every row.
        output: The loss and the width of its output.
        issues: Takes what does not fit.

    Returns:
        The encoded target; None where a fault was found.

    Example:
        >>> from nnlab.config.vocabulary.losses import Loss
        >>> kinds = Categorical.of(np.array(["red", "white", "red"]))
        >>> wine = TargetColumn("output", ("kind",), kinds)
        >>> crossentropy = Output(Loss.parse("categorical_crossentropy"), width=2)
        >>> encode_target(wine, crossentropy, DataIssues("wine")).encode(slice(3)).tolist()
        [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    """
    values = target.values
    if not isinstance(values, Categorical):
        if values.ndim > 1:
            return _encode_several(target, values, output, issues)
        if not _means_classes(values, output):
            return _as_numbers(target, values, output, issues)
        fractional = values[values != np.floor(values)]
        if len(fractional) and output.encoding != "number":
            issues.data(
                f"Expected whole numbers or names of classes for {output.loss.display_name()}. "
                f"Received: {fractional[0]:g} in {target}.",
                _PATH,
                "For a number to predict, take a loss like mean_squared_error.",
            )
            return None
        values = _as_codes(values, output)
    return _encode_classes(target, values, output, issues)


def _means_classes(values: NDArray[Any], output: Output) -> bool:
    if output.encoding != "number":
        return True
    if not output.two_sided:
        return False
    different = np.unique(values)
    whole = bool((different == np.floor(different)).all())  # 0.2 and 0.8 are shares, not classes
    return whole and len(different) == 2  # noqa: PLR2004 - two classes


def _as_codes(values: NDArray[Any], output: Output) -> Categorical:
    units = output.units
    if output.encoding != "number" and units and values.min() >= 0 and values.max() < units:
        return Categorical(values.astype(np.int32), tuple(str(code) for code in range(units)))
    return Categorical.of(values.astype(np.float64))


def _encode_classes(
    target: TargetColumn, classes: Categorical, output: Output, issues: DataIssues
) -> EncodedTarget | None:
    count, units = len(classes.names), output.units
    encoding = output.encoding
    if count < 2:  # noqa: PLR2004 - one class cannot be told from another
        issues.data(
            f"Expected two classes or more in {target}. Received: {join_names(classes.names)}.",
            _PATH,
        )
        return None
    if encoding == "number":
        return _classes_as_numbers(target, classes, output, issues)
    if units is not None and (units < count or (encoding == "one_hot" and units > count)):
        other = "binary_crossentropy tells two classes apart by one unit" if units == 1 else ""
        if classes.numbers() is not None:
            other = "a number to predict wants a loss like mean_squared_error"
        issues.data(
            f"Expected as many classes as the output `{target.name}` has units. Received: {count} "
            f"classes in {target} ({join_names(classes.names)}), units={units}.",
            _PATH,
            f"Give the output {count} units{f'; {other}' if other else ''}.",
        )
        return None
    if encoding == "integer":
        return _encoded(target, classes, "integer", 1)
    return _encoded(target, classes, "one_hot", count)


def _classes_as_numbers(
    target: TargetColumn, classes: Categorical, output: Output, issues: DataIssues
) -> EncodedTarget | None:
    count, units = len(classes.names), output.units
    if units == count:
        return _encoded(target, classes, "one_hot", count)
    if count == 2 and units in {1, None}:  # noqa: PLR2004 - the two are 0 and 1
        return _encoded(target, classes, "number", 1)
    numbers = classes.numbers()
    if numbers is None or output.two_sided:
        issues.data(
            f"Expected {'two classes' if output.two_sided else 'numbers'} for "
            f"{output.loss.display_name()}{'' if units is None else f' and units={units}'}. "
            f"Received: {count} classes in {target}, {join_names(classes.names)}.",
            _PATH,
            f"Take sparse_categorical_crossentropy and {count} units.",
        )
        return None
    return _as_numbers(target, numbers[classes.codes], output, issues)


def _as_numbers(
    target: TargetColumn, values: NDArray[Any], output: Output, issues: DataIssues
) -> EncodedTarget | None:
    columns = values.reshape(len(values), -1)
    width = columns.shape[1]
    if output.units not in {width, None}:
        issues.data(
            f"Expected a target as wide as the output `{target.name}`. "
            f"Received: {plural(width, 'column')}, {target}, for units={output.units}.",
            _PATH,
            f"Give the output {plural(width, 'unit')}; for classes, take "
            "sparse_categorical_crossentropy.",
        )
        return None
    lowest = -1 if output.loss.outputs == "margin" else 0
    if output.two_sided and (columns.min() < lowest or columns.max() > 1):
        issues.data(
            f"Expected two classes, or numbers from {lowest} to 1, for "
            f"{output.loss.display_name()}. "
            f"Received: {columns.min():g} to {columns.max():g} in {target}.",
            _PATH,
            "For more classes, take sparse_categorical_crossentropy; for a number to predict, "
            "mean_squared_error.",
        )
        return None
    spec = TargetSpec(target.name, "number", (), "number", width)
    return EncodedTarget(columns, spec, None)


def _encode_several(
    target: TargetColumn, values: NDArray[Any], output: Output, issues: DataIssues
) -> EncodedTarget | None:
    """Several columns: several numbers, or for a loss of classes the share of each class."""
    if output.encoding == "number":
        return _as_numbers(target, values, output, issues)
    shares = values.min() >= 0 and np.allclose(values.sum(axis=1), 1, atol=1e-3)
    one_hot = shares and not any_column(lambda some: (some != 0) & (some != 1), values).any()
    if not (one_hot if output.encoding == "integer" else shares):
        issues.data(
            f"Expected one column of classes, or a column of 0 and 1 for each class, for "
            f"{output.loss.display_name()}. Received: {values.shape[1]} columns, {target}.",
            _PATH,
            "Give each column an output of its own, or take a loss like mean_squared_error.",
        )
        return None
    width = values.shape[1]
    named = len(target.columns) == width
    names = target.columns if named else tuple(str(code) for code in range(width))
    classes = Categorical(values.argmax(axis=1).astype(np.int32), names)
    if output.encoding == "integer" or one_hot:
        return _encode_classes(target, classes, output, issues)
    if output.units not in {width, None}:
        return _encode_classes(target, classes, output, issues)  # notes that the widths differ
    spec = TargetSpec(target.name, "classes", names, "one_hot", width)
    return EncodedTarget(values, spec, classes)


def _encoded(
    target: TargetColumn, classes: Categorical, encoding: Any, units: int
) -> EncodedTarget:
    spec = TargetSpec(target.name, "classes", classes.names, encoding, units)
    return EncodedTarget(classes.codes, spec, classes)


def _one_hot(codes: NDArray[np.int32], count: int) -> NDArray[np.float32]:
    rows = np.zeros((len(codes), count), np.float32)
    rows[np.arange(len(codes)), codes] = 1
    return rows
