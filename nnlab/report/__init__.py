"""Results as tables, plots, HTML pages and live progress; never imports the engine."""

from __future__ import annotations
