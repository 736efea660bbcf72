"""The predictions and residuals of a regression."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.report.plots.figure import MUTED_COLOR, PALETTE, new_figure, save, style
from nnlab.report.text.formatting import format_count, format_metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_POINTS = 5_000


def plot_residuals(
    true: NDArray[np.floating[Any]],
    predicted: NDArray[np.floating[Any]],
    path: Path,
    *,
    title: str = "",
    unit: str = "",
) -> None:
    """Plot predicted against true values, and the distribution of the residuals.

    Args:
        true: Targets of shape (rows,).
        predicted: Predictions of shape (rows,).
        path: The PNG file to write; a maximum of 5,000 points are drawn.
        title: The text in front of the number of rows in the plot's title. Defaults to
            "predictions".
        unit: The unit of both arrays. Defaults to "".

    Raises:
        RunFailedError: If writing failed, such as on a full disk.
    """
    targets, predictions = _finite_rows(true, predicted)
    residuals = predictions - targets
    suffix = f" ({unit})" if unit else ""
    with style():
        figure = new_figure(11.0, 5.2)
        left, right = figure.subplots(1, 2)
        # Evenly spaced rows, not random ones: equal numbers must give equal plots.
        step = max(1, -(-len(targets) // _MAX_POINTS))
        left.scatter(
            targets[::step], predictions[::step], s=14, alpha=0.5, color=PALETTE[0], linewidths=0
        )
        if targets.size:
            ends = [min(targets.min(), predictions.min()), max(targets.max(), predictions.max())]
            left.plot(ends, ends, color=MUTED_COLOR, linewidth=1.2, linestyle="--", label="exact")
            left.legend()
        left.set_xlabel(f"true value{suffix}")
        left.set_ylabel(f"predicted value{suffix}")
        sampled = "" if step == 1 else f", {format_count(len(targets[::step]))} shown"
        left.set_title(f"{title or 'predictions'}: {format_count(len(targets))} rows{sampled}")
        right.hist(residuals, bins=40, color=PALETTE[0])
        right.axvline(0, color=MUTED_COLOR, linewidth=1.2, linestyle="--")
        right.set_xlabel(f"predicted - true{suffix}")
        right.set_ylabel("rows")
        metrics = residual_metrics(true, predicted)
        mae, rmse, r2 = metrics["mae"], metrics["rmse"], metrics["r2"]
        summary = "no finite predictions"
        if mae is not None and rmse is not None:
            summary = f"MAE {format_metric(mae)}, RMSE {format_metric(rmse)}"
        right.set_title(summary if r2 is None else f"{summary}, R² {format_metric(r2)}")
        save(figure, path)


def residual_metrics(
    true: NDArray[np.floating[Any]], predicted: NDArray[np.floating[Any]]
) -> dict[str, float | int | None]:
    """Return the metrics of a regression on the rows where both values are finite.

    Args:
        true: Targets of shape (rows,).
        predicted: Predictions of shape (rows,).

    Returns:
        The number of finite `rows`, `mae`, `rmse` and `r2`; None for an undefined metric.

    Example:
        >>> residual_metrics(np.array([1.0, 3.0]), np.array([1.0, 2.0]))
        {'rows': 2, 'mae': 0.5, 'rmse': 0.7071067811865476, 'r2': 0.5}
    """
    targets, predictions = _finite_rows(true, predicted)
    if not targets.size:
        return {"rows": 0, "mae": None, "rmse": None, "r2": None}
    residuals = predictions - targets
    mean_square, variance = float(np.square(residuals).mean()), float(targets.var())
    return {
        "rows": int(targets.size),
        "mae": float(np.abs(residuals).mean()),
        "rmse": float(np.sqrt(mean_square)),
        "r2": 1 - mean_square / variance if variance else None,
    }


def _finite_rows(
    true: NDArray[np.floating[Any]], predicted: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return targets and predictions of shape (rows,) where both are finite."""
    targets = np.asarray(true, dtype=float).ravel()
    predictions = np.asarray(predicted, dtype=float).ravel()
    finite = np.isfinite(targets) & np.isfinite(predictions)
    return targets[finite], predictions[finite]
