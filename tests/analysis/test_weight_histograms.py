"""Histograms of weights and gradients."""

from __future__ import annotations

import json

import numpy as np

from nnlab.analysis.weight_histograms import LayerHistograms, layer_histograms, sample_layers


def test_first_and_last_share_the_bins() -> None:
    first, last = np.zeros((2, 3)), np.array([[-1.0, 0.0, 3.0]])
    (layer,) = layer_histograms("weights", {"dense": first}, {"dense": last})
    assert (layer.low, layer.high) == (-1.0, 3.0)
    assert (sum(layer.first.counts), sum(layer.last.counts)) == (6, 3)
    assert (layer.first.zeros, layer.last.zeros) == (6, 1)


def test_gradients_are_binned_by_logarithm_without_zeros() -> None:
    first, last = np.array([0.0, 1e-9, -1e-3]), np.array([0.0, 0.0, 1e-30])
    (layer,) = layer_histograms("gradients", {"dense": first}, {"dense": last})
    assert (layer.low, layer.high) == (-12.0, -3.0)
    assert sum(layer.first.counts) == 2
    assert (layer.last.zeros, sum(layer.last.counts)) == (2, 1)


def test_histograms_survive_json() -> None:
    layers = layer_histograms("weights", {"a": np.ones(3)}, {"a": np.array([1, np.nan, 2])})
    plain = json.loads(json.dumps([layer.to_dict() for layer in layers]))
    assert [LayerHistograms.from_dict(values) for values in plain] == layers


def test_sample_of_layers_includes_the_first_and_the_last() -> None:
    layers = {f"{i}": np.ones(1) for i in range(40)}
    names = [
        layer.layer for layer in sample_layers(layer_histograms("weights", layers, layers), 12)
    ]
    assert (len(names), names[0], names[-1]) == (12, "0", "39")
