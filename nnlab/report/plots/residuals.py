"""How far the predicted numbers are from the true ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.report.plots.figure import PALETTE, QUIET, new_figure, save, style
from nnlab.report.text.numbers import count_text, metric_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_POINTS = 5_000


def plot_residuals(
    true: NDArray[np.floating[Any]],
    predicted: NDArray[np.floating[Any]],
    path: Path,
    *,
    title: str = "",
    unit: str = "",
) -> None:
    """Draws predicted against true values, and the distribution of their differences.

    Args:
        true: The targets [rows].
        predicted: What the model made of them [rows].
        path: The file, PNG.
        title: Whose predictions they are.
        unit: The unit of both.

    Raises:
        RunFailedError: The disk refused.
    """
    targets, guesses = _finite(true, predicted)
    residuals = guesses - targets
    of_unit = f" ({unit})" if unit else ""
    with style():
        figure = new_figure(11.0, 5.2)
        left, right = figure.subplots(1, 2)
        # Evenly spaced rows, not random ones: the same numbers must give the same picture.
        step = max(1, -(-len(targets) // _MOST_POINTS))
        left.scatter(
            targets[::step], guesses[::step], s=14, alpha=0.5, color=PALETTE[0], linewidths=0
        )
        if targets.size:
            ends = [min(targets.min(), guesses.min()), max(targets.max(), guesses.max())]
            left.plot(ends, ends, color=QUIET, linewidth=1.2, linestyle="--", label="exact")
            left.legend()
        left.set_xlabel(f"true value{of_unit}")
        left.set_ylabel(f"predicted value{of_unit}")
        shown = "" if step == 1 else f", {count_text(len(targets[::step]))} of them shown"
        left.set_title(f"{title or 'predictions'}: {count_text(len(targets))} rows{shown}")
        right.hist(residuals, bins=40, color=PALETTE[0])
        right.axvline(0, color=QUIET, linewidth=1.2, linestyle="--")
        right.set_xlabel(f"predicted - true{of_unit}")
        right.set_ylabel("rows")
        right.set_title(_quality(residual_figures(true, predicted)))
        save(figure, path)


def residual_figures(
    true: NDArray[np.floating[Any]], predicted: NDArray[np.floating[Any]]
) -> dict[str, float | int | None]:
    """How good predicted numbers are.

    Args:
        true: The targets [rows].
        predicted: What the model made of them [rows].

    Returns:
        `rows` that are finite, `mae`, `rmse` and `r2`, the share of the variance that is explained;
        None where it says nothing.

    Example:
        >>> residual_figures(np.array([1.0, 3.0]), np.array([1.0, 2.0]))
        {'rows': 2, 'mae': 0.5, 'rmse': 0.7071067811865476, 'r2': 0.5}
    """
    targets, guesses = _finite(true, predicted)
    if not targets.size:
        return {"rows": 0, "mae": None, "rmse": None, "r2": None}
    residuals = guesses - targets
    square, variance = float(np.square(residuals).mean()), float(targets.var())
    return {
        "rows": int(targets.size),
        "mae": float(np.abs(residuals).mean()),
        "rmse": float(np.sqrt(square)),
        "r2": 1 - square / variance if variance else None,
    }


def _finite(
    true: NDArray[np.floating[Any]], predicted: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Targets and predictions [rows], where both are numbers."""
    targets = np.asarray(true, dtype=float).ravel()
    guesses = np.asarray(predicted, dtype=float).ravel()
    finite = np.isfinite(targets) & np.isfinite(guesses)
    return targets[finite], guesses[finite]


def _quality(figures: dict[str, float | int | None]) -> str:
    """Mean absolute error, root mean square error and the share of variance that is explained."""
    mae, rmse, r2 = figures["mae"], figures["rmse"], figures["r2"]
    if mae is None or rmse is None:
        return "no finite predictions"
    words = f"MAE {metric_text(mae)}, RMSE {metric_text(rmse)}"
    return words if r2 is None else f"{words}, R² {metric_text(r2)}"
