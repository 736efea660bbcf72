"""The verdict of a benchmark: which device is faster, and from which batch size on."""

from __future__ import annotations

import math

from nnlab.analysis.benchmark import BenchmarkResult, Bottleneck, Crossover, LossAgreement, Speedup
from nnlab.report.text.formatting import format_count, format_percent
from nnlab.runs.records.benchmark import BenchmarkRecord

# Decimals of a ratio: none from 10 on, one from 2 on, two from 0.1 on, more below and near 1.
_NO_DECIMALS, _ONE_DECIMAL, _TWO_DECIMALS = 10, 2, 0.1
_DECIMALS, _DECIMALS_NEAR_1 = 2, 3
# Devices round differently, and training amplifies the differences.
_MAX_DIFFERENCE = 0.01


def benchmark_verdict(result: BenchmarkResult, *, has_gpu: bool) -> str:
    """Return the verdict of a benchmark: one sentence without a full stop.

    Empty if nothing was measured. `has_gpu` is true as well if no GPU was requested.
    """
    if not any(point.step for point in result.points):
        return ""
    if len(result.devices) == 1:
        best = max(
            (point for point in result.points if point.examples_per_s is not None),
            key=lambda point: point.examples_per_s or 0.0,
        )
        rate = f"{format_count(round(best.examples_per_s or 0))} examples per second"
        position = f"at batch size {format_count(best.batch_size)}"
        if len(result.widths) > 1:
            position += f" and {_format_width(best.width)}"
        reason = "" if has_gpu else "no GPU is available: "
        return f"{reason}only {result.devices[0]} was measured, up to {rate} {position}"
    verdicts = []
    for crossover in result.crossovers:
        verdict = _crossover_verdict(result, crossover)
        if len(result.widths) > 1:
            verdict = f"at {_format_width(crossover.width)}, {verdict}"
        verdicts.append(verdict)
    return "; ".join(verdicts)


def _crossover_verdict(result: BenchmarkResult, crossover: Crossover) -> str:
    device, baseline = crossover.device, crossover.baseline
    if crossover.speedup is None or crossover.best_batch_size is None:
        return f"{device} and {baseline} have no common measurement"
    sizes = sorted(result.batch_sizes)
    best_size = format_count(crossover.best_batch_size)
    if crossover.batch_size is None:
        return _verdict_without_crossover(crossover, crossover.speedup, sizes, best_size)
    best = f"up to {describe_speedup(crossover.speedup)}, at {best_size}"
    if crossover.batch_size == sizes[0]:
        every_size = _format_sizes("every", sizes)
        return f"{device} is faster than {baseline} at {every_size}: {best}"
    before = max(size for size in sizes if size < crossover.batch_size)
    point = result.point(device, crossover.width, before)
    bottleneck = None if point is None else result.bottleneck(point)
    reason = f"; at {format_count(before)} it is {bottleneck.bound}-bound" if bottleneck else ""
    first = format_count(crossover.batch_size)
    return f"{device} is faster than {baseline} from batch size {first} on: {best}{reason}"


def _verdict_without_crossover(
    crossover: Crossover, speedup: Speedup, sizes: list[int], best_size: str
) -> str:
    device, baseline = crossover.device, crossover.baseline
    if speedup.low is None:
        best = f"at batch size {best_size}, {device} was {describe_speedup(speedup)} as {baseline}"
        return f"a single measurement of each point is not conclusive: use --repeats 3; {best}"
    if crossover.slower_at == tuple(sizes):
        return f"{device} is slower than {baseline} at {_format_sizes('every', sizes)}"
    if crossover.faster_at:
        faster_at = ", ".join(map(format_count, crossover.faster_at))
        best = f"up to {describe_speedup(speedup)}, at {best_size}"
        return f"{device} is faster than {baseline} only at batch size {faster_at}: {best}"
    best = f"at best {describe_speedup(speedup)}, at {best_size}"
    any_size = _format_sizes("any", sizes)
    return f"{device} is not significantly faster than {baseline} at {any_size}: {best}"


def _format_sizes(quantifier: str, sizes: list[int]) -> str:
    first, last = format_count(sizes[0]), format_count(sizes[-1])
    if len(sizes) == 1:
        return f"batch size {first}"
    return f"{quantifier} batch size from {first} to {last}"


def _format_width(width: int | None) -> str:
    return "the width of the config" if width is None else f"width {format_count(width)}"


def format_rows(record: BenchmarkRecord) -> str:
    """Format the number and source of the training rows."""
    count = format_count(record.rows_count)
    return f"{count} random rows" if record.rows_error else f"{count} rows of {record.rows}"


def format_bottleneck(bottleneck: Bottleneck) -> str:
    """Format a bottleneck with its share, such as `launch 91 %`."""
    return f"{bottleneck.bound} {format_percent(bottleneck.share)}"


def format_agreement(agreement: LossAgreement, baseline: str) -> str:
    """Format how much the losses differ from those of the first device, as a sentence."""
    count, steps = format_count(agreement.compared), format_count(agreement.steps)
    if not agreement.largest_difference:
        return f"The losses are bitwise equal to those of {baseline} ({count} compared)."
    position = f"{agreement.device}, batch size {format_count(agreement.batch_size)}"
    if agreement.width is not None:
        position += f", width {format_count(agreement.width)}"
    verb = "agree with" if agreement.largest_difference <= _MAX_DIFFERENCE else "differ from"
    return (
        f"The losses {verb} those of {baseline}: the largest difference of {count} compared is "
        f"{100 * agreement.largest_difference:.2g} % ({position}, after {steps} steps)."
    )


def describe_speedup(speedup: Speedup) -> str:
    """Describe a speedup with its interval.

    Example:
        >>> describe_speedup(Speedup(3.14159, 2.9, 3.4))
        '3.1 times as fast (95 % interval 2.9 to 3.4)'
    """
    value, interval = _format_parts(speedup)
    return f"{value} times as fast" + (f" (95 % interval {interval})" if interval else "")


def format_speedup(speedup: Speedup) -> str:
    """Format a speedup with its interval.

    Example:
        >>> format_speedup(Speedup(3.14159, 2.9, 3.4)), format_speedup(Speedup(14.2, None, None))
        ('3.1 (2.9 to 3.4)', '14')
    """
    value, interval = _format_parts(speedup)
    return f"{value} ({interval})" if interval else value


def format_ratio(ratio: float) -> str:
    """Format a ratio with a useful number of decimals; unless equal, it does not look like 1.

    Example:
        >>> [format_ratio(ratio) for ratio in (0.052, 0.96, 0.997, 1.04, 3.14, 132.4)]
        ['0.052', '0.96', '0.997', '1.04', '3.1', '132']
    """
    return f"{ratio:.{_DECIMALS_NEAR_1 if _looks_like_1(ratio) else _decimals(ratio)}f}"


def _format_parts(speedup: Speedup) -> tuple[str, str]:
    """Format a ratio and its interval, possibly empty, with the same number of decimals."""
    if speedup.low is None or speedup.high is None:
        return format_ratio(speedup.value), ""
    decimals = max(_decimals(speedup.value), min(_DECIMALS, _decimals(speedup.low)))
    if _looks_like_1(speedup.low) or _looks_like_1(speedup.high):
        decimals = max(_DECIMALS_NEAR_1, decimals)
    value, low, high = (
        f"{ratio:.{decimals}f}" for ratio in (speedup.value, speedup.low, speedup.high)
    )
    return value, f"{low} to {high}"


def _decimals(ratio: float) -> int:
    if ratio >= _NO_DECIMALS:
        return 0
    if ratio >= _ONE_DECIMAL:
        return 1
    is_small = 0 < ratio < _TWO_DECIMALS
    return 1 - math.floor(math.log10(ratio)) if is_small else _DECIMALS


def _looks_like_1(ratio: float) -> bool:
    """Return whether a ratio is rounded to 1; on which side of 1 it is matters."""
    return ratio != 1 and f"{ratio:.{_DECIMALS}f}" == "1.00"
