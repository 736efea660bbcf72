"""The rows of a benchmark: those of the config, or random ones of their shape."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows, prepare
from nnlab.data.datasets.generated import random_rows, supports_random_rows
from nnlab.engine.batches import align_arrays
from nnlab.errors import DataError

RANDOM = "random"


@dataclass(frozen=True)
class MeasuredRows:
    """The source of the rows, from which a process can prepare them again.

    Args:
        name: Name of the data set or file, or `random`.
        error: Why the rows are random: the error of loading the data; empty if they are not.
        max_rows: Maximum number of training rows; None: all.
    """

    name: str
    error: str = ""
    max_rows: int | None = None

    def prepare(self, experiment: Experiment) -> PreparedData:
        """Prepare the training rows."""
        dataset = experiment.data.dataset
        source = random_rows(dataset) if dataset is not None and self.name == RANDOM else None
        data = prepare(experiment, source=source)
        rows = data.train if self.max_rows is None else _first(data.train, self.max_rows)
        return align_arrays(replace(data, train=rows, validation=None, test=None))


def find_rows(experiment: Experiment, max_rows: int | None) -> tuple[MeasuredRows, PreparedData]:
    """Return the rows of a benchmark.

    Random images replace those that cannot be downloaded: the time of a step does not depend on the
    values of pixels.
    """
    dataset = experiment.data.dataset
    rows = MeasuredRows(
        str(experiment.data.file) if dataset is None else dataset.display_name(), max_rows=max_rows
    )
    try:
        return rows, rows.prepare(experiment)
    except DataError as error:
        if not supports_random_rows(dataset):
            raise
        rows = MeasuredRows(RANDOM, str(error), max_rows)
    return rows, rows.prepare(experiment)


def _first(rows: Rows, count: int) -> Rows:
    weights = rows.sample_weight
    return Rows(
        {name: values[:count] for name, values in rows.inputs.items()},
        {name: values[:count] for name, values in rows.targets.items()},
        None if weights is None else weights[:count],
    )
