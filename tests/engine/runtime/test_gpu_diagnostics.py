"""Why there is no GPU, and how to get one: each reason with its remedy."""

from __future__ import annotations

import pytest
import tensorflow as tf

from nnlab.engine.runtime import gpu_diagnostics
from nnlab.engine.runtime.gpu_diagnostics import explain_gpu_absence

has_gpu = bool(tf.config.list_physical_devices("GPU"))
without_gpu = pytest.mark.skipif(has_gpu, reason="there is a GPU here")


@without_gpu
def test_hidden_gpus_are_the_reason_where_the_environment_hides_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: True)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert "CUDA_VISIBLE_DEVICES='-1' hides every GPU." in explain_gpu_absence()


@without_gpu
def test_build_without_cuda_is_the_reason_before_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert (
        "This TensorFlow is built without CUDA: it can only use the CPU." in explain_gpu_absence()
    )


@without_gpu
@pytest.mark.parametrize(
    ("there", "reason", "hint"),
    [
        ((), "No NVIDIA driver is loaded", "install its driver"),
        (("driver",), "its libcuda.so.1 is not found", "Install the driver's libraries"),
        (
            ("driver", "its library"),
            "there is no libcudart, libcublas",
            "pip install 'tensorflow[and-cuda]'",
        ),
        (
            ("driver", "its library", "CUDA"),
            "one is too old for the other",
            "Update the driver",
        ),
    ],
)
def test_what_is_missing_is_told_with_what_tensorflow_needs(
    monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], reason: str, hint: str
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: True)
    monkeypatch.setattr(gpu_diagnostics, "_has_nvidia_driver", lambda: "driver" in there)
    monkeypatch.setattr(gpu_diagnostics, "_loads", lambda _: "its library" in there)
    monkeypatch.setattr(gpu_diagnostics, "_has_library", lambda _: "CUDA" in there)
    looked, needs, why, how = explain_gpu_absence()
    assert looked == "TensorFlow looked for NVIDIA GPUs and found none."
    assert "libcuda.so.1" in needs
    assert "CUDA" in needs
    assert reason in why
    assert hint in how
