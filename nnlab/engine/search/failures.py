"""When a search gives up: its first trials have all failed, and for the same reason."""

from __future__ import annotations

from collections.abc import Sequence

from nnlab.runs.records.trial import FrozenTrial, TrialStatus
from nnlab.text import plural

_FEWEST = 5


def all_failed_with_same_error(ended: Sequence[FrozenTrial], jobs: int) -> bool:
    """Whether trials have failed so alike that others will.

    Args:
        ended: The trials that have ended since the search began, or went on.
        jobs: Trials at the same time.

    Returns:
        Whether there are five, or twice as many as are at work at once where that is more, and all
        of them failed for one reason, numbers in it apart.

    Example:
        >>> error = "Expected 3 classes. Received: 4."
        >>> failed = [FrozenTrial(n, {}, TrialStatus.FAILED, error=error) for n in range(1, 6)]
        >>> all_failed_with_same_error(failed, jobs=2)
        True
        >>> all_failed_with_same_error(failed[1:], jobs=2)
        False
    """
    if len(ended) < max(_FEWEST, 2 * jobs):
        return False
    if any(trial.status is not TrialStatus.FAILED for trial in ended):
        return False
    return len({trial.failure for trial in ended}) == 1


def giving_up(ended: Sequence[FrozenTrial]) -> str:
    """Why the search gives up, in the words of the first trial, which know a remedy.

    Args:
        ended: The trials that have failed alike.
    """
    first = min(ended, key=lambda trial: trial.number)
    what = f"{plural(len(ended), 'trial')} in a row failed alike, so no more were tried."
    return f"{what} {in_the_first(first)}"


def in_the_first(trial: FrozenTrial) -> str:
    """What the first trial of several that failed alike has to say.

    Args:
        trial: The trial.

    Returns:
        Its error; where the remedy in it would close a value that is searched, another one.

    Example:
        >>> error = "The loss is not a number. Lower the rate: --set training.rate=0.1"
        >>> in_the_first(FrozenTrial(6, {"training.rate": 1e9}, error=error))
        'Trial 6: The loss is not a number. Change the values of training.rate, and search anew.'
    """
    open_values = [name for name in trial.values if f"{name}=" in (trial.error or "")]
    if not open_values:
        return f"Trial {trial.number}: {trial.error}"
    hint = f"Change the values of {', '.join(open_values)}, and search anew."
    return f"Trial {trial.number}: {trial.reason} {hint}"
