"""What pictures show, in words with figures."""

from __future__ import annotations

import math

import numpy as np

from nnlab.analysis.weight_histograms import layer_histograms
from nnlab.report.html.captions import (
    confusion_words,
    curve_words,
    model_words,
    region_words,
    residual_words,
    spread_words,
)
from nnlab.report.text.model_summary import LayerRow, ModelSummary
from nnlab.runs import RunRecord


def test_a_curve_tells_its_ends_and_its_best_by_its_direction() -> None:
    record = RunRecord("a", "a", directions={"accuracy": "max"})
    words = curve_words("accuracy", {"accuracy": [0.5, 0.9, 0.8]}, record)
    assert "from 0.5000 to 0.8000, at its best 0.9000 in epoch 2" in words
    assert "Validation" not in words


def test_a_curve_without_a_finite_value_or_a_direction_is_told_as_such() -> None:
    record = RunRecord("a", "a")
    assert "no finite values" in curve_words("loss", {"loss": [math.nan]}, record)
    assert "best" not in curve_words("flavour", {"flavour": [1.0, 2.0]}, record)


def test_a_confusion_matrix_tells_the_three_worst() -> None:
    counts = [[5, 4, 3], [2, 5, 1], [0, 0, 5]]
    words = confusion_words({"part": "test", "classes": ["a", "b", "c"], "counts": counts})
    assert "3 classes on 25 test rows: 60.0 % right" in words
    assert words.endswith("a taken for b (4), a taken for c (3), b taken for a (2).")


def test_without_an_error_none_is_named() -> None:
    words = confusion_words({"part": "test", "classes": ["a"], "counts": [[5]]})
    assert words.endswith("100.0 % right.")


def test_residuals_tell_what_is_known() -> None:
    shown = {"part": "validation", "rows": 9, "mae": 0.5, "rmse": 0.7, "r2": None}
    assert residual_words(shown).endswith(
        "Mean absolute error 0.5000, root mean square error 0.7000."
    )
    nothing = {"part": "test", "rows": 0, "mae": None, "rmse": None, "r2": None}
    assert residual_words(nothing).endswith("No prediction is finite.")


def test_regions_tell_how_many_rows_lie_right() -> None:
    shown = {"features": ["x", "y"], "classes": ["0", "1"], "rows": 40, "right": 0.975}
    assert "of which 97.5 % lie" in region_words(shown)


def test_spreads_tell_each_layer_first_and_last() -> None:
    first, last = {"dense": np.array([1.0, -1.0])}, {"dense": np.array([3.0, -3.0])}
    assert "dense 1.0000 to 3.0000" in spread_words(layer_histograms("weights", first, last))
    assert "Norms: dense 1.4142 to 4.2426" in spread_words(
        layer_histograms("gradients", first, last)
    )


def test_a_model_is_told_layer_by_layer() -> None:
    rows = (
        LayerRow("a", "InputLayer", (), (None, 2), 0, 0),
        LayerRow("b", "Add", ((None, 2), (None, 2)), (None, 2), 0, 0, ("a", "a")),
    )
    words = model_words(ModelSummary("net", rows, 0, 0))
    assert words.endswith("a (InputLayer, out 2); b (Add, out 2, from a, a).")
