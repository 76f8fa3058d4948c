"""Lines whose direction is in doubt stand as they are read better."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from hwr_live.recognition.places.way_up import righted, turned_like
from hwr_live.segmentation.writing import TextLine


def _line(degrees: float, turn: float, length: float = 100.0) -> TextLine:
    way = math.radians(degrees)
    end = length * np.array((math.cos(way), math.sin(way)))
    return TextLine(np.zeros(2), end, 20.0, 1.0, turn)


def _never(lines: Sequence[TextLine]) -> list[float]:
    raise AssertionError("nobody need be asked")


def _degrees(lines: Sequence[TextLine]) -> list[int]:
    return sorted(round(math.degrees(line.way)) % 360 for line in lines)


def test_without_lines_nobody_is_asked() -> None:
    assert righted([], _never) == []


def test_what_the_map_is_sure_of_stays() -> None:
    lines = [_line(0, 1), _line(10, 0.9), _line(180 + 95, 1)]
    assert _degrees(righted(lines, _never)) == [0, 10, 275]


def test_one_of_many_that_runs_against_all_is_turned_with_them() -> None:
    lines = [_line(0, 1, 300), _line(2, 1, 300), _line(181, 0.5, 60)]
    assert _degrees(righted(lines, _never)) == [0, 1, 2]


@pytest.mark.parametrize(("read", "expected"), [(0, 0), (180, 180)])
def test_of_lines_in_doubt_the_way_that_is_read_better_counts(read: int, expected: int) -> None:
    def sureness(lines: Sequence[TextLine]) -> list[float]:
        right = math.radians(read)
        return [-0.1 if math.cos(line.way - right) > 0 else -2.0 for line in lines]

    lines = [_line(0, 0.4), _line(180, 0.3)]
    assert _degrees(righted(lines, sureness)) == [expected, expected]


def test_lines_without_ink_stay_as_the_map_told() -> None:
    lines = [_line(30, 0.2)]
    assert _degrees(righted(lines, lambda some: [-math.inf for _ in some])) == [30]


def test_a_long_rule_does_not_outvote_the_words() -> None:
    def sureness(lines: Sequence[TextLine]) -> list[float]:
        """The rule looks a little better on its head, the words are read upright."""
        upright = math.cos(lines[0].way) > 0
        return [
            (-0.5 if upright else -0.1) if n == 0 else (-0.1 if upright else -0.3)
            for n in range(len(lines))
        ]

    lines = [_line(0, 0.4, 900), *(_line(0, 0.4, 100) for _ in range(6))]
    assert set(_degrees(righted(lines, sureness))) == {0}


def test_others_run_as_lines_of_their_direction_do() -> None:
    assert turned_like([], [_line(0, 1)]) == []
    lines = [_line(180, 1), _line(-90, 1)]
    assert _degrees(turned_like([_line(5, 1), _line(85, 1), _line(178, 1)], lines)) == [
        178,
        185,
        265,
    ]
    assert _degrees(turned_like([_line(45, 1)], lines)) == [45]
