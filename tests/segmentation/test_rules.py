"""Rules, boxes and tables: found, and taken out of the ink without the strokes that touch them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.segmentation.ink import find_ink
from hwr_live.segmentation.rules import find_rules
from hwr_live.segmentation.segment import segment
from hwr_live.segmentation.straight import Rule
from hwr_live.segmentation.unruled import without_rules
from tests.support.stroke_pages import written

Image = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


def ink_of(image: Image) -> Mask:
    return np.asarray(image < 128)


def counts(image: Image) -> list[int]:
    return [len(line) for line in segment(find_ink(image)).lines]


def boxed(digits: int, side: int = 70, gap: int = 0) -> Image:
    """Squares in a row with an x in each; they share their sides if there is no gap."""
    image = np.full((side + 120, 80 + digits * (side + gap) + 60, 1)[:2], 255, np.uint8)
    for number in range(digits):
        x = 60 + number * (side + gap)
        cv2.rectangle(image, (x, 60), (x + side, 60 + side), 0, 3)
        cv2.line(image, (x + 20, 80), (x + side - 20, 40 + side), 0, 5, cv2.LINE_AA)
        cv2.line(image, (x + side - 20, 80), (x + 20, 40 + side), 0, 5, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (300, 400), (900, 1300)])
@pytest.mark.parametrize("full", [False, True])
def test_nothing_and_nothing_but_ink_have_no_rules(shape: tuple[int, int], full: bool) -> None:
    mask = np.full(shape, full)
    assert len(find_rules(mask)) == 0 or min(shape) == 1
    np.testing.assert_array_equal(without_rules(mask, []), mask)


def test_writing_alone_has_none() -> None:
    assert find_rules(ink_of(written(["oxo lil", "x5E", "E5 oi"]).image)) == []


@pytest.mark.parametrize("stick", [((320, 60), (322, 430)), ((60, 240), (500, 244))])
def test_a_stroke_that_is_alone_is_no_rule(stick: tuple[tuple[int, int], tuple[int, int]]) -> None:
    image = np.full((480, 640), 255, np.uint8)
    cv2.line(image, *stick, 0, 5, cv2.LINE_AA)
    assert find_rules(ink_of(image)) == []
    assert counts(image) == [1]


def test_a_stick_beside_a_digit_as_tall_is_none() -> None:
    image = np.full((480, 640), 255, np.uint8)
    cv2.line(image, (120, 90), (120, 390), 0, 6, cv2.LINE_AA)
    cv2.polylines(image, [np.array([(260, 90), (400, 90), (320, 390)])], False, 0, 6, cv2.LINE_AA)
    assert find_rules(ink_of(image)) == []
    assert counts(image) == [2]


def smeared(pen: int) -> Image:
    """Words in a row, of letters so small that the pen makes each nearly a bar."""
    image = np.full((110, 760), 255, np.uint8)
    x = 40
    for word, wide in enumerate((170, 90, 60, 110, 80, 100)):
        along = np.arange(x, x + wide - 16, 6)
        across = 55 + 3 * (np.arange(len(along)) % 3 == 1) - 2 * (word % 2)
        points = np.stack([along, across], 1).astype(np.int32)
        cv2.polylines(image, [points], False, 0, pen, cv2.LINE_AA)
        for letter in range(1, len(along), 5):
            left = x + 6 * letter
            cv2.line(image, (left, 55), (left + 3, 40 - letter % 3), 0, pen, cv2.LINE_AA)
        x += wide
    return image


@pytest.mark.parametrize("pen", [3, 4])
def test_a_row_of_small_letters_is_no_rule_and_one_below_it_is(pen: int) -> None:
    image = smeared(pen)
    assert find_rules(ink_of(image)) == []
    cv2.line(image, (20, 80), (740, 82), 0, pen)
    (rule,) = find_rules(ink_of(image))
    assert abs(rule.at(380) - 81) < 2


@pytest.mark.parametrize(("left", "right", "rules"), [(0, 760, 0), (46, 594, 1)])
def test_what_looks_like_letters_is_a_rule_from_edge_to_edge(
    left: int, right: int, rules: int
) -> None:
    mask = np.ascontiguousarray(ink_of(smeared(3))[:, left:right])
    assert len(find_rules(mask)) == rules


@pytest.mark.parametrize("thick", [1, 2, 3, 6])
@pytest.mark.parametrize("slope", [0.0, 0.03, -0.08])
@pytest.mark.parametrize("size", [(600, 900), (900, 1400)], ids=["whole", "halved"])
def test_a_rule_is_found_where_it_is(thick: int, slope: float, size: tuple[int, int]) -> None:
    image = np.full(size, 255, np.uint8)
    image[:600, :900] = written(["oxo lil", "x5E"]).image
    ends = (40, 400), (size[1] - 40, round(400 + slope * (size[1] - 80)))
    cv2.line(image, *ends, 0, thick)
    rules = find_rules(ink_of(image))
    assert [rule.level for rule in rules] == [True]
    (rule,) = rules
    assert abs(rule.start - 40) < 20
    assert abs(rule.end - (size[1] - 40)) < 20
    assert abs(rule.at(600) - (400 + slope * 560)) < 2
    assert abs(rule.thick - thick) <= 3
    assert counts(image) == [6, 3]


@pytest.mark.parametrize("thick", [2, 4])
def test_letters_that_stand_on_a_rule_stay(thick: int) -> None:
    image = written(["oxo lil", "x5E"]).image
    clean = counts(image)
    cv2.line(image, (30, 150), (870, 150), 0, thick)  # the first baseline
    cv2.line(image, (30, 230), (870, 230), 0, thick)
    assert counts(image) == clean


def test_strokes_that_cross_a_rule_stay_whole() -> None:
    image = np.full((300, 900), 255, np.uint8)
    for x in range(100, 800, 60):
        cv2.line(image, (x, 100), (x + 10, 200), 0, 5, cv2.LINE_AA)
    alone = ink_of(image)
    cv2.line(image, (20, 150), (880, 150), 0, 3)
    mask = ink_of(image)
    left = without_rules(mask, find_rules(mask))
    assert left[alone].mean() > 0.99
    assert (left & ~alone).sum() < 0.1 * alone.sum()


def test_an_underline_goes_and_its_word_stays() -> None:
    image = written(["oxoxo", "x5E"]).image
    cv2.line(image, (110, 156), (300, 157), 0, 4)
    assert counts(image) == [5, 3]


@pytest.mark.parametrize("gap", [0, 24])
def test_boxes_go_and_what_is_in_them_stays(gap: int) -> None:
    image = boxed(6, gap=gap)
    rules = find_rules(ink_of(image))
    assert {rule.level for rule in rules} == {True, False}
    assert counts(image) == [6]


def test_a_table_goes_and_what_is_in_it_stays() -> None:
    image = np.full((500, 900), 255, np.uint8)
    for row in range(4):
        cv2.line(image, (60, 60 + 110 * row), (840, 60 + 110 * row), 0, 2)
        for column in range(4):
            cv2.line(image, (60 + 260 * column, 60), (60 + 260 * column, 390), 0, 2)
            if row < 3 and column < 3:
                x, y = 120 + 260 * column, 115 + 110 * row
                cv2.circle(image, (x, y), 20, 0, 4, cv2.LINE_AA)
                cv2.line(image, (x + 50, y - 22), (x + 50, y + 22), 0, 4, cv2.LINE_AA)
    assert len(find_rules(ink_of(image))) == 8
    assert counts(image) == [6, 6, 6]


def test_squared_paper_goes() -> None:
    image = written(["oxo lil", "x5E"]).image
    for x in range(20, 900, 40):
        cv2.line(image, (x, 0), (x, 599), 0, 1)
    for y in range(20, 600, 40):
        cv2.line(image, (0, y), (899, y), 0, 1)
    assert counts(image) == [6, 3]


@pytest.mark.parametrize("thick", [1, 3])
def test_strokes_that_run_along_a_paler_rule_stay(thick: int) -> None:
    image = np.full((500, 900), 255, np.uint8)
    for y in range(40, 500, 60):
        cv2.line(image, (0, y), (899, y), 150, thick)
    for x in range(40, 900, 60):
        cv2.line(image, (x, 0), (x, 499), 150, thick)
    for x in range(70, 800, 120):  # sevens and ones, of which strokes lie on rules
        cv2.line(image, (x, 220), (x + 60, 220), 0, 4)
        cv2.line(image, (x + 60, 220), (x + 20, 330), 0, 4, cv2.LINE_AA)
        cv2.line(image, (x + 90, 205), (x + 90, 335), 0, 4)
    written_there = image < 60
    ink = find_ink(image)
    assert ink.mask[written_there].mean() > 0.97
    assert ink.mask[image == 150].mean() < 0.05


def test_along_a_rule_a_stroke_stays_and_the_side_of_a_box_goes() -> None:
    grey = np.full((300, 600), 255, np.uint8)
    grey[100:102] = 170
    grey[100:102, 50:90] = grey[100:102, 200:400] = 0
    for x in range(40, 560, 40):
        grey[180:220, x : x + 4] = 0
    mask = np.asarray(grey < 200)
    left = without_rules(mask, [Rule(True, 0, np.full(600, 100.5), 2.0)], grey)
    assert left[100:102, 50:90].all()
    assert not left[100:102, 100:].any()
    np.testing.assert_array_equal(left[150:], mask[150:])
    assert not without_rules(mask, [Rule(True, 0, np.full(600, 100.5), 2.0)])[:150].any()


def test_a_stroke_that_fits_between_two_rules_is_no_side() -> None:
    image = np.full((500, 900), 255, np.uint8)
    for y in range(40, 500, 60):
        cv2.line(image, (0, y), (899, y), 0, 1)
    for x in range(70, 800, 120):
        cv2.line(image, (x, 220), (x, 280), 0, 6)
        cv2.line(image, (x, 250), (x + 50, 270), 0, 6)
    assert {rule.level for rule in find_rules(ink_of(image))} == {True}


def test_a_rule_that_is_enlarged_lies_at_twice_the_place() -> None:
    rule = Rule(True, 10, np.full(5, 7.0), 2.0)
    large = rule.enlarged()
    assert (large.start, large.end, large.thick, large.level) == (20, 30, 4.0, True)
    assert large.at(25) == 14.5
    assert rule.points().tolist() == [[10, 7], [14, 7]]


def test_a_frame_close_around_a_word_goes() -> None:
    image = np.full((200, 460), 255, np.uint8)
    image[20:180, 20:440] = written(["oxo lil"]).image[50:210, 60:480]
    rows, columns = np.nonzero(image < 128)
    upper, lower = (columns.min() - 9, rows.min() - 9), (columns.max() + 9, rows.max() + 9)
    cv2.rectangle(image, np.array(upper).tolist(), np.array(lower).tolist(), 0, 3)
    assert len(find_rules(ink_of(image))) == 4
    assert counts(image) == [6]
