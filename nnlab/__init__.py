"""nnlab runs Keras experiments from YAML: one file, one command, a run that explains itself."""

from __future__ import annotations

__version__ = "0.1.0"
