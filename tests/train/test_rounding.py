"""Rounding of weights: what bfloat16 holds stays, all else goes to its nearest neighbour."""

from __future__ import annotations

import zlib

import keras
import numpy as np
import pytest

from train.fit.rounding import round_kernels, rounded


@pytest.mark.parametrize("shape", [(0,), (3, 0), ()])
def test_what_is_empty_or_one_number_keeps_its_shape(shape: tuple[int, ...]) -> None:
    assert rounded(np.ones(shape, np.float32)).shape == shape


def test_what_bfloat16_holds_stays_as_it_is() -> None:
    known = np.arange(-256, 257, dtype=np.float32) / 1024
    assert np.array_equal(rounded(known), known)


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1.0, 1e30])
def test_a_number_moves_by_half_a_step_at_the_most(scale: float) -> None:
    weights = (np.random.default_rng(1).normal(size=1000) * scale).astype(np.float32)
    found = rounded(weights)
    assert (np.abs(found - weights) <= np.abs(weights) * 2.0**-8).all()
    assert (found != weights).mean() > 0.99
    assert len(zlib.compress(found.tobytes())) < 0.6 * len(zlib.compress(weights.tobytes()))


def test_a_network_keeps_its_biases_and_nearly_its_answers() -> None:
    keras.utils.set_random_seed(2)
    model = keras.Sequential([keras.Input((20,)), keras.layers.Dense(30), keras.layers.Dense(5)])
    model.layers[0].bias.assign(np.linspace(0, 1, 30) / 3)
    given = np.random.default_rng(3).normal(size=(50, 20)).astype(np.float32)
    before, answers = model.get_weights(), model(given).numpy()
    round_kernels(model)
    after = model.get_weights()
    assert np.array_equal(after[1], before[1])
    assert not np.array_equal(after[0], before[0])
    assert np.allclose(model(given).numpy(), answers, atol=0.05)
