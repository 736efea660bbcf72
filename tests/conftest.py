"""What all tests share: a heap in which nothing is looked for in vain, and a Ctrl-C that counts."""

from __future__ import annotations

import gc
import signal

# A shell's background job ignores Ctrl-C, and so do the processes that it starts. Tests that
# interrupt one would wait forever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Leave out of every later search for garbage what collecting the tests has loaded.

    TensorFlow and thousands of tests stay to the end, and Keras and statsmodels search often.
    """
    gc.collect()
    gc.freeze()
