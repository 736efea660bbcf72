"""The `training` section: what `compile` and `fit` are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from nnlab.config.diagnostics.issues import Expected, Issue, IssueCollector, issues_error
from nnlab.config.vocabulary.argument_families import Schedule
from nnlab.config.vocabulary.component import Component, Section
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.optimizers import Optimizer
from nnlab.config.vocabulary.unions import ShapeUnion
from nnlab.text import nearest

T = TypeVar("T")
Mode = Literal["auto", "min", "max"]
Device = Annotated[
    str,
    Field(pattern=r"^(auto|cpu|gpu|gpu:\d+)$"),
    Expected("a device", "The devices are: auto, cpu, gpu, gpu:0, gpu:1 and so on."),
]


class EarlyStopping(Section):
    """Stop when a metric has stopped improving (`keras.callbacks.EarlyStopping`)."""

    monitor: str = Field("val_loss", description="The metric that is watched.")
    min_delta: float = Field(
        0.0, ge=0, description="The least change that counts as an improvement."
    )
    patience: int = Field(
        0, ge=0, description="Epochs without improvement before training stops; 0 acts as 1."
    )
    mode: Mode = Field(
        "auto", description="Whether less or more is better; auto: by the metric's nature."
    )
    baseline: float | None = Field(None, description="Stop if the metric is no better than this.")
    restore_best_weights: bool = Field(
        False, description="Take back the best epoch's weights at the end."
    )
    start_from_epoch: int = Field(0, ge=0, description="Epochs to wait before watching.")


class ReduceLROnPlateau(Section):
    """Lower the learning rate when a metric has stopped improving.

    See `keras.callbacks.ReduceLROnPlateau`.
    """

    monitor: str = Field("val_loss", description="The metric that is watched.")
    factor: float = Field(0.1, gt=0, lt=1, description="The learning rate is multiplied by this.")
    patience: int = Field(10, ge=0, description="Epochs without improvement before it is lowered.")
    mode: Mode = Field(
        "auto", description="Whether less or more is better; auto: by the metric's nature."
    )
    min_delta: float = Field(
        1e-4, ge=0, description="The least change that counts as an improvement."
    )
    cooldown: int = Field(0, ge=0, description="Epochs to wait after lowering it.")
    min_lr: float = Field(0.0, ge=0, description="The learning rate never falls below this.")


class Checkpoint(Section):
    """Which epoch's weights the run keeps, where early stopping does not decide it."""

    monitor: str | None = Field(
        None, description="The metric that is watched; None: val_loss, or loss without validation."
    )
    mode: Mode = Field(
        "auto", description="Whether less or more is better; auto: by the metric's nature."
    )
    save_best_only: bool = Field(True, description="False keeps the last epoch's weights.")


class TrainingConfig(Section):
    """How the model is trained."""

    section_key: ClassVar[str] = "training"

    optimizer: Optimizer = Field(description="The optimizer: adam, or {SGD: {learning_rate: 0.1}}.")
    loss: Loss | dict[str, Loss] = Field(description="The loss, or one for each output.")
    metrics: list[Metric] | dict[str, list[Metric]] = Field(
        default_factory=list, description="Metrics, or a list of them for each output."
    )
    loss_weights: Annotated[list[float] | dict[str, float], ShapeUnion()] | None = Field(
        None, description="The weight of each output's loss in the sum that is minimized."
    )
    class_weight: (
        Annotated[
            Literal["balanced"] | dict[int | str, Annotated[float, Field(ge=0)]], ShapeUnion()
        ]
        | None
    ) = Field(
        None,
        description="The weight of each class, by number or name; balanced: by how rare it is.",
    )
    batch_size: Annotated[Annotated[int, Field(gt=0)] | Literal["full"], ShapeUnion()] = Field(
        32, description="Rows a step; full: all of them, batch gradient descent."
    )
    epochs: int = Field(gt=0, description="Passes over the training rows, at most.")
    shuffle: bool = Field(True, description="A new order of the rows in every epoch.")
    early_stopping: EarlyStopping | None = Field(
        None, description="Stop when a metric stops improving."
    )
    reduce_lr_on_plateau: ReduceLROnPlateau | None = Field(
        None, description="Lower the learning rate when a metric stops improving."
    )
    checkpoint: Checkpoint = Field(
        default_factory=Checkpoint, description="Which epoch's weights the run keeps."
    )
    terminate_on_nan: bool = Field(
        True, description="End the run as failed when the loss is not a number."
    )
    dtype_policy: Literal["float32", "float64", "mixed_float16", "mixed_bfloat16"] = Field(
        "float32", description="The precision of weights and arithmetic."
    )
    jit_compile: Annotated[bool | Literal["auto"], ShapeUnion()] = Field(
        "auto", description="Whether XLA compiles the step."
    )
    engine: Literal["auto", "compiled", "keras"] = Field(
        "auto",
        description="What runs the epochs: compiled on the device, Keras' fit, or what suits.",
    )
    device: Device = Field(
        "auto",
        description="auto, cpu, gpu, or gpu:N for one of several; auto: a GPU if there is one.",
    )

    @classmethod
    def display_name(cls) -> str:
        """What messages call this section."""
        return "training"

    @field_validator("loss", mode="plain")
    @classmethod
    def _read_loss(cls, value: object) -> Loss | dict[str, Loss]:
        if isinstance(value, Mapping) and _is_per_output(value, Loss):
            return _each(value, Loss.parse)
        return Loss.parse(value)

    @field_validator("metrics", mode="plain")
    @classmethod
    def _read_metrics(cls, value: object) -> list[Metric] | dict[str, list[Metric]]:
        if isinstance(value, Mapping) and _is_per_output(value, Metric):
            return _each(value, _metric_list)
        return _metric_list(value)

    @model_validator(mode="after")
    def _one_hand_on_the_learning_rate(self) -> Self:
        scheduled = isinstance(getattr(self.optimizer, "learning_rate", None), Schedule)
        if scheduled and self.reduce_lr_on_plateau is not None:
            message = "The optimizer's schedule sets the learning rate. Received: both."
            hint = "Remove this, or give the optimizer a plain learning_rate."
            raise issues_error([Issue(("reduce_lr_on_plateau",), message, hint)])
        return self

    def losses(self) -> Iterator[Loss]:
        """The loss, or that of each output."""
        yield from self.loss.values() if isinstance(self.loss, dict) else [self.loss]

    def judges(
        self, outputs: Sequence[str]
    ) -> Iterator[tuple[tuple[str | int, ...], str, Loss | Metric]]:
        """Each loss and metric with the path of its key, and the output that it judges."""
        if isinstance(self.loss, dict):
            yield from ((("loss", name), name, component) for name, component in self.loss.items())
        else:
            yield ("loss",), outputs[0], self.loss
        if isinstance(self.metrics, dict):
            for name, components in self.metrics.items():
                yield from (
                    (("metrics", name, place), name, component)
                    for place, component in enumerate(components)
                )
        else:
            for place, component in enumerate(self.metrics):
                yield ("metrics", place), outputs[0], component

    def monitors(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Each metric that something watches, with the path of the key that names it."""
        if self.early_stopping is not None:
            yield ("early_stopping", "monitor"), self.early_stopping.monitor
        if self.reduce_lr_on_plateau is not None:
            yield ("reduce_lr_on_plateau", "monitor"), self.reduce_lr_on_plateau.monitor
        if self.checkpoint.monitor is not None:
            yield ("checkpoint", "monitor"), self.checkpoint.monitor


def _is_per_output(value: Mapping[str, object], family: type[Component]) -> bool:
    """Whether a mapping names outputs; one whose single key is a word is that word's arguments."""
    if len(value) != 1:
        return len(value) > 1
    ((name, item),) = value.items()
    if family.lookup(name) is not None:
        return False
    inner = next(iter(item), None) if isinstance(item, Mapping) else item
    names_a_word = isinstance(item, list) or family.lookup(inner) is not None
    # A misspelt word has arguments behind it, an output has a word.
    return names_a_word or nearest(str(name), family.names) is None


def _each(value: Mapping[str, object], read: Callable[[object], T]) -> dict[str, T]:
    found: dict[str, T] = {}
    collector = IssueCollector()
    for name, item in value.items():
        if not isinstance(name, str):
            message, hint = (
                f"Expected an output. Received: {name}.",
                f"Put it in quotes: '{name}'.",
            )
            collector.add(Issue((name,), message, hint, at_key=True))
        with collector.collect(name):
            found[name] = read(item)
    collector.raise_if_any()
    return found


def _metric_list(value: object) -> list[Metric]:
    items = value if isinstance(value, list) else [value]
    found: list[Metric] = []
    collector = IssueCollector()
    for position, item in enumerate(items):
        under = [position] if isinstance(value, list) else []
        with collector.collect(*under):
            metric = Metric.parse(item)
            if any(metric.logged_name == other.logged_name for other in found):
                message = f"Two metrics are logged as `{metric.logged_name}`."
                hint = "Remove one, or give it another `name`."
                collector.add(Issue(tuple(under), message, hint))
            if metric.per_class:
                name = metric.display_name()
                message = f"Expected one figure. Received: {name}, which gives one for each unit."
                hint = f"Write `{name}: {{average: macro}}`, or weighted, or micro."
                collector.add(Issue(tuple(under), message, hint))
            found.append(metric)
    collector.raise_if_any()
    return found
