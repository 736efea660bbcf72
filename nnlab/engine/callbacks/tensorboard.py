"""TensorBoard logs of a run: curves, histograms, graphs, config, hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.config.schema.training import TensorBoardConfig
from nnlab.engine.callbacks import EpochStateCallback
from nnlab.engine.callbacks.scalar_log import ScalarLog
from nnlab.runs.query.keys import flatten

# Flush after 100 summaries or two seconds instead of every 10 summaries: a net that is trained for
# thousands of short epochs would do little else.
_MAX_QUEUE = 100
_FLUSH_MS = 2000

_HPARAMS_STATUS = {True: "STATUS_SUCCESS", False: "STATUS_FAILURE"}


class TensorBoard(EpochStateCallback, keras.callbacks.TensorBoard):  # type: ignore[misc]
    """`keras.callbacks.TensorBoard` with what it omits.

    It writes the op graph, which Keras 3 looks for in the wrong place; metrics and histograms of
    every epoch, even if `update_freq` counts batches; and, in `log_dir` itself, config and model as
    text and the hyperparameters, for the HParams page to compare runs.

    Args:
        config: Keras' arguments.
        log_dir: The folder of `train/` and `validation/`.
        batch_spec: Shapes and dtypes of a training batch.
        description: The description of the run.
    """

    _should_write_train_graph: bool

    def __init__(
        self,
        config: TensorBoardConfig,
        log_dir: Path,
        batch_spec: Any,
        description: RunDescription,
    ) -> None:
        profiled = config.profile_batch
        super().__init__(
            log_dir=str(log_dir),
            histogram_freq=config.histogram_freq,
            write_graph=config.write_graph,
            write_images=config.write_images,
            update_freq=config.update_freq,
            profile_batch=tuple(profiled) if isinstance(profiled, list) else profiled,
        )
        self._batch_spec = batch_spec
        self._description = description
        self._is_open = False
        self._logs: dict[tf.summary.SummaryWriter, ScalarLog] = {}

    @property
    def logs_batches(self) -> bool:
        """Whether it needs the batch hooks."""
        return self.update_freq != "epoch" or bool(self._should_trace)

    def set_model(self, model: keras.Model) -> None:
        """See `keras.callbacks.Callback`."""
        super().set_model(model)
        self._is_open = True
        with self._root_writer.as_default():
            self._description.write()

    def on_test_end(self, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        self._always_record(self._val_writer)
        iterations = self.epoch_state.iterations
        values = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
        self._log(self._val_writer).write(values, iterations)
        self._pop_writer()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        self._always_record(self._train_writer)
        super().on_epoch_end(epoch, logs)
        if self._should_write_train_graph:
            self._should_write_train_graph = False
            self._write_keras_model_train_graph()

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Leave the log open: the run's status is not known yet."""

    def close(self, metrics: Mapping[str, float], *, success: bool) -> None:
        """Close the log with the run's final metrics and whether it completed."""
        if not self._is_open:
            return
        self._is_open = False
        for log in self._logs.values():
            log.flush()
        with self._root_writer.as_default():
            self._description.write_end(metrics, success=success)
        # An interrupted validation has not popped its writer.
        while len(self._prev_summary_state) > 1:
            self._pop_writer()
        super().on_train_end()

    def _log_epoch_metrics(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Write an epoch's metrics in one event per folder; Keras writes one per metric."""
        training = {name: value for name, value in logs.items() if not name.startswith("val_")}
        validation = {name: value for name, value in logs.items() if name.startswith("val_")}
        values = {f"epoch_{name}": value for name, value in training.items()}
        self._log(self._train_writer).write(values, epoch)
        if validation:
            values = {f"epoch_{name[4:]}": value for name, value in validation.items()}
            self._log(self._val_writer).write(values, epoch)

    def _always_record(self, writer: tf.summary.SummaryWriter) -> None:
        """Record the next summaries at any step; Keras drops them unless `update_freq` is due."""
        self._pop_writer()
        # Step 0 is a multiple of any `update_freq`.
        self._push_writer(writer, 0)

    @property
    def _root_writer(self) -> tf.summary.SummaryWriter:
        return self._writer("root", self.log_dir)

    @property
    def _train_writer(self) -> tf.summary.SummaryWriter:
        return self._writer("train", self._train_dir)

    @property
    def _val_writer(self) -> tf.summary.SummaryWriter:
        return self._writer("val", self._val_dir)

    def _log(self, writer: tf.summary.SummaryWriter) -> ScalarLog:
        if writer not in self._logs:
            self._logs[writer] = ScalarLog(writer)
        return self._logs[writer]

    def _writer(self, name: str, folder: str) -> tf.summary.SummaryWriter:
        if name not in self._writers:
            self._writers[name] = tf.summary.create_file_writer(
                folder, max_queue=_MAX_QUEUE, flush_millis=_FLUSH_MS
            )
        return self._writers[name]

    def _write_keras_model_train_graph(self) -> None:
        """Write the op graph of a training step, retraced if the loop does not expose it."""
        graph = self.epoch_state.step_graph
        if graph is None:
            step = tf.function(self.model.train_step)
            graph = step.get_concrete_function(self._batch_spec).graph
        with self._train_writer.as_default(), tf.summary.record_if(condition=True):
            tf.summary.graph(graph)


class RunDescription:
    """The config, model and hyperparameters of a run.

    Args:
        experiment: The experiment.
        config_text: Its YAML.
        model_text: The model's layers as a table.
        run_id: The run's id.
    """

    def __init__(
        self, experiment: Experiment, config_text: str, model_text: str, run_id: str
    ) -> None:
        self._hparams = flatten_hyperparameters(experiment)
        self._texts = {"config": config_text, "model": model_text}
        self._run_id = run_id

    def write(self) -> None:
        """Write the description to the default writer, at the start of the run."""
        from tensorboard.plugins.hparams import api

        for name, text in self._texts.items():
            tf.summary.text(name, f"```\n{text}\n```", step=0)
        api.hparams(self._hparams, trial_id=self._run_id)

    def write_end(self, metrics: Mapping[str, float], *, success: bool) -> None:
        """Write test metrics, which no epoch has, and the final status to the default writer."""
        from tensorboard.plugins.hparams import api_pb2, summary

        for name, value in metrics.items():
            if name.startswith("test_"):
                tf.summary.scalar(name, value, step=0)
        status = api_pb2.Status.Value(_HPARAMS_STATUS[success])
        end = summary.session_end_pb(status)
        tf.summary.experimental.write_raw_pb(end.SerializeToString(), step=0)


def flatten_hyperparameters(experiment: Experiment) -> dict[str, bool | float | str]:
    """Return the values of a config by dotted path, as TensorBoard's HParams page takes them.

    Lists of plain values become text. Unset values are omitted, as the page does not take None, and
    so are the sections that do not affect training.
    """
    tree = experiment.to_tree()
    for name in ("name", "tensorboard", "tune"):
        tree.pop(name, None)
    return {
        path: value
        if isinstance(value, bool | int | float | str)
        else ", ".join(str(item) for item in value)
        for path, value in flatten(tree)
        if value is not None
    }
