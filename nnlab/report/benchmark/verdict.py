"""What a comparison of devices came to, in plain sentences."""

from __future__ import annotations

import math

from nnlab.analysis.benchmark import BenchmarkResult, Bottleneck, Crossover, LossAgreement, Speedup
from nnlab.report.text.numbers import format_count, format_percent
from nnlab.runs.records.benchmark import BenchmarkRecord

_TENTH, _TWICE, _TENFOLD = 0.1, 2, 10
_PLAIN, _FINE = 2, 3
# Devices round differently, and training carries that on.
_AGREEING = 0.01


def devices_headline(table: BenchmarkResult, *, has_gpu: bool) -> str:
    """What the whole comparison came to.

    Args:
        table: The comparison.
        has_gpu: Whether the machine has a GPU that TensorFlow can use, or nobody asked for one.

    Returns:
        One sentence, without a full stop; empty where nothing was measured.
    """
    if not any(point.step for point in table.points):
        return ""
    if len(table.devices) == 1:
        return _alone(table, has_gpu=has_gpu)
    several = len(table.widths) > 1
    sentences = [
        (f"at width {_width_text(win.width)} " if several else "") + _win_words(table, win)
        for win in table.wins
    ]
    return "; ".join(sentences)


def rows_text(record: BenchmarkRecord) -> str:
    """What was trained on.

    Args:
        record: What was recorded.
    """
    count = format_count(record.rows_count)
    return f"{count} random rows" if record.rows_note else f"{count} rows of {record.rows}"


def limit_text(limit: Bottleneck) -> str:
    """What most of a step goes to.

    Args:
        limit: The limit.

    Example:
        >>> limit_text(Bottleneck("launch", 0.912))
        'launch 91 %'
    """
    return f"{limit.bound} {format_percent(limit.share)}"


def speedup_text(speedup: Speedup) -> str:
    """How many times faster.

    Args:
        speedup: The speedup.

    Example:
        >>> speedup_text(Speedup(3.14159, 2.9, 3.4)), speedup_text(Speedup(14.2, None, None))
        ('3.1 (2.9 to 3.4)', '14')
    """
    value, ends = _times_texts(speedup)
    return f"{value} ({ends})" if ends else value


def times_text(value: float) -> str:
    """A ratio, as precise as it is of use.

    Args:
        value: The ratio.

    Example:
        >>> [times_text(value) for value in (0.052, 0.96, 0.997, 1.04, 3.14, 132.4)]
        ['0.052', '0.96', '0.997', '1.04', '3.1', '132']
    """
    return f"{value:.{_FINE if _looks_like_one(value) else _digits(value)}f}"


def agreement_words(agreement: LossAgreement, baseline: str) -> str:
    """How far the losses of the devices differ.

    Args:
        agreement: The agreement.
        baseline: The first device.

    Returns:
        One sentence.

    Example:
        >>> agreement_words(LossAgreement(0.0, "gpu:0", None, 32, 8, 12), "cpu")
        'The losses agree to the bit with those of cpu: 12 were compared.'
    """
    where = f"{agreement.device}, batch size {format_count(agreement.batch_size)}"
    if agreement.width is not None:
        where += f", width {format_count(agreement.width)}"
    count, steps = format_count(agreement.compared), format_count(agreement.steps)
    if not agreement.largest:
        return f"The losses agree to the bit with those of {baseline}: {count} were compared."
    word = "agree" if agreement.largest <= _AGREEING else "differ"
    return (
        f"The losses {word}: of {count}, the largest difference to those of {baseline} is "
        f"{100 * agreement.largest:.2g} % ({where}, after {steps} steps)."
    )


def _alone(table: BenchmarkResult, *, has_gpu: bool) -> str:
    (device,) = table.devices
    measured = [point for point in table.points if point.examples_per_s is not None]
    best = max(measured, key=lambda point: point.examples_per_s or 0.0)
    pace = f"{format_count(round(best.examples_per_s or 0))} examples a second"
    where = f"at batch size {format_count(best.batch_size)}"
    if len(table.widths) > 1:
        where += f" and width {_width_text(best.width)}"
    why = f"{device} alone was measured" if has_gpu else f"no GPU here: {device} alone was measured"
    return f"{why}, at best {pace} {where}"


def _win_words(table: BenchmarkResult, win: Crossover) -> str:
    sizes = sorted(table.batch_sizes)
    sweep = format_count(sizes[0])
    if len(sizes) > 1:
        sweep += f" to {format_count(sizes[-1])}"
    if win.speedup is None or win.best is None:
        return f"nothing compares {win.device} with {win.baseline}"
    best = f"{speedup_words(win.speedup)} at {format_count(win.best)}"
    if win.batch_size is None:
        return _loss_words(win, tuple(sizes), sweep, best)
    if win.batch_size == sizes[0]:
        return f"{win.device} is faster than {win.baseline} at every batch size, {sweep}: {best}"
    from_here = f"from batch size {format_count(win.batch_size)} on"
    before = max(size for size in sizes if size < win.batch_size)
    point = table.point(win.device, win.width, before)
    limit = None if point is None else table.limit(point)
    why = f"; at {format_count(before)} it is {limit.bound}-bound" if limit else ""
    return f"{win.device} is faster than {win.baseline} {from_here}: {best}{why}"


def _loss_words(win: Crossover, sizes: tuple[int, ...], sweep: str, best: str) -> str:
    """Of a device that is not shown to be faster from anywhere on."""
    if win.speedup is None or win.speedup.low is None:
        once = "nothing is shown, as each point was measured once: take --repeats 3"
        return f"{once}; at its best {win.device} was {best} as {win.baseline}"
    if win.slower_at == sizes:
        return f"{win.device} is slower than {win.baseline} at every batch size, {sweep}"
    if win.faster_at:
        alone = ", ".join(map(format_count, win.faster_at))
        return (
            f"{win.device} is faster than {win.baseline} at batch size {alone} alone, "
            f"and from none on: {best}"
        )
    never = f"{win.device} is never shown to be faster than {win.baseline} within this sweep"
    return f"{never} (batch size {sweep}); at its best it is {best}"


def speedup_words(speedup: Speedup) -> str:
    """How many times faster, with the interval.

    Args:
        speedup: The speedup.

    Example:
        >>> speedup_words(Speedup(3.14159, 2.9, 3.4))
        '3.1 times as fast (95 % interval 2.9 to 3.4)'
    """
    value, ends = _times_texts(speedup)
    return f"{value} times as fast" + (f" (95 % interval {ends})" if ends else "")


def _times_texts(speedup: Speedup) -> tuple[str, str]:
    """A ratio and its interval, all with as many digits; the latter may be empty."""
    if speedup.low is None or speedup.high is None:
        return times_text(speedup.value), ""
    digits = max(_digits(speedup.value), min(_PLAIN, _digits(speedup.low)))
    if _looks_like_one(speedup.low) or _looks_like_one(speedup.high):
        digits = max(_FINE, digits)
    value, low, high = (f"{one:.{digits}f}" for one in (speedup.value, speedup.low, speedup.high))
    return value, f"{low} to {high}"


def _digits(value: float) -> int:
    """Digits after the point that say enough of a ratio."""
    if value >= _TENFOLD:
        return 0
    if value >= _TWICE:
        return 1
    return _PLAIN if value >= _TENTH or value <= 0 else 1 - math.floor(math.log10(value))


def _looks_like_one(value: float) -> bool:
    """Whether two digits make it 1, which it is not: its side of 1 decides what is said."""
    return value != 1 and f"{value:.{_PLAIN}f}" == "1.00"


def _width_text(width: int | None) -> str:
    return "of the config" if width is None else format_count(width)
