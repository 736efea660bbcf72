"""Keras' callbacks without their pitfalls, and nnlab's.

All of them are Keras callbacks in one `RunCallbacks`: any loop that calls its hooks once per epoch
can train with them.
"""

from __future__ import annotations

from nnlab.engine.callbacks.callback_list import RunCallbacks
from nnlab.engine.callbacks.early_stopping import EarlyStopping
from nnlab.engine.callbacks.epoch_state import EpochState, EpochStateCallback, ReplayedEpoch
from nnlab.engine.callbacks.recorder import Diverged, Recorder, TerminateOnNaN
from nnlab.engine.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from nnlab.engine.callbacks.stopwatch import Stopwatch
from nnlab.engine.callbacks.weights import AveragedWeights, BestWeights

__all__ = [
    "AveragedWeights",
    "BestWeights",
    "Diverged",
    "EarlyStopping",
    "EpochState",
    "EpochStateCallback",
    "Recorder",
    "ReduceLROnPlateau",
    "ReplayedEpoch",
    "RunCallbacks",
    "Stopwatch",
    "TerminateOnNaN",
]
