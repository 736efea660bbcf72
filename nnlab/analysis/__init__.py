"""Records in, plain rows out: what differs between runs, and which of them satisfy a condition."""

from __future__ import annotations
