"""The first call of a graph, which compiles it, with fallbacks if XLA fails."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from nnlab.engine.runtime.xla_cache import clear_xla_cache

# Raised for a damaged program in the cache, or for an operation that XLA does not support.
_XLA_ERRORS = (
    tf.errors.DataLossError,
    tf.errors.InternalError,
    tf.errors.InvalidArgumentError,
    tf.errors.NotFoundError,
    tf.errors.OutOfRangeError,
    tf.errors.UnimplementedError,
)


def warm_up(
    call: Callable[[], object], retrace: Callable[[], None], retrace_without_xla: Callable[[], None]
) -> None:
    """Call a graph to compile it; on failure clear the cache and retrace, then give up XLA.

    Retracing is required, as XLA keeps the failure of a graph.
    """
    try:
        call()
    except _XLA_ERRORS:
        clear_xla_cache()
        retrace()
        try:
            call()
        except _XLA_ERRORS:
            retrace_without_xla()
            call()
