"""Encoding of targets for a loss: one-hot classes, class codes, or numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.vocabulary.losses import Loss
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.prepared import TargetSpec
from nnlab.data.transforms.target_column import TargetColumn, any_in_row
from nnlab.text import join_names, plural

_PATH = "data.target"


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
    def encoding(self) -> str:
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
            return _one_hot(values, self.spec.units)
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
    if not isinstance(values, Categorical):
        if values.ndim > 1:
            return _encode_columns(target, values, output, issues)
        if not _are_classes(values, output):
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
        values = _number_classes(values, output)
    return _encode_classes(target, values, output, issues)


def _are_classes(values: NDArray[Any], output: ModelOutput) -> bool:
    if output.encoding != "number":
        return True
    if not output.is_binary:
        return False
    distinct = np.unique(values)
    # 0.2 and 0.8 are probabilities, not classes.
    are_integers = bool((distinct == np.floor(distinct)).all())
    return are_integers and len(distinct) == 2  # noqa: PLR2004 - two classes


def _number_classes(values: NDArray[Any], output: ModelOutput) -> Categorical:
    units = output.units
    if output.encoding != "number" and units and values.min() >= 0 and values.max() < units:
        return Categorical(values.astype(np.int32), tuple(str(code) for code in range(units)))
    return Categorical.from_values(values.astype(np.float64))


def _encode_classes(
    target: TargetColumn, classes: Categorical, output: ModelOutput, issues: DataIssues
) -> EncodedTarget | None:
    count, units = len(classes.categories), output.units
    encoding = output.encoding
    if count < 2:  # noqa: PLR2004 - two classes
        issues.add_data_error(
            f"Expected at least two classes in {target}. "
            f"Received: {join_names(classes.categories)}.",
            _PATH,
        )
        return None
    if encoding == "number":
        return _encode_classes_as_numbers(target, classes, output, issues)
    if units is not None and (units < count or (encoding == "one_hot" and units > count)):
        hint = f"Set the units of the output to {count}"
        if classes.numeric_categories() is not None:
            hint += "; for regression, use a loss such as mean_squared_error"
        elif units == 1:
            hint += "; for two classes, binary_crossentropy needs one unit"
        issues.add_data_error(
            f"Expected as many classes as the output `{target.name}` has units. Received: {count} "
            f"classes in {target} ({join_names(classes.categories)}), units={units}.",
            _PATH,
            f"{hint}.",
        )
        return None
    if encoding == "integer":
        return _encoded_classes(target, classes, "integer", 1)
    return _encoded_classes(target, classes, "one_hot", count)


def _encode_classes_as_numbers(
    target: TargetColumn, classes: Categorical, output: ModelOutput, issues: DataIssues
) -> EncodedTarget | None:
    count, units = len(classes.categories), output.units
    if units == count:
        return _encoded_classes(target, classes, "one_hot", count)
    if count == 2 and units in {1, None}:  # noqa: PLR2004 - the classes are 0 and 1
        return _encoded_classes(target, classes, "number", 1)
    numbers = classes.numeric_categories()
    if numbers is None or output.is_binary:
        issues.add_data_error(
            f"Expected {'two classes' if output.is_binary else 'numbers'} for "
            f"{output.loss.display_name()}{'' if units is None else f' and units={units}'}. "
            f"Received: {count} classes in {target}, {join_names(classes.categories)}.",
            _PATH,
            f"Use sparse_categorical_crossentropy and {count} units.",
        )
        return None
    return _encode_numbers(target, numbers[classes.codes], output, issues)


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
    names = target.columns if has_names else tuple(str(code) for code in range(width))
    classes = Categorical(values.argmax(axis=1).astype(np.int32), names)
    if output.encoding == "integer" or is_one_hot:
        return _encode_classes(target, classes, output, issues)
    if output.units not in {width, None}:
        return _encode_classes(target, classes, output, issues)  # reports the different widths
    spec = TargetSpec(target.name, "classes", names, "one_hot", width)
    return EncodedTarget(values, spec, classes)


def _encoded_classes(
    target: TargetColumn, classes: Categorical, encoding: Any, units: int
) -> EncodedTarget:
    spec = TargetSpec(target.name, "classes", classes.categories, encoding, units)
    return EncodedTarget(classes.codes, spec, classes)


def _one_hot(codes: NDArray[np.int32], count: int) -> NDArray[np.float32]:
    rows = np.zeros((len(codes), count), np.float32)
    rows[np.arange(len(codes)), codes] = 1
    return rows
