"""What is told of a picture that stands still: what many frames said of it, not of another page."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.camera.report import Report, standing
from hwr_live.media.frames import Frame
from hwr_live.reading import Glyph, Line, Reading


def report(text: str, *, told: str | None = None, settled: bool = True) -> Report:
    """Of a frame in which a text stands; ``told``, what is told of it, is that if None."""
    glyphs = tuple(Glyph(c, 0.9, (9 * n, 0, 8, 9)) for n, c in enumerate(text))
    reading = Reading((Line((glyphs,)),) if glyphs else ())
    frame = Frame(np.zeros((9, 9, 3), np.uint8), 0, 0.0)
    return Report("0", frame, reading, reading, text if told is None else told, settled)


@pytest.mark.parametrize("before", [None, report("", settled=False)])
@pytest.mark.parametrize("text", ["", "hello"])
def test_where_nothing_was_told_before_it_is_read_by_itself(
    before: Report | None, text: str
) -> None:
    alone = report(text)
    assert standing(alone, before) is alone


@pytest.mark.parametrize("settled", [False, True])
def test_what_many_frames_said_of_it_stands(settled: bool) -> None:
    before = report("he110", told="hello", settled=settled)
    told = standing(report("hel1o"), before)
    assert (told.text, told.settled) == ("hello", settled)
    assert told.reading.text == "hel1o"


@pytest.mark.parametrize("text", ["", "otherpage", "x"])
def test_what_they_said_of_another_page_does_not(text: str) -> None:
    told = standing(report(text), report("hello"))
    assert (told.text, told.settled) == (text, True)
