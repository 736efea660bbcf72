"""Run the variants of a comparison."""
