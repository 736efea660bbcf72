"""Select the training loop of a run from what is known before the first epoch."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.data import is_on_disk
from nnlab.engine.batches import DataAdapter
from nnlab.engine.callbacks.weights import ema_variables
from nnlab.engine.loops.compiled import CompiledEpochs
from nnlab.engine.loops.epoch_pass import JitCompile
from nnlab.engine.loops.loop import KerasFit, Loop
from nnlab.engine.runtime.devices import Device
from nnlab.runs.records.run import ChunkReason, JitEstimate, LoopChoice, LoopReason

# During the transfer the device holds the rows twice, and the computation needs memory, too.
_MAX_MEMORY_SHARE = 0.25
# Size of a chunk of streamed rows. Half a dozen copies exist at once; smaller ones save no more.
_CHUNK_BYTES = 16 * 2**20

# Measured on two cores with TensorFlow 2.21, for nets of 4 to 30 variables: the overhead of a step
# of `fit` in seconds per variable, and the compile time of XLA, fixed and per variable.
_FIT_STEP_S = 40e-6
_COMPILE_S = 0.3
_COMPILE_S_PER_VARIABLE = 0.03
# The share of the computation that XLA saves by fusion, and the speed of the computation without.
_FUSION_SHARE = 0.25
_FLOP_PER_S = 1.5e11
# Forward, and backward for weights and for inputs: a multiplication and an addition each.
_FLOP_PER_WEIGHT = 6
# Overhead of a step of the loop in seconds per variable: 2 to 200 us.
_LOOP_STEP_S = 10e-6
_LOOP_STEP_S_WITH_XLA = 4e-6
# Shorter epochs run in groups if there are enough: the return to Python costs 1 ms per epoch,
# tracing a group 0.1 s once.
_MAX_GROUPED_EPOCH_S = 0.03
_MIN_GROUPED_EPOCHS = 30
# Tracing a loop takes 40 ms, which it saves in this number of epochs of one step.
_BREAK_EVEN_EPOCHS = 12
# Compiling a smaller last batch and validation doubles the compile time; it saves 0.5 ms per epoch.
_MIN_EPOCHS_TO_COMPILE_ALL = 1000


@dataclass(frozen=True)
class EngineSelection:
    """The training loop of a run, and the reasons for it."""

    loop: Loop
    choice: LoopChoice


def select_engine(
    experiment: Experiment, adapter: DataAdapter, model: keras.Model, device: Device
) -> EngineSelection:
    """Select the training loop of a compiled model.

    Nothing is timed: the same config on the same machine has the same loop, and so the same digits.
    """
    training, board = experiment.training, experiment.tensorboard
    compiled = training.engine != "keras"
    reason = LoopReason.REQUESTED
    if training.engine == "auto":
        if board is not False and (board.update_freq != "epoch" or board.profile_batch):
            reason, compiled = LoopReason.TENSORBOARD_PER_BATCH, False
        elif adapter.steps_per_epoch == 1 and training.epochs <= _BREAK_EVEN_EPOCHS:
            reason, compiled = LoopReason.FEW_STEPS, False
        else:
            reason = LoopReason.NO_BATCH_CALLBACKS
    if compiled:
        return _select_compiled(experiment, adapter, model, device, reason)
    is_jit_requested = training.jit_compile != "auto"
    return EngineSelection(
        KerasFit(), LoopChoice(reason, bool(model.jit_compile), is_jit_requested)
    )


def _chunk(adapter: DataAdapter, device: Device) -> tuple[ChunkReason | None, int | None]:
    """Return why rows are streamed and the rows per chunk; None if all fit on the device."""
    arrays = tf.nest.flatten([adapter.train_arrays, adapter.validation_arrays() or ()])
    total_bytes = sum(array.nbytes for array in arrays)
    if any(is_on_disk(array) for array in arrays):
        reason = ChunkReason.ROWS_ON_DISK
    elif device.memory is not None and total_bytes > _MAX_MEMORY_SHARE * device.memory:
        reason = ChunkReason.DEVICE_MEMORY
    else:
        return None, None
    train_bytes = sum(array.nbytes for array in tf.nest.flatten(adapter.train_arrays))
    return reason, max(1, _CHUNK_BYTES // (train_bytes // adapter.rows))


def _select_compiled(
    experiment: Experiment,
    adapter: DataAdapter,
    model: keras.Model,
    device: Device,
    reason: LoopReason,
) -> EngineSelection:
    training = experiment.training
    steps = training.epochs * adapter.steps_per_epoch
    variables = len(model.variables)
    flop = _FLOP_PER_WEIGHT * model.count_params() * adapter.rows * training.epochs
    estimate = JitEstimate(
        compile_s=_COMPILE_S + _COMPILE_S_PER_VARIABLE * variables,
        saved_s=_FIT_STEP_S * variables * steps + _FUSION_SHARE * flop / _FLOP_PER_S,
    )
    jit_pays_off = estimate.saved_s > estimate.compile_s
    jit = jit_pays_off if training.jit_compile == "auto" else training.jit_compile
    step_s = _LOOP_STEP_S_WITH_XLA if jit else _LOOP_STEP_S
    loop_s = step_s * variables * steps + flop / _FLOP_PER_S
    is_short = (
        loop_s < _MAX_GROUPED_EPOCH_S * training.epochs and training.epochs >= _MIN_GROUPED_EPOCHS
    )
    chunk_reason, chunk_rows = _chunk(adapter, device)
    # Groups are for callbacks that do not need the model itself at the end of each epoch.
    board = experiment.tensorboard
    reads_model = board is not False and (board.histogram_freq > 0 or board.write_images)
    grouped = (
        is_short
        and chunk_rows is None
        and not reads_model
        and ema_variables(model.optimizer) is None
    )
    compile_all = jit and training.epochs >= _MIN_EPOCHS_TO_COMPILE_ALL
    loop = CompiledEpochs(
        JitCompile(full_batches=jit, last_batch=compile_all), grouped=grouped, chunk=chunk_rows
    )
    choice = LoopChoice(
        loop_reason=reason,
        jit_compile=jit,
        jit_requested=training.jit_compile != "auto",
        jit_estimate=estimate,
        chunk_reason=chunk_reason,
        chunk_rows=chunk_rows,
    )
    return EngineSelection(loop, choice)
