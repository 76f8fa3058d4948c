"""The search: of nothing seen nothing is read, and a page is turned only where it may be."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.recognition.decoder import Recognizer, decode
from hwr_live.recognition.reader import Reader
from hwr_live.segmentation.rectify import see

SAMPLE = "\n".join(TEXT)


@pytest.fixture(scope="module")
def recognizer(reader: Reader) -> Recognizer:
    return Recognizer(reader.classifier, None, reader.vocabulary, None)


@pytest.mark.parametrize("upright", [False, True])
def test_of_nothing_seen_nothing_is_read(recognizer: Recognizer, upright: bool) -> None:
    view = see(np.full((300, 400), 255, np.uint8))
    assert decode(view, recognizer, upright=upright) == ((), view)


def test_what_stands_upright_is_read_as_it_was_seen(recognizer: Recognizer) -> None:
    view = see(draw_sample())
    lines, read = decode(view, recognizer, upright=False)
    assert "\n".join(line.text for line in lines) == SAMPLE
    assert read is view


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_the_view_is_the_one_that_was_read(recognizer: Recognizer, quarters: int) -> None:
    view = see(np.ascontiguousarray(np.rot90(draw_sample(), quarters)))
    lines, read = decode(view, recognizer, upright=False)
    assert "\n".join(line.text for line in lines) == SAMPLE
    assert read is not view
    assert [len(line) for line in read.lines] == [len(line.glyphs) for line in lines]


def test_what_surely_stands_upright_is_never_turned(recognizer: Recognizer) -> None:
    view = see(np.ascontiguousarray(np.rot90(draw_sample(), 2)))
    lines, read = decode(view, recognizer, upright=True)
    assert read is view
    assert "\n".join(line.text for line in lines) != SAMPLE
