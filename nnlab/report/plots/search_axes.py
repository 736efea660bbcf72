"""The common parts of the plots of a search: its trials, and the axes of hyperparameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnlab.config.direction import Direction
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.hyperparameter_names import marker_name, short_names
from nnlab.report.plots.curves import spans_decades
from nnlab.report.plots.log_axis import label_log_axis, log_ticks
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, Value, rank_trials

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


MAX_HYPERPARAMETERS = 8
SPREAD_LABEL = ", \N{PLUS-MINUS SIGN} standard deviation"
_MAX_TICKS = 8
_MAX_LABEL_LENGTH = 14
# The distance of a tick label from that of an end, as a share of the axis.
_MIN_TICK_DISTANCE = 0.12
# The best trials have similar scores: a few that are ten times worse would reduce them to a point.
_LOG_SCALE_RATIO = 10.0


@dataclass(frozen=True)
class SearchPlot:
    """The data of the plots of a search.

    Args:
        name: The experiment's name.
        objective: The metric that ranks the trials.
        direction: Whether lower or higher values are better.
        space: The hyperparameters.
        trials: The trials.
        importance: The importance of each hyperparameter, by its name without repetitions. The most
            important ones are plotted; without importance, those that most trials use.
    """

    name: str
    objective: str
    direction: Direction
    space: Sequence[Hyperparameter]
    trials: Sequence[FrozenTrial]
    importance: Mapping[str, float]

    @property
    def scored(self) -> list[FrozenTrial]:
        """The complete trials with a finite score, in order."""
        complete = (trial for trial in self.trials if trial.status is TrialStatus.COMPLETE)
        return [t for t in complete if t.score is not None and np.isfinite(t.score)]

    @property
    def best(self) -> FrozenTrial | None:
        """The best trial."""
        return next(iter(rank_trials(self.scored, self.direction)), None)

    @property
    def shown(self) -> dict[str, Hyperparameter]:
        """The hyperparameters to plot by short name; repetitions count as one.

        Those with a single value among the trials are left out.
        """
        first = {
            marker_name(hyperparameter.name): hyperparameter
            for hyperparameter in reversed(self.space)
        }
        uses = Counter(
            marker for trial in self.scored for marker in set(map(marker_name, trial.values))
        )
        varied = sorted(
            self._varied, key=lambda marker: (-self.importance.get(marker, 0.0), -uses[marker])
        )
        short = short_names(self._markers)
        kept = set(varied[:MAX_HYPERPARAMETERS])
        return {short[marker]: first[marker] for marker in self._markers if marker in kept}

    @property
    def selection(self) -> str:
        """How the plotted hyperparameters were selected; empty if all are plotted."""
        count = len(self._varied)
        if count <= MAX_HYPERPARAMETERS:
            return ""
        important = sum(self.importance.get(marker, 0.0) > 0 for marker in self._varied)
        selected = f"{MAX_HYPERPARAMETERS} of {count} hyperparameters"
        if not important:
            return f"{selected}, those used by most trials"
        if important < MAX_HYPERPARAMETERS:
            return f"{selected}, including {important} of nonzero importance"
        return f"the {MAX_HYPERPARAMETERS} most important of {count} hyperparameters"

    @property
    def _markers(self) -> list[str]:
        """The search markers in the order of the config."""
        return list(dict.fromkeys(marker_name(item.name) for item in self.space))

    @property
    def _varied(self) -> list[str]:
        """The search markers with several values among the trials."""
        return [marker for marker in self._markers if len(self._values(marker)) > 1]

    def _values(self, marker: str) -> set[Value]:
        """Return the distinct values of a search marker, over all repetitions."""
        return {
            value
            for trial in self.scored
            for name, value in trial.values.items()
            if marker_name(name) == marker
        }

    @property
    def has_spread(self) -> bool:
        """Whether a trial has several scores."""
        return any(trial.spread is not None for trial in self.scored)

    @property
    def label(self) -> str:
        """The objective with its direction."""
        direction = "lower" if self.direction == "min" else "higher"
        return f"{self.objective.replace('_', ' ')} ({direction} is better)"

    @property
    def is_logarithmic(self) -> bool:
        """Whether scores have a logarithmic axis."""
        scores = np.array([trial.score for trial in self.scored], float)
        return spans_decades(self.objective, [scores], _LOG_SCALE_RATIO)


def position(hyperparameter: Hyperparameter, value: Value) -> float:
    """Return the position of a value on its axis: the number, its logarithm, or its index."""
    if hyperparameter.values:
        values = hyperparameter.values
        return float(values.index(value)) if value in values else float("nan")
    number = float(value)
    return float(np.log10(number)) if hyperparameter.sampling == "log" else number


def limits(hyperparameter: Hyperparameter) -> tuple[float, float]:
    """Return the positions of both ends of an axis."""
    if hyperparameter.values:
        return 0.0, float(len(hyperparameter.values) - 1)
    return (
        position(hyperparameter, hyperparameter.min_value or 0.0),
        position(hyperparameter, hyperparameter.max_value or 0.0),
    )


def ticks(hyperparameter: Hyperparameter) -> tuple[NDArray[np.float64], list[str]]:
    """Return a few ticks of an axis: positions of shape (ticks,), and labels."""
    low, high = limits(hyperparameter)
    if hyperparameter.values:
        step = max(1, -(-len(hyperparameter.values) // _MAX_TICKS))
        places = np.arange(0, len(hyperparameter.values), step, dtype=float)
        return places, [_tick_label(hyperparameter.values[int(place)]) for place in places]
    if hyperparameter.size is not None and hyperparameter.size <= _MAX_TICKS:
        inside = np.array([position(hyperparameter, value) for value in hyperparameter.points()])
    elif hyperparameter.sampling == "log":
        inside = np.log10(log_ticks(float(10**low), float(10**high)))
    else:
        inside = np.array([(low + high) / 2])
        inside = np.unique(np.round(inside)) if hyperparameter.kind == "int" else inside
    # Labels must not overlap those of the ends.
    distance = (high - low) * _MIN_TICK_DISTANCE
    inside = inside[(inside > low + distance) & (inside < high - distance)]
    places = np.unique(np.concatenate([[low], inside, [high]]))
    numbers = 10**places if hyperparameter.sampling == "log" else places
    return places, [f"{number:.4g}" for number in numbers]


def _tick_label(value: Value) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _MAX_LABEL_LENGTH else f"{text[: _MAX_LABEL_LENGTH - 1]}…"


def scale_score_axis(axes: Axes, search: SearchPlot) -> None:
    """Set the scale and the label of a vertical axis of scores."""
    label = search.label
    if search.is_logarithmic:
        axes.set_yscale("log")
        label_log_axis(axes.yaxis)
        label += ", logarithmic"
    axes.yaxis.set_label_text(label)
