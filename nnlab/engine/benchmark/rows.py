"""The rows that devices are measured on: the config's own, or random ones of their shape."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows, prepare
from nnlab.data.datasets.random_rows import random_rows, supports_random_rows
from nnlab.engine.runtime.arrays import align_arrays
from nnlab.errors import DataError

RANDOM = "random"


@dataclass(frozen=True)
class MeasuredRows:
    """Which rows are trained on; whoever needs them can have them again.

    Args:
        name: The data set's name, the file's, or `random`.
        note: Why they are random; may be empty.
        most: How many of the training rows at most; None: all.
    """

    name: str
    note: str = ""
    most: int | None = None

    def prepare(self, experiment: Experiment) -> PreparedData:
        """The rows, those of the training alone.

        Args:
            experiment: The experiment.

        Raises:
            ConfigError: The config asks for what the data do not have.
            DataError: The data cannot be read, or do not fit.
        """
        word = experiment.data.dataset
        source = random_rows(word) if word is not None and self.name == RANDOM else None
        data = prepare(experiment, source=source)
        rows = data.train if self.most is None else _first(data.train, self.most)
        return align_arrays(replace(data, train=rows, validation=None, test=None))


def find_rows(experiment: Experiment, most: int | None) -> tuple[MeasuredRows, PreparedData]:
    """The rows to measure on.

    How long a step takes does not depend on the values of pixels: where pictures cannot be
    downloaded, random ones stand in.

    Args:
        experiment: The experiment.
        most: How many of the training rows at most; None: all.

    Returns:
        Which they are, and the rows.

    Raises:
        ConfigError: The config asks for what the data do not have.
        DataError: The data cannot be read, or do not fit.
    """
    word = experiment.data.dataset
    rows = MeasuredRows(
        str(experiment.data.file) if word is None else word.display_name(), most=most
    )
    try:
        return rows, rows.prepare(experiment)
    except DataError as error:
        if not supports_random_rows(word):
            raise
        rows = MeasuredRows(RANDOM, str(error), most)
    return rows, rows.prepare(experiment)


def _first(rows: Rows, count: int) -> Rows:
    weights = rows.sample_weight
    return Rows(
        {name: values[:count] for name, values in rows.inputs.items()},
        {name: values[:count] for name, values in rows.targets.items()},
        None if weights is None else weights[:count],
    )
