"""A run from its folder to its final status: fit, keep the best weights, test, plot, record."""

from __future__ import annotations

import contextlib
import errno
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnlab.engine.callbacks import Diverged, RunCallbacks
from nnlab.engine.loops import Loop
from nnlab.engine.models.export import export_model, export_without_optimizer, save_model
from nnlab.engine.models.summary import summarize
from nnlab.engine.training.context import TrainingContext
from nnlab.engine.training.divergence import divergence_hints
from nnlab.engine.training.gradients import sample_batch
from nnlab.engine.training.listeners import make_listeners
from nnlab.engine.training.plots import TrainedModel, draw_plots
from nnlab.engine.training.trainable import save_state
from nnlab.errors import RunFailedError, RunInterrupted
from nnlab.report.progress import StartInfo
from nnlab.runs import RunStatus, atomic_write, translate_os_errors
from nnlab.runs.io.json_record import to_strict_json
from nnlab.text import plural

_DISK_FULL = "No space left on device"
_OUT_OF_MEMORY = (
    "Out of memory. Try a smaller batch, --set training.batch_size=32, or fewer units per layer."
)


@dataclass(frozen=True)
class Ending:
    """How a training ended.

    Args:
        status: The final status of the run.
        stopped_by: `epochs`, `early_stopping`, `user`, `divergence` or `memory`.
        error: The reason, unless the run is complete.
    """

    status: RunStatus
    stopped_by: str
    error: str | None = None


_INTERRUPTED = Ending(RunStatus.INTERRUPTED, "user", "Interrupted by the user.")


class Session:
    """A running training."""

    def __init__(self, context: TrainingContext) -> None:
        self._context = context
        self._model, self._run, self._options = context.model, context.run, context.options
        self._exported: keras.Model | None = None
        self._first_weights = context.model.get_weights() if context.options.plots else []
        is_kept = context.options.keep_model is True
        self._listeners = make_listeners(context, self._write_model if is_kept else lambda: None)

    def execute(self, loop: Loop, started: float) -> None:
        """Train, write the final status of the run, and raise an error unless it is complete."""
        monitor, board = self._listeners.monitor, self._listeners.tensorboard
        info = StartInfo(
            name=self._context.experiment.name,
            device=str(self._run.record.device),
            engine=loop.name,
            epochs=self._context.experiment.training.epochs,
            steps_per_epoch=self._context.adapter.steps_per_epoch,
            rows=self._context.adapter.rows,
            params=self._model.count_params(),
            monitor=None if monitor is None else monitor.name,
        )
        self._context.progress.start(info)
        outcome = "failed"
        try:
            with _disk_errors(self._run.path):
                if self._options.plots:
                    self._write_json(self._run.summary_json, summarize(self._model).to_dict())
                fit_start = time.perf_counter()
                ending = self._fit(loop)
                fit_s = time.perf_counter() - fit_start
                ending = self._finish(loop, ending, fit_s, started)
            outcome = ending.status.value
        finally:
            if board is not None:
                board.close(self._run.record.metrics, success=outcome == RunStatus.COMPLETE.value)
            self._context.progress.stop(outcome)
        if ending.status is RunStatus.INTERRUPTED:
            epochs = plural(len(self._listeners.recorder.history), "epoch")
            message = f"Interrupted after {epochs}. The training so far is in {self._run.path}."
            raise RunInterrupted(message)
        if ending.status is RunStatus.FAILED:
            raise RunFailedError(f"The run failed: {ending.error} Its log is in {self._run.path}.")

    def _fit(self, loop: Loop) -> Ending:
        try:
            loop.run(
                self._model,
                self._context.adapter,
                self._context.experiment.training,
                self._listeners.callbacks,
                self._options.initial_epoch,
            )
            if loop.jit_failed:
                record = self._run.record
                determinism = record.environment["determinism"] | {"jit_compile": False}
                self._run.update(
                    training=record.training | {"jit_compile": False, "jit_failed": True},
                    environment=record.environment | {"determinism": determinism},
                )
            if self._options.save_state_to is not None:
                save_state(self._model, self._options.save_state_to)
        except RunInterrupted:
            self._context.progress.message(
                "Interrupted. Saving the training so far; press Ctrl-C again to skip the plots."
            )
            return _INTERRUPTED
        except Diverged as diverged:
            return self._diverged(diverged.epoch)
        except (MemoryError, tf.errors.ResourceExhaustedError) as error:
            if _DISK_FULL in str(error):
                raise
            return Ending(RunStatus.FAILED, "memory", _OUT_OF_MEMORY)
        stopped_by = "early_stopping" if self._listeners.stopped_early else "epochs"
        return Ending(RunStatus.COMPLETE, stopped_by)

    def _finish(self, loop: Loop, ending: Ending, fit_s: float, started: float) -> Ending:
        """Save, test and plot the kept weights, and write the record."""
        best, recorder = self._listeners.best, self._listeners.recorder
        best.restore()
        if (
            ending.status is RunStatus.COMPLETE
            and self._context.experiment.training.terminate_on_nan
            and not all(np.isfinite(weights).all() for weights in self._model.get_weights())
        ):
            ending = self._diverged(self._last_epoch)
        epoch, metrics = best.epoch, dict(best.logs)
        if epoch is None and recorder.history:
            # No epoch improved: the weights are those of the last one.
            epoch, metrics = self._last_epoch, dict(recorder.history[-1])
        if ending.stopped_by == "divergence" and best.epoch is None:
            epoch, metrics = None, {"loss": float("nan")}
        else:
            self._keep_model(metrics)
            try:
                if ending.status is RunStatus.COMPLETE:
                    metrics |= self._test(loop)
            except RunInterrupted:
                ending = _INTERRUPTED
            self._draw(epoch)
        if ending.status is RunStatus.COMPLETE and self._context.interruption.requested:
            ending = _INTERRUPTED
        epoch_s = recorder.epoch_s()
        self._run.finish(
            ending.status,
            ending.error,
            epochs_run=len(recorder.history),
            best_epoch=epoch,
            metrics=metrics,
            timing=self._run.record.timing
            | {
                "compile_s": recorder.compile_s(self._context.adapter.steps_per_epoch),
                "fit_s": fit_s,
                **({} if epoch_s is None else {"epoch_s": epoch_s}),
                "total_s": time.perf_counter() - started,
            },
            training=self._run.record.training | {"stopped_by": ending.stopped_by},
        )
        return ending

    def _test(self, loop: Loop) -> dict[str, float]:
        rows = self._context.data.test
        if rows is None or not self._options.test:
            return {}
        recorder = self._listeners.recorder
        callbacks = RunCallbacks([recorder], [recorder], self._model, epochs=1, steps=1)
        logs = loop.evaluate(self._model, self._context.adapter, rows, callbacks)
        names = [name for name in self._listeners.best.logs if name in logs]
        return {f"test_{name}": logs[name] for name in dict.fromkeys([*names, *logs])}

    def _draw(self, best_epoch: int | None) -> None:
        if self._context.interruption.interrupted_twice or not self._options.plots:
            return
        trained = TrainedModel(
            self._context.experiment,
            self._context.data,
            self._model,
            self._listeners.recorder.history,
            best_epoch,
            self._first_weights,
            sample_batch(self._context.adapter),
        )
        plot_data: dict[str, Any] = {}
        for data in draw_plots(trained, self._run.plots):
            plot_data |= data
            if self._context.interruption.interrupted_twice:
                break
        self._write_json(self._run.plot_data_json, plot_data)

    def _write_json(self, path: Path, values: Mapping[str, Any]) -> None:
        with translate_os_errors(path):
            atomic_write(path, json.dumps(to_strict_json(values), ensure_ascii=False) + "\n")

    def _keep_model(self, metrics: Mapping[str, float]) -> None:
        keep = self._options.keep_model
        if keep is True:
            self._write_model()
        elif keep and keep.is_reached(metrics):
            # The state of an optimizer such as Adam is twice as large as the weights.
            with translate_os_errors(self._run.model_keras):
                exported = export_without_optimizer(self._model, self._context.data.inputs)
                save_model(exported, self._run.model_keras)

    def _write_model(self) -> None:
        if self._exported is None:
            self._exported = export_model(self._model, self._context.data.inputs)
        with translate_os_errors(self._run.model_keras):
            save_model(self._exported, self._run.model_keras)

    def _diverged(self, epoch: int) -> Ending:
        hints = " ".join(divergence_hints(self._context.experiment, self._context.data))
        error = f"diverged at epoch {epoch}: the loss is no longer a finite number. {hints}"
        return Ending(RunStatus.FAILED, "divergence", error)

    @property
    def _last_epoch(self) -> int:
        return self._options.initial_epoch + len(self._listeners.recorder.history)


@contextlib.contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """Translate disk errors of Python and TensorFlow to a `DiskError` with a hint."""
    with translate_os_errors(folder):
        try:
            yield
        except tf.errors.OpError as error:
            if _DISK_FULL in str(error):
                raise OSError(errno.ENOSPC, _DISK_FULL) from error
            raise
