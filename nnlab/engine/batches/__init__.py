"""Batches of rows and their sample weights."""
