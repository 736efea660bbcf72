"""What pictures of a search have in common: trials, axes of hyperparameters, what is better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from nnlab.config.direction import Direction
from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.hyperparameter_names import marker_name, short_names
from nnlab.report.plots.curves import spans_decades
from nnlab.report.plots.log_axis import label_logarithm, logarithmic_ticks
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, Value, ranked

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


MOST_SHOWN = 8
SPREAD_WORDS = ", \N{PLUS-MINUS SIGN} standard deviation"
_FEW = 8
_LONGEST_LABEL = 14
# Of an axis' length: what a label beside that of an end needs.
_ROOM = 0.12
# The few best trials lie close together: where others are ten times worse, they would be one point.
_RATIO = 10.0


@dataclass(frozen=True)
class SearchPlot:
    """What the pictures of a search are drawn from.

    Args:
        name: The experiment's name.
        objective: The metric that trials are ranked by.
        direction: Whether less or more of it is better.
        space: The hyperparameters.
        trials: The trials.
        importance: The share of each hyperparameter in the score, by its name without repetitions;
            the most important are shown. Empty: those that most trials have.
    """

    name: str
    objective: str
    direction: Direction
    space: Sequence[Hyperparameter]
    trials: Sequence[FrozenTrial]
    importance: Mapping[str, float]

    @property
    def scored(self) -> list[FrozenTrial]:
        """The trials that have a score, in their order."""
        complete = (trial for trial in self.trials if trial.status is TrialStatus.COMPLETE)
        return [t for t in complete if t.score is not None and np.isfinite(t.score)]

    @property
    def best(self) -> FrozenTrial | None:
        """The best trial."""
        order = ranked(self.scored, self.direction)
        return order[0] if order else None

    @property
    def shown(self) -> dict[str, Hyperparameter]:
        """The hyperparameters to show, each under its short name; several repetitions are one.

        Those that never change, or that fewer than two trials have, are left out.
        """
        first = {marker_name(one.name): one for one in reversed(self.space)}
        held = Counter(name for one in self.scored for name in set(map(marker_name, one.values)))
        varied = sorted(
            self._varied, key=lambda name: (-self.importance.get(name, 0.0), -held[name])
        )
        short = short_names(self._markers)
        kept = set(varied[:MOST_SHOWN])
        return {short[name]: first[name] for name in self._markers if name in kept}

    @property
    def what_is_shown(self) -> str:
        """Which of the open values are shown; empty where all are."""
        count = len(self._varied)
        if count <= MOST_SHOWN:
            return ""
        told = sum(self.importance.get(name, 0.0) > 0 for name in self._varied)
        if not told:
            return f"{MOST_SHOWN} of {count} open values, those that most trials have"
        if told < MOST_SHOWN:
            matter = "one that matters" if told == 1 else f"{told} that matter"
            return f"{MOST_SHOWN} of {count} open values, with the {matter}"
        return f"the {MOST_SHOWN} most important of {count} open values"

    @property
    def _markers(self) -> list[str]:
        """The open values, in the order of the config."""
        return list(dict.fromkeys(marker_name(one.name) for one in self.space))

    @property
    def _varied(self) -> list[str]:
        """Those of which there are two values or more among the trials."""
        return [name for name in self._markers if len(self.values(name)) > 1]

    def values(self, marker: str) -> set[Value]:
        """The different values that trials have of a hyperparameter, over all repetitions."""
        return {
            value
            for trial in self.scored
            for name, value in trial.values.items()
            if marker_name(name) == marker
        }

    @property
    def has_spread(self) -> bool:
        """Whether some trials have several scores."""
        return any(trial.spread is not None for trial in self.scored)

    @property
    def label(self) -> str:
        """The objective and which way it is better."""
        way = "less" if self.direction == "min" else "more"
        return f"{self.objective.replace('_', ' ')} ({way} is better)"

    @property
    def is_logarithmic(self) -> bool:
        """Whether scores differ by factors rather than by amounts."""
        scores = np.array([trial.score for trial in self.scored], float)
        return spans_decades(self.objective, [scores], _RATIO)


def position(one: Hyperparameter, value: Value) -> float:
    """Where a value stands on the axis of its hyperparameter.

    Args:
        one: The hyperparameter.
        value: One of its values.

    Returns:
        A number's own value, its logarithm where sampling is logarithmic; else the position among
        the values.
    """
    if one.values:
        return float(one.values.index(value)) if value in one.values else float("nan")
    number = float(value)
    return float(np.log10(number)) if one.sampling == "log" else number


def ends(one: Hyperparameter) -> tuple[float, float]:
    """Both ends of a hyperparameter's axis, as `position` counts.

    Args:
        one: The hyperparameter.
    """
    if one.values:
        return 0.0, float(len(one.values) - 1)
    return position(one, one.min_value or 0.0), position(one, one.max_value or 0.0)


def ticks(one: Hyperparameter) -> tuple[NDArray[np.float64], list[str]]:
    """A few places on a hyperparameter's axis, as `position` counts, and what to write there.

    Args:
        one: The hyperparameter.
    """
    low, high = ends(one)
    if one.values:
        step = max(1, -(-len(one.values) // _FEW))
        places = np.arange(0, len(one.values), step, dtype=float)
        return places, [_label(one.values[int(place)]) for place in places]
    if one.size is not None and one.size <= _FEW:
        inside = np.array([position(one, value) for value in one.points()])
    elif one.sampling == "log":
        inside = np.log10(logarithmic_ticks(float(10**low), float(10**high)))
    else:
        inside = np.array([(low + high) / 2])
        inside = np.unique(np.round(inside)) if one.kind == "int" else inside
    # Labels must not cover those of the ends.
    room = (high - low) * _ROOM
    inside = inside[(inside > low + room) & (inside < high - room)]
    places = np.unique(np.concatenate([[low], inside, [high]]))
    numbers = 10**places if one.sampling == "log" else places
    return places, [f"{number:.4g}" for number in numbers]


def _label(value: Value) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"


def scale_scores(axes: Axes, picture: SearchPlot, *, along: Literal["x", "y"] = "y") -> None:
    """Give an axis of scores its scale and label.

    Args:
        axes: The axes.
        picture: The search.
        along: Which of the two axes it is.
    """
    axis = axes.yaxis if along == "y" else axes.xaxis
    words = picture.label
    if picture.is_logarithmic:
        (axes.set_yscale if along == "y" else axes.set_xscale)("log")
        label_logarithm(axis)
        words += ", logarithmic"
    axis.set_label_text(words)
