"""The plots of a run: arrays in, a PNG out; equal numbers give equal bytes."""

from __future__ import annotations

from nnlab.report.plots.confusion import plot_confusion_matrix
from nnlab.report.plots.curves import plot_curves, plot_overlay
from nnlab.report.plots.decision_regions import Plane, plot_decision_regions
from nnlab.report.plots.residuals import plot_residuals
from nnlab.report.plots.weights import plot_histograms

__all__ = [
    "Plane",
    "plot_confusion_matrix",
    "plot_curves",
    "plot_decision_regions",
    "plot_histograms",
    "plot_overlay",
    "plot_residuals",
]
