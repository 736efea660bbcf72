"""Which hyperparameters the score of a search depends on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.hyperparameter_names import marker_name
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METHOD = "permutation importance in a random forest (scikit-learn), on trials kept from it"
# Of fewer trials two searches of one space tell two stories.
LEAST_TRIALS = 20
# How often chance alone may look important, over all hyperparameters together.
_CHANCE = 0.05

_FOLDS, _TREES, _SHUFFLES, _SEED = 5, 100, 10, 0


@dataclass(frozen=True)
class Importance:
    """What the score of a search depends on.

    Args:
        shares: The share of each hyperparameter, by its name without repetitions, the largest
            first; they add up to 1. Empty where nothing can be told.
        importance_r2: R2 of the trials' ranks, on trials that the forest has not seen; 0 or less if
            the hyperparameters explain nothing.
        errors: The standard error of each share; 0 of those that cannot be told from chance.
    """

    shares: dict[str, float]
    importance_r2: float
    errors: dict[str, float] = field(default_factory=dict)


def importance(trials: Sequence[FrozenTrial], space: Sequence[Hyperparameter]) -> Importance | None:
    """How much the score depends on each hyperparameter.

    A random forest learns the rank of a trial among all from its values; a hyperparameter is as
    important as the forest's error grows where its values are shuffled among the trials (L.
    Breiman: "Random Forests", Machine Learning 45, 2001). Both the error and the shuffling are of
    trials that the forest has not seen, each kept from it in one of five folds, so that chance
    counts for nothing. A hyperparameter that a trial does not use stands at the middle of its
    values: that it is not used is the importance of what it depends on, such as the depth. The
    repetitions of a hyperparameter are shuffled together. How much the error grows is a mean over
    trials: one that is not far enough above its own standard error (5 % for all hyperparameters
    together, by Bonferroni) cannot be told from chance, and counts as 0.

    Args:
        trials: The trials of a search; see `comparable` for which of them count.
        space: Its hyperparameters.

    Returns:
        The importance; None where there are fewer than `LEAST_TRIALS`, or all are equally good.

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

    alike = comparable(trials)
    scored = [trial for rung in alike for trial in rung]
    scores = [np.asarray([trial.score for trial in rung], float) for rung in alike]
    if len(scored) < LEAST_TRIALS or not any((some != some[0]).any() for some in scores):
        return None
    target = np.concatenate([_ranks(some) for some in scores])
    groups = list(dict.fromkeys(marker_name(one.name) for one in space))
    columns = [_columns(one, scored) for one in space]
    owner = np.repeat(
        [groups.index(marker_name(one.name)) for one in space],
        [column.shape[1] for column in columns],
    )
    error, growth = _held_out(np.concatenate(columns, axis=1), target, owner, len(groups))
    importance_r2 = 1 - error / float(target.var())
    mean, uncertain = growth.mean(1), growth.std(1, ddof=1) / np.sqrt(len(target))
    grown = np.where(mean > NormalDist().inv_cdf(1 - _CHANCE / len(groups)) * uncertain, mean, 0)
    if importance_r2 <= 0 or not grown.any():
        return Importance({}, importance_r2)
    shares, errors = grown / grown.sum(), np.where(grown > 0, uncertain, 0) / grown.sum()
    order = np.argsort(-shares, kind="stable")
    return Importance(
        {groups[one]: float(shares[one]) for one in order},
        importance_r2,
        {groups[one]: float(errors[one]) for one in order},
    )


def comparable(trials: Iterable[FrozenTrial]) -> list[list[FrozenTrial]]:
    """The trials that tell of their values by their scores, those together that compare.

    Args:
        trials: The trials of a search.

    Returns:
        Those that have a score and no other's weights to begin with, parted by the epochs after
        which Hyperband ended them: a rank among trials of more epochs would be one of epochs. One
        alone among its like is left out.

    Example:
        >>> done = TrialStatus.COMPLETE
        >>> short = [FrozenTrial(n, {}, done, score=n, proposal={"epochs": 1}) for n in (1, 2)]
        >>> further = FrozenTrial(3, {}, done, score=9, parent_trial=2, proposal={"epochs": 3})
        >>> [[trial.number for trial in rung] for rung in comparable([*short, further])]
        [[1, 2]]
    """
    alike: dict[Any, list[FrozenTrial]] = {}
    for trial in trials:
        scored = trial.status is TrialStatus.COMPLETE and trial.score is not None
        if scored and trial.parent_trial is None:
            alike.setdefault(trial.proposal.get("epochs"), []).append(trial)
    return [rung for rung in alike.values() if len(rung) > 1]


def _ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 0 to 1, equal scores between: one trial that diverged must not count for all."""
    below = (scores[None, :] < scores[:, None]).sum(1)
    equal = (scores[None, :] == scores[:, None]).sum(1)
    ranks: NDArray[np.float64] = (below + (equal - 1) / 2) / (len(scores) - 1)
    return ranks


def _columns(one: Hyperparameter, trials: Sequence[FrozenTrial]) -> NDArray[np.float64]:
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
    """The forest's mean square error; by how much it grows for each group of features and trial."""
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor

    generator = np.random.default_rng(_SEED)
    fold = generator.permutation(len(target)) % _FOLDS
    error, growth = 0.0, np.zeros((groups, len(target)))
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
            growth[group, held] = squares.mean(0) - base
    return error / len(target), growth
