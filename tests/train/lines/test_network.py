"""The line network: weights that are of none, then what it is built of, and how it grows."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from hwr_live.strip import HEIGHT
from train.lines.alphabet import CLASSES, OUTPUTS, STRIDE
from train.lines.network import ALONG, build, build_for, deepened, sizes

SMALL = sizes(0.1)


@pytest.mark.parametrize(
    "shapes",
    [
        [],
        [(3, 4)],
        [(5, 5, 1, 4), (5, 8, 8)],
        [*[(3, 3, 4, 4)] * 7],
        [*[(3, 3, 4, 4)] * 7, *[(5, 4, 4)] * (ALONG + 1), (4, 9), (9,)],
    ],
)
def test_weights_of_another_network_are_refused(shapes: list[tuple[int, ...]]) -> None:
    for make in (build_for, deepened):
        with pytest.raises(ValueError, match="no line network"):
            make([np.zeros(shape, np.float32) for shape in shapes])


@pytest.mark.parametrize("along", [1, 4, ALONG])
@pytest.mark.parametrize("width", [4, 64, 100])
def test_a_network_is_known_by_its_weights(along: int, width: int) -> None:
    keras.utils.set_random_seed(1)
    model = build(*SMALL, along)
    strips = np.random.default_rng(1).random((2, HEIGHT, width, 1)).astype(np.float32)
    answers = model(strips).numpy()
    assert answers.shape == (2, width // STRIDE, OUTPUTS)
    again = build_for(model.get_weights())
    assert np.allclose(again(strips).numpy(), answers, atol=1e-5)


def test_a_deeper_network_begins_nearly_as_the_one_that_it_comes_from() -> None:
    keras.utils.set_random_seed(2)
    model = build(*SMALL, 2)
    strips = np.random.default_rng(2).random((3, HEIGHT, 96, 1)).astype(np.float32)
    deeper = deepened(model.get_weights())
    assert len(deeper.get_weights()) == len(model.get_weights()) + 5 * (ALONG - 2)
    own, more = model(strips).numpy(), deeper(strips).numpy()
    assert 0 < np.abs(own - more).mean() < 0.3 * np.abs(own).mean()
    whole = deepened(deeper.get_weights())
    assert np.allclose(whole(strips).numpy(), more, atol=1e-5)


def test_a_network_without_kinds_is_given_them() -> None:
    weights = build(*SMALL, 2).get_weights()
    weights[-2], weights[-1] = weights[-2][:, :CLASSES], weights[-1][:CLASSES]
    for model in (build_for(weights), deepened(weights)):
        kernel, bias = model.get_weights()[-2:]
        assert kernel.shape[1] == len(bias) == OUTPUTS
        assert not kernel[:, CLASSES:].any()
