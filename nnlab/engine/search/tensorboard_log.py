"""TensorBoard logs of a search: its hyperparameters, and the curves of each trial.

They are written by the main process, without computing with TensorFlow, as one small file per
trial. Keras' callback writes three folders with a file each, which takes a tenth of the time of a
short trial.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.runs import RunFiles
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

_EPOCH_PREFIX = "epoch_"


def write_space(folder: Path, space: Iterable[Hyperparameter], objective: str) -> None:
    """Write the hyperparameters and the objective for the HParams page."""
    from tensorboard.plugins.hparams import api
    from tensorboard.plugins.hparams.summary_v2 import hparams_config_pb

    metric = api.Metric(objective)
    hparams = [api.HParam(hyperparameter.name, _domain(hyperparameter)) for hyperparameter in space]
    _write(folder, [(0, hparams_config_pb(hparams, [metric]))])


def write_trial(
    run: RunFiles, trial: FrozenTrial, name: str, objective: str, score: float | None
) -> None:
    """Write the log of one training of a finished trial.

    Args:
        run: The run of the training.
        trial: The trial.
        name: The name of the trial on the HParams page, which shows the mean of its trainings.
        objective: The metric to optimize.
        score: The score of the training; by default, the page shows that of the last epoch.
    """
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import api_pb2
    from tensorboard.plugins.hparams.summary import session_end_pb
    from tensorboard.plugins.hparams.summary_v2 import hparams_pb

    is_complete = trial.status is TrialStatus.COMPLETE
    status = api_pb2.STATUS_SUCCESS if is_complete else api_pb2.STATUS_FAILURE
    end = time.time()
    start = hparams_pb(trial.values, trial_id=name, start_time_secs=end - trial.seconds)
    summaries = [(0, start)]
    columns = read_history(run.metrics_csv)
    for row, epoch in enumerate(columns.pop("epoch", [])):
        summary = Summary()
        for metric, values in columns.items():
            # The older format has no metadata, which keeps the file within one disk block.
            summary.value.add(tag=f"{_EPOCH_PREFIX}{metric}", simple_value=values[row])
        # Keras' callback also counts epochs from 0.
        summaries.append((int(epoch) - 1, summary))
    if score is not None:
        # A separate event would make the file one disk block larger.
        summaries[-1][1].value.add(tag=objective, simple_value=score)
    _write(run.tensorboard, [*summaries, (0, session_end_pb(status, end_time_secs=end))])


def _write(folder: Path, summaries: Iterable[tuple[int, Any]]) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.summary.writer.record_writer import RecordWriter

    folder.mkdir(parents=True, exist_ok=True)
    now = time.time()
    file = f"events.out.tfevents.{int(now)}.{platform.node()}.{os.getpid()}"
    with (folder / file).open("wb") as opened:
        writer = RecordWriter(opened)
        writer.write(Event(wall_time=now, file_version="brain.Event:2").SerializeToString())
        for step, summary in summaries:
            event = Event(wall_time=now, step=step)
            # Some of TensorBoard's functions return TensorFlow's class of the same message.
            event.summary.MergeFromString(summary.SerializeToString())
            writer.write(event.SerializeToString())


def _domain(hyperparameter: Hyperparameter) -> object:
    from tensorboard.plugins.hparams import api

    low, high, values = (
        hyperparameter.min_value,
        hyperparameter.max_value,
        hyperparameter.values,
    )
    if low is None or high is None:
        types = {type(value) for value in values}
        if types == {int, float}:
            return api.Discrete(list(map(float, values)))
        return api.Discrete(list(values) if len(types) == 1 else list(map(str, values)))
    if hyperparameter.kind == "int":
        return api.IntInterval(int(low), int(high))
    return api.RealInterval(float(low), float(high))
