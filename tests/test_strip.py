"""Lines become strips: the same writing gives the same strip, however large it was written."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwr_live.strip import HEIGHT, MARGIN, Strip, seen_otherwise, strip, with_faint

Ink = npt.NDArray[np.uint8]


def write(text: str, size: float = 1.0, pen: int = 2, slope: float = 0.0) -> Ink:
    """A text in OpenCV's plain font, bright on black."""
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, pen)
    rise = abs(slope) * width
    image = np.zeros((int(2 * height + below + rise) + 20, width + 30), np.uint8)
    at = (12, int(1.5 * height + max(0.0, -slope) * width) + 8)
    cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, 255, pen, cv2.LINE_AA)
    if slope:
        turn = np.array([[1, 0, 0], [slope, 1, 0]], np.float32)
        image = np.asarray(cv2.warpAffine(image, turn, image.shape[::-1]), np.uint8)
    return image


def rows(one: Strip) -> npt.NDArray[np.intp]:
    """The rows of a strip that hold ink."""
    return np.flatnonzero((one.image > 64).any(1))


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (1, 1), (30, 200)])
def test_no_ink_gives_a_black_strip(shape: tuple[int, int]) -> None:
    one = strip(np.zeros(shape, np.uint8))
    assert one.image.shape == (HEIGHT, 32)
    assert not one.image.any()


def test_the_same_writing_in_another_size_gives_about_the_same_strip() -> None:
    small, large = strip(write("Handle", 1.0, 2)), strip(write("Handle", 3.0, 6))
    assert abs(small.image.shape[1] - large.image.shape[1]) <= 8
    assert abs(len(rows(small)) - len(rows(large))) <= 3
    assert large.scale == pytest.approx(small.scale / 3, rel=0.1)


@pytest.mark.parametrize("text", ["sea", "hgjy", "HELLO", "7", "O", "The quick brown", "l", "1907"])
def test_writing_fills_the_strip_without_being_cut(text: str) -> None:
    found = rows(strip(write(text, 2.0, 4)))
    assert 26 <= len(found) <= HEIGHT
    assert found[0] >= 0
    assert found[-1] <= HEIGHT - 1


def test_one_long_ascender_does_not_make_the_line_small() -> None:
    plain = write("summer moon sun", 2.0, 4)
    room = np.zeros((plain.shape[0] + 160, plain.shape[1]), np.uint8)
    room[160:] = plain
    tall = room.copy()
    tall[60:200, 40:44] = 255
    assert strip(tall).scale > 0.66 * strip(room).scale


@pytest.mark.parametrize("text", [".", "-", "="])
def test_a_mark_alone_does_not_fill_the_strip(text: str) -> None:
    assert len(rows(strip(write(text, 2.0, 6)))) < 32


def test_what_is_known_of_the_lines_around_keeps_a_mark_small() -> None:
    ink = write("-", 2.0, 4)
    assert strip(ink, least=60).scale < strip(ink).scale
    assert strip(ink, least=60).scale == pytest.approx(32 / 60, rel=0.1)


@pytest.mark.parametrize("slope", [-0.1, 0.06, 0.12])
def test_a_long_line_that_rises_or_falls_is_made_level(slope: float) -> None:
    text = "the other man came home again"
    level, tilted = strip(write(text, 1.5, 3)), strip(write(text, 1.5, 3, slope))
    assert tilted.scale == pytest.approx(level.scale, rel=0.12)
    assert abs(len(rows(tilted)) - len(rows(level))) <= 6


def test_close_strokes_are_widened_for_ctc() -> None:
    ink = np.zeros((60, 60), np.uint8)
    ink[10:50, 10:50:5] = 255
    ink[10:50, 11:51:5] = 255
    one = strip(ink)
    tall = len(rows(one))
    columns = np.flatnonzero((one.image > 64).any(0))
    assert columns[-1] - columns[0] > 1.2 * tall


@pytest.mark.parametrize("left", [0, 37, 400])
def test_columns_lead_back_to_the_line(left: int) -> None:
    ink = np.zeros((80, 700), np.uint8)
    ink[20:60, left : left + 6] = 255
    ink[20:60, left + 200 : left + 206] = 255
    one = strip(ink)
    columns = np.flatnonzero((one.image > 128).any(0))
    assert one.x(columns[0]) == pytest.approx(left, abs=2)
    assert one.x(columns[-1] + 1) == pytest.approx(left + 206, abs=2)


def test_there_is_a_margin_on_both_sides() -> None:
    image = strip(write("word", 1.4, 3)).image
    assert not image[:, :MARGIN].any()
    assert not image[:, -MARGIN:].any()


def test_faint_ink_is_as_bright_as_any() -> None:
    ink = write("faint", 2.0, 4)
    pale = (ink * 0.5).astype(np.uint8)
    assert int(strip(pale).image.max()) == 255


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 90),
    st.integers(1, 400),
    st.integers(0, 255),
    st.integers(0, 2**31 - 1),
)
def test_any_ink_gives_a_strip(height: int, width: int, limit: int, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    noise[noise < limit] = 0
    one = strip(noise)
    assert one.image.dtype == np.uint8
    assert one.image.shape[0] == HEIGHT
    assert one.image.shape[1] >= 32
    assert one.image.shape[1] % 4 == 0
    assert one.scale > 0


@pytest.mark.parametrize("width", [32, 36, 400])
def test_a_strip_seen_otherwise_leans_or_is_wider(width: int) -> None:
    image = np.zeros((HEIGHT, width), np.uint8)
    image[4:44, 15:18] = 255
    leaning, wider = seen_otherwise(image)
    assert wider.dtype == leaning.dtype == np.uint8
    assert wider.shape[0] == HEIGHT
    assert wider.shape[1] % 4 == 0
    assert width < wider.shape[1] <= 1.15 * width
    assert leaning.shape == image.shape
    places = np.arange(width)
    top, bottom = ((leaning[row] * places).sum() / leaning[row].sum() for row in (5, 42))
    assert bottom - top == pytest.approx(0.2 * 37, abs=0.5)


def test_without_ink_nothing_is_faint() -> None:
    grey, none = np.full((9, 30), 90, np.uint8), np.zeros((9, 30), np.bool_)
    assert not with_faint(grey, none, none).any()
    assert with_faint(grey[:0], none[:0], none[:0]).shape == (0, 30)


def test_a_stroke_that_a_threshold_broke_is_whole_without_paper_and_other_ink() -> None:
    grey = np.full((30, 60), 12, np.uint8)  # the paper's grain
    grey[10:14, 5:55] = 80  # a stroke that is faint but at its ends
    grey[10:14, 5:15] = grey[10:14, 45:55] = 200
    grey[25:29, 20:40] = 220  # a stroke of another line
    own, others = grey == 200, grey == 220
    found = with_faint(grey, own, others)
    assert np.array_equal(found[10:14], grey[10:14] * (grey[10:14] > 12) + 12 * _beside(own)[10:14])
    assert not found[20:].any()


def _beside(own: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The paper next to ink, which holds the soft edge of strokes."""
    near = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    stroke = np.zeros_like(own)
    stroke[10:14, 5:55] = True
    return near & ~stroke
