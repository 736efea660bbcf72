"""The plot of a benchmark: time per step over the batch size."""

from __future__ import annotations

from pathlib import Path

from nnlab.analysis.benchmark import BenchmarkResult
from nnlab.report.plots.figure import (
    DASHES,
    PALETTE,
    label_log_axis,
    legend_below,
    new_figure,
    save,
    style,
)
from nnlab.report.text.formatting import format_count, format_time

_MARKERS = ("o", "s", "^", "D")


def plot_step_times(result: BenchmarkResult, path: Path, *, title: str = "") -> None:
    """Plot the time per step of each device and width as PNG, on logarithmic axes.

    Devices differ by color and widths by dash; error bars are 95 % intervals. At least one point
    must have been measured.
    """
    from matplotlib.ticker import FuncFormatter, NullFormatter

    with style():
        figure = new_figure()
        axes = figure.add_subplot()
        for number, device in enumerate(result.devices):
            for dash, width in enumerate(result.widths):
                steps = sorted(
                    (
                        (point.batch_size, point.step)
                        for point in result.points
                        if (point.device, point.width) == (device, width) and point.step is not None
                    ),
                    key=lambda step: step[0],
                )
                if not steps:
                    continue
                label = device if width is None else f"{device}, width {format_count(width)}"
                axes.errorbar(
                    [size for size, _ in steps],
                    [step.median_s for _, step in steps],
                    yerr=(
                        [step.median_s - (step.low_s or step.median_s) for _, step in steps],
                        [(step.high_s or step.median_s) - step.median_s for _, step in steps],
                    ),
                    label=label,
                    color=PALETTE[number % len(PALETTE)],
                    linestyle=DASHES[dash % len(DASHES)],
                    marker=_MARKERS[number % len(_MARKERS)],
                    capsize=4,
                )
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(sorted({point.batch_size for point in result.points}))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:,.0f}"))
        label_log_axis(axes.yaxis)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: format_time(seconds)))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("batch size (logarithmic)")
        axes.set_ylabel("time per step (logarithmic)")
        quantity = "time per step, median"
        if any(point.step is not None and point.step.low_s is not None for point in result.points):
            quantity += " and 95 % interval"
        axes.set_title(f"{title}: {quantity}".removeprefix(": "))
        legend_below(figure)
        save(figure, path)
