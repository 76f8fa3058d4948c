"""Lines are trained on TensorFlow and on JAX alike, each in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hwr_live.errors import HwrError, InputError
from hwr_live.strip import HEIGHT
from tests.support.lines_backend import some_lines
from train import devices
from train.lines.alphabet import OUTPUTS, STRIDE
from train.main import main

ROOT = Path(__file__).parents[3]
BACKENDS = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            importlib.util.find_spec(name) is None, reason=f"{name} is not installed"
        ),
    )
    for name in devices.BACKENDS
]
OTHER = {"tensorflow": "jax", "jax": "tensorflow"}


def train(backend: str, folder: Path, processors: int = 1) -> dict[str, list[float]]:
    """What ``tests.support.lines_backend`` prints of a few steps that go on in ``folder``."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.lines_backend", str(folder), str(processors)],
        cwd=ROOT,
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "CUDA_VISIBLE_DEVICES": "-1",
            "XLA_FLAGS": f"--xla_force_host_platform_device_count={processors}",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of a training on each backend that there is."""
    return {name: tmp_path_factory.mktemp(name) for name in devices.BACKENDS}


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_loss_falls_and_a_later_sitting_goes_on(backend: str, runs: dict[str, Path]) -> None:
    first = train(backend, runs[backend])
    assert first["steps"] == [0, 25]
    assert first["losses"][-1] < 0.8 * first["losses"][0]
    again = train(backend, runs[backend])
    assert again["steps"] == [25, 50]
    assert again["losses"][-1] < first["losses"][-1]


@pytest.mark.parametrize("backend", BACKENDS)
def test_several_processors_share_the_lines(backend: str, tmp_path: Path) -> None:
    shared = train(backend, tmp_path, processors=2)
    assert shared["losses"][-1] < 0.8 * shared["losses"][0]


@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in devices.BACKENDS),
    reason="TensorFlow and JAX are not both installed",
)
@pytest.mark.parametrize("backend", devices.BACKENDS)
def test_a_training_goes_on_with_the_other_backend(backend: str, tmp_path: Path) -> None:
    first = train(backend, tmp_path)
    answered = np.load(tmp_path / "logits.npy")
    other = train(OTHER[backend], tmp_path)
    # Before its first step, the other one answers with the same weights.
    assert np.abs(np.load(tmp_path / "before.npy") - answered).max() < 1e-4
    assert answered.shape == (len(some_lines()), answered.shape[1], OUTPUTS)
    assert other["steps"] == [25, 50]
    assert other["losses"][0] < first["losses"][0]
    assert other["losses"][-1] < first["losses"][-1]


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
def test_batches_on_jax_are_of_few_shapes() -> None:
    from train.lines.feed import batch
    from train.lines.on_jax import padded, width_of

    assert [width_of(n) for n in (32, 64, 65, 512, 513, 1100)] == [64, 64, 128, 512, 640, 1152]
    parts = [batch(some_lines()[:4]), batch(some_lines()[4:])]
    images, frames, texts, lengths, _ = padded(parts)
    assert images.shape == (8, HEIGHT, width_of(max(one.images.shape[2] for one in parts)))
    assert texts.shape == (8, images.shape[2] // STRIDE)
    assert images.sum() == sum(int(one.images.sum()) for one in parts)
    assert lengths.tolist() == [n for one in parts for n in one.lengths]
    assert frames.tolist() == [n for one in parts for n in one.frames]


@pytest.mark.parametrize(
    ("asked", "there", "chosen"),
    [
        ("", {"tensorflow", "jax", "keras"}, "tensorflow"),
        ("jax", {"tensorflow", "jax", "keras"}, "jax"),
        ("", {"jax", "keras"}, "jax"),
    ],
)
def test_the_backend_is_what_is_asked_for_or_there(
    asked: str, there: set[str], chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", asked)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name in there or None)
    assert devices.choose_backend() == chosen
    assert os.environ["KERAS_BACKEND"] == chosen


@pytest.mark.parametrize(
    ("asked", "there", "told"),
    [
        ("", set(), "TensorFlow or Keras with JAX"),
        ("", {"jax"}, "TensorFlow or Keras with JAX"),
        ("tensorflow", {"jax", "keras"}, "needs TensorFlow: "),
        ("jax", {"tensorflow", "keras"}, "needs Keras with JAX: "),
    ],
)
def test_a_backend_that_is_missing_is_told(
    asked: str, there: set[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", asked)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name in there or None)
    with pytest.raises(HwrError, match=told):
        devices.choose_backend()


def test_another_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    with pytest.raises(InputError, match="not torch"):
        devices.choose_backend()
    assert main(["lines", "--data", "."]) == 2
