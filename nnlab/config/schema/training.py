"""The sections `training`, the arguments of `compile` and `fit`, and `tensorboard`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from nnlab.config.diagnostics import Expected, Issue, IssueCollector, issues_error
from nnlab.config.vocabulary.arguments import Schedule
from nnlab.config.vocabulary.component import Component, Section
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.optimizers import Optimizer
from nnlab.config.vocabulary.unions import ShapeUnion
from nnlab.text import nearest

T = TypeVar("T")
Mode = Annotated[
    Literal["auto", "min", "max"],
    Field(description="Whether less or more is better; auto: inferred from the metric."),
]
Device = Annotated[
    str,
    Field(pattern=r"^(auto|cpu|gpu|gpu:\d+)$"),
    Expected("a device", "The devices are: auto, cpu, gpu, gpu:0, gpu:1 and so on."),
]


class EarlyStopping(Section):
    """Stop when a metric stops improving (`keras.callbacks.EarlyStopping`)."""

    monitor: str = Field("val_loss", description="Metric to monitor.")
    min_delta: float = Field(0.0, ge=0, description="Minimum change that counts as an improvement.")
    patience: int = Field(
        0, ge=0, description="Epochs without improvement before training stops; 0 acts like 1."
    )
    mode: Mode = "auto"
    baseline: float | None = Field(None, description="Value that the metric has to improve on.")
    restore_best_weights: bool = Field(
        False, description="Whether to restore the weights of the best epoch."
    )
    start_from_epoch: int = Field(0, ge=0, description="Epochs to wait before monitoring.")


class ReduceLROnPlateau(Section):
    """Reduce the learning rate on a plateau (`keras.callbacks.ReduceLROnPlateau`)."""

    monitor: str = Field("val_loss", description="Metric to monitor.")
    factor: float = Field(
        0.1, gt=0, lt=1, description="Factor by which the learning rate is multiplied."
    )
    patience: int = Field(10, ge=0, description="Epochs without improvement before the reduction.")
    mode: Mode = "auto"
    min_delta: float = Field(
        1e-4, ge=0, description="Minimum change that counts as an improvement."
    )
    cooldown: int = Field(0, ge=0, description="Epochs to wait after a reduction.")
    min_lr: float = Field(0.0, ge=0, description="Minimum learning rate.")


class Checkpoint(Section):
    """Which epoch's weights a run keeps if there is no early stopping."""

    monitor: str | None = Field(
        None, description="Metric to monitor; None: val_loss, or loss without validation rows."
    )
    mode: Mode = "auto"
    save_best_only: bool = Field(
        True, description="Whether to keep the best epoch; false: the last."
    )


class TrainingConfig(Section):
    """Training of the model: optimizer, loss, metrics, epochs, callbacks."""

    section_key: ClassVar[str] = "training"

    optimizer: Optimizer = Field(description="Optimizer: adam, or {SGD: {learning_rate: 0.1}}.")
    loss: Loss | dict[str, Loss] = Field(description="Loss, or one for each output.")
    metrics: list[Metric] | dict[str, list[Metric]] = Field(
        default_factory=list, description="Metrics, or a list for each output."
    )
    loss_weights: Annotated[list[float] | dict[str, float], ShapeUnion()] | None = Field(
        None, description="Weight of each output's loss in the total loss."
    )
    class_weight: (
        Annotated[
            Literal["balanced"] | dict[int | str, Annotated[float, Field(ge=0)]], ShapeUnion()
        ]
        | None
    ) = Field(None, description="Weight of each class, by number or name; balanced: by frequency.")
    batch_size: Annotated[Annotated[int, Field(gt=0)] | Literal["full"], ShapeUnion()] = Field(
        32, description="Rows per step; full: all rows (batch gradient descent)."
    )
    epochs: int = Field(gt=0, description="Maximum number of epochs.")
    shuffle: bool = Field(True, description="Whether to shuffle the rows in every epoch.")
    early_stopping: EarlyStopping | None = Field(
        None, description="Stop when a metric stops improving."
    )
    reduce_lr_on_plateau: ReduceLROnPlateau | None = Field(
        None, description="Reduce the learning rate when a metric stops improving."
    )
    checkpoint: Checkpoint = Field(
        default_factory=Checkpoint, description="Which epoch's weights the run keeps."
    )
    terminate_on_nan: bool = Field(
        True, description="Whether to stop with an error when the loss is NaN."
    )
    dtype_policy: Literal["float32", "float64", "mixed_float16", "mixed_bfloat16"] = Field(
        "float32", description="Dtype policy of the model."
    )
    jit_compile: Annotated[bool | Literal["auto"], ShapeUnion()] = Field(
        "auto", description="Whether to compile the steps with XLA."
    )
    engine: Literal["auto", "compiled", "keras"] = Field(
        "auto", description="Training loop: compiled, or Keras' fit; auto: chosen by nnlab."
    )
    device: Device = Field(
        "auto", description="Device: auto, cpu, gpu or gpu:N; auto: a GPU if available."
    )

    @field_validator("loss", mode="plain")
    @classmethod
    def _read_loss(cls, value: object) -> Loss | dict[str, Loss]:
        if isinstance(value, Mapping) and _is_per_output(value, Loss):
            return _parse_each(value, Loss.parse)
        return Loss.parse(value)

    @field_validator("metrics", mode="plain")
    @classmethod
    def _read_metrics(cls, value: object) -> list[Metric] | dict[str, list[Metric]]:
        if isinstance(value, Mapping) and _is_per_output(value, Metric):
            return _parse_each(value, _parse_metrics)
        return _parse_metrics(value)

    @model_validator(mode="after")
    def _schedule_or_plateau(self) -> Self:
        scheduled = isinstance(getattr(self.optimizer, "learning_rate", None), Schedule)
        if scheduled and self.reduce_lr_on_plateau is not None:
            message = "The optimizer's schedule sets the learning rate. Received: both."
            hint = "Remove this, or set a constant learning_rate."
            raise issues_error([Issue(("reduce_lr_on_plateau",), message, hint)])
        return self

    def losses(self) -> Iterator[Loss]:
        """Yield the loss, or the losses of the outputs."""
        yield from self.loss.values() if isinstance(self.loss, dict) else [self.loss]

    def losses_and_metrics(
        self, outputs: Sequence[str]
    ) -> Iterator[tuple[tuple[str | int, ...], str, Loss | Metric]]:
        """Yield each loss and metric with its path and output."""
        if isinstance(self.loss, dict):
            yield from ((("loss", name), name, component) for name, component in self.loss.items())
        else:
            yield ("loss",), outputs[0], self.loss
        if isinstance(self.metrics, dict):
            for name, components in self.metrics.items():
                yield from (
                    (("metrics", name, position), name, component)
                    for position, component in enumerate(components)
                )
        else:
            for position, component in enumerate(self.metrics):
                yield ("metrics", position), outputs[0], component

    def monitored_metrics(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield each monitored metric with the path of its key."""
        for key in ("early_stopping", "reduce_lr_on_plateau", "checkpoint"):
            section = getattr(self, key)
            if section is not None and section.monitor is not None:
                yield (key, "monitor"), section.monitor


class TensorBoardConfig(Section):
    """TensorBoard logs of a run (`keras.callbacks.TensorBoard`)."""

    section_key: ClassVar[str] = "tensorboard"

    histogram_freq: int = Field(
        0, ge=0, description="Epochs between weight histograms; 0: no histograms."
    )
    write_graph: bool = Field(True, description="Whether to write the graph of the model.")
    write_images: bool = Field(
        False, description="Whether to write weights as images, with the histograms."
    )
    update_freq: Annotated[
        Literal["epoch", "batch"] | Annotated[int, Field(gt=0)], ShapeUnion()
    ] = Field(
        "epoch", description="Log losses and metrics every epoch, every batch, or every N batches."
    )
    profile_batch: Annotated[
        Annotated[int, Field(ge=0)]
        | Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)],
        ShapeUnion(),
    ] = Field(0, description="Batch to profile, or the first and last one; 0: no profiling.")


def _is_per_output(value: Mapping[str, object], family: type[Component]) -> bool:
    """Return whether the keys of a mapping are outputs, not a class with its arguments."""
    if len(value) != 1:
        return len(value) > 1
    ((name, item),) = value.items()
    if family.lookup(name) is not None:
        return False
    inner = next(iter(item), None) if isinstance(item, Mapping) else item
    is_class = isinstance(item, list) or family.lookup(inner) is not None
    # The value of a misspelled class is its arguments, the value of an output is a class.
    return is_class or nearest(str(name), family.names) is None


def _parse_each(value: Mapping[str, object], parse: Callable[[object], T]) -> dict[str, T]:
    values: dict[str, T] = {}
    collector = IssueCollector()
    for name, item in value.items():
        if not isinstance(name, str):
            message = f"Expected an output. Received: {name}."
            hint = f"Put it in quotes: '{name}'."
            collector.add(Issue((name,), message, hint, at_key=True))
        with collector.collect(name):
            values[name] = parse(item)
    collector.raise_if_any()
    return values


def _parse_metrics(value: object) -> list[Metric]:
    items = value if isinstance(value, list) else [value]
    metrics: list[Metric] = []
    collector = IssueCollector()
    for position, item in enumerate(items):
        path = [position] if isinstance(value, list) else []
        with collector.collect(*path):
            metric = Metric.parse(item)
            if any(metric.logged_name == other.logged_name for other in metrics):
                message = f"Two metrics are logged as `{metric.logged_name}`."
                hint = "Remove one, or set its `name`."
                collector.add(Issue(tuple(path), message, hint))
            if metric.per_class:
                name = metric.display_name()
                message = f"Expected one value. Received: {name}, with one value per class."
                hint = f"Write `{name}: {{average: macro}}`, weighted or micro."
                collector.add(Issue(tuple(path), message, hint))
            metrics.append(metric)
    collector.raise_if_any()
    return metrics
