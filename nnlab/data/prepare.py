"""Preparation of an experiment's data, the entry point of this package."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.model import FunctionalModel
from nnlab.data.containers.arrays import UNNAMED_INPUT, Arrays
from nnlab.data.containers.issues import DataIssues, format_row_numbers
from nnlab.data.containers.prepared import PreparedData, Rows
from nnlab.data.containers.storage import Storage
from nnlab.data.containers.table import Table
from nnlab.data.datasets.catalog import load_dataset
from nnlab.data.readers.data_file import open_data_file
from nnlab.data.transforms.partition import encode_parts
from nnlab.data.transforms.raw_data import RawData, read_arrays, read_table
from nnlab.data.transforms.split import Split, SplitPlan, split_rows
from nnlab.data.transforms.targets import EncodedTarget, ModelOutput, check_target, encode_target
from nnlab.text import join_names


def prepare(
    experiment: Experiment, memory: int | None = None, source: Table | Arrays | None = None
) -> PreparedData:
    """Read, check, split and encode the data of an experiment.

    Imputed values, categories and scaling are learned from the training rows alone. Images and
    numeric tables are not copied: they are reordered in place, and the parts are views of them.

    Arrays that are too large for memory are memory-mapped files without names: see `is_on_disk`.
    Parquet and NPZ files of any size are prepared in a bounded amount of memory, plus some 50 bytes
    per row for the split; a CSV file is read into memory as a whole.

    Args:
        experiment: A concrete config.
        memory: The memory for all arrays, in bytes; further arrays are on disk. Defaults to a
            quarter of the machine's memory.
        source: Rows that replace those that the config names. Defaults to the config's.

    Returns:
        The rows of each part, and the spec of each input and target.

    Raises:
        DataError: With all issues of the data that can be detected together.
        RequestError: If the config does not match the data.
        RunFailedError: If data that do not fit in memory do not fit on disk, either.

    Example:
        >>> experiment = Experiment.model_validate({
        ...     "data": {"dataset": "iris", "test_split": 0.2},
        ...     "model": {"layers": [{"Dense": {"units": 3, "activation": "softmax"}}]},
        ...     "training": {
        ...         "optimizer": "adam", "loss": "categorical_crossentropy", "epochs": 1
        ...     },
        ... })
        >>> data = prepare(experiment)
        >>> len(data.train), len(data.test), data.targets["output"].classes
        (120, 30, ('setosa', 'versicolor', 'virginica'))
    """
    config = experiment.data
    outputs = _model_outputs(experiment)
    storage = Storage.default() if memory is None else Storage(memory)
    if source is None and config.dataset is not None:
        source = load_dataset(config.dataset, experiment.data_seed)
    elif source is None:
        source = open_data_file(Path(str(config.file)), config.sample_weight, storage)
    issues = DataIssues(source.name)
    if isinstance(source, Table):
        raw = read_table(source, config, tuple(outputs), issues, storage)
    else:
        raw = read_arrays(source, config, tuple(outputs), issues)
    del source
    _check_config(raw, experiment, issues)
    issues.raise_if_any()

    rows, own_test = raw.rows, raw.test_rows
    kept_rows = _find_complete_rows(raw, config, issues)
    valid = [target for target in raw.targets if check_target(target, config.missing, issues)]
    if kept_rows is not None:
        rows, own_test = len(kept_rows), int((kept_rows >= rows - own_test).sum())
        valid = [target.take(kept_rows, storage) for target in valid if rows]
    encoded = [encode_target(target, outputs[target.name], issues) for target in valid]
    targets = [target for target in encoded if target is not None]
    issues.raise_if_any()

    fold = config.validation_fold
    plan = SplitPlan(
        config.validation_split,
        config.test_split,
        experiment.data_seed,
        None if fold is None else (fold.number, fold.folds),
    )
    stratify_by = next((target.classes for target in targets if target.classes), None)
    classes = stratify_by if config.stratify else None
    split = split_rows(rows, plan, issues, own_test=own_test, classes=classes)
    issues.raise_if_any()
    _check_training_classes(targets, split, issues)
    raw_split = split if kept_rows is None else split.map_rows(kept_rows)
    inputs = [
        features.arrange(raw_split, config.missing, config.scaling, issues, storage)
        for features in raw.inputs
    ]
    issues.raise_if_any()
    target_parts = {
        target.spec.name: encode_parts(split, storage, target.shape, target.dtype, target.encode)
        for target in targets
    }
    weights = raw.sample_weight
    weight_parts = weights is not None and encode_parts(
        raw_split, storage, (), np.float32, weights.__getitem__
    )
    train, validation, test = (
        Rows(
            {spec.name: parts[number] for parts, spec in inputs},
            {name: parts[number] for name, parts in target_parts.items()},
            weight_parts[number] if weight_parts else None,
        )
        for number in range(3)
    )
    return PreparedData(
        train,
        validation if len(validation) else None,
        test if len(test) else None,
        {spec.name: spec for _, spec in inputs},
        {target.spec.name: target.spec for target in targets},
    )


class DataPrefetcher:
    """Prepares an experiment's data in a thread; a call waits for the data and returns them.

    Reading and decompressing files hardly delays the import of TensorFlow, which takes two seconds.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._result: PreparedData | BaseException
        # A daemon: an interrupted process does not wait for a download.
        self._thread = threading.Thread(target=self._prepare, name="data", daemon=True)
        self._thread.start()

    def __call__(self) -> PreparedData:
        """Return the data, or raise the error of their preparation."""
        self._thread.join()
        if isinstance(self._result, BaseException):
            raise self._result
        return self._result

    def _prepare(self) -> None:
        try:
            self._result = prepare(self._experiment)
        except BaseException as error:  # noqa: BLE001 - raised by the call
            self._result = error


def _model_outputs(experiment: Experiment) -> dict[str, ModelOutput]:
    loss, units = experiment.training.loss, experiment.model.output_units
    return {
        name: ModelOutput(loss[name] if isinstance(loss, dict) else loss, units.get(name))
        for name in experiment.model.output_names
    }


def _check_config(raw: RawData, experiment: Experiment, issues: DataIssues) -> None:
    """Report inputs of the model without data of that name, and two definitions of the test rows.

    A single input matches any name.
    """
    model, present = experiment.model, [features.name for features in raw.inputs]
    required = list(model.inputs) if isinstance(model, FunctionalModel) else [UNNAMED_INPUT]
    if not len(required) == len(present) == 1 and set(required) != set(present):
        issues.add_request_error(
            f"Expected data for the model's inputs, {join_names(required)}. "
            f"Received: {join_names(present)}.",
            "data.inputs",
            "Set the columns of each input; in an NPZ file, name the arrays x_train.NAME.",
        )
    test_split = experiment.data.test_split
    if raw.test_rows and test_split is not None:
        issues.add_request_error(
            f"Expected no test_split, as the data define {raw.test_rows} test rows. "
            f"Received: test_split={test_split:g}.",
            "data.test_split",
            "Remove it.",
        )


def _find_complete_rows(
    raw: RawData, config: DataConfig, issues: DataIssues
) -> NDArray[np.int64] | None:
    """Return the rows without missing values if the others are dropped; None to keep all.

    Invalid features and weights are reported.
    """
    lacks_value = np.zeros(raw.rows, np.bool_)
    for features in raw.inputs:
        lacks_feature = features.check(config.missing, issues)
        lacks_value |= False if lacks_feature is None else lacks_feature
    for target in raw.targets:
        lacks_value |= target.is_missing()
    weights = raw.sample_weight
    if weights is not None:
        lacks_weight = np.isnan(weights)
        lacks_value |= lacks_weight
        is_invalid = (weights < 0) | np.isinf(weights)
        if config.missing != "drop":
            is_invalid |= lacks_weight
        if is_invalid.any():
            issues.add_data_error(
                "Expected a finite weight of 0 or more in every row. "
                f"Received: {weights[is_invalid][0]:g} in "
                f"{format_row_numbers(np.flatnonzero(is_invalid))}.",
                "data.sample_weight",
                "Fix these cells.",
            )
        elif not weights.any():
            message = "Expected at least one weight above 0. Received: none."
            issues.add_data_error(message, "data.sample_weight")
    if config.missing != "drop" or not lacks_value.any():
        return None
    if lacks_value.all():
        message = "Expected rows without missing values. Received: a missing value in every row."
        hint = "Set data.missing to mean or median, or leave out columns."
        issues.add_data_error(message, "data.missing", hint)
    return np.flatnonzero(~lacks_value)


def _check_training_classes(targets: list[EncodedTarget], split: Split, issues: DataIssues) -> None:
    """Report classes of validation or test rows that no training row has."""
    for target in targets:
        if target.classes is None:
            continue
        classes = target.classes if split.order is None else target.classes.take(split.order)
        train, *others = (classes.take(part).counts() for part in split.slices())
        unseen = np.flatnonzero((train == 0) & (sum(others) > 0))
        if len(unseen):
            names = join_names([classes.categories[code] for code in unseen])
            issues.add_data_error(
                f"Expected every class of `{target.spec.name}` in the training rows. "
                f"Received: {names} only in validation or test rows.",
                "data.target",
                "Add training rows of these classes, or set stratify: true.",
            )
