"""Whether the data fit a search: looked at for all that it may choose, before anything is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nnlab.config import Config, Experiment
from nnlab.config.space.corner_cases import CornerCase
from nnlab.config.space.materialize import materialize_corner_cases
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
    several = list(materialize_corner_cases(config))
    diagnostics = look_at_data(several, prepare)
    if diagnostics.found:
        unsound = set(map(id, diagnostics.unsound))
        sound = next((sample for sample, _ in several if id(sample) not in unsound), None)
        told = (
            _told(diagnostic, having, sound) for diagnostic, having in diagnostics.found.items()
        )
        raise diagnostics.kind("\n".join(told))


def _told(diagnostic: str, having: Sequence[CornerCase], sound: CornerCase | None) -> str:
    """A fault, with the value that makes it, where it is not there with any."""
    if having[0].target is not None:
        return f"{diagnostic} {having[0].condition}"
    # The defaults have it: what is sound differs from them in the value of one marker.
    return diagnostic if sound is None else f"{diagnostic} {sound.default.condition}"
