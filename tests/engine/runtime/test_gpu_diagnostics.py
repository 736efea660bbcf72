"""Reasons for a missing GPU, each with its hint."""

from __future__ import annotations

import pytest
import tensorflow as tf

from nnlab.engine.runtime import gpu_diagnostics
from nnlab.engine.runtime.gpu_diagnostics import explain_gpu_absence

has_gpu = bool(tf.config.list_physical_devices("GPU"))
without_gpu = pytest.mark.skipif(has_gpu, reason="this machine has a GPU")


@without_gpu
def test_environment_that_hides_the_gpus_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: True)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert "CUDA_VISIBLE_DEVICES='-1' hides every GPU." in explain_gpu_absence()


@without_gpu
def test_build_without_cuda_is_reported_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert "built without CUDA" in explain_gpu_absence()[1]


@without_gpu
@pytest.mark.parametrize(
    ("installed", "reason", "hint"),
    [
        ((), "No NVIDIA driver is loaded", "install its driver"),
        (("driver",), "its libcuda.so.1 is not found", "Install the driver's libraries"),
        (
            ("driver", "driver library"),
            "missing: libcudart, libcublas",
            "pip install 'tensorflow[and-cuda]'",
        ),
        (
            ("driver", "driver library", "CUDA"),
            "incompatible with each other or with the GPU",
            "Update the driver",
        ),
    ],
)
def test_missing_component_is_reported_with_the_requirements(
    monkeypatch: pytest.MonkeyPatch, installed: tuple[str, ...], reason: str, hint: str
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: True)
    monkeypatch.setattr(gpu_diagnostics, "_has_nvidia_driver", lambda: "driver" in installed)
    monkeypatch.setattr(gpu_diagnostics, "_can_load", lambda _: "driver library" in installed)
    monkeypatch.setattr(gpu_diagnostics, "_has_library", lambda _: "CUDA" in installed)
    result, requirements, actual_reason, actual_hint = explain_gpu_absence()
    assert result == "TensorFlow looked for NVIDIA GPUs and found none."
    assert "libcuda.so.1" in requirements
    assert "CUDA" in requirements
    assert reason in actual_reason
    assert hint in actual_hint
