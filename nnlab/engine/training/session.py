"""A run from its folder to its last status: fit, keep the best weights, test, draw, record."""

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
from nnlab.engine.training.options import ScoreThreshold
from nnlab.engine.training.plots import Trained, draw_plots
from nnlab.engine.training.state import save_state
from nnlab.errors import RunFailedError, RunInterrupted
from nnlab.report.progress import StartInfo
from nnlab.runs import RunStatus, atomic_write, translate_os_errors
from nnlab.runs.io.json_record import to_strict_json
from nnlab.text import plural

_DISK_FULL = "No space left on device"
_OUT_OF_MEMORY = (
    "Memory ran out. Try a smaller batch, --set training.batch_size=32, or layers of fewer units."
)


@dataclass(frozen=True)
class Ending:
    """How a training ended.

    Args:
        status: The run's last status.
        stopped_by: `epochs`, `early_stopping`, `user`, `divergence` or `memory`.
        error: Why, where it did not end well.
    """

    status: RunStatus
    stopped_by: str
    error: str | None = None


_INTERRUPTED = Ending(RunStatus.INTERRUPTED, "user", "Interrupted by the user.")


class Session:
    """One run at work.

    Args:
        context: The run and what it works with.
    """

    def __init__(self, context: TrainingContext) -> None:
        self._job = context
        self._exported: keras.Model | None = None
        self._first_weights = context.model.get_weights() if context.options.pictures else []
        self._listeners = make_listeners(context, self._checkpoint_periodically)

    def execute(self, loop: Loop, started: float) -> None:
        """Train, and give the run its last status.

        Args:
            loop: What runs the epochs.
            started: When the work on this run began, by `time.perf_counter`.

        Raises:
            RunFailedError: The training diverged, memory ran out, the disk refused.
            RunInterrupted: The user stopped it.
        """
        self._job.progress.start(self._start_info(loop))
        outcome = "failed"
        try:
            with _disk_errors(self._job.run.path):
                if self._job.options.pictures:
                    summary = summarize(self._job.model).to_dict()
                    self._write_json(self._job.run.summary_json, summary)
                begun = time.perf_counter()
                ending = self._fit(loop)
                fit_s = time.perf_counter() - begun
                ending = self._conclude(loop, ending, fit_s, started)
            outcome = ending.status.value
        finally:
            self._close_tensorboard(success=outcome == RunStatus.COMPLETE.value)
            self._job.progress.stop(outcome)
        self._raise(ending)

    def _fit(self, loop: Loop) -> Ending:
        try:
            loop.run(
                self._job.model,
                self._job.adapter,
                self._job.experiment.training,
                self._listeners.callbacks,
                self._job.options.initial_epoch,
            )
            self._record_loop_choice(loop)
            if self._job.options.leave is not None:
                save_state(self._job.model, self._job.options.leave)
        except RunInterrupted:
            self._job.progress.message(
                "Interrupted. Saving what was trained; Ctrl-C again leaves out the pictures."
            )
            return _INTERRUPTED
        except Diverged as diverged:
            return self._diverged(diverged.epoch)
        except (MemoryError, tf.errors.ResourceExhaustedError) as error:
            if _DISK_FULL in str(error):
                raise
            return Ending(RunStatus.FAILED, "memory", _OUT_OF_MEMORY)
        by = "early_stopping" if self._listeners.stopped_early else "epochs"
        return Ending(RunStatus.COMPLETE, by)

    def _conclude(self, loop: Loop, ending: Ending, fit_s: float, started: float) -> Ending:
        """Save, test and draw with the weights that the run reports on, and record it."""
        best, recorder = self._listeners.best, self._listeners.recorder
        best.restore()
        is_complete = ending.status is RunStatus.COMPLETE
        if is_complete and self._job.experiment.training.terminate_on_nan and not self._is_finite():
            ending = self._diverged(self._last_epoch)
        epoch, metrics = best.epoch, dict(best.logs)
        if epoch is None and recorder.history:
            # No epoch was an improvement: the weights are those of the last one.
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
        if ending.status is RunStatus.COMPLETE and self._job.interruption.requested:
            ending = _INTERRUPTED
        epoch_s = recorder.epoch_s()
        self._job.run.finish(
            ending.status,
            ending.error,
            epochs_run=len(recorder.history),
            best_epoch=epoch,
            metrics=metrics,
            timing=self._job.run.record.timing
            | {
                "compile_s": recorder.compile_s(self._job.adapter.steps_per_epoch),
                "fit_s": fit_s,
                **({} if epoch_s is None else {"epoch_s": epoch_s}),
                "total_s": time.perf_counter() - started,
            },
            training=self._job.run.record.training | {"stopped_by": ending.stopped_by},
        )
        return ending

    def _record_loop_choice(self, loop: Loop) -> None:
        """Have the record tell that XLA failed: it says what was chosen before the first step."""
        if not loop.jit_failed:
            return
        record = self._job.run.record
        determinism = record.environment["determinism"] | {"jit_compile": False}
        self._job.run.update(
            training=record.training | {"jit_compile": False, "jit_failed": True},
            environment=record.environment | {"determinism": determinism},
        )

    def _test(self, loop: Loop) -> dict[str, float]:
        rows = self._job.data.test if self._job.options.test else None
        if rows is None:
            return {}
        recorder = self._listeners.recorder
        listening = RunCallbacks([recorder], [recorder], self._job.model, epochs=1, steps=1)
        logs = loop.evaluate(self._job.model, self._job.adapter, rows, listening)
        names = [name for name in self._listeners.best.logs if name in logs]
        return {f"test_{name}": logs[name] for name in dict.fromkeys([*names, *logs])}

    def _draw(self, best_epoch: int | None) -> None:
        if self._job.interruption.interrupted_twice or not self._job.options.pictures:
            return
        trained = Trained(
            self._job.experiment,
            self._job.data,
            self._job.model,
            self._listeners.recorder.history,
            best_epoch,
            self._first_weights,
            sample_batch(self._job.adapter),
        )
        shown: dict[str, Any] = {}
        for figures in draw_plots(trained, self._job.run.plots):
            shown |= figures
            if self._job.interruption.interrupted_twice:
                break
        self._write_json(self._job.run.plot_data_json, shown)

    def _write_json(self, path: Path, values: Mapping[str, Any]) -> None:
        with translate_os_errors(path):
            atomic_write(path, json.dumps(to_strict_json(values), ensure_ascii=False) + "\n")

    def _checkpoint_periodically(self) -> None:
        """Write the best weights so far, where they are to be kept in any case."""
        if self._job.options.keep_model is True:
            self._write_model()

    def _keep_model(self, metrics: Mapping[str, float]) -> None:
        keep = self._job.options.keep_model
        if isinstance(keep, ScoreThreshold):
            # The state of an optimizer such as Adam takes twice the room of the weights.
            if keep.is_reached(metrics):
                with translate_os_errors(self._job.run.model_keras):
                    save_model(
                        export_without_optimizer(self._job.model, self._job.data.inputs),
                        self._job.run.model_keras,
                    )
        elif keep:
            self._write_model()

    def _write_model(self) -> None:
        if self._exported is None:
            self._exported = export_model(self._job.model, self._job.data.inputs)
        with translate_os_errors(self._job.run.model_keras):
            save_model(self._exported, self._job.run.model_keras)

    def _diverged(self, epoch: int) -> Ending:
        hints = " ".join(divergence_hints(self._job.experiment, self._job.data))
        error = f"diverged at epoch {epoch}: the loss is no longer a finite number. {hints}"
        return Ending(RunStatus.FAILED, "divergence", error)

    @property
    def _last_epoch(self) -> int:
        return self._job.options.initial_epoch + len(self._listeners.recorder.history)

    def _is_finite(self) -> bool:
        return all(np.isfinite(weights).all() for weights in self._job.model.get_weights())

    def _close_tensorboard(self, *, success: bool) -> None:
        if self._listeners.tensorboard is not None:
            self._listeners.tensorboard.close(self._job.run.record.metrics, success=success)

    def _start_info(self, loop: Loop) -> StartInfo:
        monitor = self._listeners.monitor
        return StartInfo(
            name=self._job.experiment.name,
            device=str(self._job.run.record.device),
            engine=loop.name,
            epochs=self._job.experiment.training.epochs,
            steps_per_epoch=self._job.adapter.steps_per_epoch,
            rows=self._job.adapter.rows,
            params=self._job.model.count_params(),
            monitor=None if monitor is None else monitor.name,
        )

    def _raise(self, ending: Ending) -> None:
        """Tell the caller of a run that did not do all that it was asked to."""
        path = self._job.run.path
        if ending.status is RunStatus.INTERRUPTED:
            epochs = plural(len(self._listeners.recorder.history), "epoch")
            raise RunInterrupted(f"Interrupted after {epochs}. What was trained is in {path}.")
        if ending.status is RunStatus.FAILED:
            raise RunFailedError(f"The run failed: {ending.error} What was logged is in {path}.")


@contextlib.contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """Make what a disk refuses, whoever noticed it, a failure that says what to do."""
    with translate_os_errors(folder):
        try:
            yield
        except tf.errors.OpError as error:
            if _DISK_FULL in str(error):
                raise OSError(errno.ENOSPC, _DISK_FULL) from error
            raise
