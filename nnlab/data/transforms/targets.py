"""Targets as read, and their encoding for a loss: one-hot classes, class codes, or numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.vocabulary.losses import Encoding, Loss
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues, format_row_numbers
from nnlab.data.containers.memory import any_in_row
from nnlab.data.containers.prepared import TargetSpec
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.features import Missing
from nnlab.data.transforms.partition import encode_parts
from nnlab.data.transforms.split import Split
from nnlab.text import join_names, plural

_PATH = "data.target"


@dataclass(frozen=True)
class TargetColumn:
    """The raw target of one output.

    Args:
        name: The output's name.
        columns: The source columns or array, for messages and class names.
        values: The classes, or numbers `(rows,)` or `(rows, columns)`.
    """

    name: str
    columns: tuple[str, ...]
    values: Categorical | NDArray[Any]

    def __str__(self) -> str:
        """Return the source for messages."""
        return f"`{join_names(self.columns)}`"

    def is_missing(self) -> NDArray[np.bool_]:
        """Return which rows have no target, `(rows,)`."""
        values = self.values
        return (
            values.is_missing() if isinstance(values, Categorical) else any_in_row(np.isnan, values)
        )

    def take(self, rows: NDArray[np.int64], storage: Storage) -> TargetColumn:
        """Return the given rows in the given order, without classes that no row has."""
        values = self.values
        if isinstance(values, Categorical):
            return TargetColumn(self.name, self.columns, values.take(rows).remove_unused())
        split = Split(rows, (len(rows), 0, 0))
        taken, *_ = encode_parts(split, storage, values.shape[1:], values.dtype, values.__getitem__)
        return TargetColumn(self.name, self.columns, taken)


def check_target(target: TargetColumn, missing: Missing, issues: DataIssues) -> bool:
    """Report missing and infinite targets; return whether all rows that are kept have a finite one.

    Missing targets are never imputed: they are errors unless `missing` is `drop`.
    """
    is_missing = target.is_missing()
    if is_missing.any() and missing != "drop":
        issues.add_data_error(
            f"Expected a target in every row. Received: none in {target}, "
            f"{format_row_numbers(np.flatnonzero(is_missing))}.",
            _PATH,
            "Fill these cells, or set data.missing: drop to leave out these rows.",
        )
        return False
    values = target.values
    is_infinite = np.zeros(0) if isinstance(values, Categorical) else any_in_row(np.isinf, values)
    if is_infinite.any():
        rows = format_row_numbers(np.flatnonzero(is_infinite))
        message = f"Expected finite numbers. Received: infinity in {target}, {rows}."
        issues.add_data_error(message, _PATH)
    return not is_infinite.any()


@dataclass(frozen=True)
class ModelOutput:
    """An output of the model: its loss, and its units (None if the config does not define them)."""

    loss: Loss
    width: int | None

    @property
    def units(self) -> int | None:
        """The width that a target must have; None if it is free, as with embedding losses."""
        return None if self.loss.outputs == "unit_vector" else self.width

    @property
    def encoding(self) -> Encoding:
        """The target encoding that the loss needs: one_hot, integer or number."""
        return self.loss.targets if self.width is None else self.loss.targets_for(self.width)

    @property
    def is_binary(self) -> bool:
        """Whether a number separates two classes, as a probability or the side of a margin."""
        return self.encoding == "number" and self.loss.outputs in {"probability", "margin"}


@dataclass(frozen=True)
class EncodedTarget:
    """A target and its encoding.

    Args:
        values: Class codes `(rows,)` int32, or numbers `(rows, units)`.
        spec: The encoding.
        classes: `(rows,)`: the class of each row; None for numbers.
    """

    values: NDArray[Any]
    spec: TargetSpec
    classes: Categorical | None

    @property
    def dtype(self) -> type[np.generic]:
        """The type of the encoded target."""
        return np.int32 if self.spec.encoding == "integer" else np.float32

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a row of the encoded target."""
        return () if self.spec.encoding == "integer" else (self.spec.units,)

    def encode(self, rows: slice | NDArray[np.int64]) -> NDArray[Any]:
        """Encode some rows: `(rows, units)` float32, or codes `(rows,)` int32."""
        values = self.values[rows]
        if self.spec.encoding == "one_hot" and values.ndim == 1:
            one_hot = np.zeros((len(values), self.spec.units), np.float32)
            one_hot[np.arange(len(values)), values] = 1
            return one_hot
        return values.reshape(len(values), *self.shape).astype(self.dtype)


def encode_target(
    target: TargetColumn, output: ModelOutput, issues: DataIssues
) -> EncodedTarget | None:
    """Encode a target for its loss.

    Text and bools are classes. Numbers are classes if the loss needs classes, or if it separates
    two classes and there are exactly two integers. The codes follow the sorted order of the
    classes; integers below the output's units are their own codes.

    Args:
        target: `(rows,)` or `(rows, columns)`, without missing values.
        output: The loss and the units of the output.
        issues: Receives an error if the target does not match the output.

    Returns:
        The encoded target, or None after an error.

    Example:
        >>> from nnlab.config.vocabulary.losses import Loss
        >>> kinds = Categorical.from_values(np.array(["red", "white", "red"]))
        >>> wine = TargetColumn("output", ("kind",), kinds)
        >>> output = ModelOutput(Loss.parse("categorical_crossentropy"), width=2)
        >>> encode_target(wine, output, DataIssues("wine")).encode(slice(3)).tolist()
        [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    """
    values = target.values
    if isinstance(values, Categorical):
        return _encode_classes(target, values, output, issues)
    if values.ndim > 1:
        return _encode_columns(target, values, output, issues)
    are_classes = output.encoding != "number"
    if output.is_binary:
        distinct = np.unique(values)
        # 0.2 and 0.8 are probabilities, not classes.
        are_classes = len(distinct) == 2 and bool((distinct == np.floor(distinct)).all())  # noqa: PLR2004 - two classes
    if not are_classes:
        return _encode_numbers(target, values, output, issues)
    fractions = values[values != np.floor(values)]
    if len(fractions) and output.encoding != "number":
        issues.add_data_error(
            f"Expected whole numbers or class names for {output.loss.display_name()}. "
            f"Received: {fractions[0]:g} in {target}.",
            _PATH,
            "For regression, use a loss such as mean_squared_error.",
        )
        return None
    units = output.units
    if output.encoding != "number" and units and values.min() >= 0 and values.max() < units:
        classes = Categorical(values.astype(np.int32), tuple(map(str, range(units))))
    else:
        classes = Categorical.from_values(values.astype(np.float64))
    return _encode_classes(target, classes, output, issues)


def _encode_classes(
    target: TargetColumn, classes: Categorical, output: ModelOutput, issues: DataIssues
) -> EncodedTarget | None:
    count, units, encoding = len(classes.categories), output.units, output.encoding
    names = join_names(classes.categories)
    if count < 2:  # noqa: PLR2004 - two classes
        message = f"Expected at least two classes in {target}. Received: {names}."
        issues.add_data_error(message, _PATH)
        return None
    if encoding == "number" and units == count:
        encoding = "one_hot"
    if encoding == "number":
        if count > 2 or units not in {1, None}:  # noqa: PLR2004 - two classes are 0 and 1
            numbers = None if output.is_binary else classes.numeric_categories()
            if numbers is not None:
                return _encode_numbers(target, numbers[classes.codes], output, issues)
            issues.add_data_error(
                f"Expected {'two classes' if output.is_binary else 'numbers'} for "
                f"{output.loss.display_name()}{'' if units is None else f' and units={units}'}. "
                f"Received: {count} classes in {target}, {names}.",
                _PATH,
                f"Use sparse_categorical_crossentropy and {count} units.",
            )
            return None
    elif units is not None and (units < count or (encoding == "one_hot" and units > count)):
        hint = f"Set the units of the output to {count}"
        if classes.numeric_categories() is not None:
            hint += "; for regression, use a loss such as mean_squared_error"
        elif units == 1:
            hint += "; for two classes, binary_crossentropy needs one unit"
        issues.add_data_error(
            f"Expected as many classes as the output `{target.name}` has units. "
            f"Received: {count} classes in {target} ({names}), units={units}.",
            _PATH,
            f"{hint}.",
        )
        return None
    width = count if encoding == "one_hot" else 1
    spec = TargetSpec(target.name, "classes", classes.categories, encoding, width)
    return EncodedTarget(classes.codes, spec, classes)


def _encode_numbers(
    target: TargetColumn, values: NDArray[Any], output: ModelOutput, issues: DataIssues
) -> EncodedTarget | None:
    columns = values.reshape(len(values), -1)
    width = columns.shape[1]
    if output.units not in {width, None}:
        issues.add_data_error(
            f"Expected one target column for each unit of the output `{target.name}`. "
            f"Received: {plural(width, 'column')}, {target}, units={output.units}.",
            _PATH,
            f"Set the units of the output to {width}; for classes, use "
            "sparse_categorical_crossentropy.",
        )
        return None
    lowest = -1 if output.loss.outputs == "margin" else 0
    if output.is_binary and (columns.min() < lowest or columns.max() > 1):
        issues.add_data_error(
            f"Expected two classes, or numbers from {lowest} to 1, for "
            f"{output.loss.display_name()}. "
            f"Received: {columns.min():g} to {columns.max():g} in {target}.",
            _PATH,
            "For more classes, use sparse_categorical_crossentropy; for regression, "
            "mean_squared_error.",
        )
        return None
    spec = TargetSpec(target.name, "number", (), "number", width)
    return EncodedTarget(columns, spec, None)


def _encode_columns(
    target: TargetColumn, values: NDArray[Any], output: ModelOutput, issues: DataIssues
) -> EncodedTarget | None:
    """Encode several columns: numbers, or for a loss of classes the probability of each class."""
    if output.encoding == "number":
        return _encode_numbers(target, values, output, issues)
    are_probabilities = values.min() >= 0 and np.allclose(values.sum(axis=1), 1, atol=1e-3)
    is_one_hot = (
        are_probabilities
        and not any_in_row(lambda chunk: (chunk != 0) & (chunk != 1), values).any()
    )
    if not (is_one_hot if output.encoding == "integer" else are_probabilities):
        issues.add_data_error(
            f"Expected one column of classes, or a column of 0 and 1 for each class, for "
            f"{output.loss.display_name()}. Received: {values.shape[1]} columns, {target}.",
            _PATH,
            "Give each column a separate output, or use a loss such as mean_squared_error.",
        )
        return None
    width = values.shape[1]
    has_names = len(target.columns) == width
    names = target.columns if has_names else tuple(map(str, range(width)))
    classes = Categorical(values.argmax(axis=1).astype(np.int32), names)
    # With other units, this reports the different widths.
    if output.encoding == "integer" or is_one_hot or output.units not in {width, None}:
        return _encode_classes(target, classes, output, issues)
    spec = TargetSpec(target.name, "classes", names, "one_hot", width)
    return EncodedTarget(values, spec, classes)
