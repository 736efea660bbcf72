"""Scalars in TensorBoard's files, written one by one or in groups."""

from __future__ import annotations

from pathlib import Path

import pytest
import tensorflow as tf

from nnlab.engine.callbacks.scalar_log import ScalarLog


def read_scalars(folder: Path) -> list[tuple[int, str, float]]:
    (file,) = folder.glob("events.out.tfevents.*")
    return [
        (event.step, value.tag, float(tf.make_ndarray(value.tensor)))
        for event in tf.compat.v1.train.summary_iterator(str(file))
        for value in event.summary.value
    ]


@pytest.mark.parametrize("steps", [3, 1200])
def test_scalars_are_written_in_order(tmp_path: Path, steps: int) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path))
    log = ScalarLog(writer, interval_s=60)
    for step in range(steps):
        log.write({"epoch_loss": step / 4, "epoch_accuracy": 0.5}, step)
    log.flush()
    writer.close()
    expected = [
        entry
        for step in range(steps)
        for entry in ((step, "epoch_loss", step / 4), (step, "epoch_accuracy", 0.5))
    ]
    assert read_scalars(tmp_path) == expected


def test_scalars_are_flushed_periodically(tmp_path: Path) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path), max_queue=0)
    log = ScalarLog(writer, interval_s=0)
    log.write({"epoch_loss": 1.0}, 0)
    assert read_scalars(tmp_path) == [(0, "epoch_loss", 1.0)]


def test_tags_may_differ_between_steps(tmp_path: Path) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path))
    log = ScalarLog(writer)
    log.write({"a": 1.0}, 7)
    log.write({"b": 2.0}, 8)
    log.write({"a": 3.0}, 9)
    log.flush()
    writer.close()
    assert read_scalars(tmp_path) == [(7, "a", 1.0), (8, "b", 2.0), (9, "a", 3.0)]
