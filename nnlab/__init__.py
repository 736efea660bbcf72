"""Keras experiments from YAML: one file, one command, a self-contained run."""

from __future__ import annotations

__version__ = "0.2.0"
