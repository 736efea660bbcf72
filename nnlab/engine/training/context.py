"""A run and everything it works with."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from nnlab.config import Experiment
from nnlab.data import PreparedData
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.training.options import TrainingOptions
from nnlab.report.progress import Progress
from nnlab.runs import RunDirectory


@dataclass(frozen=True)
class TrainingContext:
    """One run, ready to start.

    Args:
        experiment: The experiment.
        data: Its data.
        model: Its model, compiled.
        adapter: The batches.
        run: The run's folder.
        progress: Is told how it goes.
        interruption: Whether the user wants it to stop.
        options: What is done besides what the config says.
    """

    experiment: Experiment
    data: PreparedData
    model: keras.Model
    adapter: DataAdapter
    run: RunDirectory
    progress: Progress
    interruption: Interruption
    options: TrainingOptions
