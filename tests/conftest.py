"""Settings of all tests: garbage collection and Ctrl-C."""

from __future__ import annotations

import gc
import signal

# A background job of a shell ignores Ctrl-C, and so do its child processes. Tests that interrupt a
# process would wait forever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Exclude the loaded modules and tests from garbage collection, which Keras triggers often."""
    gc.collect()
    gc.freeze()
