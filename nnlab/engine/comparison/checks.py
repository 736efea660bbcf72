"""Checks of a comparison before its folder is created or changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nnlab.config import Experiment
from nnlab.config.comparison.loader import Comparison
from nnlab.engine.comparison.resume import ReusableRun
from nnlab.engine.runtime.devices import select_device
from nnlab.engine.workers.data_checks import collect_data_errors
from nnlab.text import join_names


def check_variants(
    comparison: Comparison,
    earlier: Mapping[tuple[str, int], ReusableRun],
    prepare: Callable[[Experiment], object],
) -> None:
    """Check the devices of a comparison, and the data of each variant with runs to train."""
    for device in {variant.config.experiment.training.device for variant in comparison.variants}:
        select_device(device)
    first_seed: dict[str, int] = {}
    for (name, seed), run in earlier.items():
        if run.record is None:
            first_seed.setdefault(name, seed)
    experiments = [
        (variant.name, variant.experiment(comparison.name, first_seed[variant.name]))
        for variant in comparison.variants
        if variant.name in first_seed
    ]
    check = collect_data_errors(experiments, prepare)
    if check.owners:
        messages = (
            _name_variants(error, names, len(experiments)) for error, names in check.owners.items()
        )
        raise check.error_type("\n".join(messages))


def _name_variants(error: str, names: list[str], total: int) -> str:
    """Add the affected variants to an error, unless all are affected."""
    if len(names) == total:
        return error
    return f"{error} In the variant{'s' if len(names) > 1 else ''} {join_names(names)}."
