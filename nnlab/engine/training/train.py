"""Train an experiment: from a config to a run folder."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import tensorflow as tf

from nnlab.config import Experiment
from nnlab.config.schema.logged_metrics import metric_directions
from nnlab.config.yaml.document import dump_config
from nnlab.data import PreparedData, prepare
from nnlab.engine.batches import DataAdapter, align_arrays
from nnlab.engine.callbacks.monitor import weights_monitor
from nnlab.engine.loops import EngineSelection
from nnlab.engine.models.builder import dtype_policy
from nnlab.engine.runtime.devices import Device, device_scope, select_device
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.training.context import TrainingContext, TrainingOptions
from nnlab.engine.training.session import Session
from nnlab.engine.training.trainable import make_trainable, restore_state
from nnlab.report.progress import Progress
from nnlab.runs import RunDirectory, RunRecord, environment, translate_os_errors

_RESERVED_BYTES = 16 * 2**10
_DEFAULT_OPTIONS = TrainingOptions()


def train(  # noqa: PLR0913 - keyword arguments
    experiment: Experiment,
    *,
    runs_dir: Path,
    progress: Progress,
    folder: str | None = None,
    command: Sequence[str] = (),
    config_text: str | None = None,
    data: PreparedData | Callable[[], PreparedData] | None = None,
    options: TrainingOptions = _DEFAULT_OPTIONS,
    start_s: float | None = None,
) -> RunRecord:
    """Train an experiment: prepare its data, build and train its model, write a run folder.

    Errors of the request, the config and the data are raised before the folder is created. After
    that, the run always gets a final status. Interrupted and diverged runs also keep their model,
    metrics and plots.

    Args:
        experiment: A concrete config.
        runs_dir: The folder for the run folder.
        progress: Receives the progress.
        folder: The name of the run folder, which must not contain a run. Defaults to None: a new
            name from the experiment's name, the time and a hash.
        command: The command line, for the record.
        config_text: The YAML that the run keeps. Defaults to None: that of the experiment.
        data: The prepared data, or a function that returns them. Defaults to None: prepare them.
        options: Settings beyond the config.
        start_s: Seconds before this call, mostly the import of TensorFlow. Defaults to None: not
            recorded.

    Returns:
        The record of a complete run.

    Raises:
        DeviceError: The device does not exist.
        ConfigError: The sections, or config and data, do not match.
        DataError: The data are unreadable or do not fit.
        RunFailedError: The training diverged, memory ran out, or writing failed.
        RunInterrupted: The user stopped it; the training so far is saved.
    """
    start = time.perf_counter()
    device = select_device(experiment.training.device)
    # The same bits for any number of threads; no measurable cost on a CPU.
    tf.config.experimental.enable_op_determinism()
    with device_scope(device), dtype_policy(experiment.training.dtype_policy):
        if data is None:
            data = prepare(experiment)
        data = align_arrays(data() if callable(data) else data)
        loaded = time.perf_counter()
        trainable = make_trainable(experiment, data, device)
        model, adapter, engine = trainable.model, trainable.adapter, trainable.engine
        if options.load_state_from is not None:
            restore_state(model, options.load_state_from)
        timing = {} if start_s is None else {"start_s": start_s}
        timing |= {"load_s": loaded - start, "build_s": time.perf_counter() - loaded}
        text = config_text or dump_config(experiment)
        # Before the folder is created: from then on, signals must be deferred.
        with Interruption() as interruption:
            run = RunDirectory.create(
                runs_dir,
                experiment.name,
                text,
                folder=folder,
                seed=experiment.seed,
                device=device.name,
                engine=engine.loop.name,
                params=model.count_params(),
                directions=metric_directions(experiment),
                environment=_environment(command, device, engine),
                timing=timing,
                training=_details(experiment, data, adapter, engine),
            )
            with run, _reserve_disk_space(run.path):
                context = TrainingContext(
                    experiment, data, model, adapter, run, progress, interruption, options
                )
                Session(context).execute(engine.loop, start)
    return run.record


def _details(
    experiment: Experiment, data: PreparedData, adapter: DataAdapter, engine: EngineSelection
) -> dict[str, object]:
    """Return the details of a training for the record."""
    parts = {"train": data.train, "validation": data.validation, "test": data.test}
    monitor = weights_monitor(experiment, has_validation=adapter.has_validation)
    return {
        "rows": {name: len(rows or ()) for name, rows in parts.items()},
        "batch_size": adapter.batch_size,
        "steps_per_epoch": adapter.steps_per_epoch,
        "monitor": None if monitor is None else monitor.name,
        "tensorboard": experiment.tensorboard is not False,
        **engine.choice.to_dict(),
    }


def _environment(
    command: Sequence[str], device: Device, engine: EngineSelection
) -> dict[str, object]:
    """Return the environment, and the settings that change the last digits of results."""
    values = environment(command)
    values["device"] = device.description
    values["determinism"] = {
        "op_determinism": True,
        "onednn": values["variables"].get("TF_ENABLE_ONEDNN_OPTS", "1") != "0",
        "jit_compile": engine.choice.jit_compile,
    }
    return values


@contextlib.contextmanager
def _reserve_disk_space(folder: Path) -> Iterator[None]:
    """Reserve 16 KB during a run, to be able to record a full disk."""
    reserved = folder / ".reserved"
    try:
        with translate_os_errors(reserved):
            # Random bytes, because some file systems do not allocate space for zeros.
            reserved.write_bytes(os.urandom(_RESERVED_BYTES))
        yield
    finally:
        reserved.unlink(missing_ok=True)
