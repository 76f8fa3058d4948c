"""What is plainly another character than was asked for: nothing, doubts and look-alikes are not."""

from __future__ import annotations

import pytest

from hwr_live.reading import Glyph, Line, Reading
from hwr_live.teach.slips import slip


def reading(char: str | None, sure: float, *others: tuple[str, float]) -> Reading:
    first = ((char, sure),) if char is not None else ()
    written = Glyph(char, sure, (0, 0, 40, 60), (*first, *others))
    dirt = Glyph("q", 1.0, (50, 0, 3, 3), (("q", 1.0),))
    return Reading((Line(((written, dirt),)),))


@pytest.mark.parametrize(
    ("read", "asked"),
    [
        (Reading(), "2"),
        (reading("2", 0.99), "2"),
        (reading("0", 0.5), "2"),  # not sure
        (reading("0", 0.4, ("6", 0.4)), "2"),
        (reading("0", 0.99), "O"),  # of one shape
        (reading("c", 0.99), "C"),
        (reading("l", 0.99), "1"),
        (reading("Z", 0.91, ("2", 0.09)), "2"),  # it may be
        (reading("0", 0.99), "."),  # a mark
    ],
)
def test_what_may_be_meant_is_no_slip(read: Reading, asked: str) -> None:
    assert slip(read, asked) is None


def test_a_plain_slip_is_told() -> None:
    assert slip(reading("0", 0.99), "2") == "0"
    assert slip(reading("0", 0.5, ("O", 0.3), ("o", 0.1)), "2") == "0", "whichever it is"
    assert slip(reading("A", 0.97), "a") == "A"
    assert slip(reading(None, 0.99), "2") == ""
