"""What all tests share: a heap in which nothing is looked for in vain."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Leave out of every later search for garbage what collecting the tests has loaded.

    TensorFlow and thousands of tests stay to the end, and Keras and statsmodels search often.
    """
    gc.collect()
    gc.freeze()
