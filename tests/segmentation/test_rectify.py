"""The way from the frame to pieces and back: nothing first, then tilts, turns and sheets."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.errors import InputError
from hwr_live.reading import Reading
from hwr_live.recognition.reader import Reader
from hwr_live.segmentation.rectify import at_angle, see, turned
from tests.measure.scenes import SCENES, Scene, photograph

Image = npt.NDArray[np.uint8]
SAMPLE = "\n".join(TEXT)


def taken(scene: Scene, seed: int = 1) -> tuple[Image, npt.NDArray[np.float64]]:
    scene = replace(scene, size=(1280, 960))
    return photograph(draw_sample(), scene, np.random.default_rng(seed))


def boxes_are_right(reading: Reading, matrix: npt.NDArray[np.float64], plain: Reading) -> None:
    """Each glyph's box lies where the sample's own glyph went."""
    assert len(reading.glyphs) == len(plain.glyphs)
    for glyph, own in zip(reading.glyphs, plain.glyphs, strict=True):
        x, y, w, h = own.box
        there = cv2.perspectiveTransform(np.array([[(x + w / 2, y + h / 2)]], np.float64), matrix)
        left, top, width, height = glyph.box
        off = there[0, 0] - (left + width / 2, top + height / 2)
        assert np.abs(off).max() < 0.25 * max(width, height) + 2
        assert left >= 0
        assert top >= 0
        assert left + width <= reading.size[0]
        assert top + height <= reading.size[1]


# Nothing and broken ------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (300, 400), (300, 400, 3)])
def test_a_blank_frame_has_no_pieces(shape: tuple[int, ...]) -> None:
    seen = see(np.full(shape, 255, np.uint8))
    assert seen.segmented.lines == ()
    assert seen.size == (shape[1], shape[0])
    assert all(turned(seen, quarters).segmented.lines == () for quarters in (1, 2, 3))


def test_what_is_no_picture() -> None:
    with pytest.raises(InputError):
        see(np.zeros((3, 3, 9), np.uint8))


# What is shown of it ------------------------------------------------------------------------------


def test_nothing_is_shown_of_a_blank_frame() -> None:
    picture = see(np.full((300, 400), 255, np.uint8)).ink_picture()
    assert picture.shape == (300, 400)
    assert (picture == 255).all()


@pytest.mark.parametrize("width", [400, 1280, 3000])
@pytest.mark.parametrize("degrees", [0, 8])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_the_ink_that_was_read_is_shown_where_it_stands(
    width: int, degrees: float, quarters: int
) -> None:
    page = np.full((960, 1280), 255, np.uint8)
    sample = draw_sample()
    page[200 : 200 + sample.shape[0], 36 : 36 + sample.shape[1]] = sample
    turn = cv2.getRotationMatrix2D((640, 480), degrees, 0.9)
    page = np.asarray(cv2.warpAffine(page, turn, (1280, 960), borderValue=255), np.uint8)
    page = np.asarray(cv2.resize(page, (width, width * 3 // 4), interpolation=cv2.INTER_AREA))
    view = see(page)
    shown = (turned(view, quarters) if quarters else view).ink_picture() < 128
    written = page < 128
    assert shown.shape == written.shape
    both = np.count_nonzero(shown & written) / np.count_nonzero(shown | written)
    assert both > 0.6, "the same strokes, give or take their edges"
    kernel = np.ones((7, 7), np.uint8)
    near = cv2.dilate(written.astype(np.uint8), kernel) > 0
    assert not (shown & ~near).any()


def test_what_lies_beside_the_sheet_is_not_shown() -> None:
    picture, _ = taken(SCENES["table, wood"])
    view = see(picture)
    assert view.sheet is not None
    beside = np.full(picture.shape[:2], 1, np.uint8)
    cv2.fillConvexPoly(beside, np.round(view.sheet).astype(np.int32), 0)
    shown = view.ink_picture()
    assert beside.any()
    assert (shown[beside > 0] == 255).all()
    assert (shown[beside == 0] == 0).any()


# Turned and straightened -------------------------------------------------------------------------


@pytest.mark.parametrize(("letters", "made_level"), [(3, False), (12, True)])
def test_few_letters_that_climb_stay_as_they_stand(letters: int, made_level: bool) -> None:
    image = np.full((400, 160 + 50 * letters), 255, np.uint8)
    for number in range(letters):
        cv2.circle(image, (80 + 50 * number, 300 - 5 * number), 18, 0, 5)
    view = see(image)
    assert view.segmented.height > 30
    assert [len(line) for line in view.lines] == [letters]
    assert (view.matrix is not None) == made_level


@pytest.mark.parametrize("name", ["tilt 8", "tilt 20", "all, dark", "cut off, wood"])
def test_tilted_and_bent_pages_are_read_like_straight_ones(name: str, reader: Reader) -> None:
    picture, matrix = taken(SCENES[name])
    reading = reader.read(picture)
    assert reading.text == SAMPLE
    assert reading.size == (1280, 960)
    boxes_are_right(reading, matrix, reader.read(draw_sample()))


@pytest.mark.parametrize("turn", [1, 2, 3])
@pytest.mark.parametrize("table", ["", "wood"])
def test_a_page_on_its_side_or_head_is_read(turn: int, table: str, reader: Reader) -> None:
    picture, matrix = taken(Scene(table, turn=turn, tilt=6))
    reading = reader.read(picture)
    assert reading.text == SAMPLE
    boxes_are_right(reading, matrix, reader.read(draw_sample()))


def test_edges_of_the_frame_do_not_turn_into_writing(reader: Reader) -> None:
    page = np.full((960, 1280), 255, np.uint8)
    sample = draw_sample()
    page[200 : 200 + sample.shape[0], 20 : 20 + sample.shape[1]] = sample
    turn = cv2.getRotationMatrix2D((640, 480), 9, 0.9)
    tilted = np.asarray(cv2.warpAffine(page, turn, (1280, 960), borderValue=255), np.uint8)
    cv2.line(tilted, (0, 120), (1280, 60), 0, 6)
    cv2.line(tilted, (1200, 0), (1250, 960), 0, 9)
    assert reader.read(tilted).text == SAMPLE


def test_few_glyphs_are_read_as_they_stand(reader: Reader) -> None:
    page = draw_sample()
    one = np.full((300, 300), 255, np.uint8)
    glyph = next(g for g in reader.read(page).glyphs if g.char == "6")
    x, y, w, h = glyph.box
    one[100 : 100 + h, 100 : 100 + w] = page[y : y + h, x : x + w]
    assert reader.read(one).text == "6"
    assert reader.read(np.ascontiguousarray(np.rot90(one, 2))).text == "9"


@pytest.mark.parametrize("degrees", [90, 180, 270, 30, -100])
def test_a_turn_leads_back_to_the_frame(degrees: int) -> None:
    page = draw_sample()
    rows, columns = np.nonzero(page < 128)
    view = see(page, drawn=True)
    seen = turned(view, degrees // 90) if degrees % 90 == 0 else at_angle(view, np.radians(degrees))
    boxes = []
    for line in seen.segmented.lines:
        for piece in line:
            x, y, w, h = piece.box
            boxes.append(seen.box(piece, seen.ink.grey[y - 1 : y + h + 1, x - 1 : x + w + 1]))
    corner = np.array(boxes)
    ends = corner[:, :2] + corner[:, 2:]
    assert corner[:, :2].min(0) == pytest.approx((columns.min(), rows.min()), abs=3)
    assert ends.max(0) == pytest.approx((columns.max() + 1, rows.max() + 1), abs=3)
