"""Finding the sheet: frames without one and doubtful ones first, then sheets of all kinds."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.cli.sample import draw_sample
from hwr_live.segmentation.sheet import find_sheet, straighten
from tests.measure.scenes import SCENES, Scene, photograph

Image = npt.NDArray[np.uint8]
SMALL = (800, 600)
PLAIN = ("dark", "light", "cloth", "wood")


def taken(scene: Scene, seed: int = 3) -> tuple[Image, npt.NDArray[np.float64]]:
    """The sample page photographed, and where its corners are."""
    page = draw_sample()
    picture, matrix = photograph(page, replace(scene, size=SMALL), np.random.default_rng(seed))
    h, w = page.shape
    corners = np.array([[(0, 0), (w, 0), (w, h), (0, h)]], np.float64)
    return picture, np.asarray(cv2.perspectiveTransform(corners, matrix)[0], np.float64)


def written(colour: tuple[int, int, int], at: tuple[int, int] = (60, 100)) -> Image:
    """A frame of one colour with two lines of writing."""
    frame = np.full((600, 800, 3), colour, np.uint8)
    for row, text in enumerate(("Hello 2026", "some words")):
        where = (at[0], at[1] + 70 * row)
        cv2.putText(frame, text, where, cv2.FONT_HERSHEY_SIMPLEX, 1.6, (40, 40, 40), 4)
    return frame


# No sheet, or not surely one ---------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (20, 20), (40, 40, 3), (480, 640), (7, 9, 3)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_blank_frames_have_none(shape: tuple[int, ...], value: int) -> None:
    assert find_sheet(np.full(shape, value, np.uint8)) is None


def test_noise_has_none() -> None:
    assert find_sheet(np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)) is None


@pytest.mark.parametrize("name", ["straight", "tilt 8", "tilt 20", "perspective", "shadow"])
def test_a_frame_full_of_paper_has_none(name: str) -> None:
    for seed in range(3):
        assert find_sheet(taken(SCENES[name], seed)[0]) is None


def test_a_box_drawn_on_the_page_is_no_sheet() -> None:
    frame = written((225, 230, 232))
    cv2.rectangle(frame, (150, 250), (700, 560), (50, 50, 50), 5)
    assert find_sheet(frame) is None


def test_a_lit_part_with_writing_around_it_is_no_sheet() -> None:
    frame = written((120, 125, 128))
    frame[230:580, 100:760] = (235, 238, 240)  # a window's light on the page, or a field of a form
    cv2.putText(frame, "inside", (200, 400), cv2.FONT_HERSHEY_SIMPLEX, 2, (30, 30, 30), 5)
    assert find_sheet(frame) is None
    frame[:220] = (120, 125, 128)  # the same without the writing around it
    assert find_sheet(frame) is not None


def test_a_soft_shadow_is_no_edge() -> None:
    light = np.full((600, 800), 0.5, np.float32)
    light[100:500, 150:650] = 1.0
    soft = cv2.GaussianBlur(light, (0, 0), 12)[:, :, None]
    assert find_sheet((written((230, 232, 235)) * soft).astype(np.uint8)) is None


def test_of_two_written_sheets_none_is_chosen() -> None:
    frame = np.full((600, 800, 3), (50, 60, 80), np.uint8)
    frame[40:560, 40:390] = written((230, 232, 235))[:520, :350]
    assert find_sheet(frame) is not None
    frame[40:560, 430:780] = written((230, 232, 235), (20, 100))[:520, :350]
    assert find_sheet(frame) is None


def test_chalk_beside_a_card_is_read_too() -> None:
    frame = 255 - written((215, 212, 210))
    frame[300:560, 100:700] = (235, 238, 240)
    cv2.putText(frame, "card", (200, 450), cv2.FONT_HERSHEY_SIMPLEX, 2, (30, 30, 30), 5)
    assert find_sheet(frame) is None
    frame[:290] = (40, 43, 45)
    assert find_sheet(frame) is not None


@pytest.mark.parametrize(("gap", "found"), [(0, True), (60, False)])
def test_strokes_that_a_sheet_lies_on_are_no_writing_beside_it(gap: int, found: bool) -> None:
    frame = np.full((600, 800, 3), (150, 160, 170), np.uint8)
    frame[100:500, 200:640] = written((235, 238, 240))[100:500, 100:540]
    for number in range(7):
        top = 120 + 50 * number
        cv2.line(frame, (150 - gap, top), (199 - gap, top + 25), (25, 25, 30), 8)
    assert (find_sheet(frame) is not None) == found


# Sheets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, s in SCENES.items() if s.table in PLAIN])
def test_corners_are_found(name: str) -> None:
    found = 0
    for seed in range(3):
        picture, true = taken(replace(SCENES[name], cut=0.0), seed)
        corners = find_sheet(picture)
        if corners is None:
            continue
        found += 1
        # The upper left corner of the view need not be the page's: it may lie sideways.
        off = min(np.abs(np.roll(true, k, 0) - corners).max() for k in range(4))
        assert off < 5
    assert found >= (2 if "cloth" in name else 3)


def test_in_a_grey_picture_too() -> None:
    picture, true = taken(SCENES["all, dark"])
    corners = find_sheet(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8))
    assert corners is not None
    assert np.abs(true - corners).max() < 5


def test_a_sheet_that_the_frame_cuts_off_keeps_all_that_is_in_view() -> None:
    for seed in range(3):
        picture, true = taken(replace(SCENES["cut off, wood"], cut=0.1), seed)
        corners = find_sheet(picture)
        assert corners is not None
        sheet, found = (np.zeros(picture.shape[:2], np.uint8) for _ in range(2))
        cv2.fillConvexPoly(sheet, true.astype(np.int32), 1)
        cv2.fillConvexPoly(found, np.round(corners).astype(np.int32), 1)
        assert (sheet > found).mean() < 0.01


def test_corners_stand_still_while_the_picture_shakes_with_noise() -> None:
    picture, _ = taken(SCENES["all, dark"])
    rng = np.random.default_rng(0)
    seen = []
    for _ in range(8):
        noisy = np.clip(picture + rng.normal(0, 5, picture.shape), 0, 255).astype(np.uint8)
        corners = find_sheet(noisy)
        assert corners is not None
        seen.append(corners)
    assert np.ptp(seen, axis=0).max() < 1.5


# The straight view -------------------------------------------------------------------------------


def test_the_view_is_straight_and_leads_back() -> None:
    corners = np.array([(100, 80), (700, 120), (640, 520), (60, 440)], np.float64)
    frame = np.full((600, 800), 40, np.uint8)
    cv2.fillConvexPoly(frame, corners.astype(np.int32), 230)
    cv2.circle(frame, (350, 300), 6, 0, -1)
    view, matrix = straighten(frame, corners)
    assert view.shape[0] == pytest.approx(402, abs=8)
    assert view.shape[1] == pytest.approx(601, abs=8)
    assert np.median(view[:, [2, -3]]) > 200
    y, x = (float(v.mean()) + 0.5 for v in np.nonzero(view < 100))
    there = cv2.perspectiveTransform(np.array([[(x, y)]], np.float64), matrix)[0, 0]
    assert there == pytest.approx((350.5, 300.5), abs=1)
