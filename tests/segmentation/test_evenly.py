"""A rule that is missing among evenly standing ones is found where its ink is, and nowhere else."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.segmentation.evenly import with_missing
from hwr_live.segmentation.straight import Rule

Grey = npt.NDArray[np.uint8]
_STEP, _WIDE = 40, 600


def rule(number: int, level: bool = True, length: int = _WIDE) -> Rule:
    return Rule(level, 0, np.full(length, float(_STEP * (number + 1))), 1.0)


def paper(numbers: range | list[int], level: bool = True) -> Grey:
    """Rules at these places, and bars of a pen across each of them, six pixels wide."""
    ink = np.zeros((_WIDE, _WIDE), np.uint8)
    for number in numbers:
        ink[_STEP * (number + 1)] = 1
    for x in range(50, 550, 25):
        ink[:, x : x + 6] = 1
    return ink if level else np.ascontiguousarray(ink.T)


def places(rules: list[Rule]) -> list[int]:
    return sorted(round(one.at(300)) for one in rules)


def test_nothing_is_missing_of_none_and_of_few() -> None:
    ink = paper(range(12))
    assert with_missing([], ink) == []
    few = [rule(0), rule(2)]
    assert with_missing(few, ink) == few
    uneven = [rule(0), rule(1), rule(3), rule(7), rule(8)]
    assert with_missing(uneven, ink) == uneven


@pytest.mark.parametrize("level", [True, False])
@pytest.mark.parametrize("missing", [{4}, {4, 5}, {2, 7}])
def test_what_is_missing_is_found(level: bool, missing: set[int]) -> None:
    known = [rule(n, level) for n in range(12) if n not in missing]
    found = with_missing(known, paper(range(12), level))
    assert places(found) == [_STEP * (n + 1) for n in range(12)]
    assert all(one.level == level for one in found)


def test_a_part_of_it_becomes_the_whole() -> None:
    known = [rule(n, length=180 if n == 4 else _WIDE) for n in range(12)]
    found = with_missing(known, paper(range(12)))
    assert [len(one.centre) for one in found] == [_WIDE] * 12


def test_where_there_is_no_ink_there_is_no_rule() -> None:
    known = [rule(n) for n in range(12) if n != 4]
    assert with_missing(known, paper([n for n in range(12) if n != 4])) == known


def test_a_broad_stroke_in_its_place_is_none() -> None:
    known = [rule(n) for n in range(12) if n != 4]
    ink = paper([n for n in range(12) if n != 4])
    cv2.line(ink, (0, 5 * _STEP), (_WIDE - 1, 5 * _STEP), 1, 11)
    assert with_missing(known, ink) == known


@pytest.mark.parametrize("aside", [-3, 2])
def test_it_may_stand_a_little_aside(aside: int) -> None:
    known = [rule(n) for n in range(12) if n != 4]
    ink = paper([n for n in range(12) if n != 4])
    ink[5 * _STEP + aside] = 1
    assert 5 * _STEP + aside in places(with_missing(known, ink))
