"""The callbacks of a run, created from its config."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nnlab.config import Experiment
from nnlab.config.schema.training import EarlyStopping as EarlyStoppingConfig
from nnlab.config.schema.training import ReduceLROnPlateau as ReduceLROnPlateauConfig
from nnlab.engine.callbacks import (
    AveragedWeights,
    BestWeights,
    EarlyStopping,
    Recorder,
    ReduceLROnPlateau,
    RunCallbacks,
    TerminateOnNaN,
)
from nnlab.engine.callbacks.monitor import Monitor, weights_monitor
from nnlab.engine.callbacks.tensorboard import RunDescription, TensorBoard
from nnlab.engine.callbacks.weights import ImprovementTest
from nnlab.engine.models.summary import summarize
from nnlab.engine.training.context import TrainingContext


@dataclass(frozen=True)
class Listeners:
    """The callbacks of a training.

    Args:
        callbacks: All callbacks, as one list.
        recorder: Records each epoch.
        best: Keeps the weights that the run reports on.
        monitor: Selects these weights; None: those of the last epoch.
        early_stopping: Stops the training early, if configured.
        tensorboard: Writes TensorBoard logs, if configured.
    """

    callbacks: RunCallbacks
    recorder: Recorder
    best: BestWeights
    monitor: Monitor | None
    early_stopping: EarlyStopping | None
    tensorboard: TensorBoard | None

    @property
    def stopped_early(self) -> bool:
        """Whether early stopping stopped the training."""
        return self.early_stopping is not None and self.early_stopping.stopped_epoch > 0


def make_listeners(context: TrainingContext, write_model: Callable[[], None]) -> Listeners:
    """Create the callbacks of a training."""
    experiment, training = context.experiment, context.experiment.training
    monitor = weights_monitor(experiment, has_validation=context.adapter.has_validation)
    early, plateau = training.early_stopping, training.reduce_lr_on_plateau
    stopping = None if early is None else EarlyStopping(early, _monitor(experiment, early))
    best = BestWeights(_improvement_test(monitor, stopping), write_model)
    recorder = Recorder(
        context.run.log_epoch,
        context.progress,
        lambda: None if monitor is None else best.epoch,
        context.interruption,
    )
    terminate = TerminateOnNaN(terminate_on_nan=training.terminate_on_nan)
    board = _tensorboard(context)
    # The order matters: callbacks can use the logs that earlier ones add, and the recorder reports
    # an epoch after all others.
    callbacks = [
        terminate,
        AveragedWeights() if training.optimizer.use_ema else None,
        None if plateau is None else ReduceLROnPlateau(plateau, _monitor(experiment, plateau)),
        stopping,
        best,
        board,
        recorder,
    ]
    logs_batches = board is not None and board.logs_batches
    batch_callbacks = [terminate, board, recorder] if logs_batches else [terminate, recorder]
    run_callbacks = RunCallbacks(
        [callback for callback in callbacks if callback is not None],
        batch_callbacks,
        context.model,
        epochs=training.epochs,
        steps=context.adapter.steps_per_epoch,
    )
    return Listeners(run_callbacks, recorder, best, monitor, stopping, board)


def _monitor(
    experiment: Experiment, config: EarlyStoppingConfig | ReduceLROnPlateauConfig
) -> Monitor:
    return Monitor.from_experiment(experiment, config.monitor, config.mode)


def _improvement_test(monitor: Monitor | None, stopping: EarlyStopping | None) -> ImprovementTest:
    """Return a test whether the weights of an epoch are the best so far."""
    if monitor is None:
        return lambda _: True
    if stopping is not None:
        # With `min_delta` and `start_from_epoch`.
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
    description = RunDescription(
        context.experiment,
        context.run.config_yaml.read_text(encoding="utf-8"),
        "\n".join(summarize(context.model).lines()),
        context.run.record.id,
    )
    return TensorBoard(config, context.run.tensorboard, context.adapter.batch_spec, description)
