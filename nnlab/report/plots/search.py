"""The plots of a search: the scores in order, and by the value of each hyperparameter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from nnlab.config.metrics import Direction
from nnlab.config.space.hyperparameter import Hyperparameter, marker_name, short_names
from nnlab.report.plots.curves import spans_decades
from nnlab.report.plots.figure import (
    MUTED_COLOR,
    PALETTE,
    label_log_axis,
    log_ticks,
    new_figure,
    save,
    set_integer_ticks,
    style,
)
from nnlab.report.text.formatting import format_metric
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, Value, rank_trials
from nnlab.text import plural, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

MAX_HYPERPARAMETERS = 8
_SPREAD_LABEL = ", \N{PLUS-MINUS SIGN} standard deviation"
_COLUMNS = 2
_JITTER = 0.16
_MARGIN = 0.06
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
        first = {marker_name(item.name): item for item in reversed(self.space)}
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
        """The search markers with several values among the trials, over all repetitions."""
        values: defaultdict[str, set[Value]] = defaultdict(set)
        for trial in self.scored:
            for name, value in trial.values.items():
                values[marker_name(name)].add(value)
        return [marker for marker in self._markers if len(values[marker]) > 1]

    @property
    def spread_label(self) -> str:
        """The explanation of the vertical lines; empty if no trial has several scores."""
        return _SPREAD_LABEL if any(trial.spread is not None for trial in self.scored) else ""

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


def plot_optimization_history(search: SearchPlot, path: Path) -> None:
    """Plot the score of each trial by its number as PNG, and the best so far.

    Failed trials are marked at the bottom. If a trial has several scores, a vertical line shows
    their standard deviation.
    """
    scored, best = search.scored, search.best
    numbers = np.array([trial.number for trial in scored])
    scores = np.array([trial.score for trial in scored], float)
    failed = [trial.number for trial in search.trials if trial.status is TrialStatus.FAILED]
    with style():
        figure = new_figure()
        axes = figure.add_subplot()
        for trial in scored:
            if trial.spread is not None and trial.score is not None:
                low, high = trial.score - trial.spread, trial.score + trial.spread
                axes.vlines(trial.number, low, high, PALETTE[0], lw=1)
        label = f"trial{search.spread_label}"
        axes.plot(numbers, scores, "o", color=PALETTE[0], markersize=6, label=label)
        if best is not None and best.score is not None:
            better = np.minimum if search.direction == "min" else np.maximum
            best_so_far = better.accumulate(scores)
            axes.step(numbers, best_so_far, where="post", color=PALETTE[1], label="best so far")
            label = f"best: trial {best.number:,} ({format_metric(best.score)})"
            axes.plot(best.number, best.score, "D", color=PALETTE[2], markersize=10, label=label)
        if failed:
            axes.plot(
                failed,
                np.full(len(failed), 0.02),
                "x",
                color=MUTED_COLOR,
                markersize=8,
                transform=axes.get_xaxis_transform(),
                label="failed",
            )
        axes.set_ylabel(_scale_score_axis(axes, search))
        axes.set_xlabel("trial")
        set_integer_ticks(axes.xaxis)
        finished = sum(trial.is_finished for trial in search.trials)
        axes.set_title(f"{search.name}: {plural(finished, 'trial')}")
        axes.legend()
        save(figure, path)


def plot_slices(search: SearchPlot, path: Path) -> bool:
    """Plot the score of each trial by the value of each hyperparameter as PNG.

    The values of all repetitions share a panel, and the best trial is marked. If a trial has
    several scores, a vertical line shows their standard deviation. Returns False and draws nothing
    if no hyperparameter has several values.
    """
    shown, best = search.shown, search.best
    if not shown:
        return False
    rows = -(-len(shown) // _COLUMNS)
    with style():
        figure = new_figure(10.0, 0.8 + 2.9 * rows)
        panels = figure.subplots(rows, _COLUMNS, sharey=True, squeeze=False)
        for axes, (name, hyperparameter) in zip(panels.flat, shown.items(), strict=False):
            # The best trial is drawn last, on top.
            for trial in sorted(search.scored, key=lambda trial: trial is best):
                _draw_points(axes, trial, hyperparameter, is_best=trial is best)
            low, high = limits(hyperparameter)
            margin = 0.5 if hyperparameter.values else max((high - low) * _MARGIN, 1e-9)
            axes.set_xlim(low - margin, high + margin)
            if hyperparameter.values or hyperparameter.sampling == "log":
                axes.set_xticks(*ticks(hyperparameter))
            else:
                axes.xaxis.set_major_locator(MaxNLocator(5, integer=hyperparameter.kind == "int"))
            axes.set_xlabel(name)
        for axes in panels.flat[len(shown) :]:
            axes.axis("off")
        figure.supylabel(_scale_score_axis(panels[0, 0], search))
        heading = f"{search.name}: score by {search.selection or 'hyperparameter'}"
        figure.suptitle(f"{heading}{search.spread_label}", x=0.01, ha="left", fontsize=13)
        save(figure, path)
    return True


def _draw_points(
    axes: Axes, trial: FrozenTrial, hyperparameter: Hyperparameter, *, is_best: bool
) -> None:
    """Draw a trial's values of a hyperparameter: several if it is inside `Repeat`."""
    places = np.array(positions(trial, hyperparameter), float)
    if hyperparameter.values and not is_best:
        # Trials with the same choice would hide each other: spread them, reproducibly.
        places = places + _JITTER * np.sin(trial.number * np.arange(1, len(places) + 1))
    color, shape, size, alpha = (PALETTE[2], "D", 9, 1.0) if is_best else (PALETTE[0], "o", 5, 0.5)
    if trial.spread is not None and trial.score is not None:
        low, high = trial.score - trial.spread, trial.score + trial.spread
        axes.vlines(places, low, high, color, lw=1, alpha=alpha, zorder=1)
    axes.plot(
        places,
        np.full(len(places), trial.score),
        shape,
        color=color,
        markersize=size,
        alpha=alpha,
        markeredgewidth=0,
        zorder=3 if is_best else 2,
    )


def _scale_score_axis(axes: Axes, search: SearchPlot) -> str:
    """Set the scale of a vertical axis of scores, and return its label."""
    if not search.is_logarithmic:
        return search.label
    axes.set_yscale("log")
    label_log_axis(axes.yaxis)
    return f"{search.label}, logarithmic"


def positions(trial: FrozenTrial, hyperparameter: Hyperparameter) -> list[float]:
    """Return where a trial's values are on an axis: several inside `Repeat`, none if unused."""
    marker = marker_name(hyperparameter.name)
    return [
        _position(hyperparameter, value)
        for name, value in trial.values.items()
        if marker_name(name) == marker
    ]


def limits(hyperparameter: Hyperparameter) -> tuple[float, float]:
    """Return the positions of both ends of an axis."""
    if hyperparameter.values:
        return 0.0, float(len(hyperparameter.values) - 1)
    return (
        _position(hyperparameter, hyperparameter.min_value or 0.0),
        _position(hyperparameter, hyperparameter.max_value or 0.0),
    )


def ticks(hyperparameter: Hyperparameter) -> tuple[NDArray[np.float64], list[str]]:
    """Return a few ticks of an axis: positions of shape (ticks,), and labels."""
    low, high = limits(hyperparameter)
    if values := hyperparameter.values:
        step = -(-len(values) // _MAX_TICKS)
        labels = [str(v).lower() if isinstance(v, bool) else str(v) for v in values[::step]]
        places = np.arange(0, len(values), step, dtype=float)
        return places, [shorten(label, _MAX_LABEL_LENGTH) for label in labels]
    if hyperparameter.size is not None and hyperparameter.size <= _MAX_TICKS:
        inside = np.array([_position(hyperparameter, value) for value in hyperparameter.points()])
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


def _position(hyperparameter: Hyperparameter, value: Value) -> float:
    """Return the position of a value on its axis: the number, its logarithm, or its index."""
    if hyperparameter.values:
        values = hyperparameter.values
        return float(values.index(value)) if value in values else float("nan")
    number = float(value)
    return float(np.log10(number)) if hyperparameter.sampling == "log" else number
