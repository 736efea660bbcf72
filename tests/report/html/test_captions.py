"""Descriptions of plots with their important values."""

from __future__ import annotations

import math

import numpy as np

from nnlab.analysis.weight_histograms import layer_histograms
from nnlab.report.html.captions import (
    confusion_caption,
    curve_caption,
    histogram_caption,
    model_caption,
    region_caption,
    residual_caption,
)
from nnlab.report.text.model_summary import LayerRow, ModelSummary
from nnlab.runs import RunRecord


def test_curve_has_its_ends_and_its_best_value_by_direction() -> None:
    record = RunRecord("a", "a", directions={"accuracy": "max"})
    caption = curve_caption("accuracy", {"accuracy": [0.5, 0.9, 0.8]}, record)
    assert "0.5000 to 0.8000, best 0.9000 in epoch 2" in caption
    assert "Validation" not in caption


def test_curve_without_finite_values_or_direction_has_no_best_value() -> None:
    record = RunRecord("a", "a")
    assert "no finite values" in curve_caption("loss", {"loss": [math.nan]}, record)
    assert "best" not in curve_caption("flavour", {"flavour": [1.0, 2.0]}, record)


def test_confusion_matrix_has_its_three_most_frequent_errors() -> None:
    counts = [[5, 4, 3], [2, 5, 1], [0, 0, 5]]
    caption = confusion_caption({"part": "test", "classes": ["a", "b", "c"], "counts": counts})
    assert "3 classes on 25 test rows: 60.0 %" in caption
    assert caption.endswith("a predicted as b (4), a predicted as c (3), b predicted as a (2).")


def test_confusion_matrix_without_errors_names_none() -> None:
    caption = confusion_caption({"part": "test", "classes": ["a"], "counts": [[5]]})
    assert "100.0 %" in caption
    assert "predicted as" not in caption


def test_residuals_have_the_defined_metrics() -> None:
    plot_data = {"part": "validation", "rows": 9, "mae": 0.5, "rmse": 0.7, "r2": None}
    caption = residual_caption(plot_data)
    assert "9 validation rows" in caption
    assert "0.5000" in caption
    assert caption.endswith("0.7000.")
    empty = {"part": "test", "rows": 0, "mae": None, "rmse": None, "r2": None}
    assert "No prediction is finite" in residual_caption(empty)


def test_regions_have_the_share_of_correct_rows() -> None:
    plot_data = {"features": ["x", "y"], "classes": ["0", "1"], "rows": 40, "right": 0.975}
    assert "97.5 % of 40 training rows" in region_caption(plot_data)


def test_histograms_have_values_of_each_layer_before_and_after() -> None:
    first, last = {"dense": np.array([1.0, -1.0])}, {"dense": np.array([3.0, -3.0])}
    weights = layer_histograms("weights", first, last)
    assert "dense 1.0000 to 3.0000" in histogram_caption(weights)
    gradients = layer_histograms("gradients", first, last)
    assert "Norms: dense 1.4142 to 4.2426" in histogram_caption(gradients)


def test_histograms_of_many_layers_are_counted() -> None:
    arrays = {f"dense_{i}": np.ones(2) for i in range(15)}
    caption = histogram_caption(layer_histograms("weights", arrays, arrays))
    assert "15 layers" in caption
    assert caption.count("dense_") == 12
    assert caption.endswith("and 3 more.")


def test_model_has_each_layer_with_its_output() -> None:
    rows = (
        LayerRow("a", "InputLayer", (), (None, 2), 0, 0),
        LayerRow("b", "Add", ((None, 2), (None, 2)), (None, 2), 0, 0, ("a", "a")),
    )
    caption = model_caption(ModelSummary("net", rows, 0, 0))
    assert caption.endswith("a (InputLayer, output 2); b (Add, output 2, inputs a, a).")
