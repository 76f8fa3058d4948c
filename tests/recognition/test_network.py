"""The network: the same answers in one thread and in several, for several callers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from hwr_live.recognition.card import Card
from hwr_live.recognition.classify import named_outputs
from hwr_live.recognition.models import find_model
from hwr_live.recognition.network import Network


def load(threads: int | None = None) -> Network:
    folder = find_model("mnist-dense")
    card = Card.load(folder)
    return Network(folder, (folder / card.file).read_bytes(), card.shape, threads)


@pytest.fixture
def network() -> Network:
    return load()


def images(network: Network, count: int) -> Any:
    shape = network.interpreter.get_input_details()[0]["shape"][1:]
    return np.random.default_rng(count).random((count, *shape), np.float32)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("count", [1, 2, 7, 40, 333])
def test_threads_change_nothing(count: int, threads: int) -> None:
    network = load(threads)
    given = images(network, count)
    logits = named_outputs(network.interpreter)["logits"]
    (found,) = network.run(given, [logits])
    one_by_one = [network.run(given[i : i + 1], [logits])[0] for i in range(count)]
    np.testing.assert_allclose(found, np.concatenate(one_by_one), atol=1e-4)


def test_several_callers_get_their_own_answers(network: Network) -> None:
    logits = named_outputs(network.interpreter)["logits"]
    given = [images(network, count) for count in range(20, 40)]
    alone = [network.run(one, [logits])[0] for one in given]
    with ThreadPoolExecutor(4) as callers:
        together = list(callers.map(lambda one: network.run(one, [logits])[0], given))
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_fails_in_any_thread_is_told() -> None:
    network = load(2)
    given = images(network, 30)
    given[-1] = 3e38
    with pytest.raises(InputError, match="no numbers"):
        network.run(given, [named_outputs(network.interpreter)["logits"]])
    given[-1] = 0  # and the next one is served
    assert network.run(given, [named_outputs(network.interpreter)["logits"]])[0].shape[0] == 30


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_each_input_has_its_own_answer(count: int, network: Network) -> None:
    logits = named_outputs(network.interpreter)["logits"]
    given = images(network, count)
    found = network.each(list(given), logits)
    assert len(found) == count
    for one, answer in zip(given, found, strict=True):
        np.testing.assert_allclose(answer, network.run(one[None], [logits])[0][0], atol=1e-4)
