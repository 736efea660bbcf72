"""Data sets and files, prepared for training: split and encoded NumPy arrays."""

from __future__ import annotations

from nnlab.data.containers.prepared import PreparedData, Rows, TargetSpec, is_on_disk
from nnlab.data.prepare import prepare
from nnlab.data.transforms.split import shuffled_indices

__all__ = ["PreparedData", "Rows", "TargetSpec", "is_on_disk", "prepare", "shuffled_indices"]
