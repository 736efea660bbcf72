"""What is wrong with the data of several experiments: each fault once, with all that have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from nnlab.config import Experiment
from nnlab.engine.workers.shared_data import data_key
from nnlab.errors import DataError, RequestError

Who = TypeVar("Who")


@dataclass(frozen=True)
class DataCheck(Generic[Who]):
    """What came of a look at data.

    Args:
        found: Those whose data have a fault, by the fault's text.
        kind: What the faults are together: the data's, where any is; else the config's.
    """

    found: dict[str, list[Who]]
    kind: type[DataError | RequestError]

    @property
    def unsound(self) -> list[Who]:
        """Those whose data have any fault."""
        return [one for several in self.found.values() for one in several]


def look_at_data(
    several: Iterable[tuple[Who, Experiment]], prepare: Callable[[Experiment], object]
) -> DataCheck[Who]:
    """Prepare the data of several experiments, those that share theirs once.

    Args:
        several: The experiments, each with who trains it.
        prepare: Prepares the data of an experiment.

    Returns:
        The faults; none where all data fit.
    """
    having: dict[tuple[str, str], list[Who]] = {}
    experiments: dict[tuple[str, str], Experiment] = {}
    for who, experiment in several:
        key = (data_key(experiment), repr(experiment.training.class_weight))
        having.setdefault(key, []).append(who)
        experiments.setdefault(key, experiment)
    found: dict[str, list[Who]] = {}
    kind: type[DataError | RequestError] = RequestError
    for key, experiment in experiments.items():
        try:
            prepare(experiment)
        except (DataError, RequestError) as error:
            kind = DataError if isinstance(error, DataError) else kind
            for diagnostic in str(error).splitlines():
                found.setdefault(diagnostic, []).extend(having[key])
    return DataCheck(found, kind)
