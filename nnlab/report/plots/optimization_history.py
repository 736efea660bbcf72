"""The score of each trial of a search, and the best so far."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnlab.report.plots.figure import (
    MUTED_COLOR,
    PALETTE,
    new_figure,
    save,
    set_integer_ticks,
    style,
)
from nnlab.report.plots.search_axes import SPREAD_LABEL, SearchPlot, scale_score_axis
from nnlab.report.text.numbers import format_metric
from nnlab.runs.records.trial import TrialStatus
from nnlab.text import plural


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
        label = "trial" + (SPREAD_LABEL if search.has_spread else "")
        axes.plot(numbers, scores, "o", color=PALETTE[0], markersize=6, label=label)
        if scored:
            better = np.minimum if search.direction == "min" else np.maximum
            best_so_far = better.accumulate(scores)
            axes.step(numbers, best_so_far, where="post", color=PALETTE[1], label="best so far")
        if best is not None and best.score is not None:
            label = f"best: trial {best.number:,} ({format_metric(best.score)})"
            axes.plot(
                [best.number], [best.score], "D", color=PALETTE[2], markersize=10, label=label
            )
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
        scale_score_axis(axes, search)
        axes.set_xlabel("trial")
        set_integer_ticks(axes.xaxis)
        finished = sum(trial.is_finished for trial in search.trials)
        axes.set_title(f"{search.name}: {plural(finished, 'trial')}")
        axes.legend()
        save(figure, path)
