"""Readers of data files: CSV, Parquet, NPZ."""
