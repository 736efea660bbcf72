"""Data sets that come with nnlab: generated, packaged, or downloaded where Keras keeps them.

The arguments of the generated ones are scikit-learn's. A table among them has named columns; the
one to predict is `target`.
"""

from __future__ import annotations

from nnlab.config.vocabulary.datasets.dataset import Dataset, Source, Task

__all__ = ["Dataset", "Source", "Task"]
