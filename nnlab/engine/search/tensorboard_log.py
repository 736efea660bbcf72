"""What TensorBoard shows of a search: its hyperparameters, and the curves of each trial.

Written by the process that searches, without computing with TensorFlow: one small file a trial.
Keras' callback leaves three folders with a file each, and takes a tenth of a short trial's time.
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

_PREFIX = "epoch_"


def write_space(folder: Path, space: Iterable[Hyperparameter], objective: str) -> None:
    """Tell the HParams page what is searched, and by what trials are judged.

    Args:
        folder: The folder for the log.
        space: The hyperparameters.
        objective: The metric.
    """
    from tensorboard.plugins.hparams import api
    from tensorboard.plugins.hparams.summary_v2 import hparams_config_pb

    metric = api.Metric(objective)
    hparams = [api.HParam(one.name, _domain(one)) for one in space]
    _write(folder, [(0, hparams_config_pb(hparams, [metric]))])


def write_trial(
    run: RunFiles, trial: FrozenTrial, name: str, objective: str, score: float | None
) -> None:
    """Log a training of a trial that has ended.

    Args:
        run: The training's run.
        trial: The trial.
        name: What the HParams page calls the trial; it shows the mean of its trainings.
        objective: The metric by which trials are judged.
        score: The training's own; the last epoch, which the page would show else, may be worse.
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
            # The older form needs no words about the curve: a file is one block of a disk.
            summary.value.add(tag=f"{_PREFIX}{metric}", simple_value=values[row])
        # Keras' callback, too, counts epochs from 0.
        summaries.append((int(epoch) - 1, summary))
    if score is not None:
        # Not an event of its own, which would make the file a block longer.
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
            # Some of TensorBoard's functions give TensorFlow's class of the same message.
            event.summary.MergeFromString(summary.SerializeToString())
            writer.write(event.SerializeToString())


def _domain(one: Hyperparameter) -> object:
    from tensorboard.plugins.hparams import api

    if one.min_value is None or one.max_value is None:
        kinds = {type(value) for value in one.values}
        if kinds == {int, float}:
            return api.Discrete(list(map(float, one.values)))
        return api.Discrete(list(one.values) if len(kinds) == 1 else list(map(str, one.values)))
    if one.kind == "int":
        return api.IntInterval(int(one.min_value), int(one.max_value))
    return api.RealInterval(float(one.min_value), float(one.max_value))
