"""Checks of the data of several experiments: each error once, with the experiments that have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from nnlab.config import Experiment
from nnlab.engine.workers.shared_data import data_key
from nnlab.errors import DataError, RequestError

Owner = TypeVar("Owner")


@dataclass(frozen=True)
class DataCheck(Generic[Owner]):
    """The errors in the data of several experiments.

    Args:
        owners: The owners of the affected experiments by the text of the error.
        error_type: `DataError` if any error is one of the data, otherwise `RequestError`.
    """

    owners: dict[str, list[Owner]]
    error_type: type[DataError | RequestError]

    @property
    def invalid(self) -> list[Owner]:
        """The owners of all affected experiments."""
        return [owner for owners in self.owners.values() for owner in owners]


def collect_data_errors(
    experiments: Iterable[tuple[Owner, Experiment]], prepare: Callable[[Experiment], object]
) -> DataCheck[Owner]:
    """Prepare the data of several experiments, shared data once, and collect the errors."""
    owners_by_key: dict[tuple[str, str], list[Owner]] = {}
    by_key: dict[tuple[str, str], Experiment] = {}
    for owner, experiment in experiments:
        key = (data_key(experiment), repr(experiment.training.class_weight))
        owners_by_key.setdefault(key, []).append(owner)
        by_key.setdefault(key, experiment)
    owners: dict[str, list[Owner]] = {}
    error_type: type[DataError | RequestError] = RequestError
    for key, experiment in by_key.items():
        try:
            prepare(experiment)
        except (DataError, RequestError) as error:
            error_type = DataError if isinstance(error, DataError) else error_type
            for line in str(error).splitlines():
                owners.setdefault(line, []).extend(owners_by_key[key])
    return DataCheck(owners, error_type)
