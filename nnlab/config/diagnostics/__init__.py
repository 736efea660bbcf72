"""Errors and warnings about a config: collected, located, with hints."""
