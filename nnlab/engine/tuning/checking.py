"""Whether the data fit a search: looked at for all that it may choose, before anything is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nnlab.config import Config, Experiment
from nnlab.config.closing import sampled
from nnlab.config.sampling import Sample
from nnlab.engine.shared_data import data_key
from nnlab.errors import DataError, RequestError


def check_data(config: Config, prepare: Callable[[Experiment], object]) -> None:
    """Prepare the data of each option and both ends of each range that they depend on.

    A trial whose data do not fit is bound to fail, whichever of several values stands first.

    Args:
        config: A config with open values.
        prepare: Prepares the data of an experiment.

    Raises:
        DataError: The data cannot be read, or do not fit some value; with every fault, each once.
        RequestError: Likewise, where only the config asks for what the data do not have.
    """
    samples: dict[str, list[Sample]] = {}
    experiments: dict[str, Experiment] = {}
    for sample, experiment in sampled(config):
        key = data_key(experiment)
        samples.setdefault(key, []).append(sample)
        experiments.setdefault(key, experiment)
    found: dict[str, list[Sample]] = {}
    kind: type[DataError | RequestError] = RequestError
    for key, experiment in experiments.items():
        try:
            prepare(experiment)
        except (DataError, RequestError) as error:
            kind = DataError if isinstance(error, DataError) else kind
            for fault in str(error).splitlines():
                found.setdefault(fault, []).extend(samples[key])
    if found:
        unsound = {id(sample) for several in found.values() for sample in several}
        every = [sample for several in samples.values() for sample in several]
        sound = next((sample for sample in every if id(sample) not in unsound), None)
        told = (_told(fault, having, sound) for fault, having in found.items())
        raise kind("\n".join(told))


def _told(fault: str, having: Sequence[Sample], sound: Sample | None) -> str:
    """A fault, with the value that makes it, where it is not there with any."""
    if having[0].target is not None:
        return f"{fault} {having[0].words}"
    # The defaults have it: what is sound differs from them in the value of one marker.
    return fault if sound is None else f"{fault} {sound.default.words}"
