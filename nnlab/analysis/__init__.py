"""Results computed from records: statistics, importance, differences, conditions."""

from __future__ import annotations
