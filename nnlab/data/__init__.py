"""Data sets and files, prepared for training: split and encoded NumPy arrays."""

from __future__ import annotations

from nnlab.data.containers.prepared import (
    Column,
    InputSpec,
    PreparedData,
    Rows,
    TargetSpec,
    is_on_disk,
)
from nnlab.data.datasets.catalog import DatasetInfo, list_datasets
from nnlab.data.prepare import prepare
from nnlab.data.transforms.split import shuffled_indices

__all__ = [
    "Column",
    "DatasetInfo",
    "InputSpec",
    "PreparedData",
    "Rows",
    "TargetSpec",
    "is_on_disk",
    "list_datasets",
    "prepare",
    "shuffled_indices",
]
