"""Whether the data fit a search: looked at for all that it may choose, before anything is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nnlab.config import Config, Experiment
from nnlab.config.space.corner_cases import Sample
from nnlab.config.space.materialize import sampled
from nnlab.engine.workers.data_checks import look_at_data


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
    several = list(sampled(config))
    faults = look_at_data(several, prepare)
    if faults.found:
        unsound = set(map(id, faults.unsound))
        sound = next((sample for sample, _ in several if id(sample) not in unsound), None)
        told = (_told(fault, having, sound) for fault, having in faults.found.items())
        raise faults.kind("\n".join(told))


def _told(fault: str, having: Sequence[Sample], sound: Sample | None) -> str:
    """A fault, with the value that makes it, where it is not there with any."""
    if having[0].target is not None:
        return f"{fault} {having[0].words}"
    # The defaults have it: what is sound differs from them in the value of one marker.
    return fault if sound is None else f"{fault} {sound.default.words}"
