"""Comparisons: a base config, the changes of each variant, and the configs that result."""
