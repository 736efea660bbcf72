"""The features of one input: what is wrong with them, and how they become rows for a model."""

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
    """The features of one input, before they are split.

    Args:
        name: The input's name.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def check(self, missing: Missing, issues: DataIssues) -> NDArray[np.bool_] | None:
        """Note values that cannot be learnt from.

        Args:
            missing: What becomes of missing values; where it is `error` they are noted too.
            issues: Takes the faults.

        Returns:
            Which rows lack a value, [rows]; None where none does.
        """

    @abstractmethod
    def arrange(
        self, split: Split, missing: Missing, scaling: Scaling, issues: DataIssues, storage: Storage
    ) -> tuple[list[NDArray[Any]], InputSpec]:
        """Put the rows into the parts of a split, encoded, in the memory they are in if it can be.

        It can be done once: the features are used up.

        Args:
            split: Which rows go where.
            missing: What becomes of missing values.
            scaling: How the model is to scale numbers.
            issues: Takes what is wrong with the training rows.
            storage: Takes the arrays that are made.

        Returns:
            Training, validation and test rows, and what they are.
        """
