"""Batches: their order, what they hold, and what is evaluated at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows, TargetSpec, prepare, shuffled_indices
from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.models.builder import build_model
from nnlab.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf


def feed_of(experiment: Experiment, data: PreparedData | None = None) -> DataAdapter:
    data = data or prepare(experiment)
    return DataAdapter(experiment, data, build_model(experiment, data.inputs))


def numbered(rows: int) -> PreparedData:
    """Rows whose two features and target are their number."""
    values = np.arange(rows, dtype=np.float32)
    part = Rows({"input": np.stack([values, values], axis=1)}, {"output": values[:, None]})
    spec = TargetSpec("output", "number", (), "number", 1)
    inputs = {"input": InputSpec("input", (2,), "float32")}
    return PreparedData(part, part, None, inputs, {"output": spec})


def targets(dataset: tf.data.Dataset, batches: int) -> list[list[float]]:
    return [batch[1].numpy().reshape(-1).tolist() for batch in dataset.take(batches)]


def test_each_epoch_follows_the_order_of_seed_and_epoch(
    moons: Callable[..., Experiment],
) -> None:
    adapter = feed_of(moons(seed=7, training={"batch_size": 4}), numbered(10))
    seen = targets(adapter.training(), 6)
    for epoch in range(2):
        order = [float(row) for row in shuffled_indices(7, epoch, 10)]
        assert seen[3 * epoch : 3 * epoch + 3] == [order[:4], order[4:8], order[8:]]


def test_resumed_feed_goes_on_with_the_epoch_it_is_given(
    moons: Callable[..., Experiment],
) -> None:
    adapter = feed_of(moons(training={"batch_size": 4}), numbered(10))
    assert targets(adapter.training(initial_epoch=1), 3) == targets(adapter.training(), 6)[3:]


def test_without_shuffling_rows_come_as_they_are(moons: Callable[..., Experiment]) -> None:
    adapter = feed_of(moons(training={"batch_size": 4, "shuffle": False}), numbered(6))
    assert targets(adapter.training(), 3) == [[0, 1, 2, 3], [4, 5], [0, 1, 2, 3]]
    assert adapter.order(5).tolist() == [0, 1, 2, 3, 4, 5]


def test_cut_feed_has_the_first_rows_alone_in_batches_of_its_own_size(
    moons: Callable[..., Experiment],
) -> None:
    whole = feed_of(moons(training={"batch_size": 4}), numbered(10))
    part = whole.cut(3, 1)
    seen = targets(part.training(), 3)
    assert [len(batch) for batch in seen] == [1, 1, 1]
    assert sorted(row for batch in seen for row in batch) == [0, 1, 2]
    assert (part.steps_per_epoch, whole.steps_per_epoch, whole.rows) == (3, 3, 10)


def test_full_batch_holds_every_row_in_one_step(moons: Callable[..., Experiment]) -> None:
    adapter = feed_of(moons(training={"batch_size": "full"}), numbered(6))
    assert (adapter.batch_size, adapter.steps_per_epoch) == (6, 1)
    assert targets(adapter.training(), 2) == [[0, 1, 2, 3, 4, 5]] * 2


def test_input_target_and_weight_of_a_row_stay_together(moons: Callable[..., Experiment]) -> None:
    data = numbered(10)
    train = Rows(data.train.inputs, data.train.targets, np.arange(10, dtype=np.float32))
    data = PreparedData(train, None, None, data.inputs, data.targets)
    adapter = feed_of(moons(training={"batch_size": 3}), data)
    for x, y, weights in adapter.training().take(4):
        np.testing.assert_array_equal(x[:, 0], weights)
        np.testing.assert_array_equal(y[:, 0], weights)


def test_validation_rows_come_in_order_and_all_of_them(moons: Callable[..., Experiment]) -> None:
    adapter = feed_of(moons(training={"batch_size": 4}), numbered(10))
    adapter.evaluation_batch_size = 4
    batches = adapter.validation()
    assert batches is not None
    assert targets(batches, 9) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


@pytest.mark.parametrize(
    ("loss", "size"),
    [
        ("mse", 2048),
        ({"MeanSquaredError": {"reduction": "sum"}}, 8),
        ("Dice", 8),
    ],
)
def test_losses_that_depend_on_the_batch_are_evaluated_with_that_of_training(
    moons: Callable[..., Experiment], loss: Any, size: int
) -> None:
    assert feed_of(moons(training={"loss": loss}), numbered(10)).evaluation_batch_size == size


def test_wide_rows_are_evaluated_fewer_at_once(moons: Callable[..., Experiment]) -> None:
    wide: NDArray[np.uint8] = np.zeros((2, 256, 256), np.uint8)
    part = Rows({"input": wide}, {"output": np.zeros((2, 1), np.float32)})
    inputs = {"input": InputSpec("input", (256, 256), "uint8")}
    data = PreparedData(part, None, None, inputs, numbered(2).targets)
    # 32 MiB hold 128 images of 65,536 pixels as float32.
    assert feed_of(moons(), data).evaluation_batch_size == 128


def test_output_of_another_width_than_its_target_is_refused(
    moons: Callable[..., Experiment],
) -> None:
    head = {"Dense": {"units": 3}}
    with pytest.raises(ConfigError, match="width of the output `output` to be 1") as caught:
        feed_of(moons(model={"layers": [head]}, training={"loss": "mse"}), numbered(4))
    assert "Received: 3." in str(caught.value)


def functions(dataset: tf.data.Dataset) -> Iterator[Any]:
    yield from dataset._functions()
    for source in dataset._inputs():
        yield from functions(source)


def test_no_graph_of_the_pipeline_holds_a_copy_of_the_rows(
    moons: Callable[..., Experiment],
) -> None:
    # A graph must stay below 2 GB; these rows are 120 kB.
    adapter = feed_of(moons(training={"batch_size": 4}), numbered(10_000))
    sizes = [
        found.function.graph.as_graph_def().ByteSize()
        for dataset in (adapter.training(), adapter.evaluation(numbered(10_000).train))
        for found in functions(dataset)
    ]
    assert len(sizes) > 2
    assert max(sizes) < 20_000
