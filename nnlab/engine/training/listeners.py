"""Everything that listens to one run's training, put together as its config says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nnlab.config import Experiment
from nnlab.engine.callbacks import (
    AveragedWeights,
    BestWeights,
    EarlyStopping,
    Recorder,
    ReduceLROnPlateau,
    RunCallbacks,
    TerminateOnNaN,
)
from nnlab.engine.callbacks.best_weights import ImprovementTest
from nnlab.engine.callbacks.monitor import Monitor, weights_monitor
from nnlab.engine.callbacks.tensorboard import RunDescription, TensorBoard
from nnlab.engine.models.summary import summarize
from nnlab.engine.training.context import TrainingContext


@dataclass(frozen=True)
class Listeners:
    """What listens to a training.

    Args:
        callbacks: All of it, as a loop calls it.
        recorder: What happened in each epoch.
        best: The weights that the run reports on.
        monitor: What chooses them; None: they are those of the last epoch.
        early_stopping: What may end the training early, if anything.
        tensorboard: What logs for TensorBoard, if anything.
    """

    callbacks: RunCallbacks
    recorder: Recorder
    best: BestWeights
    monitor: Monitor | None
    early_stopping: EarlyStopping | None
    tensorboard: TensorBoard | None

    @property
    def stopped_early(self) -> bool:
        """Whether early stopping has ended the training."""
        return self.early_stopping is not None and self.early_stopping.stopped_epoch > 0


def make_listeners(context: TrainingContext, write_model: Callable[[], None]) -> Listeners:
    """Put together what listens to a training.

    Args:
        context: The run and what it works with.
        write_model: Writes the model, as it is then, to the run's folder.

    Returns:
        The listeners.
    """
    experiment, training = context.experiment, context.experiment.training
    monitor = weights_monitor(experiment, has_validation=context.adapter.has_validation)
    stopping = _early_stopping(experiment)
    best = BestWeights(_rule(monitor, stopping), write_model)
    recorder = Recorder(
        context.run.log_epoch,
        context.progress,
        lambda: None if monitor is None else best.epoch,
        context.interruption,
    )
    watch = TerminateOnNaN(terminate_on_nan=training.terminate_on_nan)
    board = _tensorboard(context)
    # The order counts: each may use what those before it have added to the figures, and the last
    # tells of an epoch that all the others have seen.
    parts = [
        watch,
        AveragedWeights() if training.optimizer.use_ema else None,
        _reduce_lr_on_plateau(experiment),
        stopping,
        best,
        board,
        recorder,
    ]
    listening = [watch, board, recorder] if board and board.logs_batches else [watch, recorder]
    callbacks = RunCallbacks(
        [part for part in parts if part is not None],
        listening,
        context.model,
        epochs=training.epochs,
        steps=context.adapter.steps_per_epoch,
    )
    return Listeners(callbacks, recorder, best, monitor, stopping, board)


def _early_stopping(experiment: Experiment) -> EarlyStopping | None:
    config = experiment.training.early_stopping
    if config is None:
        return None
    return EarlyStopping(config, Monitor.from_experiment(experiment, config.monitor, config.mode))


def _reduce_lr_on_plateau(experiment: Experiment) -> ReduceLROnPlateau | None:
    config = experiment.training.reduce_lr_on_plateau
    if config is None:
        return None
    return ReduceLROnPlateau(
        config, Monitor.from_experiment(experiment, config.monitor, config.mode)
    )


def _rule(monitor: Monitor | None, stopping: EarlyStopping | None) -> ImprovementTest:
    """What says of an epoch whether its weights are the ones to keep."""
    if monitor is None:
        return lambda _: True
    if stopping is not None:
        # By its own rule: `min_delta` and `start_from_epoch` count.
        return lambda _: stopping.improved
    best = monitor.worst

    def is_better(logs: Mapping[str, float]) -> bool:
        nonlocal best
        value = logs[monitor.name]
        if not monitor.is_better(value, than=best):
            return False
        best = value
        return True

    return is_better


def _tensorboard(context: TrainingContext) -> TensorBoard | None:
    config = context.experiment.tensorboard
    if config is False:
        return None
    about = RunDescription(
        context.experiment,
        context.run.config_yaml.read_text(encoding="utf-8"),
        "\n".join(summarize(context.model).lines()),
        context.run.record.id,
    )
    return TensorBoard(config, context.run.tensorboard, context.adapter.batch_spec, about)
