"""One point of a comparison of devices: a training on one of them, timed from its start."""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

import keras
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.data import PreparedData
from nnlab.engine import IMPORT_S
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.benchmark.rows import MeasuredRows
from nnlab.engine.callbacks import RunCallbacks, Stopwatch
from nnlab.engine.loops.rows import DeviceRows
from nnlab.engine.models.builder import dtype_policy
from nnlab.engine.runtime.devices import Device, device_scope, make_logical_cpus, select_device
from nnlab.engine.training.trainable import Trainable, make_trainable
from nnlab.runs.records.benchmark import BenchmarkPoint

# The stopwatch ends the training.
_ENDLESS = 2**31 - 1
_SMALL = 8
# Of the time for a point's steps what its steps of one row get.
_SHARE = 0.5


@dataclass(frozen=True)
class BenchmarkTask:
    """A point to measure.

    Args:
        device: The device's name.
        experiment: The experiment, with the point's batch size and width.
        rows: Which rows to train on.
        width: The point's width.
        cpus: How many logical devices the CPU is to be.
        seconds: How long to time the steps.
        pieces: How many times at least.
        data: The rows, where somebody has prepared them.
    """

    device: str
    experiment: Experiment
    rows: MeasuredRows
    width: int | None = None
    cpus: int = 1
    seconds: float = 1.5
    pieces: int = 2
    data: PreparedData | None = None


def measure_point(task: BenchmarkTask) -> BenchmarkPoint:
    """Measure a point, in a process in which TensorFlow has computed nothing yet.

    Everything is done as `nnlab train` does it, up to the engine that runs the epochs; only the
    epochs have no end, and nothing is written.

    Args:
        task: What to measure.

    Returns:
        The point as this process saw it.

    Raises:
        NnlabError: The device, or the data, cannot be had.
    """
    if task.cpus > 1:
        make_logical_cpus(task.cpus)
    device = select_device(task.device)
    if device.kind == "cpu":
        # To get GPUs ready that are not used would count as the CPU's start.
        tf.config.set_visible_devices([], "GPU")
    tf.config.experimental.enable_op_determinism()
    with device_scope(device), dtype_policy(task.experiment.training.dtype_policy):
        timing = {"import_s": IMPORT_S, "ready_s": _ready_s()}
        data = task.data or task.rows.prepare(task.experiment)
        _reset_peak(device)
        begun = time.perf_counter()
        made = make_trainable(task.experiment, data, device)
        timing["build_s"] = time.perf_counter() - begun
        part, timing["rows_s"] = _brought(made.adapter, made.engine.choice.chunk_rows)
        watch = _timed(made, task, task.seconds)
        step_s = statistics.median(watch.samples_s)
        timing["compile_s"] = max(0.0, watch.first_call_s - watch.first_steps * step_s)
        peak, peak_of = _peak(device)
        flat = tf.nest.flatten(part)
        choice = made.engine.choice
        if made.engine.loop.jit_failed:
            choice = replace(choice, jit_compile=False, jit_failed=True)
        flop = count_flop(made.model, made.adapter)
        return BenchmarkPoint(
            device=task.device,
            batch_size=made.adapter.batch_size,
            width=task.width,
            engine=made.engine.loop.name,
            params=made.model.count_params(),
            rows=made.adapter.rows,
            steps_per_epoch=made.adapter.steps_per_epoch,
            timing=timing,
            rows_brought=len(flat[0]),
            rows_bytes=sum(array.nbytes for array in flat),
            is_streamed=choice.chunk_rows is not None,
            is_shared=device.kind == "cpu",
            samples_s=(tuple(watch.samples_s),),
            epochs_s=(tuple(watch.epochs_s),),
            one_row_s=step_s if made.adapter.batch_size == 1 else one_row_s(made, task),
            flop_per_step=flop,
            peak_bytes=peak,
            peak_of=peak_of,
            losses=watch.losses,
            **choice.to_dict(),
        )


def _timed(made: Trainable, task: BenchmarkTask, seconds: float) -> Stopwatch:
    """Train until the steps were timed for that long."""
    steps = made.adapter.steps_per_epoch
    watch = Stopwatch(steps, seconds, task.pieces)
    callbacks = RunCallbacks([watch], [watch], made.model, 1, steps)
    training = task.experiment.training.model_copy(update={"epochs": _ENDLESS})
    made.engine.loop.run(made.model, made.adapter, training, callbacks)
    return watch


def one_row_s(made: Trainable, task: BenchmarkTask) -> float:
    """Seconds of a step of one row: what a point's steps cost, however few rows they hold.

    All else is as in the point's own steps: the engine, XLA, and how many of them an epoch has, so
    that each bears as much of what an epoch costs as such.

    Args:
        made: What trains the point.
        task: The point.

    Returns:
        The median, in seconds.
    """
    cut = made.adapter.subset(made.adapter.steps_per_epoch, 1)
    return statistics.median(
        _timed(replace(made, adapter=cut), task, _SHARE * task.seconds).samples_s
    )


def count_flop(model: keras.Model, adapter: DataAdapter) -> int | None:
    """Floating-point operations of a training step, counted by TensorFlow's own profiler.

    It knows what matrix products and sums cost, of the backward pass too; some operations, such as
    exponentials, it counts as nothing.

    Args:
        model: The compiled model, ready to train.
        adapter: Its batches.

    Returns:
        The count; None where it finds none.
    """
    spec = tf.nest.map_structure(
        lambda array: tf.TensorSpec((adapter.batch_size, *array.shape[1:]), array.dtype),
        adapter.train_arrays,
    )
    graph = tf.function(model.train_step, autograph=False).get_concrete_function(spec).graph
    profiler = tf.compat.v1.profiler
    builder = profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    counted = profiler.profile(graph, options=options)
    return int(counted.total_float_ops) or None if counted is not None else None


def _ready_s() -> float:
    """Seconds until a device has done its first operation, a product of matrices, which loads most.

    Its answer must be here before the clock stops.
    """
    begun = time.perf_counter()
    tf.linalg.matmul(tf.ones([_SMALL, _SMALL]), tf.ones([_SMALL, _SMALL])).numpy()
    return time.perf_counter() - begun


def _brought(adapter: DataAdapter, chunk: int | None) -> tuple[Any, float]:
    """Rows, and the seconds in which they come to the device: all, or a chunk where they stream."""
    part = tf.nest.map_structure(lambda array: array[:chunk], adapter.train_arrays)
    begun = time.perf_counter()
    DeviceRows(part, ordered=False)
    # Copies to a GPU go on while Python does.
    tf.test.experimental.sync_devices()
    return part, time.perf_counter() - begun


def _reset_peak(device: Device) -> None:
    if device.kind == "gpu":
        tf.config.experimental.reset_memory_stats(_short_name(device))


def _peak(device: Device) -> tuple[int | None, str | None]:
    """Memory at the most: of a GPU what TensorFlow held there, else what the process held."""
    if device.kind == "gpu":
        return int(tf.config.experimental.get_memory_info(_short_name(device))["peak"]), "device"
    try:
        import resource
    except ImportError:  # Windows
        return None, None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024), "process"


def _short_name(device: Device) -> str:
    return device.tensorflow_name.removeprefix("/device:")
