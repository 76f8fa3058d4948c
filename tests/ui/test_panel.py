"""The panel: numbers that do not claim more than is known, and parts painted when they change."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.reading import Glyph, Reading
from hwr_live.ui import panel
from hwr_live.ui.panel import percent


@pytest.mark.parametrize(
    ("p", "told"),
    [
        (0.0, "0 %"),
        (1e-9, "<1 %"),
        (0.0049, "<1 %"),
        (0.006, "1 %"),
        (0.014, "1 %"),
        (0.5, "50 %"),
        (0.9999, "99 %"),
        (1.0, "100 %"),
    ],
)
def test_what_is_not_certain_is_not_told_as_certain(p: float, told: str) -> None:
    assert percent(p) == told


def test_five_candidates_do_not_add_up_to_more_than_all() -> None:
    told = [percent(p) for p in (0.987, 0.004, 0.003, 0.003, 0.003)]
    assert sum(int(t.strip("< %")) for t in told if not t.startswith("<")) <= 100


def test_a_part_is_new_when_what_it_shows_is_another() -> None:
    parts = panel.Parts()
    first, equal = Reading(), Reading()
    assert parts.new("text")
    assert parts.new("text", first, 1, (2, "a"), None)
    assert not parts.new("text", first, 1, (2, "a"), None)
    assert parts.new("crops", first, 1, (2, "a"), None), "a part of its own"
    assert parts.new("text", equal, 1, (2, "a"), None), "equal readings may hold other crops"
    assert parts.new("text", equal, 1, (2, "b"), None)
    assert parts.new("text", equal, 1)
    assert parts.new("text")
    assert not parts.new("crops", first, 1, (2, "a"), None)
    parts.forget()
    assert parts.new("crops", first, 1, (2, "a"), None)


def test_help_fits_whatever_room_there_is() -> None:
    rows = [(f"key {i}", "what it does, at some length") for i in range(12)]
    for size in ((200, 120), (500, 300), (900, 700)):
        frame = np.full((size[1], size[0], 3), 255, np.uint8)
        panel.draw_help(frame, (0, 0, *size), 18, rows, 0.3)
        assert (frame != 255).any()
        assert (frame[0] == 255).all(), "the plate keeps off the edge"
        assert (frame[:, 0] == 255).all()


@pytest.mark.parametrize("char", ["l", "W", None])
@pytest.mark.parametrize(
    ("side", "font", "has_room"),
    [(112, 14, True), (56, 14, True), (112, 28, True), (56, 28, False), (28, 14, False)],
)
def test_below_a_crop_stands_its_share_where_there_is_room(
    side: int, font: int, has_room: bool, char: str | None
) -> None:
    glyph = Glyph(char, 0.99, (0, 0, 9, 9))
    pictures = []
    for shares in (True, False):
        picture = np.full((side + 60, side + 20, 3), 255, np.uint8)
        panel.draw_crops(picture, [((10, 5, side, side), glyph)], font, None, shares=shares)
        pictures.append(picture)
    assert (pictures[0] != pictures[1]).any() == has_room


def test_of_crops_beside_each_other_all_have_their_share_below_or_none() -> None:
    glyphs = [Glyph(char, 0.99, (0, 0, 9, 9)) for char in "lW"]
    had = set()
    for side in range(16, 64, 4):
        pictures = []
        for shares in (True, False):
            picture = np.full((side + 60, 2 * side + 10, 3), 255, np.uint8)
            cells = [((x, 5, side, side), g) for x, g in zip((0, side + 10), glyphs, strict=True)]
            panel.draw_crops(picture, cells, 14, None, shares=shares)
            pictures.append(picture)
        differs = (pictures[0] != pictures[1]).any((0, 2))
        assert differs[:side].any() == differs[side + 10 :].any()
        had.add(bool(differs.any()))
    assert had == {False, True}
