"""Batches: their order, contents and sizes."""

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


def adapter_of(experiment: Experiment, data: PreparedData | None = None) -> DataAdapter:
    data = data or prepare(experiment)
    return DataAdapter(experiment, data, build_model(experiment, data.inputs))


def numbered(rows: int) -> PreparedData:
    """Return rows whose two features and target are the row number."""
    values = np.arange(rows, dtype=np.float32)
    part = Rows({"input": np.stack([values, values], axis=1)}, {"output": values[:, None]})
    spec = TargetSpec("output", "number", (), "number", 1)
    inputs = {"input": InputSpec("input", (2,), "float32")}
    return PreparedData(part, part, None, inputs, {"output": spec})


def targets(dataset: tf.data.Dataset, batches: int) -> list[list[float]]:
    return [batch[1].numpy().reshape(-1).tolist() for batch in dataset.take(batches)]


def test_row_order_depends_on_seed_and_epoch(
    moons: Callable[..., Experiment],
) -> None:
    adapter = adapter_of(moons(seed=7, training={"batch_size": 4}), numbered(10))
    batches = targets(adapter.training_dataset(), 6)
    for epoch in range(2):
        order = [float(row) for row in shuffled_indices(7, epoch, 10)]
        assert batches[3 * epoch : 3 * epoch + 3] == [order[:4], order[4:8], order[8:]]


def test_initial_epoch_continues_the_row_order(
    moons: Callable[..., Experiment],
) -> None:
    adapter = adapter_of(moons(training={"batch_size": 4}), numbered(10))
    assert (
        targets(adapter.training_dataset(initial_epoch=1), 3)
        == targets(adapter.training_dataset(), 6)[3:]
    )


def test_without_shuffling_rows_keep_their_order(moons: Callable[..., Experiment]) -> None:
    adapter = adapter_of(moons(training={"batch_size": 4, "shuffle": False}), numbered(6))
    assert targets(adapter.training_dataset(), 3) == [[0, 1, 2, 3], [4, 5], [0, 1, 2, 3]]
    assert adapter.row_order(5).tolist() == [0, 1, 2, 3, 4, 5]


def test_subset_has_the_first_rows_in_batches_of_another_size(
    moons: Callable[..., Experiment],
) -> None:
    adapter = adapter_of(moons(training={"batch_size": 4}), numbered(10))
    part = adapter.subset(3, 1)
    batches = targets(part.training_dataset(), 3)
    assert [len(batch) for batch in batches] == [1, 1, 1]
    assert sorted(row for batch in batches for row in batch) == [0, 1, 2]
    assert (part.steps_per_epoch, adapter.steps_per_epoch, adapter.rows) == (3, 3, 10)


def test_full_batch_has_all_rows_in_one_step(moons: Callable[..., Experiment]) -> None:
    adapter = adapter_of(moons(training={"batch_size": "full"}), numbered(6))
    assert (adapter.batch_size, adapter.steps_per_epoch) == (6, 1)
    assert targets(adapter.training_dataset(), 2) == [[0, 1, 2, 3, 4, 5]] * 2


def test_input_target_and_weight_of_a_row_stay_aligned(moons: Callable[..., Experiment]) -> None:
    data = numbered(10)
    train = Rows(data.train.inputs, data.train.targets, np.arange(10, dtype=np.float32))
    data = PreparedData(train, None, None, data.inputs, data.targets)
    adapter = adapter_of(moons(training={"batch_size": 3}), data)
    for x, y, weights in adapter.training_dataset().take(4):
        np.testing.assert_array_equal(x[:, 0], weights)
        np.testing.assert_array_equal(y[:, 0], weights)


def test_validation_batches_have_all_rows_in_order(moons: Callable[..., Experiment]) -> None:
    adapter = adapter_of(moons(training={"batch_size": 4}), numbered(10))
    adapter.evaluation_batch_size = 4
    batches = adapter.validation_dataset()
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
def test_losses_that_depend_on_the_batch_use_the_training_batch_size(
    moons: Callable[..., Experiment], loss: Any, size: int
) -> None:
    assert adapter_of(moons(training={"loss": loss}), numbered(10)).evaluation_batch_size == size


def test_wide_rows_have_a_smaller_evaluation_batch_size(moons: Callable[..., Experiment]) -> None:
    wide: NDArray[np.uint8] = np.zeros((2, 256, 256), np.uint8)
    part = Rows({"input": wide}, {"output": np.zeros((2, 1), np.float32)})
    inputs = {"input": InputSpec("input", (256, 256), "uint8")}
    data = PreparedData(part, None, None, inputs, numbered(2).targets)
    # 32 MiB hold 128 images of 65,536 pixels as float32.
    assert adapter_of(moons(), data).evaluation_batch_size == 128


def test_output_width_that_differs_from_the_target_is_an_error(
    moons: Callable[..., Experiment],
) -> None:
    head = {"Dense": {"units": 3}}
    with pytest.raises(ConfigError, match="width of the output `output` to be 1") as caught:
        adapter_of(moons(model={"layers": [head]}, training={"loss": "mse"}), numbered(4))
    assert "Received: 3." in str(caught.value)


def dataset_functions(dataset: tf.data.Dataset) -> Iterator[Any]:
    yield from dataset._functions()
    for source in dataset._inputs():
        yield from dataset_functions(source)


def test_pipeline_graphs_contain_no_copy_of_the_rows(
    moons: Callable[..., Experiment],
) -> None:
    # A graph must stay below 2 GB; these rows are 120 kB.
    adapter = adapter_of(moons(training={"batch_size": 4}), numbered(10_000))
    sizes = [
        function.function.graph.as_graph_def().ByteSize()
        for dataset in (
            adapter.training_dataset(),
            adapter.evaluation_dataset(numbered(10_000).train),
        )
        for function in dataset_functions(dataset)
    ]
    assert len(sizes) > 2
    assert max(sizes) < 20_000
