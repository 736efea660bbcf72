"""Readers of a user's files: CSV, Parquet, NPZ."""
