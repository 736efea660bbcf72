"""Which engine runs the epochs, and why: chosen by what is known before the first of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import keras
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.data import is_on_disk
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.callbacks.averaged_weights import ema_variables
from nnlab.engine.loops.compiled import CompiledEpochs
from nnlab.engine.loops.epoch_pass import JitCompile
from nnlab.engine.loops.keras_fit import KerasFit
from nnlab.engine.loops.loop import Loop
from nnlab.engine.runtime.devices import Device
from nnlab.report.text.numbers import format_percent

# The rows lie on the device twice while they are put there, and the arithmetic needs room, too.
_SHARE_OF_MEMORY = 0.25
# Of rows that come in chunks. Half a dozen copies are on their way at once; smaller ones would save
# nothing more.
_CHUNK_BYTES = 16 * 2**20

# Measured on two cores with TensorFlow 2.21, for nets of 4 to 30 variables: what a step of `fit`
# costs beside its arithmetic, seconds a variable; what XLA's compiler takes, in all and a variable.
_OVERHEAD_S = 40e-6
_COMPILING_S = 0.3
_COMPILING_A_VARIABLE_S = 0.03
# The share of the arithmetic that XLA saves by fusing it, and the pace of the arithmetic without.
_FUSED = 0.25
_FLOP_PER_S = 1.5e11
# Forward, and backward for weights and for inputs: a multiplication and an addition each.
_FLOP_A_WEIGHT = 6
# What a step of the loop costs beside its arithmetic, seconds a variable: 2 to 200 microseconds.
_LOOP_S = 10e-6
_LOOP_BY_XLA_S = 4e-6
# Epochs that take less are run several at once, many of them: coming back to Python after each
# costs a millisecond, tracing them together 0.1 s once.
_SHORT_S = 0.03
_MANY = 30
# A loop around the step takes 40 ms to trace, which it saves in as many epochs of one step.
_FEW_STEPS = 12
_ASKED_FOR = "the config asks for it"
_NO_WAY_BACK = "a step needs no way back to Python"
# XLA for a last batch of fewer rows and for validation takes about as long again to compile, and
# saves half a millisecond an epoch.
_EPOCHS_FOR_ALL = 1000


@dataclass(frozen=True)
class EngineSelection:
    """An engine for a run.

    Args:
        loop: The engine.
        reason: Why it is this one, as a clause: for the run's record.
        xla: Whether XLA compiles the steps.
        chunk: Rows that are brought to the device at once; None: all, once and for all.
    """

    loop: Loop
    reason: str
    xla: bool
    chunk: int | None = None


def select_engine(
    experiment: Experiment, adapter: DataAdapter, model: keras.Model, device: Device
) -> EngineSelection:
    """The engine that a run gets.

    Nothing is timed: the same config on the same machine gets the same engine, and so the same
    digits.

    Args:
        experiment: The experiment.
        adapter: Its batches.
        model: Its compiled model.
        device: The device that does the work.

    Returns:
        The engine and the reason.
    """
    engine = experiment.training.engine
    if engine == "auto":
        why = _for_fit(experiment, adapter)
        if why is not None:
            return EngineSelection(KerasFit(), why, bool(model.jit_compile))
    if engine == "keras":
        return EngineSelection(KerasFit(), _ASKED_FOR, bool(model.jit_compile))
    return _compiled(experiment, adapter, model, device)


def _for_fit(experiment: Experiment, adapter: DataAdapter) -> str | None:
    """Why Keras' `fit` is the one to choose; None where nothing speaks for it."""
    board = experiment.tensorboard
    if board is not False and (board.update_freq != "epoch" or board.profile_batch):
        return "TensorBoard listens to every step"
    if adapter.steps_per_epoch == 1 and experiment.training.epochs <= _FEW_STEPS:
        return "so few steps are over before a loop is traced"
    return None


def _chunk(adapter: DataAdapter, device: Device) -> tuple[int | None, str]:
    """Rows to bring to the device at once, and why; None where all of them fit."""
    arrays = tf.nest.flatten([adapter.train_arrays, adapter.validation_arrays() or ()])
    needed = sum(array.nbytes for array in arrays)
    if any(is_on_disk(array) for array in arrays):
        why = "the rows are on disk"
    elif device.memory is not None and needed > _SHARE_OF_MEMORY * device.memory:
        why = f"the rows take more than {format_percent(_SHARE_OF_MEMORY)} of the device's memory"
    else:
        return None, ""
    bytes_a_row = sum(array.nbytes for array in tf.nest.flatten(adapter.train_arrays)) // adapter.rows
    return max(1, _CHUNK_BYTES // bytes_a_row), f"; {why}: they come in chunks"


def _compiled(
    experiment: Experiment, adapter: DataAdapter, model: keras.Model, device: Device
) -> EngineSelection:
    training = experiment.training
    for_all = training.epochs >= _EPOCHS_FOR_ALL
    wanted = training.jit_compile
    steps = training.epochs * adapter.steps_per_epoch
    variables = len(model.variables)
    flop = _FLOP_A_WEIGHT * model.count_params() * adapter.rows * training.epochs
    saved = _OVERHEAD_S * variables * steps + _FUSED * flop / _FLOP_PER_S
    taken = _COMPILING_S + _COMPILING_A_VARIABLE_S * variables
    pays = saved > taken
    if wanted != "auto":
        pays, what = wanted, f"the config says jit_compile: {str(wanted).lower()}"
    elif pays:
        what = f"XLA takes about {_text(taken)} to compile, and saves about {_text(saved)}"
    else:
        what = f"XLA would take about {_text(taken)} to compile, and save about {_text(saved)}"
    why = _ASKED_FOR if training.engine == "compiled" else _NO_WAY_BACK
    reason = f"{why}; {'with' if pays else 'without'} XLA: {what}"
    loop_s = (_LOOP_BY_XLA_S if pays else _LOOP_S) * variables * steps + flop / _FLOP_PER_S
    is_short = loop_s < _SHORT_S * training.epochs and training.epochs >= _MANY
    chunk, in_chunks = _chunk(adapter, device)
    grouped = is_short and chunk is None and _callbacks_allow_groups(experiment, model)
    xla = JitCompile(whole=pays, last=pays and for_all)
    return EngineSelection(
        CompiledEpochs(xla, grouped=grouped, chunk=chunk), reason + in_chunks, pays, chunk
    )


def _callbacks_allow_groups(experiment: Experiment, model: keras.Model) -> bool:
    """Whether nobody wants the model itself at the end of each epoch."""
    board = experiment.tensorboard
    looks = board is not False and (board.histogram_freq > 0 or board.write_images)
    return not looks and ema_variables(model.optimizer) is None


def _text(seconds: float) -> str:
    """Seconds to two digits: more would be pretence."""
    digits = 1 - math.floor(math.log10(seconds)) if seconds > 0 else 0
    return f"{round(seconds, digits):g} s"
