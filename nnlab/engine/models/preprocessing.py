"""Raw columns of a table to the features that a model was trained on, in plain Keras.

What `nnlab.data` does to the rows of a table in numpy is repeated here with layers and operations
that Keras saves and loads by itself, so that a saved model needs neither nnlab nor the table to
take raw rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from nnlab.data.containers.categorical import label, spelt_number
from nnlab.data.containers.prepared import Column, InputSpec
from nnlab.engine.models.unique_names import UniqueNames

_NAME = "preprocessing"
# Up to here float32 holds every whole number.
_EXACT_IN_FLOAT32 = 2**24


def needs_preprocessing(inputs: Mapping[str, InputSpec]) -> bool:
    """Whether raw rows hold what a model does not take: names of categories, missing numbers.

    Args:
        inputs: What each input of the data is.
    """
    columns = [column for spec in inputs.values() for column in spec.columns]
    return any(column.kind == "category" or column.fill is not None for column in columns)


def build_preprocessing(
    inputs: Mapping[str, InputSpec], taken: Iterable[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs for raw columns, and the features that come of them.

    Args:
        inputs: What each input of the data is; all of them of columns.
        taken: Names that the model's other layers have.

    Returns:
        An input [rows, 1] for each column, by the column's name, with `_` for the `/` that Keras
        forbids; and for each input of the data its symbolic tensor [rows, features].
    """
    columns = {column.name: column for spec in inputs.values() for column in spec.columns}
    names = UniqueNames([_NAME, *taken])
    raw = {
        name: keras.Input((1,), dtype=raw_dtype(column), name=names.fresh(name.replace("/", "_")))
        for name, column in columns.items()
    }
    made = _layers(columns, inputs)(list(raw.values()))
    return {tensor.name: tensor for tensor in raw.values()}, made


def _layers(columns: Mapping[str, Column], inputs: Mapping[str, InputSpec]) -> keras.Model:
    """A model of its own: in it no column is called like one of Keras' operations."""
    raw = {
        name: keras.Input((1,), dtype=raw_dtype(column), name=f"column_{number}")
        for number, (name, column) in enumerate(columns.items())
    }
    made = {
        name: _features(spec, [_encoded(column, raw[column.name]) for column in spec.columns])
        for name, spec in inputs.items()
    }
    return keras.Model(list(raw.values()), made, name=_NAME)


def raw_dtype(column: Column) -> str:
    """The type in which a model takes a raw column.

    Args:
        column: The column.

    Returns:
        `string` for text, `float32` for numbers; `int64` for numbers that stand for categories and
        are too large for float32 to tell them apart.

    Example:
        >>> raw_dtype(Column("sex", "category", categories=("female", "male"), encoding="one_hot"))
        'string'
    """
    numbers = _category_numbers(column)
    if column.kind == "category" and numbers is None:
        return "string"
    too_large = numbers is not None and max(map(abs, numbers)) > _EXACT_IN_FLOAT32
    return "int64" if too_large else "float32"


def _encoded(column: Column, raw: Any) -> Any:
    """A column's features, [rows, width]."""
    if column.kind == "number":
        return raw
    code = _code(column, raw)
    if column.encoding == "integer":
        return code
    return ops.cast(ops.equal(code, _codes(column)), "float32")


def _code(column: Column, raw: Any) -> Any:
    """The code of each row's category: from 1, or 0 for one not seen in training, [rows, 1]."""
    numbers = _category_numbers(column)
    if numbers is not None:
        hits = ops.equal(raw, np.array(numbers, raw.dtype))
        return ops.max(ops.where(hits, _codes(column), np.int32(0)), axis=-1, keepdims=True)
    # Keras takes the token for what is unknown out of the vocabulary: no category may be called so.
    unknown = UniqueNames(column.categories).fresh("unknown")
    lookup = keras.layers.StringLookup(
        vocabulary=list(column.categories), oov_token=unknown, name=f"{raw.name}_code"
    )
    return ops.cast(lookup(raw), "int32")


def _codes(column: Column) -> NDArray[np.int32]:
    return np.arange(1, len(column.categories) + 1, dtype=np.int32)


def _category_numbers(column: Column) -> list[float] | None:
    """The numbers that a column's categories are; None where they are text, or there are none.

    Numbers are written as `nnlab.data` writes them and sorted by size; the text `007` is no number.
    """
    numbers = [spelt_number(name) for name in column.categories]
    spelt = [number for number in numbers if number is not None]
    if not spelt or len(spelt) < len(numbers) or spelt != sorted(spelt):
        return None
    return (
        spelt
        if all(label(number) == name for number, name in zip(spelt, column.categories, strict=True))
        else None
    )


def _features(spec: InputSpec, encoded: Sequence[Any]) -> Any:
    """The columns side by side, with each missing number replaced by what stands for it."""
    features = ops.concatenate(encoded, axis=-1) if len(encoded) > 1 else encoded[0]
    if any(column.fill is not None for column in spec.columns):
        fills = [math.nan if column.fill is None else column.fill for column in spec.columns]
        widths = [column.width for column in spec.columns]
        filled = np.repeat(np.array(fills, np.float32), widths)
        features = ops.where(ops.isnan(features), filled, features)
    return ops.cast(features, spec.dtype)
