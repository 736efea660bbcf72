"""Which runs of a comparison are bound to fail: found out before anything is made, or touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nnlab.config import Experiment
from nnlab.config.comparison.variants import Comparison
from nnlab.engine.comparison.resume import ReusableRun
from nnlab.engine.runtime.devices import select_device
from nnlab.engine.workers.data_checks import look_at_data
from nnlab.text import join_names


def check_variants(
    comparison: Comparison,
    earlier: Mapping[tuple[str, int], ReusableRun],
    prepare: Callable[[Experiment], object],
) -> None:
    """Look for the devices of a comparison, and at the data of each variant.

    The data are those of a variant's first run to be done: where there is none, they need not be
    there.

    Args:
        comparison: The comparison.
        earlier: What there is already of each run, by variant and seed.
        prepare: Prepares the data of an experiment.

    Raises:
        DeviceError: There is no such device.
        DataError: The data of some variant cannot be read, or do not fit; with every fault.
        RequestError: Likewise, where only a config asks for what the data do not have.
    """
    for device in {variant.config.experiment.training.device for variant in comparison.variants}:
        select_device(device)
    left: dict[str, int] = {}
    for (name, seed), run in earlier.items():
        if run.record is None:
            left.setdefault(name, seed)
    several = [
        (variant.name, variant.experiment(comparison.name, left[variant.name]))
        for variant in comparison.variants
        if variant.name in left
    ]
    diagnostics = look_at_data(several, prepare)
    if diagnostics.found:
        told = (
            _told(diagnostic, names, len(several))
            for diagnostic, names in diagnostics.found.items()
        )
        raise diagnostics.kind("\n".join(told))


def _told(diagnostic: str, names: list[str], of: int) -> str:
    """A fault, with the variants that have it where not all do."""
    if len(names) == of:
        return diagnostic
    return f"{diagnostic} In the variant{'s' if len(names) > 1 else ''} {join_names(names)}."
