"""The measurement of one point of a benchmark: a training on a device, timed from its start.

The rows are those of the config, or random ones of their shape.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

import keras
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows, prepare
from nnlab.data.datasets.generated import random_rows, supports_random_rows
from nnlab.engine import IMPORT_S
from nnlab.engine.batches import DataAdapter, align_arrays
from nnlab.engine.callbacks import RunCallbacks, Stopwatch
from nnlab.engine.loops.rows import DeviceRows
from nnlab.engine.models.builder import dtype_policy
from nnlab.engine.runtime.devices import Device, device_scope, make_logical_cpus, select_device
from nnlab.engine.training.trainable import Trainable, make_trainable
from nnlab.errors import DataError
from nnlab.runs.records.benchmark import BenchmarkPoint

_RANDOM = "random"
# The stopwatch stops the training.
_MAX_EPOCHS = 2**31 - 1
_MATRIX_SIZE = 8
# The time for steps of one row, as a share of that for steps of full batches.
_ONE_ROW_SHARE = 0.5


@dataclass(frozen=True)
class MeasuredRows:
    """The source of the rows, from which a process can prepare them again.

    Args:
        name: Name of the data set or file, or `random`.
        error: Why the rows are random: the error of loading the data; empty if they are not.
        max_rows: Maximum number of training rows; None: all.
    """

    name: str
    error: str = ""
    max_rows: int | None = None

    def prepare(self, experiment: Experiment) -> PreparedData:
        """Prepare the training rows."""
        dataset = experiment.data.dataset
        source = random_rows(dataset) if dataset is not None and self.name == _RANDOM else None
        data = prepare(experiment, source=source)
        rows, weights = data.train, data.train.sample_weight
        if self.max_rows is not None:
            rows = Rows(
                {name: values[: self.max_rows] for name, values in rows.inputs.items()},
                {name: values[: self.max_rows] for name, values in rows.targets.items()},
                None if weights is None else weights[: self.max_rows],
            )
        return align_arrays(replace(data, train=rows, validation=None, test=None))


def find_rows(experiment: Experiment, max_rows: int | None) -> tuple[MeasuredRows, PreparedData]:
    """Return the rows of a benchmark.

    Random images replace those that cannot be downloaded: the time of a step does not depend on the
    values of pixels.
    """
    dataset = experiment.data.dataset
    rows = MeasuredRows(
        str(experiment.data.file) if dataset is None else dataset.display_name(), max_rows=max_rows
    )
    try:
        return rows, rows.prepare(experiment)
    except DataError as error:
        if not supports_random_rows(dataset):
            raise
        rows = MeasuredRows(_RANDOM, str(error), max_rows)
    return rows, rows.prepare(experiment)


@dataclass(frozen=True)
class BenchmarkTask:
    """A point to measure.

    Args:
        device: Name of the device.
        experiment: The experiment, with the batch size and width of the point.
        rows: The source of the rows.
        width: Units of the hidden layers; None: the config's.
        cpus: Number of logical CPU devices.
        seconds: Time for measuring steps.
        chunks: Minimum number of measurements.
        data: The prepared rows, if inherited from the parent process.
    """

    device: str
    experiment: Experiment
    rows: MeasuredRows
    width: int | None = None
    cpus: int = 1
    seconds: float = 1.5
    chunks: int = 2
    data: PreparedData | None = None


def measure_point(task: BenchmarkTask) -> BenchmarkPoint:
    """Measure a point in a process in which TensorFlow has not computed yet.

    Everything is done as by `nnlab train`, with the same engine, but without an end and without
    output.

    Args:
        task: The point to measure.

    Returns:
        The measurement of this process.

    Raises:
        NnlabError: The device or the data are not available.
    """
    if task.cpus > 1:
        make_logical_cpus(task.cpus)
    device = select_device(task.device)
    if device.kind == "cpu":
        # Otherwise the initialization of unused GPUs would count as startup of the CPU.
        tf.config.set_visible_devices([], "GPU")
    tf.config.experimental.enable_op_determinism()
    with device_scope(device), dtype_policy(task.experiment.training.dtype_policy):
        timing = {"import_s": IMPORT_S, "ready_s": _first_operation_s()}
        data = task.data or task.rows.prepare(task.experiment)
        if device.kind == "gpu":
            tf.config.experimental.reset_memory_stats(_short_name(device))
        start = time.perf_counter()
        trainable = make_trainable(task.experiment, data, device)
        timing["build_s"] = time.perf_counter() - start
        choice = trainable.engine.choice
        part, timing["rows_s"] = _transfer_rows(trainable.adapter, choice.chunk_rows)
        watch = _time_steps(trainable, task, task.seconds)
        step_s = statistics.median(watch.samples_s)
        timing["compile_s"] = max(0.0, watch.first_call_s - watch.first_steps * step_s)
        peak, peak_of = _peak_memory(device)
        flat = tf.nest.flatten(part)
        if trainable.engine.loop.jit_failed:
            choice = replace(choice, jit_compile=False, jit_failed=True)
        flop = count_flop(trainable.model, trainable.adapter)
        return BenchmarkPoint(
            device=task.device,
            batch_size=trainable.adapter.batch_size,
            width=task.width,
            engine=trainable.engine.loop.name,
            params=trainable.model.count_params(),
            rows=trainable.adapter.rows,
            steps_per_epoch=trainable.adapter.steps_per_epoch,
            timing=timing,
            rows_transferred=len(flat[0]),
            rows_bytes=sum(array.nbytes for array in flat),
            is_streamed=choice.chunk_rows is not None,
            is_shared=device.kind == "cpu",
            samples_s=(tuple(watch.samples_s),),
            epochs_s=(tuple(watch.epochs_s),),
            one_row_s=step_s if trainable.adapter.batch_size == 1 else one_row_s(trainable, task),
            flop_per_step=flop,
            peak_bytes=peak,
            peak_of=peak_of,
            losses=watch.losses,
            **choice.to_dict(),
        )


def _time_steps(trainable: Trainable, task: BenchmarkTask, seconds: float) -> Stopwatch:
    """Train until the steps have been timed for this long."""
    steps = trainable.adapter.steps_per_epoch
    watch = Stopwatch(steps, seconds, task.chunks)
    callbacks = RunCallbacks([watch], [watch], trainable.model, 1, steps)
    training = task.experiment.training.model_copy(update={"epochs": _MAX_EPOCHS})
    trainable.engine.loop.run(trainable.model, trainable.adapter, training, callbacks)
    return watch


def one_row_s(trainable: Trainable, task: BenchmarkTask) -> float:
    """Return the seconds of a step of one row, which is the constant cost of a step.

    Engine, XLA and the number of steps per epoch are those of the point, so each step has the same
    share of the constant cost of an epoch.
    """
    adapter = trainable.adapter.subset(trainable.adapter.steps_per_epoch, 1)
    watch = _time_steps(replace(trainable, adapter=adapter), task, _ONE_ROW_SHARE * task.seconds)
    return statistics.median(watch.samples_s)


def count_flop(model: keras.Model, adapter: DataAdapter) -> int | None:
    """Return the floating-point operations of a training step, counted by TensorFlow's profiler.

    It counts matrix products and sums, also of the backward pass, but not all operations; an
    exponential counts as zero.
    """
    spec = tf.nest.map_structure(
        lambda array: tf.TensorSpec((adapter.batch_size, *array.shape[1:]), array.dtype),
        adapter.train_arrays,
    )
    graph = tf.function(model.train_step, autograph=False).get_concrete_function(spec).graph
    profiler = tf.compat.v1.profiler
    builder = profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    result = profiler.profile(graph, options=options)
    return int(result.total_float_ops) or None if result is not None else None


def _first_operation_s() -> float:
    """Return the seconds of the first operation, a matrix product, which loads most libraries."""
    start = time.perf_counter()
    tf.linalg.matmul(
        tf.ones([_MATRIX_SIZE, _MATRIX_SIZE]), tf.ones([_MATRIX_SIZE, _MATRIX_SIZE])
    ).numpy()
    return time.perf_counter() - start


def _transfer_rows(adapter: DataAdapter, chunk: int | None) -> tuple[Any, float]:
    """Transfer all rows, or a chunk if they are streamed, and return them and the seconds."""
    part = tf.nest.map_structure(lambda array: array[:chunk], adapter.train_arrays)
    start = time.perf_counter()
    DeviceRows(part, ordered=False)
    # Copies to a GPU are asynchronous.
    tf.test.experimental.sync_devices()
    return part, time.perf_counter() - start


def _peak_memory(device: Device) -> tuple[int | None, str | None]:
    """Return the peak memory: of TensorFlow on a GPU, otherwise of the process."""
    if device.kind == "gpu":
        return int(tf.config.experimental.get_memory_info(_short_name(device))["peak"]), "device"
    try:
        import resource
    except ImportError:  # Windows
        return None, None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024), "process"


def _short_name(device: Device) -> str:
    return device.tensorflow_name.removeprefix("/device:")
