"""Batches: their order, contents, sizes and sample weights, in memory that TensorFlow shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows, TargetSpec, prepare, shuffled_indices
from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.batches import (
    DataAdapter,
    align_arrays,
    as_tensor,
    class_weights,
    target_codes,
    training_weights,
)
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


CLASSES = TargetSpec("output", "classes", ("a", "b", "c"), "integer", 1)


def data_of(
    targets: NDArray[Any], spec: TargetSpec, sample_weight: NDArray[np.float32] | None = None
) -> PreparedData:
    rows = Rows({"input": np.zeros((len(targets), 2))}, {"output": targets}, sample_weight)
    return PreparedData(rows, None, None, {}, {"output": spec})


def test_balanced_classes_have_equal_total_weights() -> None:
    codes = np.array([0, 0, 0, 1, 2, 2])
    weights = class_weights(codes, "balanced", CLASSES)
    np.testing.assert_allclose(weights, [2 / 3, 2 / 3, 2 / 3, 2, 1, 1], rtol=1e-6)
    np.testing.assert_allclose([weights[codes == code].sum() for code in range(3)], [2, 2, 2])


def test_balanced_ignores_classes_that_do_not_occur() -> None:
    weights = class_weights(np.array([0, 0, 2, 2]), "balanced", CLASSES)
    np.testing.assert_allclose(weights, [1, 1, 1, 1])


def test_missing_class_weight_defaults_to_1() -> None:
    weights = class_weights(np.array([0, 1, 2]), {1: 5.0}, CLASSES)
    assert weights.tolist() == [1, 5, 1]


def test_class_weights_go_by_number_or_name() -> None:
    weights = class_weights(np.array([0, 1, 2]), {"c": 5.0, 0: 2.0}, CLASSES)
    assert weights.tolist() == [2, 1, 5]


def test_string_key_is_a_class_name_even_if_numeric() -> None:
    ratings = TargetSpec("output", "classes", ("1", "2"), "integer", 1)
    assert class_weights(np.array([0, 1]), {"1": 5.0}, ratings).tolist() == [5, 1]
    assert class_weights(np.array([0, 1]), {1: 5.0}, ratings).tolist() == [1, 5]


@pytest.mark.parametrize("key", [3, -1, "d", "0"])
def test_weight_of_an_unknown_class_is_an_error(key: int | str) -> None:
    with pytest.raises(ConfigError, match=rf"no class {key}\..*0: a, 1: b, 2: c"):
        class_weights(np.array([0, 1]), {key: 2.0}, CLASSES)


def test_two_weights_for_one_class_are_an_error() -> None:
    with pytest.raises(ConfigError, match=r"one weight for each class.*0: a, 1: b, 2: c"):
        class_weights(np.array([0, 1]), {0: 2.0, "a": 3.0}, CLASSES)


@pytest.mark.parametrize(
    ("values", "encoding"),
    [
        (np.eye(3, dtype=np.float32)[[2, 0]], "one_hot"),
        (np.array([2, 0], np.int32), "integer"),
        (np.array([[2.0], [0.0]], np.float32), "number"),
    ],
)
def test_target_codes_decodes_every_encoding(values: NDArray[Any], encoding: Any) -> None:
    spec = TargetSpec("output", "classes", ("a", "b", "c"), encoding, 1)
    assert target_codes(data_of(values, spec).train, spec).tolist() == [2, 0]


def test_class_weight_and_row_weight_multiply(moons: Callable[..., Experiment]) -> None:
    row_weights = np.array([1, 2, 3], np.float32)
    data = data_of(np.array([0, 1, 1], np.int32), CLASSES, row_weights)
    experiment = moons(training={"class_weight": {1: 10.0}})
    assert training_weights(experiment, data) == pytest.approx([1, 20, 30])
    assert training_weights(moons(), data) is row_weights


def test_class_weight_needs_a_target_of_classes(moons: Callable[..., Experiment]) -> None:
    spec = TargetSpec("output", "number", (), "number", 1)
    data = data_of(np.zeros((2, 1), np.float32), spec)
    with pytest.raises(ConfigError, match="class_weight needs a target of classes"):
        training_weights(moons(training={"class_weight": "balanced"}), data)


def test_aligned_data_equals_the_original(moons: Callable[..., Experiment]) -> None:
    data = prepare(moons())
    aligned = align_arrays(data)
    for rows, aligned_rows in ((data.train, aligned.train), (data.test, aligned.test)):
        assert rows is not None
        assert aligned_rows is not None
        np.testing.assert_array_equal(rows.inputs["input"], aligned_rows.inputs["input"])
        np.testing.assert_array_equal(rows.targets["output"], aligned_rows.targets["output"])
        assert aligned_rows.inputs["input"].ctypes.data % 64 == 0
    assert aligned.inputs is data.inputs


def test_tensor_shares_the_memory_of_aligned_rows(moons: Callable[..., Experiment]) -> None:
    rows = align_arrays(prepare(moons())).train.inputs["input"]
    tensor = as_tensor(rows)
    rows[0, 0] = 7.0
    assert tensor[0, 0] == 7.0
    assert align_arrays(prepare(moons())).train.inputs["input"][0, 0] != 7.0


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8", "bool"])
def test_tensor_keeps_dtype_and_values(dtype: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    tensor = as_tensor(array)
    assert tensor.dtype.name == dtype
    np.testing.assert_array_equal(tensor.numpy(), array)


def test_strided_and_read_only_arrays_are_copied() -> None:
    backwards = np.arange(6, dtype=np.float32)[::-1]
    read_only = np.zeros(4, np.float32)
    read_only.flags.writeable = False
    np.testing.assert_array_equal(as_tensor(backwards).numpy(), backwards)
    np.testing.assert_array_equal(as_tensor(read_only).numpy(), read_only)
