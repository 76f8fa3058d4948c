"""What outputs mean, and texts from them."""

from __future__ import annotations

import pytest

from train.lines.alphabet import BLANK, CHARACTERS, CLASSES, decode, encode, frames_needed


def test_the_order_of_the_outputs_is_fixed() -> None:
    """Models that are there would read nonsense with another."""
    assert BLANK == 0
    assert CLASSES == 99
    assert CHARACTERS[0] == " "
    assert CHARACTERS[1:95] == "".join(chr(code) for code in range(33, 127))
    assert CHARACTERS[95:] == "°×÷"


@pytest.mark.parametrize("text", ["", " ", "a", "Hello, World!", "llama", "3 × 4 ÷ 2 °C"])
def test_what_is_encoded_is_decoded(text: str) -> None:
    codes = encode(text).tolist()
    assert decode([frame for code in codes for frame in (code, BLANK)]) == text


def test_an_unknown_character_cannot_be_encoded() -> None:
    with pytest.raises(KeyError):
        encode("ü")


def test_repeats_are_one_unless_a_blank_lies_between() -> None:
    a, b = encode("ab").tolist()
    assert decode([BLANK, a, a, BLANK, a, b, b]) == "aab"


@pytest.mark.parametrize(("text", "frames"), [("", 0), ("a", 1), ("ab", 2), ("ll", 3), ("1111", 7)])
def test_frames_needed(text: str, frames: int) -> None:
    assert frames_needed(text) == frames
