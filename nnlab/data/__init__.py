"""Rows for training: built-in data sets and files, split and encoded. NumPy in, NumPy out."""

from __future__ import annotations

from nnlab.data.containers.prepared import (
    Column,
    InputSpec,
    PreparedData,
    Rows,
    TargetSpec,
    is_on_disk,
)
from nnlab.data.datasets.catalog import DatasetFacts, catalogue
from nnlab.data.prepare import prepare
from nnlab.data.transforms.shuffle import shuffled_indices

__all__ = [
    "Column",
    "DatasetFacts",
    "InputSpec",
    "PreparedData",
    "Rows",
    "TargetSpec",
    "catalogue",
    "is_on_disk",
    "prepare",
    "shuffled_indices",
]
