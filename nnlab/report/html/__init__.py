"""Reports: one HTML file that needs nothing else, for a run, a search or a comparison.

A page is a title and sections, a section a list of blocks: tables, pictures, code, sentences.
Whoever has more to tell adds sections; `page.render` knows how all of it looks.
"""

from __future__ import annotations
