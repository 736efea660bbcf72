"""Hyperparameter search: samplers suggest trials, and workers run them."""
