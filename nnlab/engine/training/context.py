"""A run and the objects that it uses."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from nnlab.config import Experiment
from nnlab.data import PreparedData
from nnlab.engine.batches import DataAdapter
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.training.options import TrainingOptions
from nnlab.report.progress import Progress
from nnlab.runs import RunDirectory


@dataclass(frozen=True)
class TrainingContext:
    """A run that is ready to start, with its compiled model and its folder."""

    experiment: Experiment
    data: PreparedData
    model: keras.Model
    adapter: DataAdapter
    run: RunDirectory
    progress: Progress
    interruption: Interruption
    options: TrainingOptions
