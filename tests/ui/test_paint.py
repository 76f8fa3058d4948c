"""Painting: text in the frame, and a reading over its picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.reading import Glyph, Line, Reading
from hwr_live.ui import paint
from hwr_live.ui.marks import draw_reading, marks_of

Pixels = npt.NDArray[np.uint8]


def page(height: int = 120, width: int = 200) -> Pixels:
    return np.full((height, width, 3), 255, np.uint8)


def changed(frame: Pixels) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom (inclusive) of what is not white."""
    ys, xs = np.nonzero((frame != 255).any(axis=2))
    if len(xs) == 0:
        return None
    return int(xs.min()), int(ys.min()), int(xs.max()), int(ys.max())


@pytest.mark.parametrize("text", ["", "\n", "   "])
def test_no_text_paints_nothing(text: str) -> None:
    frame = page()
    paint.put_text(frame, text, (10, 60), 20)
    assert changed(frame) is None


def test_text_stands_on_its_baseline_and_is_as_wide_as_it_says() -> None:
    frame = page(120, 400)
    paint.put_text(frame, "HEH 97", (30, 60), 30)
    box = changed(frame)
    assert box is not None
    left, top, right, bottom = box
    assert abs(bottom - 60) <= 2
    assert abs((60 - top) - paint.capital_height(30)) <= 3
    assert abs(left - 30) <= 5
    assert abs((right - left) - paint.text_width("HEH 97", 30)) <= 8


@pytest.mark.parametrize(("align", "share"), [("left", 0.0), ("centre", 0.5), ("right", 1.0)])
def test_alignment(align: str, share: float) -> None:
    frame = page(60, 400)
    paint.put_text(frame, "mmmm", (200, 40), 20, align=align)  # type: ignore[arg-type]
    box = changed(frame)
    assert box is not None
    assert abs(box[0] - (200 - share * paint.text_width("mmmm", 20))) <= 4


def test_text_is_anti_aliased() -> None:
    frame = page()
    paint.put_text(frame, "Say 8", (10, 60), 24, (0, 0, 0))
    assert len(np.unique(frame)) > 20


@pytest.mark.parametrize("text", ["é中…✓→×—", "\ud800", "a\tb\x00c", "😀", "x" * 5000])
@pytest.mark.parametrize("at", [(10, 60), (-50, 5), (190, 500), (-9000, -9000)])
def test_nothing_that_is_asked_for_crashes(text: str, at: tuple[int, int]) -> None:
    frame = page()
    paint.put_text(frame, text, at, 18)
    assert paint.text_width(text, 18) > 0


def test_text_that_is_too_long_leaves_the_frame_and_does_not_wrap() -> None:
    frame = page(200, 100)
    paint.put_text(frame, "many words " * 20, (50, 40), 20)
    box = changed(frame)
    assert box is not None
    assert box[0] >= 45
    assert box[3] <= 60


@pytest.mark.parametrize("keep", ["start", "end"])
@pytest.mark.parametrize("width", [0, 5, 30, 60, 1000])
def test_fitted_text_fits(width: int, keep: str) -> None:
    text = "abc def ghi"
    fitted = paint.fit_text(text, 16, width, keep=keep)  # type: ignore[arg-type]
    assert paint.text_width(fitted, 16) <= width
    if width == 1000:
        assert fitted == text
    if width == 60:
        kept = fitted.strip("…")
        assert kept
        assert text.startswith(kept) if keep == "start" else text.endswith(kept)


def test_an_empty_reading_leaves_the_picture() -> None:
    frame = np.full((40, 50), 200, np.uint8)
    painted = draw_reading(frame, Reading())
    assert painted.shape == (40, 50, 3)
    assert (painted == 200).all()


@pytest.mark.parametrize(
    "glyph",
    [
        Glyph("A", 0.99, (60, 40, 30, 40)),
        Glyph("A", 0.5, (60, 40, 30, 40)),
        Glyph(None, 0.9, (60, 40, 30, 40)),
        Glyph("A", 0.99, (0, 0, 200, 120)),
        Glyph("A", 0.99, (190, 110, 10, 10)),
        Glyph("A", 0.1, (0, 0, 1, 1)),
        Glyph("A", 0.1, (-30, -30, 10, 10)),
    ],
)
def test_a_glyph_is_painted_around_its_ink_and_on_a_copy(glyph: Glyph) -> None:
    frame = page()
    painted = draw_reading(frame, Reading((Line(((glyph,),)),), (200, 120)))
    assert (frame == 255).all()
    x, y, w, h = glyph.box
    assert (changed(painted) is not None) == (x + w > 0)
    if glyph.char is not None and w == 30:
        assert (painted[y : y + h, x : x + w] == 255).all(), "the ink itself stays visible"


@pytest.mark.parametrize("tall", [8, 40, 90, 600])
def test_labels_are_no_smaller_and_no_larger_than_the_screen_has_it(tall: int) -> None:
    reading = Reading((Line(((Glyph("A", 0.99, (60, 60, tall, tall)),),)),))
    plain, fine = (next(marks_of(reading, (900, 900), scale=s)).size for s in (1.0, 2.0))
    assert 12 <= plain <= 40
    assert 24 <= fine <= 80
    assert plain <= fine <= 2 * plain


def test_without_a_glyph_there_is_no_mark() -> None:
    assert list(marks_of(Reading((Line(()),)), (90, 90))) == []


def test_sure_unsure_and_unreadable_look_different() -> None:
    looks = [
        draw_reading(page(), Reading((Line(((glyph,),)),)))
        for glyph in (
            Glyph("A", 0.99, (60, 40, 30, 40)),
            Glyph("A", 0.6, (60, 40, 30, 40)),
            Glyph(None, 0.99, (60, 40, 30, 40)),
        )
    ]
    for i, look in enumerate(looks):
        for other in looks[:i]:
            box = (slice(36, 84), slice(56, 94))  # without the label
            assert (look[box] != other[box]).any(axis=2).sum() > 60


def test_dark_turns_lightness_over_and_keeps_hues() -> None:
    colours = np.array([[[255, 255, 255], [0, 0, 0], [0, 0, 255], [200, 100, 100]]], np.uint8)
    before = colours.copy()
    white, black, red, blue = paint.dark(colours)[0].astype(int)
    assert white.max() < 40
    assert black.min() == 255
    assert red[2] > 200 > red[0] == red[1], "pure red is neither light nor dark"
    assert blue[0] > blue[1] == blue[2]
    assert blue[0] < colours[0, 3, 0]
    np.testing.assert_array_equal(colours, before)
