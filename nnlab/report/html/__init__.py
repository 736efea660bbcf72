"""Reports of runs, searches, comparisons and benchmarks, each a single HTML file.

A page has sections, and a section has blocks: tables, images, code, text.
"""

from __future__ import annotations
