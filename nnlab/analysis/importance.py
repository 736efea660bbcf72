"""The importance of hyperparameters for the score of a search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from nnlab.config.space.hyperparameter import Hyperparameter, marker_name
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METHOD = "permutation importance in a random forest (scikit-learn), on held-out trials"
# With fewer trials, two searches of the same space give different results.
MIN_TRIALS = 20
# The probability that any hyperparameter seems important by chance.
_SIGNIFICANCE_LEVEL = 0.05

_FOLDS, _TREES, _SHUFFLES, _SEED = 5, 100, 10, 0


@dataclass(frozen=True)
class Importance:
    """How much the score of a search depends on each hyperparameter.

    Args:
        shares: The share of each hyperparameter, by its name without repetitions, in descending
            order. They sum to 1, or are empty if no hyperparameter has a measurable effect.
        importance_r2: R2 of the trials' ranks on held-out trials; 0 or less if the hyperparameters
            explain nothing.
        errors: The standard error of each share; 0 for those that are not significant.
    """

    shares: dict[str, float]
    importance_r2: float
    errors: dict[str, float] = field(default_factory=dict)


def importance(trials: Sequence[FrozenTrial], space: Sequence[Hyperparameter]) -> Importance | None:
    """Estimate how much the score depends on each hyperparameter, by permutation importance.

    A random forest learns the rank of a trial from its values. The importance of a hyperparameter
    is the increase of the forest's error if its values are shuffled among the trials (Breiman,
    "Random Forests", Machine Learning 45, 2001). Both errors are measured on held-out trials in
    five folds. The value of an inactive conditional hyperparameter is replaced by the center of
    its values: whether it is active counts as the importance of its condition. The repetitions of
    a hyperparameter are shuffled together. The increase is a mean over the trials; unless it is
    significantly above zero (5 % for all hyperparameters together, by Bonferroni), it counts as 0.

    Args:
        trials: The trials of a search; see `comparable_groups` for those that are used.
        space: Its hyperparameters.

    Returns:
        The importance; None for fewer than `MIN_TRIALS` trials, or if all are equally good.

    Example:
        >>> units = Hyperparameter("units", "int", 1, min_value=1, max_value=99)
        >>> seed = Hyperparameter("seed", "int", 1, min_value=1, max_value=99)
        >>> trials = [
        ...     FrozenTrial(n, {"units": n, "seed": n % 2}, TrialStatus.COMPLETE, score=n * 0.01)
        ...     for n in range(30)
        ... ]
        >>> list(importance(trials, [seed, units]).shares)
        ['units', 'seed']
    """
    import numpy as np

    groups = comparable_groups(trials)
    scored = [trial for group in groups for trial in group]
    scores = [np.asarray([trial.score for trial in group], float) for group in groups]
    if len(scored) < MIN_TRIALS or not any((group != group[0]).any() for group in scores):
        return None
    target = np.concatenate([_ranks(group) for group in scores])
    names = list(dict.fromkeys(marker_name(hyperparameter.name) for hyperparameter in space))
    columns = [_columns(hyperparameter, scored) for hyperparameter in space]
    owner = np.repeat(
        [names.index(marker_name(hyperparameter.name)) for hyperparameter in space],
        [column.shape[1] for column in columns],
    )
    error, increase = _held_out_errors(np.concatenate(columns, axis=1), target, owner, len(names))
    importance_r2 = 1 - error / float(target.var())
    mean, standard_error = increase.mean(1), increase.std(1, ddof=1) / np.sqrt(len(target))
    critical = NormalDist().inv_cdf(1 - _SIGNIFICANCE_LEVEL / len(names))
    significant = np.where(mean > critical * standard_error, mean, 0)
    if importance_r2 <= 0 or not significant.any():
        return Importance({}, importance_r2)
    total = significant.sum()
    shares, errors = significant / total, np.where(significant > 0, standard_error, 0) / total
    order = np.argsort(-shares, kind="stable")
    return Importance(
        {names[i]: float(shares[i]) for i in order},
        importance_r2,
        {names[i]: float(errors[i]) for i in order},
    )


def comparable_groups(trials: Iterable[FrozenTrial]) -> list[list[FrozenTrial]]:
    """Group the trials whose scores can be compared: those trained for the same number of epochs.

    Trials without a score, or continued from another trial's weights, are left out, and so are
    groups of one. Ranks across Hyperband's rungs would measure the number of epochs.
    """
    groups: dict[Any, list[FrozenTrial]] = {}
    for trial in trials:
        has_score = trial.status is TrialStatus.COMPLETE and trial.score is not None
        if has_score and trial.parent_trial is None:
            groups.setdefault(trial.sampler_state.get("epochs"), []).append(trial)
    return [group for group in groups.values() if len(group) > 1]


def _ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 0 to 1, averaged over ties; unlike scores, they have no outliers."""
    below = (scores[None, :] < scores[:, None]).sum(1)
    equal = (scores[None, :] == scores[:, None]).sum(1)
    ranks: NDArray[np.float64] = (below + (equal - 1) / 2) / (len(scores) - 1)
    return ranks


def _columns(hyperparameter: Hyperparameter, trials: Sequence[FrozenTrial]) -> NDArray[np.float64]:
    """Encode a hyperparameter as features, [trials, features]: a number, or one-hot."""
    import numpy as np

    options, name = hyperparameter.values, hyperparameter.name
    values: list[Any] = [trial.values.get(name) for trial in trials]
    active = np.array([value is not None for value in values])
    if not active.any():
        return np.zeros((len(trials), 1))
    if options and not hyperparameter.ordered:
        matrix = np.array([[value == option for option in options] for value in values], float)
        center = matrix[active].mean(0)
    else:
        codes = [options.index(v) if options and v in options else v for v in values]
        matrix = np.array([0.0 if code is None else float(code) for code in codes])[:, None]
        center = np.median(matrix[active], axis=0)
    matrix[~active] = center
    return matrix


def _held_out_errors(
    features: NDArray[np.float64],
    target: NDArray[np.float64],
    owner: NDArray[np.int64],
    groups: int,
) -> tuple[float, NDArray[np.float64]]:
    """Return the forest's mean squared error, and its increase by shuffling, [groups, trials].

    `owner` gives the group of each feature, [features].
    """
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor

    generator = np.random.default_rng(_SEED)
    folds = generator.permutation(len(target)) % _FOLDS
    error, increase = 0.0, np.zeros((groups, len(target)))
    for fold in range(_FOLDS):
        held_out = folds == fold
        forest = RandomForestRegressor(_TREES, random_state=_SEED, n_jobs=1)
        forest.fit(features[~held_out], target[~held_out])
        rows, truth = features[held_out], target[held_out]
        base = np.square(forest.predict(rows) - truth)
        error += float(base.sum())
        orders = [generator.permutation(len(rows)) for _ in range(_SHUFFLES)]
        for group in range(groups):
            is_own = owner == group
            shuffled = np.tile(rows, (_SHUFFLES, 1, 1))
            for i, order in enumerate(orders):
                shuffled[i][:, is_own] = rows[order][:, is_own]
            # One call for all shuffles: the overhead of a call exceeds the cost of its rows.
            predictions = forest.predict(shuffled.reshape(-1, features.shape[1]))
            squares = np.square(predictions.reshape(_SHUFFLES, -1) - truth)
            increase[group, held_out] = squares.mean(0) - base
    return error / len(target), increase
