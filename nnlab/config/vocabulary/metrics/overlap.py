"""Intersection over union (IoU)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.metrics import Direction
from nnlab.config.vocabulary.arguments import Fraction, IgnoreClass
from nnlab.config.vocabulary.metrics import AutoName, Metric

NumClasses = Annotated[int, Field(gt=0, description="Number of classes.")]
ClassIds = Annotated[
    list[Annotated[int, Field(ge=0)]], Field(min_length=1, description="Classes to average.")
]
SparseTargets = Annotated[bool, Field(description="Whether targets are integers, not one-hot.")]
SparseOutputs = Annotated[
    bool, Field(description="Whether outputs are class codes, not one per class.")
]
ClassAxis = Annotated[int, Field(description="Axis of the classes.")]


class IoU(Metric):
    """Intersection over union, averaged over some classes."""

    direction: ClassVar[Direction] = "max"

    num_classes: NumClasses
    target_class_ids: ClassIds
    name: AutoName = None
    ignore_class: IgnoreClass = None
    sparse_y_true: SparseTargets = True
    sparse_y_pred: SparseOutputs = True
    axis: ClassAxis = -1

    @model_validator(mode="after")
    def _classes_exist(self) -> Self:
        _check_class_ids(self.target_class_ids, self.num_classes)
        return self


class MeanIoU(Metric):
    """Intersection over union, averaged over all classes."""

    direction: ClassVar[Direction] = "max"

    num_classes: NumClasses
    name: AutoName = None
    ignore_class: IgnoreClass = None
    sparse_y_true: SparseTargets = True
    sparse_y_pred: SparseOutputs = True
    axis: ClassAxis = -1


class BinaryIoU(Metric):
    """Intersection over union of binary targets."""

    direction: ClassVar[Direction] = "max"

    target_class_ids: ClassIds = Field(default_factory=lambda: [0, 1])
    threshold: Fraction = Field(0.5, description="Outputs above it are class 1.")
    name: AutoName = None

    @model_validator(mode="after")
    def _classes_exist(self) -> Self:
        _check_class_ids(self.target_class_ids, 2)
        return self


class OneHotIoU(Metric):
    """Intersection over union of one-hot targets, averaged over some classes."""

    direction: ClassVar[Direction] = "max"

    num_classes: NumClasses
    target_class_ids: ClassIds
    name: AutoName = None
    ignore_class: IgnoreClass = None
    sparse_y_pred: SparseOutputs = False
    axis: ClassAxis = -1

    @model_validator(mode="after")
    def _classes_exist(self) -> Self:
        _check_class_ids(self.target_class_ids, self.num_classes)
        return self


class OneHotMeanIoU(Metric):
    """Intersection over union of one-hot targets, averaged over all classes."""

    direction: ClassVar[Direction] = "max"

    num_classes: NumClasses
    name: AutoName = None
    ignore_class: IgnoreClass = None
    sparse_y_pred: SparseOutputs = False
    axis: ClassAxis = -1


def _check_class_ids(class_ids: list[int], classes: int) -> None:
    issues = [
        Issue(
            ("target_class_ids", position),
            f"Expected a class below {classes}. Received: {class_id}.",
        )
        for position, class_id in enumerate(class_ids)
        if class_id >= classes
    ]
    if issues:
        raise issues_error(issues)
