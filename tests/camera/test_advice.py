"""Why it cannot read: a clear picture first, then each way to spoil it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hwr_live.camera.advice import advise, edge_width, is_soft
from hwr_live.reading import Box, Glyph, Line, Reading
from tests.support.videos import Image, written_page

SIZE = (640, 480)
PAGE = written_page(["Hello World", "seven apples"], SIZE)


def noisy(picture: np.ndarray) -> Image:
    noise = np.random.default_rng(0).normal(0, 4, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def blurred(picture: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def boxes_of(picture: Image) -> list[Box]:
    """Where the dark strokes of a page are; a stand-in for a reader."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    mask = (blurred(np.asarray(grey, np.uint8), 1) < grey.max() * 0.45).astype(np.uint8)
    stats = cv2.connectedComponentsWithStats(mask)[2][1:]
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, area in stats if area > 12]


def reading(boxes: list[Box], char: str | None = "a") -> Reading:
    glyphs = tuple(Glyph(char, 0.9, box) for box in boxes)
    return Reading((Line((glyphs,)),) if glyphs else (), SIZE)


def test_a_good_picture_needs_no_advice() -> None:
    boxes = boxes_of(PAGE)
    assert len(boxes) > 15
    assert advise(noisy(PAGE), reading(boxes)) == ""


@pytest.mark.parametrize("level", [90, 180, 255])
def test_bare_paper_has_nothing_written(level: int) -> None:
    paper = np.full((480, 640, 3), level, np.uint8)
    assert advise(noisy(paper), reading([])) == "nothing written in view"
    slope = paper * np.linspace(0.8, 1, 640)[None, :, None]
    assert advise(noisy(slope), reading([])) == "nothing written in view"


@pytest.mark.parametrize("light", [0.0, 0.1, 0.2])
def test_too_dark(light: float) -> None:
    assert advise(noisy(PAGE * light), reading([])).startswith("too dark")


def test_too_dark_though_something_is_read() -> None:
    assert advise(noisy(PAGE * 0.12), reading(boxes_of(PAGE))).startswith("too dark")


def test_a_blackboard_that_is_read_is_not_too_dark() -> None:
    board = np.asarray(255 - PAGE, np.uint8)
    assert advise(board, reading(boxes_of(PAGE))) == ""


@pytest.mark.parametrize(
    ("height", "char", "far"),
    [
        (8, "a", True),
        (12, "a", False),
        (12, None, True),
        (16, "a", False),
        (16, None, True),
        (25, None, False),
    ],
)
def test_too_far_says_how_tall_letters_are(height: int, char: str | None, far: bool) -> None:
    small = np.asarray(cv2.resize(PAGE, (192, 144), interpolation=cv2.INTER_AREA), np.uint8)
    boxes: list[Box] = [(10 + 12 * n, 40, 7, height) for n in range(8)]
    advice = advise(small, reading(boxes, char))
    assert advice == (f"letters are {height} px tall: move closer" if far else "")


@pytest.mark.parametrize("sigma", [5, 8, 14])
def test_blurred_beyond_reading(sigma: float) -> None:
    assert advise(noisy(blurred(PAGE, sigma)), reading([])).startswith("blurred")


def test_blurred_though_glyphs_are_found() -> None:
    assert advise(noisy(blurred(PAGE, 4)), reading(boxes_of(PAGE))).startswith("blurred")


def test_edges_widen_with_blur() -> None:
    widths = []
    for sigma in (0, 1, 2, 4):
        picture = blurred(PAGE, sigma) if sigma else PAGE
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        widths.append(edge_width(grey, boxes_of(PAGE)))
    assert widths == sorted(widths)
    assert widths[0] < 2.7
    assert widths[-1] > 5


@pytest.mark.parametrize("boxes", [[], [(0, 0, 1, 1)], [(-5, -5, 4, 4)], [(630, 470, 40, 40)]])
def test_odd_boxes_do_no_harm(boxes: list[Box]) -> None:
    grey = np.full((480, 640), 128, np.uint8)
    assert edge_width(grey, boxes) >= 0
    assert not is_soft(grey)
    advise(np.zeros((3, 2, 3), np.uint8), reading(boxes, None))
