"""The graph of a model, as SVG and PNG."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from matplotlib.image import imread

from nnlab.errors import RequestError
from nnlab.report.plots import model
from nnlab.report.plots.model import plot_model
from nnlab.report.text.model_summary import LayerRow, ModelSummary

LAYERS = (
    LayerRow("pixels", "InputLayer", (), (None, 28, 28), 0, 0),
    LayerRow("flat", "Flatten", ((None, 28, 28),), (None, 784), 0, 0, ("pixels",)),
    LayerRow("hidden", "Dense", ((None, 784),), (None, 784), 615_440, 615_440, ("flat",)),
    LayerRow("norm", "BatchNormalization", ((None, 784),), (None, 784), 3_136, 1_568, ("hidden",)),
    LayerRow("frozen", "Dense", ((None, 784),), (None, 784), 7, 0, ("norm",)),
    LayerRow("$um", "Add", ((None, 784), (None, 784)), (None, 784), 0, 0, ("frozen", "flat")),
)
MODEL = ModelSummary("résumé", LAYERS, 618_583, 617_008)


def deep(layers: int) -> ModelSummary:
    rows = tuple(
        LayerRow(f"d{i}", "Dense", ((None, 4),), (None, 4), 20, 20, (f"d{i - 1}",) if i else ())
        for i in range(layers)
    )
    return ModelSummary("deep", rows, 20 * layers, 20 * layers)


def test_svg_contains_name_type_shapes_and_parameters_of_each_layer(tmp_path: Path) -> None:
    plot_model(MODEL, tmp_path / "model.svg")
    text = (tmp_path / "model.svg").read_text(encoding="utf-8")
    # Glyphs are drawn as outlines, to look the same in every viewer; the texts are comments.
    texts = {line.strip()[5:-4] for line in text.splitlines() if line.strip().startswith("<!-- ")}
    assert {"pixels", "InputLayer", "flat", "norm", "BatchNormalization", "$um", "Add"} <= texts
    assert {
        "résumé: 618,583 parameters",
        "out 28 x 28",
        "in 28 x 28   out 784",
        "in 784   out 784   615,440 parameters",
        "in 784   out 784   3,136 parameters (1,568 non-trainable)",
        "in 784   out 784   7 parameters (non-trainable)",
        "in 784, 784   out 784",
    } <= texts
    ET.fromstring(text)  # noqa: S314 - our own file


@pytest.mark.slow
def test_png_is_large_enough_to_read(tmp_path: Path) -> None:
    plot_model(MODEL, tmp_path / "model.PNG")
    height, width, _ = imread(tmp_path / "model.PNG").shape
    assert width > 300
    assert height > 100 * len(LAYERS)


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_equal_models_give_equal_bytes(tmp_path: Path, suffix: str) -> None:
    plot_model(MODEL, tmp_path / f"a.{suffix}")
    plot_model(MODEL, tmp_path / f"b.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


@pytest.mark.slow
def test_very_deep_model_has_a_lower_resolution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "_MAX_PIXELS", 1_500)
    plot_model(deep(30), tmp_path / "deep.png")
    assert 1_400 < max(imread(tmp_path / "deep.png").shape) <= 1_500


def test_empty_model_and_long_names_can_be_drawn(tmp_path: Path) -> None:
    plot_model(ModelSummary("empty", (), 0, 0), tmp_path / "empty.svg")
    long = LayerRow("n" * 200, "T" * 200, ((None, 4),) * 40, (None, 4), 0, 0)
    plot_model(ModelSummary("m" * 200, (long,), 0, 0), tmp_path / "long.png")
    assert imread(tmp_path / "long.png").shape[1] < 1500


@pytest.mark.parametrize("name", ["model.pdf", "model", "model.svg.txt"])
def test_unsupported_suffix_is_rejected_before_writing(tmp_path: Path, name: str) -> None:
    with pytest.raises(RequestError, match=r"\.svg or \.png\. Received: path=.*\.svg"):
        plot_model(MODEL, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_unwritable_path_is_a_request_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RequestError, match=r"write .*model\.svg\. Received: error="):
        plot_model(MODEL, tmp_path / "file" / "model.svg")
