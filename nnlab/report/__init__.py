"""Plain data turned into tables, pictures and live progress. Knows records, never the engine."""

from __future__ import annotations
