"""The one function that runs an experiment: config in, run out."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import tensorflow as tf

from nnlab.config import Experiment
from nnlab.config.schema.metrics import directions
from nnlab.config.yaml.dump import dump_config
from nnlab.data import PreparedData, prepare
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.callbacks.monitor import weights_monitor
from nnlab.engine.loops import EngineSelection
from nnlab.engine.models.builder import dtype_policy
from nnlab.engine.runtime.arrays import align_arrays
from nnlab.engine.runtime.devices import Device, device_scope, select_device
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.training.context import TrainingContext
from nnlab.engine.training.options import TrainingOptions
from nnlab.engine.training.session import Session
from nnlab.engine.training.state import restore_state
from nnlab.engine.training.trainable import make_trainable
from nnlab.report.progress import Progress
from nnlab.runs import RunDirectory, RunRecord, environment, translate_os_errors

_RESERVED_BYTES = 16 * 2**10
_DEFAULT_OPTIONS = TrainingOptions()


def train(  # noqa: PLR0913 - each is named where it is called
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
    """Run an experiment: prepare its data, build its model, train it, leave a run's folder.

    What is wrong with the request, the config or the data is found before the folder is made. After
    that the run always gets its last status: the model, the figures and the pictures are kept of
    one that was interrupted or diverged, too.

    Args:
        experiment: The config, with nothing left to search for.
        runs_dir: The folder in which the run's own is made.
        progress: Is told how it goes.
        folder: The name of the run's own folder, in which there is no run yet; None: a new name,
            made of the experiment's, the time and a hash.
        command: The command line, for the record.
        config_text: The YAML that the run keeps; None: that of the experiment.
        data: The experiment's data, or what gives them, where somebody prepares them already.
        options: What is done besides what the config says.
        start_s: Seconds that the user has waited until here, for TensorFlow above all; None: for
            other runs, too.

    Returns:
        The record of a run that did all that it was asked to.

    Raises:
        DeviceError: There is no such device.
        ConfigError: The sections, or config and data, do not fit each other.
        DataError: The data cannot be read, or do not fit.
        RunFailedError: The training diverged, memory ran out, the disk refused.
        RunInterrupted: The user stopped it. What was trained until then is saved.
    """
    start = time.perf_counter()
    chosen = select_device(experiment.training.device)
    # The same bits however many threads there are; on this machine's CPUs it costs nothing.
    tf.config.experimental.enable_op_determinism()
    with device_scope(chosen), dtype_policy(experiment.training.dtype_policy):
        if data is None:
            data = prepare(experiment)
        data = align_arrays(data() if callable(data) else data)
        loaded = time.perf_counter()
        made = make_trainable(experiment, data, chosen)
        model, adapter, engine = made.model, made.adapter, made.engine
        if options.start is not None:
            restore_state(model, options.start)
        timing = {} if start_s is None else {"start_s": start_s}
        timing |= {"load_s": loaded - start, "build_s": time.perf_counter() - loaded}
        text = config_text or dump_config(experiment)
        # Before the folder is made: from then on a signal must not stop the run where it stands.
        with Interruption() as interruption:
            run = RunDirectory.create(
                runs_dir,
                experiment.name,
                text,
                folder=folder,
                seed=experiment.seed,
                device=chosen.name,
                engine=engine.loop.name,
                params=model.count_params(),
                directions=directions(experiment),
                environment=_environment(command, chosen, engine),
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
    """What a training is made of, for the record."""
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
    """What the run is made with, and whatever changes the last digits of its results."""
    found = environment(command)
    found["device"] = device.description
    found["determinism"] = {
        "op_determinism": True,
        "onednn": found["variables"].get("TF_ENABLE_ONEDNN_OPTS", "1") != "0",
        "jit_compile": engine.choice.jit_compile,
    }
    return found


@contextlib.contextmanager
def _reserve_disk_space(folder: Path) -> Iterator[None]:
    """Hold some space while a run is at work, so that its record can tell of a full disk."""
    held = folder / ".room"
    try:
        with translate_os_errors(held):
            # Random bytes: some file systems store zeros in no space at all.
            held.write_bytes(os.urandom(_RESERVED_BYTES))
        yield
    finally:
        held.unlink(missing_ok=True)
