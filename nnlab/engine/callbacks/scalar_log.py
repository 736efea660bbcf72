"""Scalars on their way to TensorBoard's files: many events a call."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

_INTERVAL_S = 2.0
# One by one an event takes 30 microseconds to write, in a graph a tenth, but 30 ms to trace it.
_MANY = 500


class ScalarLog:
    """Writes scalars, those of one moment in one event.

    `tf.summary.scalar` takes 0.1 ms for each, an epoch of a small net only three times that: events
    are put together here and written at most every two seconds.

    Args:
        writer: Of the file.
        interval_s: Seconds between two writes.
    """

    def __init__(self, writer: tf.summary.SummaryWriter, interval_s: float = _INTERVAL_S) -> None:
        self._writer = writer
        self._interval_s = interval_s
        self._due = 0.0
        self._forms: dict[tuple[str, ...], Any] = {}
        self._events: list[bytes] = []
        self._write_many: Any = None

    def write(self, values: Mapping[str, float], step: int) -> None:
        """Log scalars.

        Args:
            values: Values by tag.
            step: The moment, which is an epoch or an update.
        """
        tags = tuple(values)
        is_new = tags not in self._forms
        if is_new:
            self._forms[tags] = _event(tags)
        event = self._forms[tags]
        event.wall_time, event.step = time.time(), step
        for entry, value in zip(event.summary.value, values.values(), strict=True):
            entry.tensor.float_val[0] = value
        self._events.append(event.SerializeToString())
        if is_new:
            # What is said of a curve once holds for all of it.
            for entry in event.summary.value:
                entry.ClearField("metadata")
        if time.monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Hand all events to the writer."""
        events, self._events = self._events, []
        if len(events) >= _MANY:
            if self._write_many is None:
                spec = [tf.TensorSpec([None], tf.string)]
                self._write_many = tf.function(self._write, autograph=False, input_signature=spec)
            self._write_many(tf.constant(events))
        else:
            for event in events:
                self._import(event)
        self._due = time.monotonic() + self._interval_s

    def _write(self, events: Any) -> None:
        def one(number: Any) -> tuple[Any]:
            self._import(events[number])
            return (number + 1,)

        count = tf.shape(events)[0]
        start = [tf.constant(0)]
        tf.while_loop(lambda number: number < count, one, start, parallel_iterations=1)

    def _import(self, event: Any) -> None:
        tf.raw_ops.ImportEvent(writer=self._writer._resource, event=event)  # noqa: SLF001 - the public way copies through a protobuf


def _event(tags: tuple[str, ...]) -> Any:
    """An event with a place for the value of each tag."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.plugins.scalar import metadata

    event = Event()
    about = metadata.create_summary_metadata(display_name="", description="")
    for tag in tags:
        entry = event.summary.value.add(tag=tag, metadata=about)
        entry.tensor.dtype = tf.float32.as_datatype_enum
        entry.tensor.tensor_shape.SetInParent()
        entry.tensor.float_val.append(0.0)
    return event
