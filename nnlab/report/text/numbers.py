"""Numbers as people read them."""

from __future__ import annotations

import math

_MINUTE_S, _HOUR_S = 60, 3600
_KIB = 1024
_MOST_DIGITS = 6


def metric_text(value: float) -> str:
    """A metric or a loss, four digits after the point where that says enough.

    Args:
        value: The number, finite or not.

    Returns:
        Its text.

    Example:
        >>> [metric_text(value) for value in (0.98312, 0.0076, 1.25e-5, 1234.5, float("nan"))]
        ['0.9831', '0.0076', '1.25e-05', '1,234.50', 'nan']
    """
    size = abs(value)
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    if not 1e-3 <= size < 1e6:  # noqa: PLR2004 - where four decimals, and commas, stop being readable
        return f"{value:.2e}"
    return f"{value:,.2f}" if size >= 100 else f"{value:.4f}"  # noqa: PLR2004 - likewise


def interval_text(low: float, high: float) -> str:
    """An interval of a metric or a loss, both ends with as many digits.

    Args:
        low: The lower end.
        high: The upper end.

    Returns:
        Both; digits as of the larger one, more where the other would look like the zero it is not,
        or like its equal.

    Example:
        >>> interval_text(-4.73e-4, 0.0641), interval_text(0, 0.5), interval_text(2e-5, 0.1)
        ('-0.0005 to 0.0641', '0 to 0.5000', '0.00002 to 0.10000')
        >>> interval_text(0.014532, 0.014539)
        '0.01453 to 0.01454'
    """
    ends, largest = (low, high), max(abs(low), abs(high))
    texts = [metric_text(end) for end in ends]
    if 1e-3 <= largest < 1e6:  # noqa: PLR2004 - where `metric_text` writes no power of ten
        for digits in range(2 if largest >= 100 else 4, _MOST_DIGITS + 1):  # noqa: PLR2004 - likewise
            differ = low == high or round(low, digits) != round(high, digits)
            if differ and all(round(end, digits) or not end for end in ends):
                texts = [f"{end:,.{digits}f}" if end else "0" for end in ends]
                break
    return " to ".join(texts)


def prefixed_text(value: float) -> str:
    """A large number with the prefix of the unit that is written behind it.

    Args:
        value: The number, not negative.

    Returns:
        Three digits and the prefix.

    Example:
        >>> [prefixed_text(value) for value in (0.0, 812.4, 4.2e7, 1.192e11, 9.9996e11)]
        ['0', '812', '42.0 M', '119 G', '1.00 T']
    """
    # Rounded before the prefix is chosen, so that no text says "1000 k".
    rounded = float(f"{value:.3g}")
    for size, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if rounded >= size:
            digits = max(0, 2 - math.floor(math.log10(rounded / size)))
            return f"{value / size:,.{digits}f} {prefix}"
    return f"{value:.3g}"


def count_text(value: int) -> str:
    """A count with its thousands apart.

    Args:
        value: The count.

    Returns:
        Its text.

    Example:
        >>> count_text(269322)
        '269,322'
    """
    return f"{value:,}"


def seconds_text(seconds: float) -> str:
    """A duration in the units that suit its size.

    Args:
        seconds: The duration in seconds.

    Returns:
        Its text.

    Example:
        >>> [seconds_text(seconds) for seconds in (0.00042, 0.12, 1.234, 190, 7500)]
        ['0.42 ms', '120 ms', '1.2 s', '3 min 10 s', '2 h 5 min']
    """
    if not math.isfinite(seconds):
        return f"{seconds:g} s"
    if seconds < 1:
        milliseconds = seconds * 1000
        return f"{milliseconds:.0f} ms" if milliseconds >= 1 else f"{milliseconds:.2g} ms"
    # Rounded before the unit is chosen, so that no text says "60.0 s" or "59 min 60 s".
    if round(seconds, 1) < _MINUTE_S:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s"
    minutes = round(seconds / _MINUTE_S)
    return f"{minutes // 60:,} h {minutes % 60} min"


def time_text(seconds: float) -> str:
    """A duration to three digits, for what is compared to the hundredth.

    Args:
        seconds: The duration in seconds.

    Returns:
        Its text.

    Example:
        >>> [time_text(seconds) for seconds in (5.123e-6, 0.00143, 0.0850, 1.2, 134.6)]
        ['5.12 us', '1.43 ms', '85.0 ms', '1.20 s', '135 s']
    """
    value, unit = seconds, "s"
    for smaller in ("ms", "us", "ns"):
        if value >= 1 or not value:
            break
        value, unit = value * 1000, smaller
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
    return f"{value:.{min(digits, 2)}f} {unit}"


def bytes_text(size: int) -> str:
    """A number of bytes in the unit that suits it.

    Args:
        size: Bytes.

    Returns:
        Its text.

    Example:
        >>> [bytes_text(size) for size in (512, 1536, 5 * 2**20)]
        ['512 B', '1.5 KiB', '5.0 MiB']
    """
    value, unit = float(size), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if value < _KIB:
            break
        value, unit = value / _KIB, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def percent_text(share: float, digits: int = 0) -> str:
    """A share of a whole.

    Args:
        share: The share; 1 is the whole.
        digits: Digits behind the point.

    Returns:
        It in percent, with a space before the sign.

    Example:
        >>> percent_text(0.934), percent_text(0.934, digits=1)
        ('93 %', '93.4 %')
    """
    return f"{100 * share:.{digits}f} %"
