"""Many numbers in few."""

from __future__ import annotations

import json

import numpy as np

from nnlab.analysis.weight_histograms import LayerHistograms, evenly, layer_histograms


def test_first_and_last_share_their_bins() -> None:
    first, last = np.zeros((2, 3)), np.array([[-1.0, 0.0, 3.0]])
    (spread,) = layer_histograms("weights", {"dense": first}, {"dense": last})
    assert (spread.low, spread.high) == (-1.0, 3.0)
    assert (sum(spread.first.counts), sum(spread.last.counts)) == (6, 3)
    assert (spread.first.zeros, spread.last.zeros) == (6, 1)


def test_gradients_are_counted_by_powers_of_ten_and_zeros_apart() -> None:
    first, last = np.array([0.0, 1e-9, -1e-3]), np.array([0.0, 0.0, 1e-30])
    (spread,) = layer_histograms("gradients", {"dense": first}, {"dense": last})
    assert (spread.low, spread.high) == (-12.0, -3.0)
    assert sum(spread.first.counts) == 2
    assert (spread.last.zeros, sum(spread.last.counts)) == (2, 1)


def test_json_and_back_changes_nothing() -> None:
    several = layer_histograms("weights", {"a": np.ones(3)}, {"a": np.array([1, np.nan, 2])})
    plain = json.loads(json.dumps([spread.to_dict() for spread in several]))
    assert [LayerHistograms.from_dict(values) for values in plain] == several


def test_of_many_layers_the_first_and_the_last_stay() -> None:
    layers = {f"{i}": np.ones(1) for i in range(40)}
    names = [spread.layer for spread in evenly(layer_histograms("weights", layers, layers), 12)]
    assert (len(names), names[0], names[-1]) == (12, "0", "39")
