"""Transforms from raw rows to model inputs and targets: split, impute, encode, scale."""
