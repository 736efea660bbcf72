"""The first call of a graph that XLA compiles, and what to do when XLA cannot."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from nnlab.engine.runtime.xla_cache import clear_xla_cache

# What is raised where a kept program is damaged, or XLA has no form of an operation.
_FAILED = (
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
    """Call a graph for the first time, which compiles it.

    Args:
        call: Calls it.
        retrace: Traces it anew: XLA remembers of a graph that it failed.
        retrace_without_xla: Traces it anew, without XLA.
    """
    try:
        call()
    except _FAILED:
        clear_xla_cache()
        retrace()
        try:
            call()
        except _FAILED:
            retrace_without_xla()
            call()
