"""The base class of an input's features."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.prepared import InputSpec
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.scaling import Scaling
from nnlab.data.transforms.split import Split

Missing = Literal["error", "drop", "mean", "median"]


class Features(ABC):
    """The features of one input, before the split."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def check(self, missing: Missing, issues: DataIssues) -> NDArray[np.bool_] | None:
        """Report invalid values, and missing ones if `missing` is `error`.

        Returns which rows lack a value, `(rows,)`, or None if no row does.
        """

    @abstractmethod
    def arrange(
        self, split: Split, missing: Missing, scaling: Scaling, issues: DataIssues, storage: Storage
    ) -> tuple[list[NDArray[Any]], InputSpec]:
        """Split and encode the rows, in place if possible; can be called only once.

        Returns:
            Training, validation and test rows, each `(rows, *shape)`, and the input's spec.
        """
