"""Which hyperparameters the score of a search depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.config.hyperparameters import Hyperparameter
from nnlab.report.hyperparameter_names import marker_name
from nnlab.runs.trial import TrialRecord, TrialStatus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METHOD = "permutation importance in a random forest (scikit-learn), on trials kept from it"
# Fewer trials tell nothing of what they have in common.
LEAST_TRIALS = 10

_FOLDS, _TREES, _SHUFFLES, _SEED = 5, 100, 10, 0


@dataclass(frozen=True)
class Importance:
    """What the score of a search depends on.

    Args:
        shares: The share of each hyperparameter, by its name without repetitions, the largest
            first; they add up to 1. Empty where nothing can be told.
        explained: The share of the variance of the trials' ranks that the hyperparameters explain,
            on trials that the forest has not seen; not above 0 where they explain nothing.
    """

    shares: dict[str, float]
    explained: float


def importance(trials: Sequence[TrialRecord], space: Sequence[Hyperparameter]) -> Importance | None:
    """How much the score depends on each hyperparameter.

    A random forest learns the rank of a trial among all from its values; a hyperparameter is as
    important as the forest's error grows where its values are shuffled among the trials (L.
    Breiman: "Random Forests", Machine Learning 45, 2001). Both the error and the shuffling are of
    trials that the forest has not seen, each kept from it in one of five folds, so that chance
    counts for nothing. A hyperparameter that a trial does not use stands at the middle of its
    values: that it is not used is the importance of what it depends on, such as the depth. The
    repetitions of a hyperparameter are shuffled together.

    Args:
        trials: The trials of a search; those without a score are left out.
        space: Its hyperparameters.

    Returns:
        The importance; None where there are fewer than ten trials, or all are equally good.

    Example:
        >>> units = Hyperparameter("units", "int", 1, min_value=1, max_value=99)
        >>> seed = Hyperparameter("seed", "int", 1, min_value=1, max_value=99)
        >>> trials = [
        ...     TrialRecord(n, {"units": n, "seed": n % 2}, TrialStatus.COMPLETE, score=n * 0.01)
        ...     for n in range(30)
        ... ]
        >>> list(importance(trials, [seed, units]).shares)
        ['units', 'seed']
    """
    import numpy as np

    scored = [
        trial
        for trial in trials
        if trial.status is TrialStatus.COMPLETE and trial.score is not None
    ]
    scores = np.asarray([trial.score for trial in scored], float)
    if len(scored) < LEAST_TRIALS or not (scores != scores[0]).any():
        return None
    groups = list(dict.fromkeys(marker_name(one.name) for one in space))
    columns = [_columns(one, scored) for one in space]
    owner = np.repeat(
        [groups.index(marker_name(one.name)) for one in space],
        [column.shape[1] for column in columns],
    )
    errors, growth = _held_out(np.concatenate(columns, axis=1), _ranks(scores), owner, len(groups))
    explained = 1 - errors / float(_ranks(scores).var())
    grown = np.maximum(growth, 0)
    if explained <= 0 or not grown.any():
        return Importance({}, explained)
    shares = grown / grown.sum()
    order = np.argsort(-shares, kind="stable")
    return Importance({groups[one]: float(shares[one]) for one in order}, explained)


def _ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 0 to 1, equal scores between: one trial that diverged must not count for all."""
    below = (scores[None, :] < scores[:, None]).sum(1)
    equal = (scores[None, :] == scores[:, None]).sum(1)
    ranks: NDArray[np.float64] = (below + (equal - 1) / 2) / (len(scores) - 1)
    return ranks


def _columns(one: Hyperparameter, trials: Sequence[TrialRecord]) -> NDArray[np.float64]:
    """A hyperparameter as features [trials, features]: a number, or one for each of its values."""
    import numpy as np

    values: list[Any] = [trial.values.get(one.name) for trial in trials]
    used = np.array([value is not None for value in values])
    if not used.any():
        return np.zeros((len(trials), 1))
    if one.values and not one.ordered:
        matrix = np.array([[value == each for each in one.values] for value in values], float)
        middle = matrix[used].mean(0)
    else:
        codes = [one.values.index(v) if one.values and v in one.values else v for v in values]
        matrix = np.array([0.0 if code is None else float(code) for code in codes])[:, None]
        middle = np.median(matrix[used], axis=0)
    matrix[~used] = middle
    return matrix


def _held_out(
    features: NDArray[np.float64],
    target: NDArray[np.float64],
    owner: NDArray[np.int64],
    groups: int,
) -> tuple[float, NDArray[np.float64]]:
    """The forest's mean square error, and by how much it grows for each group of features."""
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor

    generator = np.random.default_rng(_SEED)
    fold = generator.permutation(len(target)) % _FOLDS
    error, growth = 0.0, np.zeros(groups)
    for number in range(_FOLDS):
        held = fold == number
        forest = RandomForestRegressor(_TREES, random_state=_SEED, n_jobs=1)
        forest.fit(features[~held], target[~held])
        rows, truth = features[held], target[held]
        base = np.square(forest.predict(rows) - truth)
        error += float(base.sum())
        orders = [generator.permutation(len(rows)) for _ in range(_SHUFFLES)]
        for group in range(groups):
            mine = owner == group
            shuffled = np.tile(rows, (_SHUFFLES, 1, 1))
            for turn, order in enumerate(orders):
                shuffled[turn][:, mine] = rows[order][:, mine]
            # One question to the forest for all shuffles: a question costs more than its rows.
            answers = forest.predict(shuffled.reshape(-1, features.shape[1]))
            squares = np.square(answers.reshape(_SHUFFLES, -1) - truth)
            growth[group] += (squares.mean(0) - base).sum()
    return error / len(target), growth / len(target)
