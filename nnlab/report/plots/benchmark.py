"""The picture of a comparison of devices: the time of a step against the batch size."""

from __future__ import annotations

from pathlib import Path

from nnlab.analysis.benchmark import BenchmarkResult
from nnlab.report.plots.figure import PALETTE, legend_below, new_figure, save, style
from nnlab.report.plots.log_axis import label_logarithm
from nnlab.report.text.numbers import count_text, time_text
from nnlab.runs.records.benchmark import BenchmarkPoint, Timed

_DASHES = ("-", "--", ":", "-.")
_MARKERS = ("o", "s", "^", "D")


def plot_step_times(table: BenchmarkResult, path: Path, *, title: str = "") -> None:
    """Draws the time of a step of each device and width, both axes logarithmic.

    A colour stands for a device, a dash for a width; bars are the 95 % intervals.

    Args:
        table: The comparison; some point at least was measured.
        path: The file, PNG.
        title: Whose it is.

    Raises:
        RunFailedError: The disk refused.
    """
    from matplotlib.ticker import FuncFormatter, NullFormatter

    with style():
        figure = new_figure()
        axes = figure.add_subplot()
        for number, device in enumerate(table.devices):
            for kind, width in enumerate(table.widths):
                line = _line(table, device, width)
                if not line:
                    continue
                label = device if width is None else f"{device}, width {count_text(width)}"
                axes.errorbar(
                    [size for size, _ in line],
                    [step.median_s for _, step in line],
                    yerr=(
                        [step.median_s - (step.low_s or step.median_s) for _, step in line],
                        [(step.high_s or step.median_s) - step.median_s for _, step in line],
                    ),
                    label=label,
                    color=PALETTE[number % len(PALETTE)],
                    linestyle=_DASHES[kind % len(_DASHES)],
                    marker=_MARKERS[number % len(_MARKERS)],
                    capsize=4,
                )
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(sorted({point.batch_size for point in table.points}))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:,.0f}"))
        label_logarithm(axes.yaxis)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: time_text(seconds)))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("batch size (logarithmic)")
        axes.set_ylabel("a step (logarithmic)")
        words = "a step's time, median"
        if any(point.step is not None and point.step.low_s is not None for point in table.points):
            words += " and 95 % interval"
        axes.set_title(f"{title}: {words}".removeprefix(": "))
        legend_below(figure)
        save(figure, path)


def _line(table: BenchmarkResult, device: str, width: int | None) -> list[tuple[int, Timed]]:
    """The measured steps of a device at a width, by batch size."""
    points: list[BenchmarkPoint] = [
        point for point in table.points if (point.device, point.width) == (device, width)
    ]
    line = [(point.batch_size, point.step) for point in points if point.step is not None]
    return sorted(line, key=lambda pair: pair[0])
