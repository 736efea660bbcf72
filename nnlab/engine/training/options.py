"""How a training on behalf of a search or a comparison differs from one that a user starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class ScoreThreshold:
    """What a run's figure must reach for its model to be worth a file.

    Args:
        metric: The figure, `val_accuracy`.
        direction: Which way it is better.
        value: The least that will do.

    Example:
        >>> ScoreThreshold("val_loss", "min", 0.3).is_reached({"val_loss": 0.2})
        True
    """

    metric: str
    direction: Literal["min", "max"]
    value: float

    def is_reached(self, metrics: Mapping[str, float]) -> bool:
        """Whether a run's figures are as good.

        Args:
            metrics: The figures by name. NaN is never good.
        """
        value = metrics.get(self.metric, float("nan"))
        return value <= self.value if self.direction == "min" else value >= self.value


@dataclass(frozen=True)
class TrainingOptions:
    """What is done in a training besides what the config says.

    Args:
        pictures: Whether pictures are drawn at the end, and what a report shows is kept.
        test: Whether the test rows are evaluated at the end. A search must not look at them.
        keep_model: Whether the model is kept: always, never, or where a figure is good enough; in
            that case without the optimizer's state.
        initial_epoch: The first epoch, from 0; the last is still `training.epochs`.
        start: What an earlier training left by `leave`; None: begin with the seed's weights.
        leave: Where to leave, at the end, what a later training needs to go on; None: nowhere.
    """

    pictures: bool = True
    test: bool = True
    keep_model: bool | ScoreThreshold = True
    initial_epoch: int = 0
    start: Path | None = None
    leave: Path | None = None
