"""Layers: what a model is built of."""

from __future__ import annotations

from nnlab.config.words.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from nnlab.config.words.layers.core import Dense, Embedding, Identity
from nnlab.config.words.layers.layer import Layer
from nnlab.config.words.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from nnlab.config.words.layers.normalization import (
    BatchNormalization,
    GroupNormalization,
    LayerNormalization,
    RMSNormalization,
    SpectralNormalization,
    UnitNormalization,
)
from nnlab.config.words.layers.regularization import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
)
from nnlab.config.words.layers.reshaping import (
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Permute,
    RepeatVector,
    Rescaling,
    Reshape,
)

__all__ = [
    "ELU",
    "Activation",
    "ActivityRegularization",
    "Add",
    "AlphaDropout",
    "Average",
    "BatchNormalization",
    "Concatenate",
    "Dense",
    "Dot",
    "Dropout",
    "Embedding",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
    "GroupNormalization",
    "Identity",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Maximum",
    "Minimum",
    "Multiply",
    "PReLU",
    "Permute",
    "RMSNormalization",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Softmax",
    "SpectralNormalization",
    "Subtract",
    "UnitNormalization",
]
