"""What a model is made of, as plain data: a row for each layer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.errors import DataError
from nnlab.report.text.numbers import count_text
from nnlab.report.text.table import Cell, Column, Table

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class LayerRow:
    """One layer of a model.

    Args:
        name: Its name, unique in the model.
        type: Its Keras class, `Dense`.
        input_shapes: The shape of each input, None for the axis of the rows; an input layer has
            none.
        output_shape: The shape of its output, None for the axis of the rows.
        params: Its weights, trainable or not.
        trainable: Those of them that training changes.
        inbound: The names of the layers whose outputs it takes, in their order.
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
    """A whole model.

    Args:
        name: Its name.
        layers: Its layers; each stands after those it takes its input from.
        params: Weights of the model, trainable or not.
        trainable_params: Those of them that training changes.
        optimizer_params: The optimizer's own variables; None where the model has no optimizer yet.

    Example:
        >>> digit = LayerRow("digit", "Dense", ((None, 784),), (None, 10), 7850, 7850)
        >>> print(ModelSummary("linear", (digit,), 7850, 7850).lines()[2])
        digit  Dense  784    10           7,850
    """

    name: str
    layers: tuple[LayerRow, ...]
    params: int
    trainable_params: int
    optimizer_params: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The summary for JSON: shapes become lists, None stays the axis of the rows."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ModelSummary:
        """What `to_dict` gave, also after a journey through JSON.

        Args:
            values: The mapping.

        Raises:
            DataError: It is no summary.
        """
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
                f"{message} Something else has changed the file: restore it."
            ) from error

    def table(self) -> Table:
        """The layers as a table."""
        columns = (
            Column("layer"),
            Column("type"),
            Column("input"),
            Column("output"),
            Column("parameters", right=True),
            Column("from"),
        )
        branches = _has_branches(self)
        rows = [
            (
                Cell(layer.name),
                Cell(layer.type),
                Cell(", ".join(map(shape_text, layer.input_shapes)) or "-"),
                Cell(shape_text(layer.output_shape)),
                Cell(count_text(layer.params)),
                Cell(", ".join(layer.inbound), "dim"),
            )
            for layer in self.layers
        ]
        if branches:
            return Table(self.name, columns, tuple(rows))
        return Table(self.name, columns[:-1], tuple(row[:-1] for row in rows))

    def totals(self) -> list[str]:
        """How many weights there are, a line for each kind."""
        fixed = self.params - self.trainable_params
        lines = [f"Parameters: {count_text(self.params)}"]
        if fixed:
            lines[0] += f" ({count_text(self.trainable_params)} trainable, {count_text(fixed)} not)"
        if self.optimizer_params is not None:
            lines.append(f"Optimizer's variables: {count_text(self.optimizer_params)}")
        return lines

    def lines(self) -> list[str]:
        """The whole summary as plain lines."""
        return [*self.table().lines(), "", *self.totals()]


def shape_text(shape: Shape) -> str:
    """The shape of one row.

    Args:
        shape: A shape with None first, for the axis of the rows.

    Returns:
        The other axes; "1" where there are none.

    Example:
        >>> shape_text((None, 28, 28)), shape_text((None,))
        ('28 x 28', '1')
    """
    return " x ".join("?" if axis is None else count_text(axis) for axis in shape[1:]) or "1"


def _has_branches(summary: ModelSummary) -> bool:
    """Whether some layer takes its input from elsewhere than the layer above it."""
    before = [(), *((layer.name,) for layer in summary.layers)]
    return any(
        layer.inbound not in ((), above)
        for layer, above in zip(summary.layers, before, strict=False)
    )
