"""Numbers, values, names and sentences as text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from nnlab.runs.records.run import ChunkReason, LoopReason
from nnlab.runs.records.trial import Value

_MINUTE_S, _HOUR_S = 60, 3600
_KIB = 1024
_MAX_DIGITS = 6
# Metrics outside this range are written as powers of ten; from _TWO_DECIMALS on, two decimals do.
_MIN_PLAIN, _TWO_DECIMALS, _MAX_PLAIN = 1e-3, 100, 1e6

DIRECTION_PHRASES = {"max": "higher is better", "min": "lower is better", None: ""}

_LOOP_REASONS = {
    LoopReason.REQUESTED: "requested by the config",
    LoopReason.NO_BATCH_CALLBACKS: "no per-batch callbacks",
    LoopReason.TENSORBOARD_PER_BATCH: "TensorBoard needs every batch",
    LoopReason.FEW_STEPS: "too few steps to trace a loop",
}
_CHUNK_REASONS = {
    ChunkReason.ROWS_ON_DISK: "on disk",
    ChunkReason.DEVICE_MEMORY: "too large to keep on the device",
}


def format_metric(value: float) -> str:
    """Format a metric or a loss, usually with four decimals.

    Example:
        >>> [format_metric(value) for value in (0.98312, 0.0076, 1.25e-5, 1234.5, float("nan"))]
        ['0.9831', '0.0076', '1.25e-05', '1,234.50', 'nan']
    """
    size = abs(value)
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    if not _MIN_PLAIN <= size < _MAX_PLAIN:
        return f"{value:.2e}"
    return f"{value:,.2f}" if size >= _TWO_DECIMALS else f"{value:.4f}"


def format_interval(low: float, high: float) -> str:
    """Format an interval of a metric, both ends with the same number of decimals.

    The larger end decides, unless the other would look like zero or the two would look equal.

    Example:
        >>> format_interval(-4.73e-4, 0.0641), format_interval(2e-5, 0.1)
        ('-0.0005 to 0.0641', '0.00002 to 0.10000')
        >>> format_interval(0.014532, 0.014539)
        '0.01453 to 0.01454'
    """
    ends, largest = (low, high), max(abs(low), abs(high))
    texts = [format_metric(end) for end in ends]
    if _MIN_PLAIN <= largest < _MAX_PLAIN:
        for digits in range(2 if largest >= _TWO_DECIMALS else 4, _MAX_DIGITS + 1):
            differ = low == high or round(low, digits) != round(high, digits)
            if differ and all(round(end, digits) or not end for end in ends):
                texts = [f"{end:,.{digits}f}" if end else "0" for end in ends]
                break
    return " to ".join(texts)


def format_si_prefix(value: float) -> str:
    """Format a nonnegative number with three digits and an SI prefix; the unit follows.

    Example:
        >>> [format_si_prefix(value) for value in (0.0, 812.4, 4.2e7, 1.192e11, 9.9996e11)]
        ['0', '812', '42.0 M', '119 G', '1.00 T']
    """
    # Rounded before the prefix is chosen, to avoid "1000 k".
    rounded = float(f"{value:.3g}")
    for size, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if rounded >= size:
            digits = max(0, 2 - math.floor(math.log10(rounded / size)))
            return f"{value / size:,.{digits}f} {prefix}"
    return f"{value:.3g}"


def format_count(value: int) -> str:
    """Format a count with thousands separators."""
    return f"{value:,}"


def format_seconds(seconds: float) -> str:
    """Format a duration in the unit that suits its size.

    Example:
        >>> [format_seconds(seconds) for seconds in (0.00042, 0.12, 1.234, 190, 7500)]
        ['0.42 ms', '120 ms', '1.2 s', '3 min 10 s', '2 h 5 min']
    """
    if not math.isfinite(seconds):
        return f"{seconds:g} s"
    if seconds < 1:
        milliseconds = seconds * 1000
        return f"{milliseconds:.0f} ms" if milliseconds >= 1 else f"{milliseconds:.2g} ms"
    # Rounded before the unit is chosen, to avoid "60.0 s" and "59 min 60 s".
    if round(seconds, 1) < _MINUTE_S:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s"
    minutes = round(seconds / _MINUTE_S)
    return f"{minutes // 60:,} h {minutes % 60} min"


def format_time(seconds: float) -> str:
    """Format a duration with three significant digits, to compare measurements.

    Example:
        >>> [format_time(seconds) for seconds in (5.123e-6, 0.00143, 0.0850, 1.2, 134.6)]
        ['5.12 us', '1.43 ms', '85.0 ms', '1.20 s', '135 s']
    """
    value, unit = seconds, "s"
    for smaller in ("ms", "us", "ns"):
        if value >= 1 or not value:
            break
        value, unit = value * 1000, smaller
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
    return f"{value:.{min(digits, 2)}f} {unit}"


def format_bytes(size: int) -> str:
    """Format a number of bytes in a binary unit."""
    value, unit = float(size), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if value < _KIB:
            break
        value, unit = value / _KIB, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def format_percent(share: float, digits: int = 0) -> str:
    """Format a share of 1 as a percentage."""
    return f"{100 * share:.{digits}f} %"


def format_yaml_value(value: Any) -> str:
    """Format a scalar, list or mapping of a config as YAML on one line."""
    import yaml

    if isinstance(value, str):
        return value
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=math.inf)
    text = text.removesuffix("\n").removesuffix("\n...")
    is_single_key = isinstance(value, dict) and len(value) == 1
    return text[1:-1] if is_single_key else text


def format_hyperparameter(value: Value) -> str:
    """Format the value of a hyperparameter, floats with four significant digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def wrap_name(text: str, width: float) -> str:
    r"""Wrap a name that has several parts, after commas only.

    Example:
        >>> wrap_name("units=64,optimizer=SGD,scaling=none", 24)
        'units=64,optimizer=SGD,\nscaling=none'
    """
    lines = [""]
    for part in re.split(r"(?<=,)", text):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def format_sentence(clause: str, names: Iterable[str] = ()) -> str:
    """Capitalize a clause, unless it starts with one of the names, and append a full stop."""
    if not clause:
        return ""
    is_name = any(clause == name or clause.startswith(f"{name} ") for name in names)
    return f"{clause if is_name else clause[:1].upper() + clause[1:]}."


def format_engine(engine: str, choice: Mapping[str, Any]) -> str:
    """Format an engine's name with the values of its `LoopChoice`, read from a record.

    Example:
        >>> estimate = {"compile_s": 0.48, "saved_s": 0.055}
        >>> choice = {"loop_reason": "no_per_batch_callbacks", "jit_compile": False}
        >>> format_engine("compiled", choice | {"jit_estimate": estimate})
        'compiled (no per-batch callbacks); XLA off (est. 0.48 s to compile, saves 0.06 s)'
    """
    reason = _LOOP_REASONS.get(choice.get("loop_reason", ""))
    if reason is None:
        return engine
    parts = [f"{engine} ({reason})", f"XLA {'on' if choice['jit_compile'] else 'off'}"]
    estimate = choice.get("jit_estimate")
    if choice.get("jit_failed"):
        parts[-1] += " (compilation failed)"
    elif choice.get("jit_requested"):
        parts[-1] += " (requested by the config)"
    elif estimate is not None:
        compile_s, saved_s = map(_format_estimate, (estimate["compile_s"], estimate["saved_s"]))
        parts[-1] += f" (est. {compile_s} to compile, saves {saved_s})"
    if choice.get("chunk_reason") is not None:
        reason = _CHUNK_REASONS[ChunkReason(choice["chunk_reason"])]
        rows = format_count(choice["chunk_rows"])
        parts.append(f"streamed in chunks of {rows} rows ({reason})")
    return "; ".join(parts)


def _format_estimate(seconds: float) -> str:
    """Format an estimate with two decimals: it is not more precise."""
    if seconds < 0.005:  # noqa: PLR2004 - would be rounded to 0.00
        return "<0.01 s"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2f} s"  # noqa: PLR2004
