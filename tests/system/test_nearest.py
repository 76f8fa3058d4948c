"""What is meant by a word that is none: nothing like any first."""

from __future__ import annotations

import pytest

from hwr_live.system.nearest import nearest, suggestion

KNOWN = ("read", "draw", "Camera", "hwr62")


@pytest.mark.parametrize("word", ["", "x", "elephant", "--"])
def test_what_is_like_none(word: str) -> None:
    assert nearest(word, KNOWN) is None
    assert suggestion(word, KNOWN) == ""
    assert nearest("read", ()) is None


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("raed", "read"),
        ("READ", "read"),
        ("camara", "Camera"),
        ("hwr26", "hwr62"),
        ("drawe", "draw"),
    ],
)
def test_the_nearest_in_any_case(word: str, meant: str) -> None:
    assert nearest(word, KNOWN) == meant
    assert suggestion(word, KNOWN) == f"; do you mean {meant}?"
