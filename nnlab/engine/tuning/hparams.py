"""What TensorBoard's HParams page must know of a search: its hyperparameters and its objective."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nnlab.config.hyperparameters import Hyperparameter

_VALIDATION = "val_"


def write_hparams(folder: Path, space: Iterable[Hyperparameter], objective: str) -> None:
    """Write it beside the logs of the trials, without computing with TensorFlow.

    Args:
        folder: The folder for the log.
        space: The hyperparameters.
        objective: The metric that trials are judged by.
    """
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.plugins.hparams import api
    from tensorboard.plugins.hparams.summary_v2 import hparams_config_pb
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    is_validated = objective.startswith(_VALIDATION)
    metric = api.Metric(
        f"epoch_{objective.removeprefix(_VALIDATION)}",
        group="validation" if is_validated else "train",
        display_name=objective,
    )
    hparams = [api.HParam(one.name, _domain(one)) for one in space]
    writer = EventFileWriter(str(folder))
    writer.add_event(Event(summary=hparams_config_pb(hparams, [metric])))
    writer.close()


def _domain(one: Hyperparameter) -> object:
    from tensorboard.plugins.hparams import api

    if one.min_value is None or one.max_value is None:
        values = [value if isinstance(value, bool) else str(value) for value in one.values]
        kinds = {type(value) for value in one.values}
        return api.Discrete(list(one.values) if len(kinds) == 1 else values)
    if one.kind == "int":
        return api.IntInterval(int(one.min_value), int(one.max_value))
    return api.RealInterval(float(one.min_value), float(one.max_value))
