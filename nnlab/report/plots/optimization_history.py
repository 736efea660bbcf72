"""How a search went: the score of each trial in turn, and the best so far."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.ticker import MaxNLocator

from nnlab.report.plots.figure import PALETTE, QUIET, new_figure, save, style
from nnlab.report.plots.search_axes import SPREAD_WORDS, SearchPlot, scale_scores
from nnlab.report.text.numbers import metric_text
from nnlab.runs.records.trial import TrialStatus
from nnlab.text import plural


def plot_optimization_history(picture: SearchPlot, path: Path) -> None:
    """Draws the score of each trial against its number, and the best so far.

    Trials that failed are marked at the bottom. Where scores are repeated, a line spans their
    standard deviation.

    Args:
        picture: The search.
        path: The file, PNG.

    Raises:
        RunFailedError: The disk refused.
    """
    scored, best = picture.scored, picture.best
    numbers = np.array([trial.number for trial in scored])
    scores = np.array([trial.score for trial in scored], float)
    failed = [one.number for one in picture.trials if one.status is TrialStatus.FAILED]
    with style():
        figure = new_figure()
        axes = figure.add_subplot()
        for trial in scored:
            if trial.spread is not None and trial.score is not None:
                low, high = trial.score - trial.spread, trial.score + trial.spread
                axes.vlines(trial.number, low, high, PALETTE[0], lw=1)
        label = "trial" + (SPREAD_WORDS if picture.has_spread else "")
        axes.plot(numbers, scores, "o", color=PALETTE[0], markersize=6, label=label)
        if scored:
            better = np.minimum if picture.direction == "min" else np.maximum
            so_far = better.accumulate(scores)
            axes.step(numbers, so_far, where="post", color=PALETTE[1], label="best so far")
        if best is not None and best.score is not None:
            label = f"best: trial {best.number:,} ({metric_text(best.score)})"
            axes.plot(
                [best.number], [best.score], "D", color=PALETTE[2], markersize=10, label=label
            )
        if failed:
            axes.plot(
                failed,
                np.full(len(failed), 0.02),
                "x",
                color=QUIET,
                markersize=8,
                transform=axes.get_xaxis_transform(),
                label="failed",
            )
        scale_scores(axes, picture)
        axes.set_xlabel("trial")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
        over = sum(trial.is_finished for trial in picture.trials)
        axes.set_title(f"{picture.name}: {plural(over, 'trial')}")
        axes.legend()
        save(figure, path)
