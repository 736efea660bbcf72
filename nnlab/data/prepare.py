"""From a config to rows that are ready to train on: the one way into this package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.experiment import Experiment
from nnlab.config.schema.model import FunctionalModel
from nnlab.data.containers.arrays import UNNAMED_INPUT, Arrays
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues, rows_text
from nnlab.data.containers.prepared import PreparedData, Rows
from nnlab.data.containers.storage import Storage
from nnlab.data.containers.table import Table
from nnlab.data.datasets.dataset import open_dataset
from nnlab.data.readers.file import open_file
from nnlab.data.transforms.examples import Examples, read_arrays, read_table
from nnlab.data.transforms.partition import encode_parts
from nnlab.data.transforms.split import Split, SplitPlan, split_rows
from nnlab.data.transforms.target_column import check_target
from nnlab.data.transforms.targets import EncodedTarget, Output, encode_target
from nnlab.text import join_names


def prepare(
    experiment: Experiment, memory: int | None = None, source: Table | Arrays | None = None
) -> PreparedData:
    """Read, check, split and encode the data of an experiment.

    What fills a gap, which categories there are and how features are scaled is learnt from the
    training rows alone. Images and tables of numbers are never copied whole: they are put in order
    where they are, and the parts are views of them.

    What is too large for memory is on disk, in files without names that are mapped into memory:
    `is_on_disk` tells these arrays. A Parquet file or an NPZ file of any size is prepared in a
    bounded amount of memory, apart from some 50 bytes a row that say what goes where; a CSV file is
    read into memory whole.

    Args:
        experiment: The config, with nothing left to search for.
        memory: Bytes that the arrays may take in memory, all together, before others go to disk;
            None: a quarter of the machine's.
        source: Rows that stand in for those that the config names; None: these.

    Returns:
        The rows of each part, and what they are.

    Raises:
        DataError: With every fault of the data that can be seen together.
        RequestError: If the config asks for what the data do not have.
        RunFailedError: If the disk has no room for what is too large for memory.

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
    outputs = _outputs(experiment)
    storage = Storage.of_this_machine() if memory is None else Storage(memory)
    source = source or _open(config, experiment.data_seed, storage)
    issues = DataIssues(source.name)
    if isinstance(source, Table):
        examples = read_table(source, config, tuple(outputs), issues, storage)
    else:
        examples = read_arrays(source, config, tuple(outputs), issues)
    del source
    _check_inputs(examples, experiment, issues)
    _check_test_rows(examples, config, issues)
    issues.raise_if_any()

    kept = _usable_rows(examples, config, issues)
    sound = [target for target in examples.targets if check_target(target, config.missing, issues)]
    if kept is not None:
        sound = [target.take(kept, storage) for target in sound if len(kept)]
    found = [encode_target(target, outputs[target.name], issues) for target in sound]
    targets = [target for target in found if target is not None]
    issues.raise_if_any()

    fold = config.validation_fold
    plan = SplitPlan(
        config.validation_split,
        config.test_split,
        experiment.data_seed,
        None if fold is None else (fold.number, fold.folds),
    )
    stratify_by = next((target.classes for target in targets if target.classes), None)
    split = split_rows(
        examples.rows if kept is None else len(kept),
        plan,
        issues,
        own_test=_own_test_rows(examples, kept),
        classes=stratify_by if config.stratify else None,
    )
    issues.raise_if_any()
    _check_classes_seen(targets, split, issues)
    placed = split if kept is None else split.of_rows(kept)
    arranged = [
        features.arrange(placed, config.missing, config.scaling, issues, storage)
        for features in examples.inputs
    ]
    issues.raise_if_any()
    encoded = {
        target.spec.name: encode_parts(split, storage, target.shape, target.dtype, target.encode)
        for target in targets
    }
    weights = examples.sample_weight
    weighted = weights is not None and encode_parts(
        placed, storage, (), np.float32, weights.__getitem__
    )
    train, validation, test = (
        Rows(
            {spec.name: parts[number] for parts, spec in arranged},
            {name: parts[number] for name, parts in encoded.items()},
            weighted[number] if weighted else None,
        )
        for number in range(3)
    )
    return PreparedData(
        train,
        validation if len(validation) else None,
        test if len(test) else None,
        {spec.name: spec for _, spec in arranged},
        {target.spec.name: target.spec for target in targets},
    )


def _outputs(experiment: Experiment) -> dict[str, Output]:
    loss, units = experiment.training.loss, experiment.model.output_units
    return {
        name: Output(loss[name] if isinstance(loss, dict) else loss, units.get(name))
        for name in experiment.model.output_names
    }


def _open(config: DataConfig, seed: int, storage: Storage) -> Table | Arrays:
    if config.dataset is not None:
        return open_dataset(config.dataset, seed)
    return open_file(Path(str(config.file)), config.sample_weight, storage)


def _check_inputs(examples: Examples, experiment: Experiment, issues: DataIssues) -> None:
    """Note inputs of the model for which there are no data of that name."""
    model, held = experiment.model, [features.name for features in examples.inputs]
    wanted = list(model.inputs) if isinstance(model, FunctionalModel) else [UNNAMED_INPUT]
    if len(wanted) == len(held) == 1 or set(wanted) == set(held):
        return
    issues.request(
        f"Expected data for the model's inputs, {join_names(wanted)}. "
        f"Received: {join_names(held)}.",
        "data.inputs",
        "Give each input its columns; in an NPZ file name its arrays x_train.NAME.",
    )


def _check_test_rows(examples: Examples, config: DataConfig, issues: DataIssues) -> None:
    if examples.test_rows and config.test_split is not None:
        issues.request(
            f"The data bring {examples.test_rows} test rows of their own. "
            f"Received: test_split={config.test_split:g} as well.",
            "data.test_split",
            "Remove it: the test is done on those rows.",
        )


def _usable_rows(
    examples: Examples, config: DataConfig, issues: DataIssues
) -> NDArray[np.int64] | None:
    """The rows that lack nothing, where the others are to be dropped; None: all."""
    lacks = np.zeros(examples.rows, np.bool_)
    for features in examples.inputs:
        lacking = features.check(config.missing, issues)
        lacks |= False if lacking is None else lacking
    for target in examples.targets:
        lacks |= target.missing()
    weights = examples.sample_weight
    if weights is not None:
        _check_weights(weights, config, issues)
        lacks |= np.isnan(weights)
    if config.missing != "drop" or not lacks.any():
        return None
    if lacks.all():
        message = "Expected rows without missing values. Received: a missing value in every row."
        issues.data(message, "data.missing", "Take mean or median, or leave columns out.")
    return np.flatnonzero(~lacks)


def _check_weights(weights: NDArray[np.float64], config: DataConfig, issues: DataIssues) -> None:
    wrong = (weights < 0) | np.isinf(weights)
    if config.missing != "drop":
        wrong |= np.isnan(weights)
    if wrong.any():
        issues.data(
            f"Expected a weight of 0 or more in every row. "
            f"Received: {weights[wrong][0]:g} in {rows_text(np.flatnonzero(wrong))}.",
            "data.sample_weight",
            "Correct it.",
        )
    elif not weights.any():
        issues.data("Expected a weight above 0. Received: none.", "data.sample_weight")


def _own_test_rows(examples: Examples, kept: NDArray[np.int64] | None) -> int:
    first = examples.rows - examples.test_rows
    return examples.test_rows if kept is None else int((kept >= first).sum())


def _check_classes_seen(targets: list[EncodedTarget], split: Split, issues: DataIssues) -> None:
    """Note classes that the model would be asked for without having seen them."""
    for target in targets:
        if target.classes is None:
            continue
        codes = target.classes if split.order is None else target.classes.take(split.order)
        train, *others = (
            Categorical(codes.codes[part], codes.names).counts() for part in split.slices()
        )
        unseen = np.flatnonzero((train == 0) & (sum(others) > 0))
        if len(unseen):
            names = join_names([codes.names[code] for code in unseen])
            issues.data(
                f"Expected every class of `{target.spec.name}` among the training rows. "
                f"Received: {names} in validation or test rows alone.",
                "data.target",
                "Add training rows of these classes, or set stratify: true.",
            )
