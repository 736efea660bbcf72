"""Preprocess raw table columns within a saved model, in plain Keras.

These layers and operations repeat what `nnlab.data` does to a table's rows in NumPy. Keras saves
and loads them itself: a saved model takes raw rows without nnlab or the original table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from nnlab.data.containers.categorical import category_name, parse_number
from nnlab.data.containers.prepared import Column, InputSpec
from nnlab.engine.models.keras_objects import UniqueNames

_NAME = "preprocessing"
# float32 represents all integers up to this one.
_MAX_FLOAT32_INTEGER = 2**24


def needs_preprocessing(inputs: Mapping[str, InputSpec]) -> bool:
    """Return whether raw rows have category names or missing values, which no layer takes."""
    columns = [column for spec in inputs.values() for column in spec.columns]
    return any(column.kind == "category" or column.fill is not None for column in columns)


def build_preprocessing(
    inputs: Mapping[str, InputSpec], taken: Iterable[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Build inputs for raw columns, and the features computed from them.

    Args:
        inputs: The specs of the data's inputs by name, all with columns.
        taken: Names of the model's other layers.

    Returns:
        Inputs [batch, 1] by the column's name, with `_` for `/`, which Keras does not allow; and
        symbolic tensors [batch, features] by the name of the data's input.
    """
    columns = {column.name: column for spec in inputs.values() for column in spec.columns}
    names = UniqueNames([_NAME, *taken])
    raw = {
        name: keras.Input((1,), dtype=raw_dtype(column), name=names.unique(name.replace("/", "_")))
        for name, column in columns.items()
    }
    # In a separate model no column has the name of a Keras operation.
    numbered = {
        name: keras.Input((1,), dtype=raw_dtype(column), name=f"column_{number}")
        for number, (name, column) in enumerate(columns.items())
    }
    features = {
        name: _features(spec, [_encode(column, numbered[column.name]) for column in spec.columns])
        for name, spec in inputs.items()
    }
    submodel = keras.Model(list(numbered.values()), features, name=_NAME)
    return {tensor.name: tensor for tensor in raw.values()}, submodel(list(raw.values()))


def raw_dtype(column: Column) -> str:
    """Return the dtype of a raw column: `string` for text and `float32` for numbers.

    Numeric categories too large for float32 are `int64`.
    """
    numbers = _category_numbers(column)
    if column.kind == "category" and numbers is None:
        return "string"
    is_large = numbers is not None and max(map(abs, numbers)) > _MAX_FLOAT32_INTEGER
    return "int64" if is_large else "float32"


def _encode(column: Column, raw: Any) -> Any:
    """Return a column's features, [batch, width]: its categories' codes from 1, 0 if unknown."""
    if column.kind == "number":
        return raw
    codes = np.arange(1, len(column.categories) + 1, dtype=np.int32)
    numbers = _category_numbers(column)
    if numbers is not None:
        matches = ops.equal(raw, np.array(numbers, raw.dtype))
        code = ops.max(ops.where(matches, codes, np.int32(0)), axis=-1, keepdims=True)
    else:
        # Keras removes the out-of-vocabulary token from the vocabulary: it must not be a category.
        oov_token = UniqueNames(column.categories).unique("unknown")
        lookup = keras.layers.StringLookup(
            vocabulary=list(column.categories), oov_token=oov_token, name=f"{raw.name}_code"
        )
        code = ops.cast(lookup(raw), "int32")
    return code if column.encoding == "integer" else ops.cast(ops.equal(code, codes), "float32")


def _category_numbers(column: Column) -> list[float] | None:
    """Return a column's categories as numbers; None if they are text.

    Numbers have the form that `nnlab.data` writes and are sorted by size; `007` is text.
    """
    parsed = [parse_number(name) for name in column.categories]
    numbers = [number for number in parsed if number is not None]
    if not numbers or len(numbers) < len(parsed) or numbers != sorted(numbers):
        return None
    pairs = zip(numbers, column.categories, strict=True)
    return numbers if all(category_name(number) == name for number, name in pairs) else None


def _features(spec: InputSpec, encoded: Sequence[Any]) -> Any:
    """Concatenate columns and impute missing values."""
    features = ops.concatenate(encoded, axis=-1) if len(encoded) > 1 else encoded[0]
    if any(column.fill is not None for column in spec.columns):
        fills = [math.nan if column.fill is None else column.fill for column in spec.columns]
        widths = [column.width for column in spec.columns]
        fill_values = np.repeat(np.array(fills, np.float32), widths)
        features = ops.where(ops.isnan(features), fill_values, features)
    return ops.cast(features, spec.dtype)
