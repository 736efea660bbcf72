"""The summary of a model as plain data: one row per layer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.errors import DataError
from nnlab.report.text.formatting import format_count
from nnlab.report.text.table import Cell, Column, Table

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class LayerRow:
    """A layer of a model.

    Args:
        name: The layer's name, unique in the model.
        type: The Keras class, such as `Dense`.
        input_shapes: The shape of each input, None for the batch axis; empty for an input layer.
        output_shape: The shape of the output, None for the batch axis.
        params: The number of parameters.
        trainable: The number of trainable parameters.
        inbound: The names of the layers whose outputs are the inputs, in order.
    """

    name: str
    type: str
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    params: int
    trainable: int
    inbound: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelSummary:
    """A model: its layers and parameter counts.

    Args:
        name: The model's name.
        layers: The layers in topological order.
        params: The number of parameters.
        trainable_params: The number of trainable parameters.
        optimizer_params: The number of optimizer variables' values; None without an optimizer.
    """

    name: str
    layers: tuple[LayerRow, ...]
    params: int
    trainable_params: int
    optimizer_params: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain data for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ModelSummary:
        """Return the summary from `to_dict`'s result, also if read from JSON."""
        try:
            rows = [
                LayerRow(
                    **row
                    | {
                        "input_shapes": tuple(map(tuple, row["input_shapes"])),
                        "output_shape": tuple(row["output_shape"]),
                        "inbound": tuple(row["inbound"]),
                    }
                )
                for row in values["layers"]
            ]
            return cls(**{**values, "layers": tuple(rows)})
        except (KeyError, TypeError) as error:
            message = f"Expected the summary of a model. Received: {type(error).__name__}: {error}."
            raise DataError(
                f"{message} The file was changed by another program: restore it."
            ) from error

    def table(self) -> Table:
        """Return the layers as a table, and with their inputs if the model has branches."""
        columns = (
            Column("layer"),
            Column("type"),
            Column("input"),
            Column("output"),
            Column("parameters", right=True),
            Column("from"),
        )
        rows = [
            (
                Cell(layer.name),
                Cell(layer.type),
                Cell(", ".join(map(format_shape, layer.input_shapes)) or "-"),
                Cell(format_shape(layer.output_shape)),
                Cell(format_count(layer.params)),
                Cell(", ".join(layer.inbound), "dim"),
            )
            for layer in self.layers
        ]
        # In a model without branches, the only input of a layer is the layer above it.
        above = [(), *((layer.name,) for layer in self.layers)]
        has_branches = any(
            layer.inbound not in ((), previous)
            for layer, previous in zip(self.layers, above, strict=False)
        )
        if has_branches:
            return Table(self.name, columns, tuple(rows))
        return Table(self.name, columns[:-1], tuple(row[:-1] for row in rows))

    def totals(self) -> list[str]:
        """Return the parameter counts, one line for the model and one for the optimizer."""
        frozen = self.params - self.trainable_params
        line = f"Parameters: {format_count(self.params)}"
        if frozen:
            trainable = format_count(self.trainable_params)
            line += f" ({trainable} trainable, {format_count(frozen)} non-trainable)"
        if self.optimizer_params is None:
            return [line]
        return [line, f"Optimizer parameters: {format_count(self.optimizer_params)}"]

    def lines(self) -> list[str]:
        """Return the whole summary as plain lines."""
        return [*self.table().lines(), "", *self.totals()]


def format_shape(shape: Shape) -> str:
    """Format a shape without its batch axis; a scalar is "1".

    Example:
        >>> format_shape((None, 28, 28)), format_shape((None,))
        ('28 x 28', '1')
    """
    return " x ".join("?" if axis is None else format_count(axis) for axis in shape[1:]) or "1"
