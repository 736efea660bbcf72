"""Built-in data sets: generated, packaged, or downloaded to Keras' data folder.

Generated data sets have scikit-learn's arguments. The target column of a table is `target`.
"""

from __future__ import annotations

from nnlab.config.vocabulary.datasets.dataset import Dataset, Source, Task

__all__ = ["Dataset", "Source", "Task"]
